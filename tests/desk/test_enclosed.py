"""Files that go with messages, both ways, in the case's folder; what we send is no document of the customer's."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal import clock as portal_clock
from portal.complaints.models import Complaint, Party, Requirement
from portal.complaints.overdue import waits_unread
from portal.complaints.rules import Action
from portal.complaints.tasks import scan_document
from portal.config import Settings
from portal.db import Database, uuid7
from portal.evidence.models import Document
from portal.evidence.rules import ScanState
from portal.evidence.scanner import Clamd
from portal.history import verify_all
from portal.history.models import HistoryEntry
from portal.institution.models import Institution
from portal.jobs.rules import Work
from tests.accounts.people import Known, an_officer, sign_in
from tests.complaints.cases import Case, file_case
from tests.evidence import files
from tests.evidence.conftest import clamd  # noqa: F401
from tests.page import Client, Page

WORDS = {
    "id": {
        "zip": "mutasi.zip: kami menerima JPG, PNG, WebP, HEIC, dan PDF. Kirim fotonya, atau PDF",
        "once_more": "Berkas itu tidak tersimpan. Pilih sekali lagi, lalu unggah",
        "write": "Tulis pesannya",
        "unread": "Tangani",
    },
    "en": {
        "zip": "mutasi.zip: we take JPG, PNG, WebP, HEIC and PDF. Send a photo of it, or a PDF",
        "once_more": "The files were not kept. Choose them once more, and upload them",
        "write": "Write the message",
        "unread": "Take it up",
    },
}
# A case that still lacks one document.
REST = ("identity", "account_ownership", "chronology")


@pytest.fixture
def case(clock: object, house: Database, profile: Institution) -> Case:
    return file_case(house, profile, given=REST)


@pytest.fixture
def desk(client: Client, agent: Known, lang: str) -> Client:
    sign_in(client, agent, lang)
    return client


def write(
    desk: Client, case: Case, lang: str, *given: tuple[str, bytes], text: str = "Mohon dibaca.", status: int = 200
) -> Page:
    path = f"/{lang}/desk/cases/{case.complaint_id}/write"
    return desk.get(path).form(path).fill(text=text, files=list(given)).submit(status=status)


def as_customer(client: Client, case: Case, lang: str) -> Page:
    form = client.get(f"/{lang}/track").form(f"/{lang}/track")
    return form.fill(number=case.number, code=case.code).submit()


def kinds(house: Database, case: Case) -> list[str]:
    with house.session() as session:
        asked = sa.select(HistoryEntry.kind).where(HistoryEntry.subject_id == case.complaint_id)
        return list(session.scalars(asked.order_by(HistoryEntry.seq)))


def test_a_customer_sees_and_has_what_an_officer_sends(
    desk: Client, another: Callable[..., Client], house: Database, case: Case, lang: str
) -> None:
    page = write(desk, case, lang, ("penjelasan.pdf", files.pdf()), ("struk.jpg", files.picture()))
    said = page.one("[aria-labelledby=messages]")
    assert "Mohon dibaca." in said.text and [node.text for node in said.all(".file-name")] == [
        "penjelasan.pdf",
        "struk.jpg",
    ]
    mine, stranger = another(), another()
    page = as_customer(mine, case, lang)
    sent = page.one("#timeline .files")
    assert [node.text for node in sent.all(".file-name")] == ["penjelasan.pdf", "struk.jpg"]
    link = sent.all("a")[0]["href"]
    given = mine.http.get(link, base_url=mine.base_url)
    # Where nobody scans, they get the copy that officers get of theirs.
    assert (given.status_code, given.mimetype) == (200, "application/pdf")
    assert "attachment" in given.headers["Content-Disposition"]
    assert stranger.http.get(link, base_url=stranger.base_url).status_code == 404
    with house.session() as session:
        assert b"penjelasan" not in b"".join(session.scalars(sa.select(Document.sealed)))
        assert verify_all(session, [Complaint]).found == 0


def test_what_we_send_is_no_document_of_the_customers(
    desk: Client, another: Callable[..., Client], house: Database, case: Case, lang: str
) -> None:
    """SQ-16, BM-20: it meets no requirement, waits for no check and keeps nobody from being reminded."""
    write(desk, case, lang, ("struk.jpg", files.picture()))
    page = desk.get(f"/{lang}/desk/cases/{case.complaint_id}")
    assert not page.has("[aria-labelledby=documents] .file"), "it does not stand among the documents"
    assert not any("/review" in node["href"] for node in page.all("[aria-labelledby=next] a"))
    assert WORDS[lang]["unread"] in desk.get(f"/{lang}/desk").one("tbody tr").text
    with house.session() as session:
        row = session.scalars(sa.select(Document)).one()
        assert row.purpose == "from-us" and row.sent_by is not None and row.added_by is None
        assert not waits_unread(session, session.get_one(Complaint, case.complaint_id))
        missing = session.scalars(sa.select(Requirement.code).where(Requirement.arrived_at.is_(None))).all()
        assert missing == ["transaction_receipt"]
    customers = as_customer(another(), case, lang)
    assert not customers.has("#case-documents .file")


def test_what_is_refused_keeps_the_message_back_and_loses_no_word(
    desk: Client, house: Database, case: Case, lang: str, tmp_path: Path
) -> None:
    page = write(desk, case, lang, ("mutasi.zip", files.archive()), ("struk.jpg", files.picture()), status=422)
    assert page.errors == [WORDS[lang]["zip"]] and page.one("textarea").text == "Mohon dibaca."
    assert Action.WRITE not in kinds(house, case)
    page = write(desk, case, lang, ("struk.jpg", files.picture()), text="", status=422)
    assert page.errors == [WORDS[lang]["write"], WORDS[lang]["once_more"]]
    assert [path for path in (tmp_path / "evidence" / "documents").rglob("*") if path.is_file()] == []
    # The same file may go with one message and with the next.
    for _ in range(2):
        write(desk, case, lang, ("struk.jpg", files.picture()))
    with house.session() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Document)) == 2


def test_the_second_of_two_officers_keeps_the_text_and_chooses_the_files_anew(
    desk: Client, another: Callable[..., Client], house: Database, profile: Institution, case: Case, lang: str
) -> None:
    path = f"/{lang}/desk/cases/{case.complaint_id}"
    form = desk.get(f"{path}/write").form(f"{path}/write").fill(text="Kami telusuri", files=[("a.pdf", files.pdf())])
    other = another()
    sign_in(other, an_officer(house, profile), lang)
    other.get(f"{path}/note").form(f"{path}/note").fill(text="Sudah saya telepon").submit()
    moved = form.submit(status=409)
    assert "Sudah saya telepon" in moved.text and moved.one("textarea").text == "Kami telusuri"
    assert WORDS[lang]["once_more"] in moved.text and Action.WRITE not in kinds(house, case)
    moved.form(f"{path}/write").fill(files=[("a.pdf", files.pdf())]).submit()
    assert kinds(house, case)[-1] == Action.WRITE


def test_a_file_of_ours_waits_for_the_scanner_and_an_infected_one_is_told_to_officers_alone(
    desk: Client,
    another: Callable[..., Client],
    house: Database,
    settings: Settings,
    case: Case,
    lang: str,
    clamd: Clamd,  # noqa: F811
) -> None:
    from dataclasses import replace

    write(desk, case, lang, ("gawat.pdf", files.pdf()))
    with house.session() as session:
        session.begin_write()
        session.execute(sa.update(Document).values(scan=ScanState.WAITING, scanned_at=None))
        session.commit()
        document_id = session.scalars(sa.select(Document.id)).one()
    mine = another()
    assert not as_customer(mine, case, lang).has("#timeline .files a"), "nobody has it before it is judged"
    with house.session() as session:
        scanning = replace(settings, clamd=clamd.url)
        scan_document(Work(session, {"document": str(document_id)}, portal_clock.now(), scanning, uuid7(), 1))
        session.commit()
        state = session.scalars(sa.select(Document.scan)).one()
    assert state is ScanState.CLEAN and mine.get(f"/{lang}/track/case").has("#timeline .files a")


def test_only_who_reads_the_whole_case_has_what_we_send(
    client: Client, another: Callable[..., Client], agent: Known, house: Database, profile: Institution, clock: object
) -> None:
    """SQ-18: until the power of attorney is accepted a representative sees only what they sent."""
    from tests.desk.acting.doing import REPRESENTATIVE

    case = file_case(house, profile, representation=REPRESENTATIVE)
    sign_in(client, agent)
    page = write(client, case, "en", ("penjelasan.pdf", files.pdf()))
    link = page.one("[aria-labelledby=messages] .file-name a")["href"].replace("/desk", "")
    theirs = another()
    assert not as_customer(theirs, case, "en").has("#timeline .files")
    assert theirs.http.get(link, base_url=theirs.base_url).status_code == 404


def test_a_customer_sends_files_with_a_message(
    desk: Client, another: Callable[..., Client], house: Database, case: Case, lang: str
) -> None:
    mine = another()
    as_customer(mine, case, lang)
    path = f"/{lang}/track/case/message"
    refused = (
        mine.get(path).form(path).fill(text="Ini fotonya.", files=[("mutasi.zip", files.archive())]).submit(status=422)
    )
    assert refused.errors == [WORDS[lang]["zip"]] and refused.one("textarea").text == "Ini fotonya."
    page = refused.form(path).fill(files=[("foto.jpg", files.picture())]).submit()
    assert [node.text for node in page.all("#timeline .file-name")] == ["foto.jpg"]
    # It is a document of theirs too, and waits for a check as each does.
    assert [node.text for node in page.all("#case-documents .file-name")] == ["foto.jpg"]
    shown = desk.get(f"/{lang}/desk/cases/{case.complaint_id}")
    assert shown.one("[aria-labelledby=messages] .file-name").text == "foto.jpg"
    assert shown.one("[aria-labelledby=documents] .file-name").text == "foto.jpg"
    assert kinds(house, case)[-2:] == [Action.ADD_DOCUMENTS, Action.REPLY]
    with house.session() as session:
        assert session.scalars(sa.select(Document.added_by)).all() == session.scalars(sa.select(Party.id)).all()


@pytest.mark.parametrize("lang", ["en"])
def test_a_message_without_the_pages_own_token_is_not_sent(
    desk: Client, another: Callable[..., Client], house: Database, case: Case, lang: str
) -> None:
    path = f"/en/desk/cases/{case.complaint_id}/write"
    page = desk.get(path).form(path).fill(text="Kami telusuri").tamper(csrf_token="forged").submit(status=422)
    assert page.one("textarea").text == "Kami telusuri"
    mine = another()
    as_customer(mine, case, lang)
    path = "/en/track/case/message"
    mine.get(path).form(path).fill(text="Sampai kapan?").tamper(csrf_token="forged").submit(status=422)
    assert not {Action.WRITE, Action.REPLY} & set(kinds(house, case))
