"""How a file is sealed: AES-256-GCM in chunks that cannot be cut, swapped, reordered or brought in from elsewhere.

The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015): every chunk's nonce is a random
beginning, the chunk's number, and whether it is the last one. A sealed file is a header and then its
chunks, each followed by its tag; the header is every chunk's additional data.
"""

import secrets
import struct
from collections.abc import Callable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.sealing import Tampered

MARK = b"ADU1"
CHUNK = 256 * 1024
TAG = 16
PREFIX = 7
HEADER = struct.Struct(f">4sI{PREFIX}s")
SEALED_CHUNK = CHUNK + TAG

Read = Callable[[int, int], bytes]


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + (b"\x01" if last else b"\x00")


class Sealer:
    """Seals a file as it comes. The key must be this one file's own."""

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)
        self._prefix = secrets.token_bytes(PREFIX)
        self._header = HEADER.pack(MARK, CHUNK, self._prefix)
        self._number = 0
        # One piece of memory for the whole file: to grow and shrink it costs ten times what sealing does.
        self._held = memoryview(bytearray(CHUNK))
        self._filled = 0

    @property
    def header(self) -> bytes:
        return self._header

    def update(self, data: bytes) -> list[bytes]:
        """The sealed chunks that are complete. One is always held back: it might be the last."""
        done, rest = [], memoryview(data)
        while rest:
            if self._filled == CHUNK:
                done.append(self._seal(last=False))
            fitting = rest[: CHUNK - self._filled]
            self._held[self._filled : self._filled + len(fitting)] = fitting
            self._filled += len(fitting)
            rest = rest[len(fitting) :]
        return done

    def finish(self) -> bytes:
        """The last chunk, which an empty file has too."""
        return self._seal(last=True)

    def _seal(self, *, last: bool) -> bytes:
        nonce = _nonce(self._prefix, self._number, last)
        sealed = self._aead.encrypt(nonce, self._held[: self._filled], self._header)
        self._number += 1
        self._filled = 0
        return sealed


def sealed_size(size: int) -> int:
    """How many bytes a file of `size` bytes takes when it is sealed."""
    return HEADER.size + size + TAG * _chunks(size)


def _chunks(size: int) -> int:
    return max(1, -(-size // CHUNK))


def opened(key: bytes, read: Read, *, size: int, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
    """The bytes from `start` to before `stop` of a sealed file that holds `size` bytes, chunk by chunk.

    `read(start, length)` gives the sealed bytes. Only the chunks of the range are read. Raises
    `sealing.Tampered` for anything that was not sealed whole, in this order, under this key: nothing of
    a chunk is given out before its tag was found right.
    """
    stop = size if stop is None else min(stop, size)
    header = read(0, HEADER.size)
    if len(header) != HEADER.size:
        raise Tampered("a file without its beginning")
    mark, chunk, prefix = HEADER.unpack(header)
    if mark != MARK or chunk != CHUNK:
        raise Tampered("a file that we have not sealed")
    aead, last = AESGCM(key), _chunks(size) - 1
    first = min(start // CHUNK, last)
    for number in range(first, last + 1):
        at = number * CHUNK
        if at >= stop and number > first:
            return
        length = min(CHUNK, size - at) + TAG
        sealed = read(HEADER.size + number * SEALED_CHUNK, length)
        try:
            plain = aead.decrypt(_nonce(prefix, number, number == last), sealed, header)
        except (InvalidTag, ValueError):
            raise Tampered(f"chunk {number} of a file") from None
        yield plain[max(0, start - at) : max(0, stop - at)]
