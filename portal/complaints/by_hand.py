"""What officers file for customers: a verbal complaint that becomes a written one, and papers that came otherwise."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from portal.accounts.rules import Officer
from portal.complaints import clocks, completeness, letters
from portal.complaints.models import Clock, Complaint
from portal.complaints.recording import record_by
from portal.complaints.rules import Action, NotAllowed, Refusal
from portal.complaints.sight import lawful
from portal.db import Session
from portal.evidence import service as evidence
from portal.evidence.rules import Arrived, Limits
from portal.evidence.scanner import Scanner
from portal.institution.calendars.queries import calendars
from portal.institution.models import Institution
from portal.institution.rules import Form
from portal.notices.rules import NoticeKind
from portal.sealing import open_box


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


def file_papers(
    session: Session,
    complaint: Complaint,
    *,
    purpose: str,
    channel: str,
    came_at: datetime,
    delivery_id: UUID,
    arrived: Sequence[Arrived],
    limits: Limits,
    scanner: Scanner,
    profile: Institution,
    officer: Officer,
    now: datetime,
) -> list[Arrived]:
    """File papers that came by e-mail, post or at the counter, with their channel and moment (K3-17).

    Returns every file with what came of it; nothing is recorded where none was taken. What was missing
    counts as arrived at the moment the papers came, not when somebody scanned them. Raises `NotAllowed`.
    """
    if complaint.folder_id is None or Action.FILE_PAPERS not in lawful(officer, complaint.status):
        raise NotAllowed(Action.FILE_PAPERS, Refusal.STATUS)
    done = evidence.add(
        session,
        complaint.folder_id,
        box=open_box(session, complaint.key_id),
        purpose=purpose,
        delivery_id=delivery_id,
        arrived=arrived,
        limits=limits,
        scanner=scanner,
        now=now,
        added_by=officer.id,
    )
    taken = [one.stored for one in done if one.stored and not one.fault]
    if taken:
        record_by(
            session,
            complaint,
            Action.FILE_PAPERS,
            officer,
            now=now,
            payload={
                "channel": channel,
                "came_at": came_at.isoformat(),
                "documents": [{"sha256": one.sha256.hex(), "size": one.size} for one in taken],
            },
        )
        of = calendars(session).of
        completeness.meet(session, complaint, {purpose}, profile=profile, calendars=of, now=came_at)
    return done
