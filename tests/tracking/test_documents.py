"""Documents of a complaint: listed, had back by who sent them, and added later."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine

from portal import clock as time
from portal.complaints.codes import grant_code
from portal.complaints.deliveries import CONFIRM, QUIET
from portal.complaints.models import Complaint, Party
from portal.complaints.retold import joined
from portal.complaints.rules import Action, Role
from portal.complaints.tasks import confirm_delivery, scan_document
from portal.config import Settings
from portal.db import Database, uuid7, writing
from portal.evidence.models import Document
from portal.evidence.rules import ScanState
from portal.evidence.scanner import Clamd
from portal.history.queries import entries
from portal.history.rules import Audience
from portal.institution.models import Institution
from portal.jobs.models import Job
from portal.jobs.rules import Work
from portal.notices.models import Notice
from portal.notices.rules import NoticeKind
from portal.sealing import open_box
from tests.complaints.cases import Case, file_case
from tests.complaints.test_completeness import acting
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


class Script:
    """What js/uploads.js does with files that were chosen together: each by itself, with the delivery's id."""

    def __init__(self, page: Page) -> None:
        self.client, self.delivery = page.client, str(uuid7())
        self.token = page.form(ADD).node.one("[name=csrf_token]")["value"]

    def send(self, name: str, content: bytes, *, more: bool, purpose: str = "transaction_receipt") -> None:
        data = {
            "csrf_token": self.token,
            "purpose": purpose,
            "upload": "y",
            "delivery": self.delivery,
            "files": (BytesIO(content), name),
            **({"more": "y"} if more else {}),
        }
        base_url = self.client.base_url
        headers = {"HX-Request": "true", "Origin": base_url}
        answer = self.client.http.post(ADD, base_url=base_url, data=data, headers=headers)
        assert name in answer.text


def confirmations(house: Database) -> list[str]:
    with house.session() as session:
        query = sa.select(Notice).where(Notice.kind == NoticeKind.DOCUMENTS_RECEIVED).order_by(Notice.created_at)
        return [open_box(session, one.key_id).open(one)["body"] for one in session.scalars(query)]


def due_confirmations(house: Database, settings: Settings) -> None:
    """Do what is due of the jobs that confirm deliveries."""
    with house.session() as session:
        now = time.now()
        due = session.scalars(sa.select(Job).where(Job.kind == CONFIRM, Job.run_at <= now).order_by(Job.run_at)).all()
        for job_id, payload in [(job.id, job.payload) for job in due]:
            confirm_delivery(Work(session, payload, now, settings, uuid7(), 1))
            session.begin_write()
            session.execute(sa.delete(Job).where(Job.id == job_id))
            session.commit()


