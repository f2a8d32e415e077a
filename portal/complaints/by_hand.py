"""What officers file for customers: papers that come on another way, a verbal complaint that becomes a written one."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from portal.accounts.rules import Officer
from portal.complaints import clocks, completeness, letters, queries
from portal.complaints.handed_in import required
from portal.complaints.models import Clock, Complaint, Party
from portal.complaints.recording import kept_day, record, record_by
from portal.complaints.rules import Action, NotAllowed, Refusal
from portal.complaints.transitions import acting_role, next_status
from portal.db import Session
from portal.evidence import service as evidence
from portal.evidence.queries import documents
from portal.evidence.rules import Arrived, Limits, proofs, purposes_of
from portal.evidence.scanner import Scanner
from portal.institution.calendars.queries import calendars
from portal.institution.models import Institution
from portal.institution.rules import Form
from portal.notices.rules import NoticeKind
from portal.sealing import open_box


class NotYetThere(Exception):
    """Papers of a case cannot have arrived before the case itself, nor in the future."""


def file_papers(
    session: Session,
    complaint: Complaint,
    *,
    party: Party,
    purpose: str,
    way: str,
    arrived_at: datetime,
    delivery_id: UUID,
    arrived: Sequence[Arrived],
    limits: Limits,
    scanner: Scanner,
    profile: Institution,
    base_url: str,
    officer: Officer,
    now: datetime,
) -> list[Arrived]:
    """File papers that came by e-mail, post or over a counter; returns every file with what came of it (K3-17).

    `party` is who sent them, and they count as brought by them; `way` is a channel of the profile,
    `rules.POST` or `rules.COUNTER`. The complaint is complete from the moment the last of what was missing
    arrived here, however long it lay before somebody filed it. Who sent them gets the same confirmation as
    for what they add themselves. Nothing is recorded where no file was taken. Raises `NotYetThere`,
    `NotAllowed`.
    """
    role = acting_role(officer, Action.FILE_PAPERS)
    next_status(complaint.status, Action.FILE_PAPERS, role)
    if complaint.folder_id is None:
        raise NotAllowed(Action.FILE_PAPERS, Refusal.STATUS)
    if not complaint.received_at <= arrived_at <= now:
        raise NotYetThere
    box = open_box(session, complaint.key_id)
    done = evidence.add(
        session,
        complaint.folder_id,
        box=box,
        purpose=purpose,
        delivery_id=delivery_id,
        arrived=arrived,
        limits=limits,
        scanner=scanner,
        now=now,
        added_by=party.id,
    )
    taken = proofs(done)
    if not taken:
        return done
    record(
        session,
        complaint,
        Action.FILE_PAPERS,
        role=role,
        actor_id=officer.id,
        behalf_id=party.id,
        now=now,
        payload={
            "way": way,
            "arrived_at": arrived_at.isoformat(),
            "purpose": purpose,
            "documents": taken,
        },
    )
    was_complete = completeness.newest_round(session, complaint).complete_at is not None
    missing = completeness.meet(
        session,
        complaint,
        {purpose},
        profile=profile,
        calendars=calendars(session).of,
        now=now,
        arrived_at=arrived_at,
    )
    letters.confirm_documents(
        session,
        complaint,
        party,
        box=box,
        count=len(taken),
        received_at=arrived_at,
        completed=not missing and not was_complete,
        missing=missing,
        profile=profile,
        base_url=base_url,
        now=now,
    )
    return done


def convert(
    session: Session, complaint: Complaint, *, profile: Institution, base_url: str, officer: Officer, now: datetime
) -> None:
    """A verbal complaint needs documents or longer: from now on it is a written one, with a new clock.

    The verbal limit ends here. The documents that a written complaint needs and that have not come are
    asked for, each once, with the date (SQ-22, BM-18); the written limit runs from now, or from complete
    documents. The customer is told all of it. Raises `NotAllowed`, also for a written complaint.
    """
    if complaint.form is not Form.VERBAL:
        raise NotAllowed(Action.CONVERT, Refusal.STATUS)
    opened, of = completeness.newest_round(session, complaint), calendars(session).of
    for clock in session.scalars(sa.select(Clock).where(Clock.round_id == opened.id)):
        clock.ended_at = clock.ended_at or now
    complaint.form = Form.WRITTEN
    wanted = required(queries.matter_of(session, complaint), profile, now=now)
    given = purposes_of(documents(session, complaint.folder_id)) if complaint.folder_id else ()
    missing, asked = completeness.require_more(
        session, opened, wanted, given=given, profile=profile, calendars=of, now=now
    )
    running = clocks.start_clocks(
        session,
        opened,
        kind=complaint.kind,
        form=Form.WRITTEN,
        profile=profile,
        calendars=of,
        received_at=now,
    )
    complaint.due_on = clocks.due_on(running)
    complaint.documents_due_on = asked.due_on if asked else None
    payload = {"due_on": kept_day(complaint.due_on), "missing": missing}
    record_by(session, complaint, Action.CONVERT, officer, now=now, payload=payload)
    letters.tell(
        session,
        complaint,
        NoticeKind.NOW_WRITTEN,
        lambda language: {
            "due_on": complaint.due_on,
            "missing": profile.documents_named(missing, language),
            "bring_by": complaint.documents_due_on,
        },
        profile=profile,
        base_url=base_url,
        now=now,
    )
