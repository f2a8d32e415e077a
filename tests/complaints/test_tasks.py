"""The jobs of the room: a one-time code goes to the contact on file, and what is dead is swept."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from portal.accounts.models import OneTimeCode
from portal.accounts.rules import CODES_AN_HOUR
from portal.complaints import codes, service
from portal.complaints.entry.models import CaseSession
from portal.complaints.handed_in import Person
from portal.complaints.models import Complaint
from portal.complaints.numbers import new_number, read_number
from portal.complaints.rules import Role
from portal.complaints.tasks import CRONS, TASKS
from portal.config import Settings
from portal.db import Database, Session, uuid7, writing
from portal.institution.models import Institution
from portal.jobs.models import Job
from portal.jobs.rules import Roster, Work
from portal.notices.models import Notice
from portal.notices.rules import NoticeKind
from portal.sealing import open_box
from portal.web import throttle
from portal.web.models import Attempts
from tests.builders import NOW
from tests.complaints.cases import Case, file_case


@pytest.fixture
def run(database: Database, settings: Settings) -> Callable[..., None]:
    """Run a task as the worker would, and commit."""

    def handle(kind: str, payload: dict[str, object] | None = None, *, now: datetime = NOW) -> None:
        task = Roster.of(TASKS, CRONS).tasks[kind]
        with database.session() as session:
            task.run(Work(session, payload or {}, now, settings, uuid7(), 1))
            session.commit()

    return handle


def lost(session: Session, number: str) -> dict[str, object]:
    """The payload that the page for a lost code enqueues."""
    session.begin_write()
    session.execute(sa.delete(Job).where(Job.kind == codes.LOST_CODE))
    codes.report_lost(session, number=read_number(number, "BM"), account="", role=Role.CUSTOMER, now=NOW)
    session.commit()
    return dict(session.scalars(sa.select(Job.payload).where(Job.kind == codes.LOST_CODE)).one())


def sent(session: Session) -> list[Notice]:
    # What the job committed is not in the picture that an earlier read began.
    session.rollback()
    return list(session.scalars(sa.select(Notice).where(Notice.kind == NoticeKind.ONE_TIME_CODE)))


def test_the_code_goes_to_the_contact_on_file(
    session: Session, case: Case, run: Callable[..., None], profile: Institution, database: Database
) -> None:
    file_case(database, profile, account="9990001112", customer=Person("Ali", "en", "ali@example.id"))
    run(codes.LOST_CODE, lost(session, case.number))
    (notice,) = sent(session)
    told = open_box(session, notice.key_id).open(notice)
    assert (notice.subject_id, notice.party_id) == (case.complaint_id, case.party_id)
    assert told["address"] == "siti@example.id"
    assert (notice.language, notice.secret_expires_at) == ("id", NOW + timedelta(minutes=10))
    # The secret stands beside the text, and the registration number in neither.
    secret = open_box(session, notice.key_id).open(notice, "secret")
    assert len(secret) == 6 and secret not in told["body"] and case.number not in told["body"]


def test_nothing_is_sent_for_a_number_that_nobody_has(session: Session, case: Case, run: Callable[..., None]) -> None:
    run(codes.LOST_CODE, lost(session, new_number("BM", 2026).printed))
    assert sent(session) == []
    assert session.scalar(sa.select(sa.func.count()).select_from(OneTimeCode)) == 0


def test_nothing_is_sent_for_an_erased_case(session: Session, case: Case, run: Callable[..., None]) -> None:
    payload = lost(session, case.number)
    service.erase(session, writing(session, session.get_one(Complaint, case.complaint_id)), now=NOW)
    session.commit()
    run(codes.LOST_CODE, payload)
    assert sent(session) == []


def test_whoever_pesters_gets_an_hours_codes_sent_and_no_more(
    session: Session, case: Case, run: Callable[..., None]
) -> None:
    for _ in range(CODES_AN_HOUR + 3):
        run(codes.LOST_CODE, lost(session, case.number))
    assert len(sent(session)) == CODES_AN_HOUR
    run(codes.LOST_CODE, lost(session, case.number), now=NOW + timedelta(hours=1, minutes=1))
    assert len(sent(session)) == CODES_AN_HOUR + 1


def test_the_sweeps_run_every_hour(database: Database, session: Session, case: Case, run: Callable[..., None]) -> None:
    code = codes.find_by_code(session, number=read_number(case.number, "BM"), account="", code=case.code)
    session.begin_write()
    codes.begin_session(session, code, now=NOW)
    session.commit()
    throttle.admit(database, b"door", now=NOW)
    for after, left in ((timedelta(hours=1), 1), (timedelta(days=2), 0)):
        for kind, table in (
            ("complaints.sweep_sessions", CaseSession),
            ("complaints.sweep_attempts", Attempts),
        ):
            run(kind, now=NOW + after)
            session.rollback()
            assert session.scalar(sa.select(sa.func.count()).select_from(table)) == left
    assert {cron.kind for cron in CRONS if cron.every == timedelta(hours=1)} == {
        "complaints.sweep_sessions",
        "complaints.sweep_attempts",
    }
