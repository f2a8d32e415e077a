"""One more document that a round needs, and the customer's own time to bring what is missing."""

from collections.abc import Sequence
from datetime import datetime

from portal.complaints import completeness
from portal.complaints.models import Clock, Complaint, Requirement
from portal.complaints.rules import still_checked
from portal.complaints.states import ClockPurpose
from portal.db import Session
from portal.institution.calendars.queries import calendars
from portal.institution.models import Institution


def ask_more(
    session: Session, complaint: Complaint, codes: Sequence[str], *, profile: Institution, now: datetime
) -> None:
    """The round needs these documents besides, which it did not name yet; the customer's time begins anew.

    While our time to check what arrived runs, our own limit waits for them. Later they are asked for
    without stopping anything: the date that was promised stands, and no time of the customer's ends (BM-30).
    """
    opened, of = completeness.newest_round(session, complaint), calendars(session).of
    for code in codes:
        session.add(Requirement(round_id=opened.id, code=code, asked_at=now, arrived_at=None, questioned_at=None))
    session.flush()
    if opened.complete_at and not still_checked(opened.complete_at, profile, of, now=now):
        return
    completeness.wait_again(session, complaint, opened, profile=profile, calendars=of, now=now)
    session.flush()


def documents_clock(session: Session, complaint: Complaint) -> Clock | None:
    """The customer's own time in the newest round, while it runs."""
    opened = completeness.newest_round(session, complaint)
    running = (
        clock
        for clock in reversed(completeness.clocks_of(session, opened))
        if clock.purpose is ClockPurpose.DOCUMENTS and clock.ended_at is None
    )
    return next(running, None)
