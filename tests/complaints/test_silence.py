"""Nobody reacts to our response: announced, then closed, never sooner than announced, never as agreement."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from portal.complaints.disputes.rules import announced, announces, closes_on
from portal.complaints.models import Complaint, Round
from portal.complaints.rules import Action, Status
from portal.complaints.states import RoundOutcome
from portal.complaints.tasks import WATCH_ONE, watch_days, watch_one
from portal.config import Settings
from portal.db import Database, uuid7
from portal.history.models import HistoryEntry
from portal.institution.loader import load
from portal.jobs.models import Job
from portal.jobs.rules import Work
from portal.notices.models import Notice
from portal.notices.rules import NoticeKind
from portal.sealing import open_box
from tests.complaints.answers import ANSWERED, answer
from tests.complaints.cases import Case, file_case

# Answered on Monday 23 November 2026: twenty working days later is Monday 21 December 2026 by the bank's calendar.
LAST = date(2026, 12, 21)


@pytest.fixture
def environment(environment: dict[str, str], request: pytest.FixtureRequest) -> dict[str, str]:
    marker = request.node.get_closest_marker("institution")
    return environment | {"PORTAL_INSTITUTION": marker.args[0] if marker else "muamalat"}


def watch(database: Database, settings: Settings, *days: date) -> None:
    """What the worker does in the night of each of these days."""
    for day in days:
        now = datetime(day.year, day.month, day.day, 0, 20, tzinfo=load("muamalat").zone)
        with time_machine.travel(now, tick=False):
            with database.session() as session:
                watch_days(Work(session, {}, now, settings, uuid7(), 1))
                session.commit()
            with database.session() as session:
                payloads = [job.payload for job in session.scalars(sa.select(Job).where(Job.kind == WATCH_ONE))]
                session.begin_write()
                session.execute(sa.delete(Job).where(Job.kind == WATCH_ONE))
                session.commit()
            for payload in payloads:
                with database.session() as session:
                    watch_one(Work(session, payload, now, settings, uuid7(), 1))
                    session.commit()


def told(database: Database, case: Case, kind: NoticeKind) -> list[str]:
    with database.session() as session:
        rows = session.scalars(sa.select(Notice).where(Notice.subject_id == case.complaint_id, Notice.kind == kind))
        return [open_box(session, row.key_id).open(row)["body"].replace("\u00a0", " ") for row in rows]


def done(database: Database, case: Case) -> Sequence[str]:
    with database.session() as session:
        asked = sa.select(HistoryEntry.kind).where(HistoryEntry.subject_id == case.complaint_id)
        return session.scalars(asked.order_by(HistoryEntry.seq)).all()


def row(database: Database, case: Case) -> Complaint:
    with database.session() as session:
        return session.get_one(Complaint, case.complaint_id)


def an_answered_case(database: Database, institution: str = "muamalat", **changes: Any) -> Case:
    case = file_case(database, load(institution), **changes)
    answer(database, load(institution), case)
    return case


def test_silence_is_announced_so_many_days_before_then_closes_and_is_no_agreement(
    database: Database, settings: Settings
) -> None:
    """SQ-29 to SQ-35, BM-38 to BM-41: objection and forums stay open, which the notices say."""
    case = an_answered_case(database)
    assert row(database, case).decide_by == LAST
    # Weeks go by, night by night, and nothing is said before its day.
    before = [date(2026, 11, 24) + timedelta(days=n) for n in range(22)]
    watch(database, settings, *(day for day in before if day < LAST - timedelta(days=5)))
    assert done(database, case) == [Action.FILE, Action.ANSWER]
    watch(database, settings, date(2026, 12, 16), date(2026, 12, 17), LAST)
    assert done(database, case) == [Action.FILE, Action.ANSWER, Action.WARN_SILENCE]
    (warning,) = told(database, case, NoticeKind.NO_REACTION_WARNED)
    assert "21 Desember 2026" in warning and "bukan" in warning
    watch(database, settings, date(2026, 12, 22), date(2026, 12, 23))
    assert done(database, case)[3:] == [Action.END_UNANSWERED]
    now = row(database, case)
    assert (now.status, now.decide_by, now.due_on) == (Status.NO_REACTION, None, None)
    with database.session() as session:
        assert session.scalars(sa.select(Round.outcome)).one() is RoundOutcome.NO_REACTION
    (letter,) = told(database, case, NoticeKind.NO_REACTION)
    assert "keberatan" in letter and "/id/forums" in letter


def test_an_announcement_that_comes_late_keeps_the_case_open_longer(database: Database, settings: Settings) -> None:
    """Nothing is closed before it was announced at least five days: a worker that stood still takes nothing away."""
    case = an_answered_case(database)
    watch(database, settings, date(2026, 12, 28))
    (warning,) = told(database, case, NoticeKind.NO_REACTION_WARNED)
    assert "2 Januari 2027" in warning
    assert row(database, case).decide_by == date(2027, 1, 2)
    watch(database, settings, date(2026, 12, 29), date(2027, 1, 2))
    assert row(database, case).status is Status.ANSWERED
    watch(database, settings, date(2027, 1, 3))
    assert row(database, case).status is Status.NO_REACTION


@pytest.mark.institution("kredifazz")
def test_a_question_is_settled_instead_without_a_warning(database: Database, settings: Settings) -> None:
    case = an_answered_case(database, "kredifazz", kind="question", transactions=())
    decide_by = row(database, case).decide_by
    assert decide_by is not None
    watch(database, settings, decide_by, decide_by + timedelta(days=1))
    assert done(database, case) == [Action.FILE, Action.ANSWER, Action.SETTLE]
    assert row(database, case).status is Status.SETTLED
    (letter,) = told(database, case, NoticeKind.CLOSED)
    assert not told(database, case, NoticeKind.NO_REACTION_WARNED) and letter


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 12, 15), False),
        (date(2026, 12, 16), True),
        (date(2026, 12, 30), True),
    ],
)
def test_when_it_is_announced(today: date, expected: bool) -> None:
    assert announces(LAST, today=today, announced_days=5) is expected


def test_a_day_that_moves_is_announced_anew() -> None:
    assert closes_on(LAST, today=date(2026, 12, 16), announced_days=5) == LAST
    assert closes_on(LAST, today=date(2026, 12, 20), announced_days=5) == date(2026, 12, 25)
    assert announced([date(2026, 12, 16)], LAST, announced_days=5)
    assert not announced([date(2026, 12, 16)], LAST + timedelta(days=1), announced_days=5)
    assert not announced([], LAST, announced_days=5)


def test_who_decides_in_time_is_left_alone(database: Database, settings: Settings) -> None:
    from portal.complaints.disputes import deciding
    from portal.complaints.models import Party
    from portal.db import writing
    from tests.complaints.cases import BASE_URL

    case = an_answered_case(database)
    with database.session() as session:
        complaint = writing(session, session.get_one(Complaint, case.complaint_id))
        party = session.get_one(Party, case.party_id)
        at = ANSWERED + timedelta(days=1)
        deciding.agree(session, complaint, party=party, profile=load("muamalat"), base_url=BASE_URL, now=at)
        session.commit()
    watch(database, settings, date(2026, 12, 16), date(2026, 12, 22))
    assert row(database, case).status is Status.AGREED
    assert not told(database, case, NoticeKind.NO_REACTION_WARNED)
