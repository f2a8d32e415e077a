"""What officers file for customers: a verbal complaint that becomes a written one."""

from datetime import datetime

import sqlalchemy as sa

from portal.accounts.rules import Officer
from portal.complaints import clocks, completeness, letters
from portal.complaints.models import Clock, Complaint
from portal.complaints.recording import record_by
from portal.complaints.rules import Action, NotAllowed, Refusal
from portal.db import Session
from portal.institution.calendars.queries import calendars
from portal.institution.models import Institution
from portal.institution.rules import Form
from portal.notices.rules import NoticeKind


def convert(
    session: Session, complaint: Complaint, *, profile: Institution, base_url: str, officer: Officer, now: datetime
) -> None:
    """A verbal complaint needs documents or longer: from now on it is a written one, with a new clock.

    The verbal limit ends here, and the written one runs from now or from complete documents. The customer
    is told, with the new date if there is one yet. Raises `NotAllowed`, also for a written complaint.
    """
    if complaint.form is not Form.VERBAL:
        raise NotAllowed(Action.CONVERT, Refusal.STATUS)
    opened = completeness.newest_round(session, complaint)
    for clock in session.scalars(sa.select(Clock).where(Clock.round_id == opened.id)):
        clock.ended_at = clock.ended_at or now
    complaint.form = Form.WRITTEN
    running = clocks.start_clocks(
        session,
        opened,
        kind=complaint.kind,
        form=Form.WRITTEN,
        profile=profile,
        calendars=calendars(session).of,
        received_at=now,
    )
    complaint.due_on = clocks.due_on(running)
    payload = {"due_on": complaint.due_on.isoformat() if complaint.due_on else None}
    record_by(session, complaint, Action.CONVERT, officer, now=now, payload=payload)
    letters.tell(
        session,
        complaint,
        NoticeKind.NOW_WRITTEN,
        lambda _: {"due_on": complaint.due_on},
        profile=profile,
        base_url=base_url,
        now=now,
    )
