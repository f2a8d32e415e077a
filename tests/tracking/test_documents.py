"""Documents of a complaint: listed, had back by who sent them, and added later."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal import clock
from portal.complaints.models import Complaint, Party
from portal.complaints.tasks import scan_document
from portal.config import Settings
from portal.db import Database, uuid7, writing
from portal.evidence.models import Document
from portal.evidence.rules import ScanState
from portal.evidence.scanner import Clamd
from portal.institution.models import Institution
from portal.jobs.rules import Work
from portal.notices.models import Notice
from portal.notices.rules import NoticeKind
from portal.sealing import open_box
from tests.complaints.cases import Case, file_case
from tests.evidence import files
from tests.evidence.conftest import clamd  # noqa: F401
from tests.page import Client, Page

ADD = "/en/track/case/documents"


@pytest.fixture
def opened(case: Case, sign_in: Callable[..., Page]) -> Page:
    return sign_in(case.number, case.code)


def add(page: Page, *given: tuple[str, bytes], status: int = 200) -> Page:
    return page.form(ADD).fill(purpose="transaction_receipt", files=list(given)).submit(status=status)


def test_later_documents_are_added_and_each_delivery_is_confirmed(opened: Page, house: Database) -> None:
    page = opened.follow("Add documents")
    page = add(page, ("struk.jpg", files.picture()), ("mutasi.pdf", files.pdf()))
    assert "Your files are saved." in page.text
    assert [node.text for node in page.all(".file-name")] == ["struk.jpg", "mutasi.pdf"]
    add(page, ("foto.heic", files.heic()))
    page = page.client.get("/en/track/case")
    assert [node.text for node in page.all(".file-name")] == ["struk.jpg", "mutasi.pdf", "foto.heic"]
    assert [node.text for node in page.all(".timeline h3")][:2] == ["Documents received"] * 2
    told = [node.text for node in page.all(".timeline p")][:2]
    assert told == ["We have received one file.", "We have received 2 files."]
    with house.session() as session:
        deliveries = session.scalars(sa.select(Document.delivery_id).order_by(Document.position)).all()
        assert deliveries[0] == deliveries[1] != deliveries[2]
        # Who added it: the party whose login it was.
        assert (
            session.scalars(sa.select(Document.added_by).distinct()).all() == session.scalars(sa.select(Party.id)).all()
        )
        assert session.scalars(sa.select(Complaint.version)).one() == 3


def test_what_is_refused_is_told_and_what_is_good_is_kept(opened: Page) -> None:
    page = opened.client.get(ADD)
    assert add(page, status=422).errors == ["Choose at least one file"]
    page = add(page, ("mutasi.zip", files.archive()), ("struk.jpg", files.picture()), status=422)
    assert page.errors == ["mutasi.zip: we take JPG, PNG, WebP, HEIC and PDF. Send a photo of it, or a PDF"]
    assert [node.text for node in page.all(".file-name")] == ["struk.jpg"]
    # Where nothing was taken, nothing is recorded.
    page = add(page, ("mutasi.zip", files.archive()), status=422)
    events = [node.text for node in page.client.get("/en/track/case").all(".timeline h3")]
    assert events.count("Documents received") == 1


def test_a_customer_has_their_own_back_and_nobody_elses(
    opened: Page, house: Database, profile: object, another: Callable[..., Client], sign_in: Callable[..., Page]
) -> None:
    content = files.pdf()
    link = add(opened.client.get(ADD), ("mutasi.pdf", content)).one(".file-name a")["href"]
    mine = opened.client.http.get(link, base_url=opened.client.base_url)
    assert (mine.status_code, mine.data) == (200, content)
    stranger, neighbour = another(), another()
    other = file_case(house, profile)  # type: ignore[arg-type]
    sign_in(other.number, other.code, by=neighbour)
    for client in (stranger, neighbour):
        assert client.http.get(link, base_url=client.base_url).status_code == 404
    # And the other way round, the login ends with the code.
    opened.client.forget()
    assert opened.client.http.get(link, base_url=opened.client.base_url).status_code == 404


def test_a_withdrawn_complaint_takes_no_more_documents(opened: Page, house: Database, tmp_path: Path) -> None:
    page = opened.client.get(ADD)
    opened.client.get("/en/track/case/withdraw").form("/en/track/case/withdraw").fill(sure=True).submit()
    assert add(page, ("struk.jpg", files.picture())).path == "/en/track/case"
    with house.session() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Document)) == 0
    assert [path for path in (tmp_path / "evidence" / "documents").rglob("*") if path.is_file()] == []


def scan(house: Database, settings: Settings, scanner: str) -> None:
    from dataclasses import replace

    with house.session() as session:
        for document_id in session.scalars(sa.select(Document.id)).all():
            work = Work(
                session, {"document": str(document_id)}, clock.now(), replace(settings, clamd=scanner), uuid7(), 1
            )
            scan_document(work)
            session.commit()


def waiting(house: Database) -> None:
    with house.session() as session:
        session.begin_write()
        session.execute(sa.update(Document).values(scan=ScanState.WAITING))
        session.commit()


def test_an_infected_document_is_locked_and_the_customer_told_which(
    opened: Page,
    house: Database,
    settings: Settings,
    clamd: Clamd,  # noqa: F811
) -> None:
    page = add(opened.client.get(ADD), ("aman.pdf", files.pdf()), ("virus.jpg", files.picture() + files.EICAR))
    link = page.all(".file-name a")[1]["href"]
    waiting(house)
    scan(house, settings, clamd.url)
    page = opened.client.get("/en/track/case")
    assert [node.text for node in page.all(".file-state")] == ["Saved", "Locked: the scanner found a virus"]
    assert page.all(".timeline h3")[0].text == "A document was locked"
    assert "The scanner found a virus in virus.jpg. Nobody opens it; your complaint goes on." in page.text
    assert opened.client.http.get(link, base_url=opened.client.base_url).status_code == 403
    # A second try of the job changes nothing.
    scan(house, settings, clamd.url)
    with house.session() as session:
        assert session.scalars(sa.select(Complaint.version)).one() == 3


def test_an_infected_required_document_is_missing_again_and_the_letter_says_which(
    client: Client,
    house: Database,
    profile: Institution,
    settings: Settings,
    sign_in: Callable[..., Page],
    clamd: Clamd,  # noqa: F811
    case: Case,
) -> None:
    """BM-30: what nobody can open completes nothing, as long as our time to check it runs."""
    case = file_case(house, profile, given=["identity", "account_ownership"])
    sign_in(case.number, case.code)
    add(client.get(ADD), ("virus.jpg", files.picture() + files.EICAR))
    assert client.get("/en/track/case").one(".due time")["datetime"] == "2026-12-07"
    waiting(house)
    scan(house, settings, clamd.url)
    page = client.get("/en/track/case")
    assert [node.text for node in page.all("#case-asked .tasks a")] == ["Transaction receipt"]
    assert not page.has(".due")
    due = page.one("#case-due").text.replace("\u00a0", " ")
    assert "Your 10 working days start when this document arrives." in due
    with house.session() as session:
        notice = session.scalars(sa.select(Notice).where(Notice.kind == NoticeKind.DOCUMENT_LOCKED)).one()
        letter = open_box(session, notice.key_id).open(notice)["body"]
    assert "Bukti transaksi" in letter and "virus.jpg" not in letter
    add(client.get(ADD), ("struk.jpg", files.picture()))
    assert client.get("/en/track/case").one(".due time")["datetime"] == "2026-12-07"


def test_without_an_answer_of_the_scanner_the_document_stays_held_back(
    opened: Page, house: Database, settings: Settings
) -> None:
    add(opened.client.get(ADD), ("aman.pdf", files.pdf()))
    waiting(house)
    scan(house, settings, "unix:///nowhere/clamd.ctl")
    page = opened.client.get("/en/track/case")
    assert [node.text for node in page.all(".file-state")] == ["Saved, still to be checked"]
    # Who sent it has it anyway.
    assert page.has(".file-name a")


def test_an_erased_case_takes_its_documents_along(
    opened: Page, house: Database, settings: Settings, tmp_path: Path
) -> None:
    from portal.complaints.service import erase
    from portal.evidence.tasks import sweep

    add(opened.client.get(ADD), ("aman.pdf", files.pdf()))
    with house.session() as session:
        complaint = writing(session, session.scalars(sa.select(Complaint)).one())
        erase(session, complaint, now=clock.now())
        session.commit()
        sweep(Work(session, {}, clock.now(), settings, uuid7(), 1))
        session.commit()
        assert session.scalars(sa.select(Complaint.folder_id)).all() == [None]
        assert session.scalar(sa.select(sa.func.count()).select_from(Document)) == 0
    assert [path for path in (tmp_path / "evidence" / "documents").rglob("*") if path.is_file()] == []
