"""What is done to documents: added to a folder, judged by a scanner, removed, and swept."""

import hmac
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from portal.db import Session
from portal.evidence import cipher
from portal.evidence.carrying import carried
from portal.evidence.models import Document, Folder
from portal.evidence.queries import find, known, told
from portal.evidence.rules import UNJUDGED, Arrived, Fault, Filed, Limits, Media, NotReadable, ScanState, fits
from portal.evidence.scanner import Scanner, ScannerUnavailable
from portal.evidence.storage import SAFE_AGE, Depot, Missing
from portal.institution.profile.asking import Uploads
from portal.jobs.service import enqueue
from portal.sealing import Box, KeyDestroyed, Tampered, open_box

# The job that has one document judged. Its handler stands in the room that owns the consequence.
SCAN = "complaints.scan"
# The job that notes how one document looks.
FINGERPRINT = "evidence.fingerprint"
BATCH = 500
MB = 1024 * 1024


def limits_of(uploads: Uploads) -> Limits:
    """The profile's limits in bytes."""
    return Limits(
        file_bytes=uploads.file_mb * MB,
        delivery_files=uploads.delivery_files,
        delivery_bytes=uploads.delivery_mb * MB,
        case_files=uploads.case_files,
        case_bytes=uploads.case_mb * MB,
    )


def file_key(box: Box, storage: str) -> bytes:
    """The key of one file, which no other file has and which dies with the case's data key."""
    return box.derive(f"file:{storage}")


def make_folder(session: Session, *, key_id: UUID, now: datetime) -> Folder:
    """A folder under this data key, empty. The caller refers to it and so owns it."""
    folder = Folder(key_id=key_id, kept_until=None, created_at=now)
    session.add(folder)
    # Rows refer to it by a foreign key without a relationship, so nothing else would insert it before them.
    session.flush()
    return folder


def release(session: Session, folder_id: UUID, *, now: datetime) -> None:
    """Its owner needs the folder no more: the sweep deletes it with everything in it."""
    session.execute(sa.update(Folder).where(Folder.id == folder_id).values(kept_until=now))


def add(
    session: Session,
    folder_id: UUID,
    *,
    box: Box,
    purpose: str,
    delivery_id: UUID,
    arrived: Sequence[Arrived],
    limits: Limits,
    scanner: Scanner,
    now: datetime,
    added_by: UUID | None = None,
    sent_by: UUID | None = None,
) -> list[Arrived]:
    """Give rows to the files that arrived without a fault; returns every file with what came of it.

    A file whose bytes the folder already has for the same purpose is not added again (`TWICE`), one
    beyond the case's limits is refused (`CASE_FULL`): their bytes are the caller's to drop. The folder
    is locked, so that two deliveries at once cannot pass a limit together. `added_by` is the party who adds
    to a complaint; None while it is being filed. `sent_by` is the officer who sends the files to the customer:
    they have the same limits for themselves, and may be sent again with another message. The caller commits.
    """
    session.scalars(sa.select(Folder).where(Folder.id == folder_id).with_for_update()).one()
    side = Document.sent_by.is_(None) if sent_by is None else Document.sent_by.is_not(None)
    there = list(
        session.scalars(sa.select(Document).where(Document.folder_id == folder_id, Document.removed_at.is_(None), side))
    )
    position = session.scalar(sa.select(sa.func.max(Document.position)).where(Document.folder_id == folder_id)) or 0
    result: list[Arrived] = []
    for one in arrived:
        if one.fault or one.stored is None or one.verdict is None:
            result.append(one)
            continue
        digest = hmac.digest(box.derive("digest"), one.stored.sha256, "sha256")
        beside = there if sent_by is None else [row for row in there if row.delivery_id == delivery_id]
        same = next((row for row in beside if row.digest == digest and row.purpose == purpose), None)
        if same is not None:
            result.append(replace(one, fault=Fault.TWICE, same_as=told(box, same).name))
            continue
        if not fits(limits, files=len(there), size=sum(row.size for row in there), more=one.stored.size):
            result.append(replace(one, fault=Fault.CASE_FULL))
            continue
        position += 1
        row = Document(
            folder_id=folder_id,
            delivery_id=delivery_id,
            position=position,
            purpose=purpose,
            added_by=added_by,
            sent_by=sent_by,
            digest=digest,
            storage=one.stored.storage,
            size=one.stored.size,
            media_type=one.verdict.media,
            facts=dict(one.verdict.facts),
            scan=scanner.first,
            scanned_at=None,
            created_at=now,
            removed_at=None,
        )
        box.seal(row, {"name": one.name, "sha256": one.stored.sha256.hex(), "storage": one.stored.storage})
        session.add(row)
        there.append(row)
        result.append(one)
        if scanner.first in UNJUDGED:
            enqueue(session, SCAN, {"document": row.id}, now=now, key=f"scan:{row.id}")
        enqueue(session, FINGERPRINT, {"document": row.id}, now=now, key=f"fingerprint:{row.id}")
    session.flush()
    return result


