"""Writes an archive piece by piece: nothing of it is held in memory or laid on a disk.

The files stand in it as they are (photographs and PDFs are packed already), so that its length is known before
its first byte. Lengths and checksums of a file follow its bytes, as an archive has it that nobody can seek in.
"""

import hashlib
import struct
from collections.abc import Iterable, Iterator
from typing import IO, cast
from zipfile import ZIP64_LIMIT, ZIP_STORED, ZipFile, ZipInfo

from portal.papers.rules import Entry

UNIX, PLAIN_FILE = 3, 0o100644
LOCAL, DESCRIPTOR, CENTRAL, END = 30, 16, 46, 22
END64, WIDE = 56 + 20, struct.calcsize("<HHQ")


class Broken(Exception):
    """A file's bytes are not what the list says of them: the archive must not come to an end."""


class _Passing:
    """A file that cannot be sought in: what is written to it is taken out again at once."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def write(self, data: bytes, /) -> int:
        self._held.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def taken(self) -> bytes:
        held, self._held = self._held, []
        return b"".join(held)


def length(entries: Iterable[Entry]) -> int:
    """How many bytes `stream` gives for these files."""
    at = central = 0
    for entry in entries:
        path = len(entry.path.encode())
        # Beyond two gigabytes the place of a file is written in a field of its own.
        central += CENTRAL + path + (WIDE if at > ZIP64_LIMIT else 0)
        at += LOCAL + path + entry.size + DESCRIPTOR
    return at + central + END + (END64 if at > ZIP64_LIMIT else 0)


def stream(files: Iterable[tuple[Entry, Iterable[bytes]]]) -> Iterator[bytes]:
    """An archive of these files, in this order, piece by piece.

    Raises `Broken` where a file's bytes differ from its entry, and whatever its content raises. Then the archive
    has no end: no program takes it for whole, and its announced length is not reached.
    """
    passing = _Passing()
    archive = ZipFile(cast(IO[bytes], passing), "w", ZIP_STORED)
    for entry, content in files:
        info = ZipInfo(entry.path, entry.at.timetuple()[:6])
        info.create_system, info.external_attr, info.file_size = UNIX, PLAIN_FILE << 16, entry.size
        digest, size = hashlib.sha256(), 0
        with archive.open(info, "w") as file:
            for piece in content:
                digest.update(piece)
                size += len(piece)
                file.write(piece)
                if passed := passing.taken():
                    yield passed
            if size != entry.size or digest.hexdigest() != entry.sha256:
                raise Broken(f"{size} bytes instead of {entry.size}" if size != entry.size else "another hash")
    archive.close()
    yield passing.taken()