def test_files_that_a_script_sends_one_by_one_are_one_delivery(
    opened: Page, house: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    """SQ-23: twenty photographs are one letter and one line of what has happened, and each is proved at once."""
    script, contents = Script(opened.client.get(ADD)), [files.pdf(number) for number in range(1, 21)]
    for number, content in enumerate(contents[:-1], start=1):
        script.send(f"foto-{number}.pdf", content, more=True)
        clock.shift(20)
    assert confirmations(house) == []
    # Whatever becomes of the page now, what came stands there already.
    page = opened.client.get("/en/track/case")
    assert [node.text for node in page.all(".timeline h3")].count("Documents received") == 1
    assert page.all(".timeline p")[0].text == "We have received 19 files."
    script.send("foto-20.pdf", contents[-1], more=False)
    (letter,) = confirmations(house)
    assert "Kami telah menerima 20 dokumen" in letter
    page = opened.client.get("/en/track/case")
    assert [node.text for node in page.all(".timeline h3")].count("Documents received") == 1
    assert page.all(".timeline p")[0].text == "We have received 20 files."
    clock.shift(timedelta(hours=1))
    due_confirmations(house, settings)
    assert len(confirmations(house)) == 1
    with house.session() as session:
        told = entries(session, session.scalars(sa.select(Complaint)).one(), audience=Audience.CUSTOMER)
        (delivery,) = (one for one in joined(told) if one.kind == Action.ADD_DOCUMENTS)
        hashes = [one["sha256"] for one in (delivery.payload or {})["documents"]]
        assert hashes == [sha256(content).hexdigest() for content in contents]


def test_a_delivery_whose_page_dies_is_confirmed_all_the_same(
    opened: Page, house: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    script = Script(opened.client.get(ADD))
    script.send("foto-1.pdf", files.pdf(1), more=True)
    clock.shift(QUIET - timedelta(minutes=2))
    script.send("foto-2.pdf", files.pdf(2), more=True)
    clock.shift(QUIET - timedelta(minutes=2))
    due_confirmations(house, settings)
    # The first file's time is over, but another one came after it.
    assert confirmations(house) == []
    clock.shift(timedelta(minutes=2))
    due_confirmations(house, settings)
    (letter,) = confirmations(house)
    assert "Kami telah menerima 2 dokumen" in letter
    # The page that comes back to life begins another delivery.
    script.send("foto-3.pdf", files.pdf(3), more=False)
    assert "Kami telah menerima 1 dokumen" in confirmations(house)[-1]
    due_confirmations(house, settings)
    assert len(confirmations(house)) == 2
    told = [node.text for node in opened.client.get("/en/track/case").all(".timeline p")][:2]
    assert told == ["We have received one file.", "We have received 2 files."]


def test_the_one_confirmation_names_the_date_that_a_file_of_the_delivery_brought(
    client: Client, house: Database, profile: Institution, sign_in: Callable[..., Page], clock: time_machine.Traveller
) -> None:
    case = file_case(house, profile, given=["identity", "account_ownership"])
    sign_in(case.number, case.code)
    script = Script(client.get(ADD))
    clock.shift(60)
    script.send("struk.pdf", files.pdf(1), more=True)
    # Its time begins with the document, not with the end of the delivery.
    assert client.get("/en/track/case").one(".due time")["datetime"] == "2026-12-07"
    script.send("lagi.pdf", files.pdf(2), more=False, purpose="other-evidence")
    (letter,) = confirmations(house)
    assert "Dokumen Anda sudah lengkap" in letter and "7 Desember 2026" in letter.replace("\u00a0", " ")


def test_nobody_joins_the_delivery_of_another_party(
    house: Database, profile: Institution, sign_in: Callable[..., Page], another: Callable[..., Client]
) -> None:
    case = file_case(house, profile, representation=acting())
    with house.session() as session:
        session.begin_write()
        customer = session.scalars(sa.select(Party).where(Party.role == Role.CUSTOMER)).one()
        code = grant_code(session, complaint_id=case.complaint_id, party_id=customer.id, now=time.now())
        session.commit()
    one, other = another(), another()
    sign_in(case.number, case.code, by=one)
    sign_in(case.number, code, by=other)
    first, second = Script(one.get(ADD)), Script(other.get(ADD))
    second.delivery = first.delivery
    first.send("foto-1.pdf", files.pdf(1), more=True)
    second.send("foto-2.pdf", files.pdf(2), more=True)
    with house.session() as session:
        assert len(set(session.scalars(sa.select(Document.delivery_id)))) == 2


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
                session, {"document": str(document_id)}, time.now(), replace(settings, clamd=scanner), uuid7(), 1
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
        erase(session, complaint, now=time.now())
        session.commit()
        sweep(Work(session, {}, time.now(), settings, uuid7(), 1))
        session.commit()
        assert session.scalars(sa.select(Complaint.folder_id)).all() == [None]
        assert session.scalar(sa.select(sa.func.count()).select_from(Document)) == 0
    assert [path for path in (tmp_path / "evidence" / "documents").rglob("*") if path.is_file()] == []
