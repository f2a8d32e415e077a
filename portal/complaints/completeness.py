"""Whether a round is complete: what it needs, what has arrived, and the clocks that hang on it.

`complete_at` is the moment the last required document arrived, never the moment somebody looked at it.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa

from portal.complaints import clocks
from portal.complaints.models import Clock, Complaint, Requirement, Round
from portal.complaints.recording import kept_day, record
from portal.complaints.rules import Action, Role, still_checked
from portal.complaints.states import ClockPurpose
from portal.complaints.transitions import next_status
from portal.db import Session
from portal.institution.models import Institution
from portal.workdays.rules import CalendarOf, Start


class Reopened(StrEnum):
    """What came of it that a document does not hold. `ASKED`: it is a question, which stops nothing."""

    STOPPED = "stopped"
    ASKED = "asked"


def require(
    session: Session,
    opened: Round,
    codes: Sequence[str],
    *,
    given: Collection[str],
    profile: Institution,
    calendars: CalendarOf,
    now: datetime,
) -> tuple[list[str], Clock | None]:
    """Note what a round needs and what of it has come; ask for the rest. Returns what is missing, and the
    clock of the customer's time to bring it.

    What is missing is named to the customer in this moment, once, and their time to bring it begins
    (SQ-22, BM-18). What is given came with the round: with nothing missing it is complete when it is received.
    """
    rows = [
        Requirement(
            round_id=opened.id,
            code=code,
            asked_at=None if code in given else now,
            arrived_at=opened.received_at if code in given else None,
        )
        for code in codes
    ]
    for row in rows:
        session.add(row)
    left = missing(rows)
    asked = None
    if left:
        asked = clocks.ask_for_documents(session, opened, profile=profile, calendars=calendars, now=now)
    opened.complete_at = None if left else opened.received_at
    session.flush()
    return left, asked


def require_more(
    session: Session,
    opened: Round,
    codes: Sequence[str],
    *,
    given: Collection[str],
    profile: Institution,
    calendars: CalendarOf,
    now: datetime,
) -> tuple[list[str], Clock | None]:
    """The round needs these documents too, of which it names those that it did not; returns as `require` does.

    What is missing is asked for now, and the customer's time to bring it begins; the round is complete
    again when it has come.
    """
    known = {row.code for row in needs(session, opened)}
    for code in codes:
        if code not in known:
            asked_at, arrived_at = (None, now) if code in given else (now, None)
            session.add(Requirement(round_id=opened.id, code=code, asked_at=asked_at, arrived_at=arrived_at))
    session.flush()
    left = missing(needs(session, opened))
    if not left:
        return left, None
    opened.complete_at = None
    asked = clocks.ask_for_documents(session, opened, profile=profile, calendars=calendars, now=now)
    session.flush()
    return left, asked


def missing(rows: Sequence[Requirement]) -> list[str]:
    """The codes of what has not come."""
    return [row.code for row in rows if row.arrived_at is None]


def meet(
    session: Session,
    complaint: Complaint,
    codes: Collection[str],
    *,
    profile: Institution,
    calendars: CalendarOf,
    now: datetime,
    arrived_at: datetime | None = None,
) -> list[str]:
    """Documents of these codes have arrived in the newest round; returns the codes still missing.

    When the last one has come the round is complete from this moment: the limits that wait for it
    start, the customer's own time ends, and the history says so (SQ-23, BM-30). What answers a question
    that stopped nothing moves no date. `arrived_at`: they lay here before somebody filed them, so that
    the round is complete from then, though never before it was received (K3-17).
    """
    opened = newest_round(session, complaint)
    rows = needs(session, opened)
    for row in rows:
        if row.code in codes:
            row.arrived_at, row.questioned_at = row.arrived_at or max(arrived_at or now, opened.received_at), None
    complete_at = max((row.arrived_at for row in rows if row.arrived_at), default=now)
    return _complete_if_nothing_lacks(
        session, complaint, opened, rows, profile=profile, calendars=calendars, complete_at=complete_at, now=now
    )


def waive(
    session: Session,
    complaint: Complaint,
    codes: Collection[str],
    *,
    profile: Institution,
    calendars: CalendarOf,
    now: datetime,
) -> list[str]:
    """Documents of these codes are needed no more in the newest round; returns the codes still missing.

    What has come stays; what has not is asked for no longer. Where nothing else was missing the round is
    complete from now on.
    """
    opened = newest_round(session, complaint)
    rows = needs(session, opened)
    kept = []
    for row in rows:
        row.questioned_at = None if row.code in codes else row.questioned_at
        if row.code in codes and row.arrived_at is None:
            session.delete(row)
        else:
            kept.append(row)
    return _complete_if_nothing_lacks(
        session, complaint, opened, kept, profile=profile, calendars=calendars, complete_at=now, now=now
    )


def _complete_if_nothing_lacks(
    session: Session,
    complaint: Complaint,
    opened: Round,
    rows: Sequence[Requirement],
    *,
    profile: Institution,
    calendars: CalendarOf,
    complete_at: datetime,
    now: datetime,
) -> list[str]:
    left = missing(rows)
    # What comes after the response waits for no completeness any more.
    if left or opened.complete_at is not None or opened.answered_at is not None:
        session.flush()
        return left
    opened.complete_at = complete_at
    running = clocks_of(session, opened)
    for clock in running:
        if clock.purpose is ClockPurpose.DOCUMENTS:
            clock.ended_at = clock.ended_at or now
        elif clock.started_at is None and clock.starts == Start.COMPLETE:
            clocks.start(clock, complete_at, profile, calendars)
    complaint.due_on, complaint.documents_due_on = clocks.due_on(running), None
    record(
        session,
        complaint,
        Action.COMPLETE,
        role=Role.SYSTEM,
        actor_id=None,
        now=now,
        payload={"due_on": kept_day(complaint.due_on)},
    )
    return left


def reopen(
    session: Session,
    complaint: Complaint,
    code: str,
    *,
    role: Role,
    actor_id: UUID | None,
    reason: str | None,
    profile: Institution,
    calendars: CalendarOf,
    now: datetime,
) -> Reopened | None:
    """What came for a required document does not hold, and another one is asked for.

    While our time to check it runs (`still_checked`), the newest round is open again: the limits that
    waited for complete documents stop, the customer's own time begins anew, and the arrival of the
    replacement will be the moment of completeness; the history says so, with `reason` in words for the
    customer. Later it is a question: the round stays complete from the moment it was, so that nobody's
    delay but the customer's moves a date, and the caller's own entry tells of it.

    Returns which of the two it was; None, and nothing is done, where no such document is required or
    it has not come. Raises `NotAllowed`.
    """
    next_status(complaint.status, Action.REOPEN_DOCUMENTS, role)
    opened = newest_round(session, complaint)
    row = next((row for row in needs(session, opened) if row.code == code and row.arrived_at is not None), None)
    if row is None or row.arrived_at is None:
        return None
    if not still_checked(row.arrived_at, profile, calendars, now=now):
        row.questioned_at = now
        session.flush()
        return Reopened.ASKED
    row.arrived_at, row.asked_at, row.questioned_at = None, now, None
    wait_again(session, complaint, opened, profile=profile, calendars=calendars, now=now)
    due_on = kept_day(complaint.documents_due_on)
    payload = {"codes": [code], "reason": reason, "bring_by": due_on}
    record(session, complaint, Action.REOPEN_DOCUMENTS, role=role, actor_id=actor_id, now=now, payload=payload)
    return Reopened.STOPPED


def wait_again(
    session: Session, complaint: Complaint, opened: Round, *, profile: Institution, calendars: CalendarOf, now: datetime
) -> None:
    """The round is no longer complete: what waits for that stops, and the customer's own time begins anew."""
    opened.complete_at = None
    running = clocks_of(session, opened)
    for clock in running:
        if clock.purpose is ClockPurpose.DOCUMENTS:
            clock.ended_at = clock.ended_at or now
        elif clock.starts == Start.COMPLETE:
            clocks.stop(clock)
    asked = clocks.ask_for_documents(session, opened, profile=profile, calendars=calendars, now=now)
    complaint.due_on = clocks.due_on(running)
    complaint.documents_due_on = asked.due_on if asked else None


def end_clocks(session: Session, complaint: Complaint, *, now: datetime) -> None:
    """Nothing is waited for any more in the newest round."""
    for clock in clocks_of(session, newest_round(session, complaint)):
        clock.ended_at = clock.ended_at or now


def newest_round(session: Session, complaint: Complaint) -> Round:
    """The round that runs, or ran last."""
    return session.scalars(
        sa.select(Round).where(Round.complaint_id == complaint.id).order_by(Round.ordinal.desc()).limit(1)
    ).one()


def needs(session: Session, opened: Round) -> list[Requirement]:
    """What a round needs, in the order in which it was noted."""
    return list(
        session.scalars(sa.select(Requirement).where(Requirement.round_id == opened.id).order_by(Requirement.id))
    )


def clocks_of(session: Session, opened: Round) -> list[Clock]:
    """The clocks of a round, in the order in which they were started."""
    return list(session.scalars(sa.select(Clock).where(Clock.round_id == opened.id).order_by(Clock.id)))
