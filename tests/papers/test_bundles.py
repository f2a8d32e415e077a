"""Archives: names that can be unpacked anywhere, a length that is known before, and no whole one of broken files."""

import hashlib
import io
import subprocess
import sys
import unicodedata
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from portal.evidence.rules import Media
from portal.papers.rules import Entry, manifest, paper_name
from portal.papers.zipping import Broken, length, stream

ROOT = Path(__file__).parent.parent.parent
AT = datetime(2026, 11, 23, 10, 15)

HELL = [
    ("struk transfer.jpg", Media.JPEG, "001-struk transfer.jpg"),
    ("FOTO.JPEG", Media.JPEG, "001-FOTO.jpeg"),
    # What it says it is, and what it is.
    ("mutasi.exe", Media.PDF, "001-mutasi.exe.pdf"),
    ("invoice\u202egpj.exe", Media.JPEG, "001-invoice_gpj.exe.jpg"),
    ("a\x00b\x1f\x7fc\u2028.png", Media.PNG, "001-a_b__c_.png"),
    ("../../etc/passwd.pdf", Media.PDF, "001-_.._etc_passwd.pdf"),
    ("C:\\CON|a?*<>\".pdf", Media.PDF, "001-C__CON_a_____.pdf"),
    ("CON", Media.PDF, "001-CON.pdf"),
    ("lpt1.pdf", Media.PDF, "001-lpt1.pdf"),
    ("nama.  .pdf", Media.PDF, "001-nama.pdf"),
    (".pdf", Media.PDF, "001-pdf.pdf"),
    ("...", Media.WEBP, "001-webp.webp"),
    ("", Media.HEIC, "001-_.heic"),
    ("e\u0301tat.pdf", Media.PDF, "001-\u00e9tat.pdf"),
    ("-rf $(rm) `x`.pdf", Media.PDF, "001--rf _(rm) _x_.pdf"),
    ("x" * 300 + ".pdf", Media.PDF, "001-" + "x" * 80 + ".pdf"),
    ("\U0001f4c4" * 100 + ".pdf", Media.PDF, "001-" + "\U0001f4c4" * 40 + ".pdf"),
]  # fmt: skip


@pytest.mark.parametrize(("sent", "media", "found"), HELL)
def test_a_name_can_be_unpacked_on_every_system(sent: str, media: Media, found: str) -> None:
    name = paper_name(1, sent, media)
    assert name == found
    assert unicodedata.is_normalized("NFC", name)
    assert len(name.encode()) <= 200 and not name.endswith((".", " "))


def test_no_two_documents_share_a_name_whatever_they_were_called() -> None:
    names = [paper_name(number, name, Media.PDF) for number, name in enumerate(["a.pdf", "A.PDF", "a.pdf", "a"], 1)]
    assert len({name.casefold() for name in names}) == 4


def an_entry(path: str, content: bytes) -> tuple[Entry, list[bytes]]:
    return Entry(path, len(content), hashlib.sha256(content).hexdigest(), AT), [content[:5], content[5:]]


def test_an_archive_holds_its_files_and_is_as_long_as_was_said(tmp_path: Path) -> None:
    files = [
        an_entry("B/baca.txt", b"Halo"),
        an_entry("B/dokumen/001-\u00e9tat.pdf", b"%PDF-" * 99),
        an_entry("B/k", b""),
    ]
    whole = b"".join(stream(files))
    assert len(whole) == length(entry for entry, _ in files)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["B/baca.txt", "B/dokumen/001-\u00e9tat.pdf", "B/k"]
        assert archive.read("B/dokumen/001-\u00e9tat.pdf") == b"%PDF-" * 99
        about = archive.getinfo("B/dokumen/001-\u00e9tat.pdf")
        # The name is in UTF-8 and says so; everybody may read the file and nobody run it.
        assert about.flag_bits & 0x800 and about.external_attr >> 16 == 0o100644
        assert about.date_time == (2026, 11, 23, 10, 15, 0)
    assert manifest(entry for entry, _ in files[:1]) == f"{hashlib.sha256(b'Halo').hexdigest()}  B/baca.txt\n"


@pytest.mark.parametrize(
    "content", [[b"Halo", b"!"], [b"Hal"], [b"Hola"]], ids=["too long", "too short", "other bytes"]
)
def test_an_archive_of_a_broken_file_has_no_end(content: list[bytes]) -> None:
    entry, good = an_entry("baca.txt", b"Halo")
    got = []
    with pytest.raises(Broken):
        for piece in stream([(entry, good), (Entry("lagi.txt", 4, entry.sha256, AT), content)]):
            got.append(piece)
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(b"".join(got)))


LARGE = """
import hashlib, resource, sys
from datetime import datetime
from uuid import uuid4
from portal.evidence import cipher
from portal.papers.rules import Entry
from portal.papers.zipping import length, stream
MB = 1024 * 1024
sealer, plain = cipher.Sealer(bytes(range(32))), bytes(25 * MB)
sealed = sealer.header + b"".join(sealer.update(plain)) + sealer.finish()
digest = hashlib.sha256(plain).hexdigest()
del plain
def content():
    return cipher.opened(bytes(range(32)), lambda at, n: sealed[at:at + n], size=25 * MB)
def run(count):
    entries = [Entry(f"B/{n:03d}.pdf", 25 * MB, digest, datetime(2026, 11, 23)) for n in range(count)]
    sent = sum(len(piece) for piece in stream((entry, content()) for entry in entries))
    assert sent == length(entries), (sent, length(entries))
    return sent
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
run(1)
before = peak()
sent = run(100)
print(peak() - before, sent // MB)
"""


def test_a_case_at_its_limits_is_packed_in_bounded_memory() -> None:
    """100 files and 2.5 gigabytes, unsealed on the way: the server's memory grows by 8 MiB at most."""
    done = subprocess.run([sys.executable, "-c", LARGE], cwd=ROOT, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    grown, sent = map(int, done.stdout.split())
    print(f"grown by {grown} MiB for {sent} MiB")
    assert grown <= 8 and sent == 2500
