"""Whether a round is complete: what it needs, what has arrived, and the clocks that hang on it.

`complete_at` is the moment the last required document arrived, never the moment somebody looked at it.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa

from portal.complaints import clocks
from portal.complaints.models import Clock, Complaint, Requirement, Round
from portal.complaints.recording import record
from portal.complaints.rules import Action, ClockPurpose, Role
from portal.db import Session
from portal.institution.models import Institution
from portal.workdays.rules import Start


def require(
    session: Session,
    opened: Round,
    codes: Sequence[str],
    *,
    given: Collection[str],
    profile: Institution,
    now: datetime,
) -> tuple[list[str], Clock | None]:
    """Note what a round needs and what of it has come; ask for the rest. Returns what is missing, and the
    clock of the customer's time to bring it.

    What is missing is named to the customer in this moment, once, and their time to bring it begins
    (SQ-22, BM-18). With nothing missing the round is complete when it is received.
    """
    rows = [
        Requirement(
            round_id=opened.id,
            code=code,
            asked_at=None if code in given else now,
            arrived_at=now if code in given else None,
        )
        for code in codes
    ]
    for row in rows:
        session.add(row)
    left = missing(rows)
    asked = clocks.ask_for_documents(session, opened, profile=profile, now=now) if left else None
    opened.complete_at = None if left else now
    session.flush()
    return left, asked


def missing(rows: Sequence[Requirement]) -> list[str]:
    """The codes of what has not come."""
    return [row.code for row in rows if row.arrived_at is None]


def meet(
    session: Session, complaint: Complaint, codes: Collection[str], *, profile: Institution, now: datetime
) -> list[str]:
    """Documents of these codes have arrived in the newest round; returns the codes still missing.

    When the last one has come the round is complete from this moment: the limits that wait for it
    start, the customer's own time ends, and the history says so (SQ-23, BM-30).
    """
    opened = newest_round(session, complaint)
    rows = needs(session, opened)
    for row in rows:
        if row.arrived_at is None and row.code in codes:
            row.arrived_at = now
    left = missing(rows)
    if left or opened.complete_at is not None:
        session.flush()
        return left
    opened.complete_at = now
    running = _clocks(session, opened)
    for clock in running:
        if clock.purpose is ClockPurpose.DOCUMENTS:
            clock.ended_at = now
        elif clock.started_at is None and clock.starts == Start.COMPLETE:
            clocks.start(clock, now, profile)
    complaint.due_on, complaint.documents_due_on = clocks.due_on(running), None
    record(
        session,
        complaint,
        Action.COMPLETE,
        role=Role.SYSTEM,
        actor_id=None,
        now=now,
        payload={"due_on": complaint.due_on.isoformat() if complaint.due_on else None},
    )
    return left


def end_clocks(session: Session, complaint: Complaint, *, now: datetime) -> None:
    """Nothing is waited for any more in the newest round."""
    for clock in _clocks(session, newest_round(session, complaint)):
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


def _clocks(session: Session, opened: Round) -> list[Clock]:
    return list(session.scalars(sa.select(Clock).where(Clock.round_id == opened.id).order_by(Clock.id)))
