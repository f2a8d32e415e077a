"""What a party takes along: the whole file of their case on one page, and the archive with the originals."""

import io
import re
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.complaints.models import Party
from portal.complaints.rules import Role
from portal.complaints.states import AuthorityState
from portal.config import Settings
from portal.db import Database
from portal.evidence.models import Document
from portal.evidence.rules import ScanState
from portal.history.models import ReadingEntry
from portal.history.reading import Reading, readings
from portal.history.rules import ActorKind
from portal.institution.models import Institution
from tests.complaints.cases import Case, file_case
from tests.evidence import files
from tests.page import Client, Page
from tests.tracking.test_authority import add, customer_code, represented, stands  # noqa: F401

LANGUAGES = pytest.mark.parametrize("lang", ["id", "en"])
SignIn = Callable[..., Page]
Device = Callable[..., Client]


def fetch(client: Client, lang: str = "en", *, method: str = "GET", status: int = 200, **headers: str) -> bytes:
    """The archive as a browser gets it, whole; its length is the one that was announced."""
    answer = client.http.open(f"/{lang}/track/case/file.zip", method=method, base_url=client.base_url, headers=headers)
    assert answer.status_code == status
    if status == 200:
        assert answer.headers["Content-Type"] == "application/zip"
        assert answer.headers["Content-Disposition"].startswith("attachment; ")
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Accept-Ranges"] == "none"
        if method == "GET":
            assert answer.content_length == len(answer.data)
    return answer.data


def unpacked(data: bytes, folder: Path) -> Path:
    """The one folder of the archive, unpacked."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(folder)
    (inside,) = folder.iterdir()
    return inside


def checked(folder: Path) -> list[str]:
    """What the customer's own program says to each file."""
    done = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


@LANGUAGES
def test_the_archive_holds_what_its_list_says_and_every_hash_recomputes(
    case: Case, sign_in: SignIn, client: Client, house: Database, profile: Institution, tmp_path: Path, lang: str
) -> None:
    """The file list equals the manifest, and anybody can check it."""
    other = file_case(house, profile, story="Cerita orang lain.")
    sign_in(other.number, other.code)
    add(client, "rahasia-tetangga.pdf", content=files.pdf(3))
    client.forget()
    sign_in(case.number, case.code)
    content = files.picture()
    add(client, "struk.jpg", content=content)
    add(client, "CON?|\u202egpj.pdf", purpose="transaction_receipt")
    add(client, "struk.JPG", purpose="identity", content=files.picture(colour="red"))
    folder = unpacked(fetch(client, lang), tmp_path / "unpacked")
    assert folder.name == case.number
    papers, page, listing = {
        "id": ("dokumen", "berkas.html", "daftar.txt"),
        "en": ("documents", "case-file.html", "list.txt"),
    }[lang]
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    names = [f"{papers}/001-struk.jpg", f"{papers}/002-CON___gpj.pdf", f"{papers}/003-struk.jpg"]
    assert there == {page, listing, "SHA256SUMS", *names}
    assert sorted(checked(folder)) == sorted(f"{name}: OK" for name in there - {"SHA256SUMS"})
    assert (folder / names[0]).read_bytes() == content
    # What was changed afterwards by a single letter is found.
    (folder / listing).write_text((folder / listing).read_text().replace(case.number, case.number[:-1] + "0"))
    assert subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True).returncode == 1
    # Nothing of anybody else.
    told = (folder / page).read_text() + (folder / listing).read_text()
    assert "tetangga" not in told and "Cerita orang lain" not in told and other.number not in told
    assert "Saldo saya berkurang" in told and "struk.JPG" in told


@LANGUAGES
def test_the_page_tells_everything_in_order(
    case: Case, sign_in: SignIn, client: Client, house: Database, tmp_path: Path, lang: str
) -> None:
    """Complaint, documents with size and hash, dates day by day, history, messages and letters."""
    sign_in(case.number, case.code, lang=lang)
    add(client, "struk.jpg", content=files.picture())
    client.get("/en/track/case/message").form("/en/track/case/message").fill(text="Mohon dipercepat.").submit()
    page = client.get(f"/{lang}/track/case").follow(
        {"id": "Berkas lengkap, untuk dicetak atau dibawa", "en": "The whole file, to print or take along"}[lang]
    )
    assert page.heading == {"id": "Berkas lengkap", "en": "The whole file"}[lang]
    assert [node.text for node in page.all("section h2")] == {
        "id": [
            "Yang Anda sampaikan",
            "Dokumen",
            "Tanggal, hari demi hari",
            "Yang sudah terjadi",
            "Pesan",
            "Surat kami kepada Anda",
        ],
        "en": [
            "What you told us",
            "Documents",
            "Dates, day by day",
            "What has happened",
            "Messages",
            "Our letters to you",
        ],
    }[lang]
    with zipfile.ZipFile(io.BytesIO(fetch(client, lang))) as archive:
        kept = archive.read(next(name for name in archive.namelist() if name.endswith(".html"))).decode()
        (sum_,) = re.findall(r"^(\w{64})  d\w+/001-", archive.read(f"{case.number}/SHA256SUMS").decode(), re.MULTILINE)
    # The page in the archive needs nothing else, does nothing, and says the same.
    assert "<script" not in kept and "href=" not in kept and "src=" not in kept and "<style>" in kept
    for text in (
        sum_,
        "Saldo saya berkurang",
        "Siti Rahmawati",
        "Mohon dipercepat.",
        "Rp",
        "22/2023",
        case.number,
    ):
        assert text in page.text and text in kept, text
    # The first thing that happened stands first.
    assert (
        page.all("[aria-labelledby=history] h3")[0].text
        == {"id": "Pengaduan diterima", "en": "Complaint received"}[lang]
    )
    assert page.all("[aria-labelledby=letters] .typed")[0].text.startswith(("Yth.", "Dear", "Kepada", "Salam", "Bapak"))
    assert len(page.all("[aria-labelledby=dates] tbody tr")) >= 10