def hand_on(session: Session, folder_id: UUID, into_id: UUID, *, now: datetime) -> list[UUID]:
    """Put a folder's documents into another one under the same data key, after those that are there.

    Their bytes stay where they are, sealed as before. Beside others they are looked at anew, whether they were
    submitted before. Returns their ids, in their order.
    """
    session.scalars(sa.select(Folder).where(Folder.id == into_id).with_for_update()).one()
    position = session.scalar(sa.select(sa.func.max(Document.position)).where(Document.folder_id == into_id)) or 0
    rows = session.scalars(
        sa.select(Document)
        .where(Document.folder_id == folder_id, Document.removed_at.is_(None))
        .order_by(Document.position)
    ).all()
    for row in rows:
        position += 1
        row.folder_id, row.position = into_id, position
        enqueue(session, FINGERPRINT, {"document": row.id}, now=now, key=f"fingerprint:{row.id}:{into_id}")
    session.flush()
    return [row.id for row in rows]


def remove(session: Session, document_id: UUID, folder_id: UUID, *, now: datetime) -> bool:
    """Remove a document of this folder; whether there was one. Its bytes and its row go with the next sweep."""
    done = session.execute(
        sa.update(Document)
        .where(Document.id == document_id, Document.folder_id == folder_id, Document.removed_at.is_(None))
        .values(removed_at=now)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def content(depot: Depot, box: Box, document: Filed, *, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
    """The document's bytes as they came, or a range of them.

    Raises `Missing` for bytes that are gone, `sealing.Tampered` for bytes that are not the row's.
    """
    if depot.size(document.storage) != cipher.sealed_size(document.size):
        raise Tampered(f"the bytes of document {document.id}")
    return cipher.opened(
        file_key(box, document.storage),
        lambda at, length: depot.read(document.storage, at, length),
        size=document.size,
        start=start,
        stop=stop,
    )


# ── judged by a scanner ──────────────────────────────────────────────────────────────────────────


def judge(session: Session, document_id: UUID, *, depot: Depot, scanner: Scanner) -> ScanState | None:
    """What the scanner says of a document that it has not judged yet; None where there is nothing to judge.

    What a PDF carries is asked about by itself. Only reads: `settle` writes it down. `UNAVAILABLE` where the
    scanner gives no judgement, or what is carried cannot be unpacked for it.
    """
    row = find(session, document_id)
    if row is None or row.scan not in UNJUDGED:
        return None
    try:
        box = open_box(session, session.get_one(Folder, row.folder_id).key_id)
    except KeyDestroyed:
        return None
    filed = told(box, row)
    try:
        state = scanner.scan(content(depot, box, filed))
        if state is ScanState.CLEAN and filed.media is Media.PDF:
            with closing(carried(content(depot, box, filed))) as parts:
                state = next((found for part in parts if (found := scanner.scan(part)) is not ScanState.CLEAN), state)
    except (ScannerUnavailable, NotReadable):
        return ScanState.UNAVAILABLE
    return state


def settle(session: Session, document_id: UUID, state: ScanState, *, now: datetime) -> bool:
    """Write a judgement down; whether it changed anything. A judgement that was given stays."""
    judged = state in (ScanState.CLEAN, ScanState.INFECTED)
    done = session.execute(
        sa.update(Document)
        .where(Document.id == document_id, Document.scan.in_(UNJUDGED), Document.scan != state)
        .values(scan=state, scanned_at=now if judged else None)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


# ── swept ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep found: names of bytes that were nobody's, and ids of rows whose bytes are gone."""

    deleted: int
    unfinished: int
    without_bytes: tuple[UUID, ...]


def doomed(session: Session, *, now: datetime) -> list[tuple[UUID, str]]:
    """Documents that were removed, or whose folder is kept no longer: (id, name of the bytes), in one batch."""
    rows = session.execute(
        sa.select(Document.id, Document.storage)
        .join(Folder, Folder.id == Document.folder_id)
        .where(sa.or_(Document.removed_at.is_not(None), Folder.kept_until <= now))
        .limit(BATCH)
    )
    return [(document_id, storage) for document_id, storage in rows]


def forget(session: Session, document_ids: Sequence[UUID], *, now: datetime) -> None:
    """Delete the rows of documents whose bytes are gone, and the folders that are kept no longer and empty."""
    session.execute(sa.delete(Document).where(Document.id.in_(document_ids)))
    held = sa.select(Document.id).where(Document.folder_id == Folder.id).exists()
    session.execute(sa.delete(Folder).where(Folder.kept_until <= now, ~held))


def sweep_bytes(session: Session, depot: Depot, *, now: datetime, safe_age: timedelta = SAFE_AGE) -> Swept:
    """Delete the bytes that belong to no row, and find the rows that have no bytes. Only reads the database.

    Bytes come before their row, so that what is younger than `safe_age` may still get one.
    """
    before, deleted = now - safe_age, 0
    for batch in depot.listed():
        old = [kept.name for kept in batch if kept.written_at < before]
        for name in set(old) - known(session, old) if old else ():
            depot.delete(name)
            deleted += 1
    return Swept(deleted, depot.clear_unfinished(before=before), tuple(_without_bytes(session, depot)))


def _without_bytes(session: Session, depot: Depot) -> Iterator[UUID]:
    last: UUID | None = None
    while True:
        query = sa.select(Document.id, Document.storage, Document.size).where(Document.removed_at.is_(None))
        if last is not None:
            query = query.where(Document.id > last)
        rows = session.execute(query.order_by(Document.id).limit(BATCH)).all()
        for document_id, storage, size in rows:
            last = document_id
            try:
                if depot.size(storage) != cipher.sealed_size(size):
                    yield document_id
            except Missing:
                yield document_id
        if not rows:
            return
