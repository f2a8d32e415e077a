"""What a decree changes in the published calendars: kept with its authority, read by all, taken back by another."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from portal.db import Database, Session
from portal.institution.calendars import service
from portal.institution.calendars.queries import FRESH, calendars, read
from portal.institution.calendars.rules import Doubt, Unchanged
from portal.institution.calendars.service import CHANGED, NotChanged
from portal.jobs.models import Job
from portal.workdays import seed
from portal.workdays.rules import CalendarCode, Names, Why
from tests.builders import NOW
from tests.institution.decrees import (
    BOURSE,
    BY,
    CHRISTMAS_LEAVE,
    FAIR,
    HOLIDAY,
    IDX,
    JOINT,
    LEAVE,
    NATIONAL,
    WEDNESDAY,
    YEARS_END,
    close,
    known,
    now_closed,
    reopen,
)

# ── what a change does ───────────────────────────────────────────────────────────────────────────


def test_an_empty_table_is_the_published_calendars(session: Session) -> None:
    there = calendars(session)
    assert all(there.of(code).revision == seed.calendar(code).revision for code in CalendarCode)
    assert there.known_until == seed.seed().known_until


def test_a_day_is_closed_in_the_calendars_that_take_its_kind(session: Session) -> None:
    close(session, kind=LEAVE)
    assert now_closed(session, WEDNESDAY) == {NATIONAL: None, JOINT: LEAVE, IDX: LEAVE}
    reason = read(session).of(JOINT).reason(WEDNESDAY)
    assert (reason.why, reason.names) == (Why.JOINT_LEAVE, FAIR)
    assert reason.closure and reason.closure.override and reason.closure.override.decree == "Keppres 1/2026"


def test_a_day_is_closed_in_one_calendar_alone(session: Session) -> None:
    close(session, kind=BOURSE, codes=[IDX])
    assert now_closed(session, WEDNESDAY) == {NATIONAL: None, JOINT: None, IDX: BOURSE}


def test_a_removed_holiday_opens_the_day_again(session: Session) -> None:
    close(session)
    reopen(session)
    assert now_closed(session, WEDNESDAY) == {NATIONAL: None, JOINT: None, IDX: None}
    assert read(session).of(JOINT).revision == seed.calendar(JOINT).revision


def test_a_published_day_is_opened_and_closed_again_under_its_own_name(session: Session) -> None:
    reopen(session, CHRISTMAS_LEAVE)
    assert now_closed(session, CHRISTMAS_LEAVE) == {NATIONAL: None, JOINT: None, IDX: None}
    close(session, CHRISTMAS_LEAVE, kind=LEAVE, names=None)
    assert read(session).of(JOINT).closures[CHRISTMAS_LEAVE].names == Names("Hari Raya Natal", "Christmas")


def test_the_exchange_stays_closed_when_a_joint_leave_on_the_years_last_day_is_withdrawn(session: Session) -> None:
    close(session, YEARS_END, kind=LEAVE)
    assert now_closed(session, YEARS_END) == {NATIONAL: None, JOINT: LEAVE, IDX: LEAVE}
    reopen(session, YEARS_END)
    assert now_closed(session, YEARS_END) == {NATIONAL: None, JOINT: None, IDX: BOURSE}
    reopen(session, YEARS_END)
    assert now_closed(session, YEARS_END)[IDX] is None


def test_a_known_year_is_provisional_no_longer_until_that_is_taken_back(session: Session) -> None:
    assert not calendars(session).of(JOINT).knows(date(2028, 3, 1))
    known(session, 2028)
    assert read(session).of(JOINT).known_until == date(2028, 12, 31)
    known(session, 2027)
    assert read(session).of(JOINT).known_until == date(2027, 12, 31)


def test_every_change_makes_a_new_revision_and_one_job(session: Session) -> None:
    seen = [calendars(session).of(JOINT).revision]
    for change in (close, reopen, lambda session: close(session, kind=LEAVE), lambda session: known(session, 2028)):
        change(session)
        seen.append(read(session).of(JOINT).revision)
    # There and back again is what it was.
    assert seen[0] == seen[2] and len(set(seen)) == 4
    jobs = session.scalars(sa.select(Job).where(Job.kind == CHANGED).order_by(Job.id)).all()
    assert [job.payload for job in jobs] == [{"number": number} for number in (1, 2, 3, 4)]


def test_what_changed_since_a_revision_is_told(session: Session) -> None:
    plain = read(session).of(JOINT).revision
    close(session)
    first = read(session).of(JOINT).revision
    close(session, date(2026, 12, 3))
    there = read(session)
    assert [change.number for change in there.since(JOINT, plain) or ()] == [1, 2]
    assert [change.number for change in there.since(JOINT, first) or ()] == [2]
    assert there.since(JOINT, there.of(JOINT).revision) == ()
    assert there.since(JOINT, "2025-another") is None


# ── what is refused ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("on", "more", "why"),
    [
        (date(2026, 12, 25), {}, Unchanged.CLOSED_ALREADY),
        (WEDNESDAY, {"names": None}, Unchanged.NAMELESS),
        (WEDNESDAY, {"kind": LEAVE, "codes": [NATIONAL]}, Unchanged.NO_CALENDAR),
    ],
)
def test_a_day_that_cannot_be_closed(session: Session, on: date, more: dict[str, Any], why: Unchanged) -> None:
    with pytest.raises(NotChanged) as refusal:
        close(session, on, **more)
    assert refusal.value.why is why


def test_closing_twice_says_by_what_it_is_closed(session: Session) -> None:
    close(session)
    with pytest.raises(NotChanged) as refusal:
        close(session)
    assert refusal.value.closure is not None and refusal.value.closure.names == FAIR


def test_a_day_closed_in_one_calendar_may_still_be_closed_in_all(session: Session) -> None:
    close(session, codes=[IDX])
    close(session)
    assert now_closed(session, WEDNESDAY) == {NATIONAL: HOLIDAY, JOINT: HOLIDAY, IDX: HOLIDAY}


@pytest.mark.parametrize(("on", "why"), [(WEDNESDAY, Unchanged.OPEN_ALREADY), (date(2026, 12, 26), Unchanged.WEEKEND)])
def test_a_day_that_cannot_be_opened(session: Session, on: date, why: Unchanged) -> None:
    with pytest.raises(NotChanged) as refusal:
        reopen(session, on)
    assert refusal.value.why is why


@pytest.mark.parametrize(
    ("year", "why"),
    [(2027, Unchanged.KNOWN_ALREADY), (2026, Unchanged.PUBLISHED), (2029, Unchanged.GAP)],
)
def test_a_year_that_cannot_be_known(session: Session, year: int, why: Unchanged) -> None:
    with pytest.raises(NotChanged) as refusal:
        known(session, year)
    assert refusal.value.why is why


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_of_two_who_change_at_once_the_second_is_refused(database: Database) -> None:
    """On SQLite the second waits for the first; on PostgreSQL both draw one number, and the table decides."""
    refused: list[Unchanged] = []
    inserting = threading.Event()

    def note(*event: Any) -> None:
        if threading.current_thread() is other and event[2].startswith("INSERT"):
            inserting.set()

    def change() -> None:
        with database.session() as session:
            try:
                close(session, date(2026, 12, 3))
            except NotChanged as refusal:
                refused.append(refusal.why)

    other = threading.Thread(target=change)
    sa.event.listen(database.engine, "before_cursor_execute", note)
    with database.session() as session:
        service.close(session, WEDNESDAY, kind=HOLIDAY, names=FAIR, codes=None, by=BY)
        other.start()
        assert inserting.wait(20)
        session.commit()
    other.join(20)
    assert refused == [Unchanged.RACE]
    with database.session() as session:
        assert [change.on for change in calendars(session).changes] == [WEDNESDAY]


# ── reading ──────────────────────────────────────────────────────────────────────────────────────


def test_a_process_asks_the_database_once_in_a_few_seconds(database: Database) -> None:
    said: list[str] = []

    def note(*event: Any) -> None:
        if "calendar_overrides" in event[2]:
            said.append(event[2])

    with time_machine.travel(NOW, tick=False) as time:
        with database.session() as first:
            found = calendars(first)
        sa.event.listen(sa.Engine, "before_cursor_execute", note)
        try:
            with database.session() as later:
                assert calendars(later) is found
                assert said == []
                time.shift(FRESH)
                # The same changes are the same calendars.
                assert calendars(later) is found
                assert len(said) == 1
        finally:
            sa.event.remove(sa.Engine, "before_cursor_execute", note)


def test_a_reader_sees_a_change_in_a_few_seconds_and_a_writer_at_once(database: Database) -> None:
    with time_machine.travel(NOW, tick=False) as time, database.session() as reader, database.session() as author:
        before = calendars(reader)
        close(author)
        assert calendars(reader) is before
        reader.begin_write()
        assert not calendars(reader).of(JOINT).is_working(WEDNESDAY)
        reader.rollback()
        time.shift(FRESH - timedelta(milliseconds=1))
        assert calendars(reader).of(JOINT).is_working(WEDNESDAY)
        time.shift(timedelta(milliseconds=1))
        assert not calendars(reader).of(JOINT).is_working(WEDNESDAY)


def test_what_a_writer_has_not_committed_is_seen_by_nobody_else(database: Database) -> None:
    with database.session() as author:
        service.close(author, WEDNESDAY, kind=HOLIDAY, names=FAIR, codes=None, by=BY)
        assert not calendars(author).of(JOINT).is_working(WEDNESDAY)
        author.rollback()
    with database.session() as reader:
        assert calendars(reader).of(JOINT).is_working(WEDNESDAY)


def test_a_clock_that_was_set_back_keeps_nothing_for_ever(database: Database) -> None:
    with database.session() as session:
        with time_machine.travel(NOW, tick=False):
            calendars(session)
            close(session)
        with time_machine.travel(NOW - timedelta(days=1), tick=False):
            assert not calendars(session).of(JOINT).is_working(WEDNESDAY)


# ── contradictions ───────────────────────────────────────────────────────────────────────────────


def doubts(session: Session) -> list[tuple[int, Doubt]]:
    return [(change.number, doubt) for change, doubt in read(session).doubts()]


def test_what_agrees_with_the_published_holidays_is_not_doubted(session: Session) -> None:
    close(session)
    reopen(session, CHRISTMAS_LEAVE)
    close(session, CHRISTMAS_LEAVE, kind=LEAVE, names=None)
    close(session, YEARS_END, kind=LEAVE)
    close(session, date(2026, 12, 3))
    reopen(session, date(2026, 12, 3))
    assert doubts(session) == []


def test_a_joint_leave_that_is_published_as_a_holiday_is_doubted(session: Session) -> None:
    close(session, date(2026, 12, 25), kind=LEAVE)
    assert doubts(session) == [(1, Doubt.OTHER_KIND)]


def test_calendars_of_one_kind_that_are_told_opposite_things_are_doubted(session: Session) -> None:
    close(session)
    reopen(session, codes=[IDX])
    assert doubts(session) == [(2, Doubt.OPPOSED)]


def test_an_opening_is_doubted_when_nothing_published_closes_the_day_any_more(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newer list of holidays has dropped the day itself."""
    reopen(session, CHRISTMAS_LEAVE)
    assert doubts(session) == []
    published = seed.seed()
    newer = published._replace(closures=tuple(item for item in published.closures if item[0] != CHRISTMAS_LEAVE))
    monkeypatch.setattr(seed, "seed", lambda: newer)
    assert doubts(session) == [(1, Doubt.NOTHING_CLOSED)]