@pytest.mark.parametrize("state", [AuthorityState.CLAIMED, AuthorityState.ACCEPTED])
def test_a_representative_takes_along_what_their_power_allows(
    represented: Case,  # noqa: F811
    customer_code: str,  # noqa: F811
    house: Database,
    sign_in: SignIn,
    another: Device,
    state: AuthorityState,
) -> None:
    """SQ-18, BM-17: before the power is accepted only what they sent themselves."""
    stands(house, state)
    customer, representative = another(), another()
    sign_in(represented.number, customer_code, by=customer)
    sign_in(represented.number, represented.code, by=representative)
    add(customer, "rahasia.pdf", content=files.pdf(2))
    add(representative, "surat.jpg", content=files.picture())
    customer.get("/en/track/case/message").form("/en/track/case/message").fill(text="Hanya untuk bank.").submit()
    seen = state is AuthorityState.ACCEPTED
    for client, whole in ((customer, True), (representative, seen)):
        with zipfile.ZipFile(io.BytesIO(fetch(client))) as archive:
            names = [name.rpartition("/")[2] for name in archive.namelist()]
            assert ("001-rahasia.pdf" in names) is whole
            assert ("002-surat.jpg" if whole else "001-surat.jpg") in names
            told = archive.read(f"{represented.number}/case-file.html").decode()
        assert ("Hanya untuk bank." in told) is whole and ("rahasia.pdf" in told) is whole
        assert "Budi Santoso" in told
    with house.session() as session:
        read = readings(session, represented.complaint_id)
        parties = {party.id: party.role for party in session.scalars(sa.select(Party))}
        assert [(one.kind, one.officer_id, parties[one.party_id]) for one in read if one.party_id] == [
            (Reading.FILE, None, Role.REPRESENTATIVE),
            (Reading.FILE, None, Role.CUSTOMER),
        ]
        actors = session.scalars(sa.select(ReadingEntry.actor_kind).order_by(ReadingEntry.seq)).all()
        assert actors == [ActorKind.CUSTOMER, ActorKind.REPRESENTATIVE]


@LANGUAGES
def test_what_nobody_may_open_is_listed_with_its_hash_and_not_inside(
    case: Case, sign_in: SignIn, client: Client, house: Database, tmp_path: Path, lang: str
) -> None:
    sign_in(case.number, case.code)
    add(client, "aman.jpg", content=files.picture())
    add(client, "virus.pdf", content=files.pdf(2))
    add(client, "nanti.pdf", content=files.pdf(3))
    with house.short_write() as connection:
        for position, state in ((2, ScanState.INFECTED), (3, ScanState.WAITING)):
            moment = sa.func.coalesce(None, Document.created_at) if state is ScanState.INFECTED else None
            change = sa.update(Document).where(Document.position == position)
            connection.execute(change.values(scan=state, scanned_at=moment))
    page = client.get(f"/{lang}/track/case/file")
    assert {"id": "2 dokumen tidak disertakan", "en": "2 documents are not in it"}[lang] in page.text
    folder = unpacked(fetch(client, lang), tmp_path / "unpacked")
    checked(folder)
    assert [path.name for path in (folder / {"id": "dokumen", "en": "documents"}[lang]).iterdir()] == ["001-aman.jpg"]
    listing = (folder / {"id": "daftar.txt", "en": "list.txt"}[lang]).read_text()
    assert listing.count("SHA-256 ") == 3
    assert {
        "id": "Dikunci: pemeriksa menemukan virus. Tidak ada dalam arsip.",
        "en": "Locked: the scanner found a virus. Not in the archive.",
    }[lang] in listing
    assert {"id": "Sedang diperiksa", "en": "Being checked"}[lang] in listing


def test_a_document_that_is_gone_is_an_error_and_one_that_is_broken_ends_the_archive(
    case: Case, sign_in: SignIn, client: Client, house: Database, settings: Settings
) -> None:
    """There is never a silent hole: the archive is whole, or nobody takes it for that."""
    sign_in(case.number, case.code)
    add(client, "besar.png", content=files.noise(400_000))
    add(client, "mutasi.pdf")
    depot = Path(settings.evidence_url.removeprefix("file://"))
    with house.session() as session:
        first, second = session.scalars(sa.select(Document.storage).order_by(Document.position))
    sealed = (depot / first).read_bytes()
    (depot / first).write_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    answer = client.http.get("/en/track/case/file.zip", base_url=client.base_url, buffered=False)
    got = []
    with pytest.raises(Exception, match="chunk"):
        for piece in answer.iter_encoded():
            got.append(piece)
    assert sum(map(len, got)) < answer.content_length
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(b"".join(got)))
    (depot / second).unlink()
    fetch(client, status=500)


def test_a_part_of_it_cannot_be_asked_for_and_a_look_at_its_head_is_no_download(
    case: Case, sign_in: SignIn, client: Client, house: Database
) -> None:
    sign_in(case.number, case.code)
    add(client, "mutasi.pdf")
    assert fetch(client, method="HEAD") == b""
    with house.session() as session:
        assert readings(session, case.complaint_id) == []
    whole = fetch(client, Range="bytes=0-9")
    assert whole[:4] == b"PK\x03\x04" and len(whole) > 10
    with house.session() as session:
        (read,) = readings(session, case.complaint_id)
        assert (read.kind, read.party_id) == (Reading.FILE, case.party_id)
    client.forget()
    assert client.get("/en/track/case/file.zip").path == "/en/track"
    assert client.get("/en/track/case/file").path == "/en/track"
