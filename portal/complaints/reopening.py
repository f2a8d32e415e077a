"""What makes a complete round incomplete again: a document that was rejected, or one more that is needed."""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa

from portal.complaints import clocks, completeness
from portal.complaints.models import Clock, Complaint, Requirement, Round
from portal.complaints.recording import record
from portal.complaints.rules import Action, ClockPurpose, Role
from portal.db import Session
from portal.institution.models import Institution
from portal.workdays.rules import Start, local_day


def reopen(
    session: Session, complaint: Complaint, codes: Collection[str], *, profile: Institution, now: datetime
) -> None:
    """Documents of these codes have turned out to be none: they are missing again, and asked for anew.

    Our own limit stops and waits for their replacement only within the time that the profile gives us to
    check what arrived; after it, the date that was promised stands whatever we find (BM-30).
    """
    opened = completeness.newest_round(session, complaint)
    for row in completeness.needs(session, opened):
        if row.code in codes:
            row.arrived_at, row.asked_at = None, now
    _wait_again(session, complaint, opened, codes, profile=profile, now=now)


def ask_more(
    session: Session, complaint: Complaint, codes: Sequence[str], *, profile: Institution, now: datetime
) -> None:
    """The round needs these documents besides, from now on; the rule for our own limit is `reopen`'s."""
    opened = completeness.newest_round(session, complaint)
    for code in codes:
        session.add(Requirement(round_id=opened.id, code=code, asked_at=now, arrived_at=None))
    session.flush()
    _wait_again(session, complaint, opened, codes, profile=profile, now=now)


def documents_clock(session: Session, complaint: Complaint) -> Clock | None:
    """The customer's own time in the newest round, while it runs."""
    opened = completeness.newest_round(session, complaint)
    return next((clock for clock in _documents_clocks(session, opened) if clock.ended_at is None), None)


def _wait_again(
    session: Session,
    complaint: Complaint,
    opened: Round,
    codes: Collection[str],
    *,
    profile: Institution,
    now: datetime,
) -> None:
    checked_by = clocks.checked_by(opened.complete_at, profile) if opened.complete_at else None
    stops = checked_by is not None and local_day(now, profile.zone) <= checked_by
    if stops:
        opened.complete_at = None
        running = list(session.scalars(sa.select(Clock).where(Clock.round_id == opened.id)))
        for clock in running:
            if clock.purpose is ClockPurpose.ANSWER and clock.starts == Start.COMPLETE:
                clocks.stop(clock)
        complaint.due_on = clocks.due_on(running)
    # What is asked for now is due as long after now as what was asked for first.
    asked = next(iter(_documents_clocks(session, opened)), None)
    if asked is None:
        asked = clocks.ask_for_documents(session, opened, profile=profile, now=now)
    else:
        asked.ended_at, asked.steps = None, []
        clocks.start(asked, now, profile)
    complaint.documents_due_on = asked.due_on if asked else None
    if stops:
        record(
            session,
            complaint,
            Action.REOPEN_DOCUMENTS,
            role=Role.SYSTEM,
            actor_id=None,
            now=now,
            payload={"codes": sorted(codes)},
        )


def _documents_clocks(session: Session, opened: Round) -> list[Clock]:
    return list(
        session.scalars(
            sa.select(Clock)
            .where(Clock.round_id == opened.id, Clock.purpose == ClockPurpose.DOCUMENTS)
            .order_by(Clock.id.desc())
        )
    )
