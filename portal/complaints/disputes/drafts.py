"""An objection that is still being written: its words and its files are kept until it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from portal.complaints.disputes.models import ObjectionDraft
from portal.complaints.models import Complaint, Party
from portal.db import Session
from portal.evidence import service as evidence
from portal.evidence.queries import documents
from portal.evidence.rules import Arrived, Filed, Limits
from portal.evidence.scanner import Scanner
from portal.sealing import open_box


@dataclass(frozen=True, slots=True)
class Repeat:
    """A file that counts for nothing: its bytes are in the case already, as this earlier document."""

    name: str = field(repr=False)
    earlier: Filed


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody has written and added so far."""

    words: str = field(repr=False)
    documents: tuple[Filed, ...] = field(repr=False)


NOTHING = Written("", ())


def find(session: Session, party_id: UUID) -> ObjectionDraft | None:
    """What this party is writing; None where they have not begun."""
    return session.scalar(sa.select(ObjectionDraft).where(ObjectionDraft.party_id == party_id))


def written(session: Session, party_id: UUID, key_id: UUID) -> Written:
    """The words and files kept for this party."""
    draft, box = find(session, party_id), open_box(session, key_id)
    if draft is None:
        return NOTHING
    files = documents(session, draft.folder_id, box) if draft.folder_id else []
    return Written(box.open(draft)["words"], tuple(files))


def save(session: Session, complaint: Complaint, *, party: Party, words: str, now: datetime) -> ObjectionDraft:
    """Keep the words as they stand now. The caller holds the complaint for writing."""
    box, draft = open_box(session, complaint.key_id), find(session, party.id)
    if draft is None:
        folder = evidence.make_folder(session, key_id=complaint.key_id, now=now)
        draft = ObjectionDraft(complaint_id=complaint.id, party_id=party.id, folder_id=folder.id, saved_at=now)
    draft.saved_at = now
    box.seal(draft, {"words": words})
    session.add(draft)
    session.flush()
    return draft


def bring(
    session: Session,
    complaint: Complaint,
    draft: ObjectionDraft,
    *,
    purpose: str,
    delivery_id: UUID,
    arrived: Sequence[Arrived],
    limits: Limits,
    scanner: Scanner,
    now: datetime,
) -> tuple[list[Arrived], list[Repeat]]:
    """Keep the files that were not submitted before; returns what came of those, and the repeats (SQ-30, BM-40).

    A file whose bytes are in the case under any name counts for nothing and is not kept a second time.
    """
    assert draft.folder_id is not None and complaint.folder_id is not None
    box = open_box(session, complaint.key_id)
    there = documents(session, complaint.folder_id, box)
    fresh, repeats = [], []
    for one in arrived:
        earlier = _same(one, there)
        if earlier is None:
            fresh.append(one)
        else:
            repeats.append(Repeat(one.name, earlier))
    left = replace(
        limits,
        case_files=limits.case_files - len(there),
        case_bytes=limits.case_bytes - sum(document.size for document in there),
    )
    done = evidence.add(
        session,
        draft.folder_id,
        box=box,
        purpose=purpose,
        delivery_id=delivery_id,
        arrived=fresh,
        limits=left,
        scanner=scanner,
        now=now,
        added_by=draft.party_id,
    )
    return done, repeats


def drop(session: Session, draft: ObjectionDraft, document_id: UUID, *, now: datetime) -> None:
    """Take a file out again."""
    if draft.folder_id is not None:
        evidence.remove(session, document_id, draft.folder_id, now=now)


def discard(session: Session, draft: ObjectionDraft, *, now: datetime) -> None:
    """Nothing is kept of it any more; its folder goes with the sweep."""
    if draft.folder_id is not None:
        evidence.release(session, draft.folder_id, now=now)
    session.delete(draft)
    session.flush()


def discard_all(session: Session, complaint: Complaint, *, now: datetime) -> None:
    """What is still being written in a complaint goes with it."""
    for draft in session.scalars(sa.select(ObjectionDraft).where(ObjectionDraft.complaint_id == complaint.id)):
        discard(session, draft, now=now)


def sweep(session: Session, *, before: datetime) -> int:
    """Discard what nobody has gone on with since this moment; returns how many."""
    old = session.scalars(sa.select(ObjectionDraft).where(ObjectionDraft.saved_at < before)).all()
    for draft in old:
        discard(session, draft, now=before)
    return len(old)


def _same(arrived: Arrived, there: Sequence[Filed]) -> Filed | None:
    if arrived.fault or arrived.stored is None:
        return None
    digest = arrived.stored.sha256.hex()
    return next((one for one in there if one.sha256 == digest), None)
