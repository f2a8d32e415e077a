"""The jobs of this room: the sweep, giving documents to the scanner again, and noting how they look."""

from datetime import timedelta
from uuid import UUID

import structlog

from portal.evidence import fingerprints, queries, service
from portal.evidence.scanner import ScannerUnavailable, scanner_of
from portal.evidence.storage import Depot
from portal.jobs.rules import Cron, Task, Work
from portal.jobs.service import enqueue

log = structlog.get_logger("portal.evidence")

# A document that has just come has a job of its own already.
PATIENCE = timedelta(minutes=2)


def sweep(work: Work) -> None:
    """Delete what was removed or is kept no longer, then bytes that are nobody's; tell of rows without bytes."""
    depot = Depot.at(work.settings.evidence_url)
    gone = []
    for document_id, storage in service.doomed(work.session, now=work.now):
        depot.delete(storage)
        gone.append(document_id)
    swept = service.sweep_bytes(work.session, depot, now=work.now)
    for document_id in swept.without_bytes:
        if document_id not in gone:
            log.error("evidence.bytes_missing", document=str(document_id))
    work.session.begin_write()
    service.forget(work.session, gone, now=work.now)


def rescan(work: Work) -> None:
    """Once the scanner answers, have everything judged that it has not judged yet."""
    held = queries.held_back(work.session, before=work.now - PATIENCE)
    if not held:
        return
    try:
        scanner_of(work.settings).version()
    except ScannerUnavailable as away:
        log.warning("evidence.scanner_away", reason=str(away), held=len(held))
        return
    work.session.begin_write()
    for document_id in held:
        # One job a slot: a document that failed once is tried again in the next.
        key = f"scan:{document_id}:{work.payload['slot']}"
        enqueue(work.session, service.SCAN, {"document": document_id}, now=work.now, key=key)


def fingerprint(work: Work) -> None:
    """Note how a document looks, so that one that was submitted before is known when it comes again."""
    depot = Depot.at(work.settings.evidence_url)
    fingerprints.note(work.session, UUID(work.payload["document"]), depot=depot, now=work.now)


def fingerprint_all(work: Work) -> None:
    """Have every document looked at that nobody has looked at: those that came before there was a job for it."""
    found = fingerprints.without(work.session, before=work.now - PATIENCE)
    work.session.begin_write()
    for document_id in found:
        # One job a slot: a document that failed once is tried again in the next.
        key = f"fingerprint:{document_id}:{work.payload['slot']}"
        enqueue(work.session, service.FINGERPRINT, {"document": document_id}, now=work.now, key=key)


TASKS = (
    Task("evidence.sweep", sweep, limit=timedelta(hours=1), yields=True),
    Task("evidence.rescan", rescan),
    # Two long documents are compared page by page: that takes minutes.
    Task(service.FINGERPRINT, fingerprint, limit=timedelta(hours=1), yields=True),
    Task("evidence.fingerprint_all", fingerprint_all),
)
CRONS = (
    Cron("evidence.sweep", "evidence.sweep", hour=2, minute=40),
    Cron("evidence.rescan", "evidence.rescan", every=timedelta(minutes=5)),
    Cron("evidence.fingerprint_all", "evidence.fingerprint_all", every=timedelta(hours=1)),
)
