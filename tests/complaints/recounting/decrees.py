"""A decree, and what it made of a complaint's dates."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal.complaints.models import Clock, Complaint
from portal.complaints.rules import Action
from portal.complaints.states import ClockPurpose
from portal.db import Session
from portal.history.queries import entries
from portal.history.rules import Audience, Told
from portal.institution.calendars import service as calendars
from portal.institution.calendars.rules import Authority as By
from portal.notices.models import Notice
from portal.notices.rules import NoticeKind
from portal.sealing import open_box
from portal.workdays.rules import ClosureKind, Names
from tests.builders import NOW
from tests.complaints.cases import Case

# A complaint of Monday 23 November 2026 is answered by Monday 7 December. Christmas and its joint leave
# (24 December, a Thursday) lie in the ten working days of one that came on Monday 14 December.
DUE, WEDNESDAY, THURSDAY = date(2026, 12, 7), date(2026, 12, 2), date(2026, 12, 3)
DECEMBER, CHRISTMAS_LEAVE = datetime(2026, 12, 14, 3, 15, tzinfo=UTC), date(2026, 12, 24)
LATER = NOW + timedelta(days=1)
ELECTION = Names("Pemilihan umum", "General election")


def decree(session: Session, on: date, *, closes: bool = True, number: str = "Keppres 7/2026", **more: Any) -> None:
    """A day is closed as a national holiday, or opened, and the change committed."""
    by = By(number, "decreed late", "sari", LATER)
    if closes:
        calendars.close(session, on, **{"kind": ClosureKind.HOLIDAY, "names": ELECTION, "codes": None, "by": by} | more)
    else:
        calendars.reopen(session, on, codes=None, by=by)
    session.commit()


def clock_of(session: Session, case: Case, purpose: ClockPurpose = ClockPurpose.ANSWER) -> Clock:
    session.rollback()
    session.expire_all()
    complaint = session.get_one(Complaint, case.complaint_id)
    return next(one for one in complaint.rounds[-1].clocks if one.purpose is purpose)


def dates(session: Session, case: Case) -> tuple[date | None, date | None, date | None]:
    """What the answer's clock counts and promises, and what the queue reads."""
    clock = clock_of(session, case)
    return clock.counted_on, clock.due_on, session.get_one(Complaint, case.complaint_id).due_on


def history(session: Session, case: Case) -> list[Told]:
    session.rollback()
    complaint = session.get_one(Complaint, case.complaint_id, populate_existing=True)
    return [told for told in entries(session, complaint, audience=Audience.CUSTOMER) if told.kind == Action.RECOUNT]


def letters(session: Session) -> list[str]:
    session.rollback()
    notices = session.scalars(sa.select(Notice).where(Notice.kind == NoticeKind.DATE_CHANGED).order_by(Notice.id))
    return [open_box(session, notice.key_id).open(notice)["body"].replace("\u00a0", " ") for notice in notices]
