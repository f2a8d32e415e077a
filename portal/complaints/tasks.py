"""The jobs of this room: one-time codes, scans, deliveries that broke off, dates counted again, days, two sweeps."""

from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
import structlog

from portal.accounts.rules import CodePurpose, TooManyCodes
from portal.accounts.service import issue_code
from portal.complaints import codes, deliveries, overdue
from portal.complaints.disputes import drafts, objecting, silence
from portal.complaints.models import Complaint, Party, Round
from portal.complaints.parties import recipient_of
from portal.complaints.queries import person_in
from portal.complaints.recounting import outdated, recount
from portal.complaints.rules import HANDLED
from portal.complaints.service import lock_document, lock_sent_file
from portal.complaints.sorting import escalate_in_time
from portal.config import Settings
from portal.db import Session, writing
from portal.evidence import queries as documents
from portal.evidence import service as evidence
from portal.evidence.rules import ScanState
from portal.evidence.scanner import scanner_of
from portal.evidence.storage import Depot
from portal.institution.calendars.queries import calendars
from portal.institution.calendars.rules import Calendars
from portal.institution.calendars.service import CHANGED
from portal.institution.loader import load
from portal.institution.models import Institution
from portal.jobs.rules import Cron, Task, Work
from portal.jobs.service import enqueue
from portal.sealing import KeyDestroyed, open_box
from portal.web import throttle
from portal.workdays.rules import local_day

RECOUNT_ONE = "complaints.recount"
WATCH, WATCH_ONE = "complaints.watch_days", "complaints.watch_one"
# So many complaints are counted in one transaction: nobody else writes meanwhile on SQLite.
RECOUNT_BATCH = 50

log = structlog.get_logger("portal.complaints")


def send_one_time_code(work: Work) -> None:
    """Send a one-time code to the contact on file of whoever lost their access code.

    Nothing happens where there is no such case, where it was erased, or where an hour's codes are
    used up: the page has said "if it exists" in any case.
    """
    session, profile = work.session, load(work.settings.institution)
    found = codes.find_lost(session, work.payload, profile.prefix)
    if found is None:
        return
    complaint, party = session.get_one(Complaint, found.complaint_id), session.get_one(Party, found.party_id)
    try:
        box = open_box(session, complaint.key_id)
    except KeyDestroyed:
        return
    recipient = recipient_of(party, person_in(box, party))
    if recipient.address is None:
        log.warning("complaints.no_contact", complaint=str(complaint.id))
        return
    session.begin_write()
    with suppress(TooManyCodes):
        issue_code(
            session,
            box=box,
            subject_id=complaint.id,
            recipient=recipient,
            purpose=CodePurpose.NEW_ACCESS_CODE,
            now=work.now,
            profile=profile,
        )


def scan_document(work: Work) -> None:
    """Have a document judged. Where the scanner gives no judgement it stays held back, for `evidence.rescan`."""
    document_id = UUID(work.payload["document"])
    depot, scanner = Depot.at(work.settings.evidence_url), scanner_of(work.settings)
    session = work.session
    state = evidence.judge(session, document_id, depot=depot, scanner=scanner)
    session.begin_write()
    if state is None or not evidence.settle(session, document_id, state, now=work.now):
        return
    row = documents.find(session, document_id) if state is ScanState.INFECTED else None
    # A draft's document has no history yet; its row alone says what was found.
    owner = row and session.scalar(sa.select(Complaint).where(Complaint.folder_id == row.folder_id))
    if row and owner:
        complaint = writing(session, owner)
        if row.sent_by is not None:
            lock_sent_file(session, complaint, documents.told(open_box(session, complaint.key_id), row), now=work.now)
            return
        beside = documents.documents(session, row.folder_id)
        lock_document(
            session,
            complaint,
            next(one for one in beside if one.id == row.id),
            others=[one for one in beside if one.id != row.id and not one.locked],
            profile=load(work.settings.institution),
            base_url=work.settings.base_url,
            now=work.now,
        )


def confirm_delivery(work: Work) -> None:
    """Confirm a delivery that came to rest without its last file; nothing where this document was not the last."""
    session, settings = work.session, work.settings
    row = documents.find(session, UUID(work.payload["document"]))
    owner = row and session.scalar(sa.select(Complaint).where(Complaint.folder_id == row.folder_id))
    if not row or not owner or row.added_by is None:
        return
    try:
        box = open_box(session, owner.key_id)
    except KeyDestroyed:
        return
    complaint = writing(session, owner)
    if deliveries.is_last(session, row):
        deliveries.confirm(
            session,
            complaint,
            session.get_one(Party, row.added_by),
            row.delivery_id,
            box=box,
            profile=load(settings.institution),
            base_url=settings.base_url,
            now=work.now,
        )


