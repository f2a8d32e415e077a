"""The jobs of this room: sending the one-time code for a lost access code, and two sweeps."""

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
import structlog

from portal.accounts.rules import CodePurpose, TooManyCodes
from portal.accounts.service import issue_code
from portal.complaints import codes
from portal.complaints.models import Complaint, Party
from portal.complaints.parties import recipient_of
from portal.complaints.queries import person_in
from portal.complaints.service import lock_document
from portal.db import writing
from portal.evidence import queries as documents
from portal.evidence import service as evidence
from portal.evidence.rules import ScanState
from portal.evidence.scanner import scanner_of
from portal.evidence.storage import Depot
from portal.institution.loader import load
from portal.jobs.rules import Cron, Task, Work
from portal.sealing import KeyDestroyed, open_box
from portal.web import throttle

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
        beside = documents.documents(session, row.folder_id)
        lock_document(
            session,
            complaint,
            next(one for one in beside if one.id == row.id),
            others=[one for one in beside if one.id != row.id and one.scan is not ScanState.INFECTED],
            profile=load(work.settings.institution),
            base_url=work.settings.base_url,
            now=work.now,
        )


def sweep_sessions(work: Work) -> None:
    """Delete the logins that can never live again."""
    work.session.begin_write()
    codes.sweep_sessions(work.session, now=work.now)


def sweep_attempts(work: Work) -> None:
    """Delete the counted attempts that slow nobody down any more."""
    work.session.begin_write()
    throttle.sweep(work.session.connection(), now=work.now)


TASKS = (
    Task(codes.LOST_CODE, send_one_time_code),
    Task(evidence.SCAN, scan_document, limit=timedelta(minutes=5)),
    Task("complaints.sweep_sessions", sweep_sessions),
    Task("complaints.sweep_attempts", sweep_attempts),
)
CRONS = (
    Cron("complaints.sweep_sessions", "complaints.sweep_sessions", every=timedelta(hours=1)),
    Cron("complaints.sweep_attempts", "complaints.sweep_attempts", every=timedelta(hours=1)),
)
