"""Papers that came by e-mail, post or over a counter, filed into an open case with channel and moment (K3-17)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from portal.accounts.rules import OfficerRole
from portal.complaints.disputes.withdrawing import withdraw
from portal.complaints.models import Complaint, Party, Requirement, Round
from portal.db import Database, writing
from portal.evidence.models import Document
from portal.history.models import ReadingEntry
from portal.institution.models import Institution
from portal.institution.rules import Form
from portal.notices.models import Notice
from portal.notices.rules import NoticeKind
from portal.sealing import open_box
from tests.builders import NOW
from tests.complaints.cases import BASE_URL, Case, file_case
from tests.desk.seats import sit
from tests.evidence import files
from tests.journeys.filing import sign_in
from tests.page import Client, Page

REST = "transaction_receipt"


@pytest.fixture
def case(clock: object, house: Database, profile: Institution) -> Case:
    """A written complaint of Monday 23 November, 10.15, that lacks the transaction receipt."""
    return file_case(house, profile, given=[code for code in profile.documents if code != REST])


@pytest.fixture
def seated(client: Client, case: Case, house: Database, profile: Institution, clock: Any) -> Any:
    """An agent on Thursday of the same week."""
    clock.shift(timedelta(days=3))
    return sit(client, house, profile, OfficerRole.AGENT)


def url(case: Case, lang: str = "en") -> str:
    return f"/{lang}/desk/cases/{case.complaint_id}/papers"


def file(client: Client, case: Case, lang: str = "en", *, status: int = 200, **more: Any) -> Page:
    """File two scans; the page that follows."""
    scans = [("struk.jpg", files.picture()), ("surat.jpg", files.picture(colour="red"))]
    answers = {"way": "post", "purpose": REST, "files": scans, **more}
    return client.get(url(case, lang)).form(url(case, lang)).fill(answers).submit(status=status)


def rows(house: Database, *kinds: Any) -> list[Any]:
    with house.session() as session:
        return [session.scalars(sa.select(kind)).all() for kind in kinds]


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("lang", "entry", "told"),
    [
        ("en", "By post. They came Tuesday 24 November 2026, 09:30 WIB from Siti Rahmawati. Files: 2.", "By post"),
        ("id", "Lewat pos. Tiba Selasa, 24 November 2026, 09.30 WIB dari Siti Rahmawati. Berkas: 2.", "Lewat pos"),
    ],
)
def test_the_complaint_is_complete_from_the_day_they_arrived(
    client: Client,
    seated: Any,
    case: Case,
    house: Database,
    another: Callable[..., Client],
    lang: str,
    entry: str,
    told: str,
) -> None:
    """K3-17, SQ-23, BM-30: they came on Tuesday and are filed on Thursday; ten working days run from Tuesday."""
    page = client.get(f"/{lang}/desk/cases/{case.complaint_id}").follow(url(case, lang))
    assert page.form(url(case, lang)).values["purpose"] == REST
    page = file(client, case, lang, on="2026-11-24", at="09.30")
    assert page.path == f"/{lang}/desk/cases/{case.complaint_id}"
    arrived = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
    [complaint], [first], needs, documents = rows(house, Complaint, Round, Requirement, Document)
    assert first.complete_at == arrived and complaint.due_on == date(2026, 12, 8)
    assert arrived in [need.arrived_at for need in needs] and len(documents) == 2
    assert entry in plain(page.one("[aria-labelledby=history]").text)
    mine = plain(sign_in(another(), lang, case.number, case.code).text)
    assert told in mine and "09" in mine


def test_who_sent_them_gets_a_confirmation_and_the_reading_is_logged(
    client: Client, seated: Any, case: Case, house: Database
) -> None:
    file(client, case, on="2026-11-24", at="09.30")
    with house.session() as session:
        notice = session.scalars(sa.select(Notice).where(Notice.kind == NoticeKind.DOCUMENTS_RECEIVED)).one()
        body = plain(open_box(session, notice.key_id).open(notice)["body"])
        readings = session.scalars(sa.select(ReadingEntry.actor_id)).all()
    assert "24 November 2026, 09.30 WIB" in body and "8 Desember 2026" in body
    assert seated.id in readings


@pytest.mark.parametrize(
    ("on", "at", "said"),
    [
        ("2026-11-26", "10.16", "This moment has not come yet. Write when they arrived"),
        ("2026-11-23", "10.14", "They cannot have arrived before the complaint. Compare day and time"),
    ],
)
def test_a_moment_that_cannot_be_files_nothing(
    client: Client, seated: Any, case: Case, house: Database, on: str, at: str, said: str
) -> None:
    page = file(client, case, on=on, at=at, status=422)
    assert page.errors[0] == said
    assert page.form(url(case)).values["way"] == "post"
    assert rows(house, Document) == [[]]


def test_how_they_came_is_asked_before_anything_is_filed(
    client: Client, seated: Any, case: Case, house: Database
) -> None:
    page = file(client, case, way="", status=422)
    assert "Choose how they came" in page.errors and rows(house, Document) == [[]]
    empty = file(client, case, files=[("", b"")], status=422)
    assert empty.errors == ["Choose at least one file"]


def test_a_closed_case_takes_no_papers(
    client: Client, seated: Any, case: Case, house: Database, profile: Institution
) -> None:
    with house.session() as session:
        complaint = writing(session, session.get_one(Complaint, case.complaint_id))
        party = session.get_one(Party, case.party_id)
        withdraw(session, complaint, party=party, profile=profile, base_url=BASE_URL, now=NOW)
        session.commit()
    assert client.get(url(case)).path == f"/en/desk/cases/{case.complaint_id}"


def test_a_verbal_complaint_that_goes_on_in_writing_asks_for_its_documents(
    client: Client, seated: Any, house: Database, profile: Institution, case: Case
) -> None:
    """SQ-22, BM-18, BM-30: a new clock that waits for them, and the customer is told each once, with the date."""
    case = file_case(house, profile, form=Form.VERBAL, channel="contact_centre", given=())
    page = client.get(f"/en/desk/cases/{case.complaint_id}")
    page = page.form(f"{page.path}/written").submit()
    with house.session() as session:
        complaint = session.get_one(Complaint, case.complaint_id)
        notice = session.scalars(sa.select(Notice).where(Notice.kind == NoticeKind.NOW_WRITTEN)).one()
        body = plain(open_box(session, notice.key_id).open(notice)["body"])
    assert (complaint.form, complaint.due_on, complaint.documents_due_on) == (Form.WRITTEN, None, date(2026, 12, 10))
    for code in ("identity", "account_ownership", REST):
        assert body.count(f"- {profile.documents[code].label['id']}") == 1
    assert "10 Desember 2026" in body
    assert "Asked for:" in page.one("[aria-labelledby=history]").text