def recount_clocks(work: Work) -> None:
    """Count every open clock again whose calendar has changed, a batch of complaints at a time.

    Each batch commits with the job that goes on after it, so that a worker which dies loses nothing. A
    complaint that cannot be counted gets a job of its own and keeps nobody else from their date.
    """
    session, settings, after = work.session, work.settings, work.payload.get("after")
    session.begin_write()
    there = calendars(session)
    found = outdated(session, there, after=UUID(after) if after else None, limit=RECOUNT_BATCH)
    for complaint_id in found:
        try:
            with session.begin_nested():
                _recount(session, complaint_id, settings, work.now, there)
        except Exception:
            log.exception("complaints.not_recounted", complaint=str(complaint_id))
            key = f"{RECOUNT_ONE}:{complaint_id}:{len(there.changes)}"
            enqueue(session, RECOUNT_ONE, {"complaint": complaint_id}, now=work.now, key=key)
    if len(found) == RECOUNT_BATCH:
        enqueue(session, CHANGED, {"after": found[-1]}, now=work.now)


def recount_one(work: Work) -> None:
    """Count the clocks of one complaint again."""
    session = work.session
    session.begin_write()
    _recount(session, UUID(work.payload["complaint"]), work.settings, work.now, calendars(session))


def _recount(session: Session, complaint_id: UUID, settings: Settings, now: datetime, there: Calendars) -> None:
    complaint = writing(session, session.get_one(Complaint, complaint_id))
    profile = load(settings.institution)
    recount(session, complaint, there=there, profile=profile, base_url=settings.base_url, now=now)


def sweep_sessions(work: Work) -> None:
    """Delete the logins that can never live again."""
    work.session.begin_write()
    codes.sweep_sessions(work.session, now=work.now)


def sweep_attempts(work: Work) -> None:
    """Delete the counted attempts that slow nobody down any more."""
    work.session.begin_write()
    throttle.sweep(work.session.connection(), now=work.now)


def watch_days(work: Work) -> None:
    """Give each complaint that a day has come for a job of its own: one that fails holds up no other."""
    profile = load(work.settings.institution)
    today = local_day(work.now, profile.zone)
    found = {
        *overdue.with_documents_due(work.session, profile=profile, today=today),
        *overdue.with_answer_due(work.session, profile=profile, today=today),
        *silence.with_decision_due(work.session, today=today, profile=profile),
    }
    work.session.begin_write()
    for complaint_id in sorted(found):
        key = f"day:{complaint_id}:{today.isoformat()}"
        enqueue(work.session, WATCH_ONE, {"complaint": complaint_id}, now=work.now, key=key)


def watch_one(work: Work) -> None:
    """Remind, announce, deem withdrawn, close or escalate one complaint, as its days say now."""
    session, profile, settings = work.session, load(work.settings.institution), work.settings
    complaint = session.get(Complaint, UUID(work.payload["complaint"]))
    if complaint is None:
        return
    try:
        open_box(session, complaint.key_id)
    except KeyDestroyed:
        return
    watch(session, writing(session, complaint), profile=profile, base_url=settings.base_url, now=work.now)


def watch(session: Session, complaint: Complaint, *, profile: Institution, base_url: str, now: datetime) -> None:
    """What a night does to a complaint. Doing it twice does nothing more."""
    overdue.judge_documents(session, complaint, profile=profile, base_url=base_url, now=now)
    silence.judge(session, complaint, profile=profile, base_url=base_url, now=now)
    near = local_day(now, profile.zone) + profile.clocks.escalation.span
    if complaint.due_on and complaint.status in HANDLED and complaint.due_on <= near:
        escalate_in_time(session, complaint, now=now)


def look_at_objection(work: Work) -> None:
    """Find out whether an objection brought something new, now that its pages may have been compared."""
    session = work.session
    opened = session.get(Round, UUID(work.payload["round"]))
    if opened is None:
        return
    complaint = session.get_one(Complaint, opened.complaint_id)
    try:
        open_box(session, complaint.key_id)
    except KeyDestroyed:
        return
    complaint = writing(session, complaint)
    session.refresh(opened)
    objecting.look(session, complaint, opened, now=work.now)


def sweep_objections(work: Work) -> None:
    """Discard the objections that somebody began and has left as long as the profile keeps any draft."""
    kept = timedelta(days=load(work.settings.institution).retention.draft_days)
    work.session.begin_write()
    drafts.sweep(work.session, before=work.now - kept)


TASKS = (
    Task(WATCH, watch_days),
    Task(WATCH_ONE, watch_one),
    Task(codes.LOST_CODE, send_one_time_code),
    Task(evidence.SCAN, scan_document, limit=timedelta(minutes=5)),
    Task(deliveries.CONFIRM, confirm_delivery),
    Task(CHANGED, recount_clocks),
    Task(RECOUNT_ONE, recount_one),
    Task(objecting.JUDGE, look_at_objection),
    Task("complaints.sweep_objections", sweep_objections),
    Task("complaints.sweep_sessions", sweep_sessions),
    Task("complaints.sweep_attempts", sweep_attempts),
)
CRONS = (
    # After midnight, when the last day of somebody's time is over.
    Cron("complaints.watch_days", WATCH, hour=0, minute=20),
    # What was stored by an older calendar in the moment of a change, and what an update of the portal
    # brought: its published holidays may be others.
    Cron("complaints.recount_clocks", CHANGED, hour=2, minute=30),
    Cron("complaints.sweep_objections", "complaints.sweep_objections", hour=2, minute=50),
    Cron("complaints.sweep_sessions", "complaints.sweep_sessions", every=timedelta(hours=1)),
    Cron("complaints.sweep_attempts", "complaints.sweep_attempts", every=timedelta(hours=1)),
)
