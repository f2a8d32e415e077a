"""One job counts all complaints anew, and comes to its end whatever befalls it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from portal.complaints import recounting, tasks
from portal.complaints.models import Clock, Complaint
from portal.complaints.tasks import CRONS, RECOUNT_ONE
from portal.db import Database, Session
from portal.institution.calendars import service as calendars
from portal.institution.calendars.service import CHANGED
from portal.institution.models import Institution
from portal.workdays import seed
from tests.complaints.cases import Case, file_case
from tests.complaints.recounting.decrees import DUE, LATER, WEDNESDAY, dates, decree, history, letters


def test_many_are_counted_in_batches_that_go_on_after_a_kill(
    database: Database,
    session: Session,
    profile: Institution,
    run: Callable[..., list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cases = [file_case(database, profile) for _ in range(5)]
    monkeypatch.setattr(tasks, "RECOUNT_BATCH", 2)
    decree(session, WEDNESDAY)
    assert run(at_most=1) == [CHANGED]
    done = [case for case in cases if dates(session, case)[0] == date(2026, 12, 8)]
    # In the order of their ids, which is the order in which they were filed.
    assert done == cases[:2]
    # The worker dies; whichever comes next goes on where it stopped.
    assert run() == [CHANGED, CHANGED]
    assert [dates(session, case)[0] for case in cases] == [date(2026, 12, 8)] * 5
    assert [len(history(session, case)) for case in cases] == [1] * 5
    assert len(letters(session)) == 5


def test_one_that_cannot_be_counted_keeps_nobody_else_from_their_date(
    database: Database,
    session: Session,
    profile: Institution,
    run: Callable[..., list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken, whole = file_case(database, profile), file_case(database, profile)
    decree(session, WEDNESDAY)
    tell, failing = recounting.letters.tell_recounted, True

    def stumble(session: Session, complaint: Complaint, *arguments: Any, **more: Any) -> None:
        if failing and complaint.id == broken.complaint_id:
            raise RuntimeError("its letter cannot be written")
        tell(session, complaint, *arguments, **more)

    monkeypatch.setattr(recounting.letters, "tell_recounted", stumble)
    assert run(at_most=1) == [CHANGED]
    assert dates(session, whole)[0] == date(2026, 12, 8)
    # Nothing of it is kept by halves, and a job of its own stands for it until it can be done.
    assert dates(session, broken)[0] == DUE
    assert history(session, broken) == []
    with pytest.raises(RuntimeError):
        run()
    failing = False
    assert run() == [RECOUNT_ONE]
    assert dates(session, broken)[0] == date(2026, 12, 8)


def test_what_an_older_calendar_counted_in_the_moment_of_a_change_is_found_at_night(
    database: Database, session: Session, profile: Institution, run: Callable[..., list[str]]
) -> None:
    """Its write began before the change and ended after the job: it has the older revision."""
    decree(session, WEDNESDAY)
    run()
    case = file_case(database, profile)
    assert dates(session, case)[0] == date(2026, 12, 8)
    session.rollback()
    session.begin_write()
    older = seed.calendar(clock_of_writing(session, case).calendar).revision  # type: ignore[arg-type]
    session.execute(sa.update(Clock).values(revision=older, counted_on=DUE, due_on=DUE))
    session.commit()
    assert [cron.kind for cron in CRONS].count(CHANGED) == 1
    session.begin_write()
    calendars.enqueue(session, CHANGED, {"slot": "2026-11-25T02:30:00+07:00"}, now=LATER)
    session.commit()
    run()
    assert dates(session, case) == (date(2026, 12, 8), DUE, DUE)


def clock_of_writing(session: Session, case: Case) -> Clock:
    return session.get_one(Complaint, case.complaint_id).rounds[-1].clocks[0]


def test_a_newer_list_of_published_holidays_is_told_as_such(
    session: Session, case: Case, run: Callable[..., list[str]]
) -> None:
    """The portal was updated: no change of ours explains why the count is another."""
    session.begin_write()
    session.execute(sa.update(Clock).values(revision="2026-another", counted_on=date(2026, 12, 4)))
    session.commit()
    session.begin_write()
    calendars.enqueue(session, CHANGED, {}, now=LATER)
    session.commit()
    run()
    (told,) = history(session, case)
    assert told.payload and told.payload["changes"] == []
    assert "- Daftar hari libur yang diterbitkan diperbaiki." in letters(session)[0]
