"""How the documents of a folder look: noted when each has come, compared with all others, and asked for a verdict."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog

from portal.db import Session
from portal.evidence import looking, novelty, queries
from portal.evidence.models import Document, Fingerprint, Folder
from portal.evidence.novelty import Seen, Verdict
from portal.evidence.rules import Fault, Filed, NotReadable, ScanState
from portal.evidence.service import FINGERPRINT, content
from portal.evidence.storage import Depot
from portal.jobs.service import enqueue
from portal.sealing import Box, KeyDestroyed, open_box

log = structlog.get_logger("portal.evidence")


@dataclass(frozen=True, slots=True)
class Print:
    """A document's fingerprint, unsealed. `twins`: for another document, pairs of pages: the later one's, its twin."""

    document_id: UUID
    fault: Fault | None
    pages: tuple[bytes, ...]
    against: frozenset[UUID] = frozenset()
    twins: tuple[tuple[UUID, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """A document and what it is beside those that came before it."""

    document: Filed
    verdict: Verdict


def compare(
    session: Session, folder_id: UUID, document_ids: Collection[UUID], *, box: Box | None = None
) -> list[Compared]:
    """For each of these documents whether it was submitted before, and as what: beside all others of the folder.

    Two of them that are the same count once: the first stands beside what was there, the second beside the first.
    Opens no file: a document that the job has not looked at yet is PENDING. `box` is the folder's data key, for
    who has it open already. Raises `sealing.KeyDestroyed` after an erasure, `sealing.Tampered`.
    """
    filed = queries.documents(session, folder_id, box)
    if not filed:
        return []
    box = box or open_box(session, session.get_one(Folder, folder_id).key_id)
    prints = _prints(session, folder_id, box)
    before = [one for one in filed if one.id not in document_ids]
    found = []
    for document in (one for one in filed if one.id in document_ids):
        seen = _seen(document, before, filed, prints)
        found.append(Compared(document, novelty.novelty(document, before, seen)))
        before.append(document)
    return found


def _seen(document: Filed, before: Sequence[Filed], order: Sequence[Filed], prints: dict[UUID, Print]) -> Seen | None:
    mine = prints.get(document.id)
    if mine is None:
        return None
    if mine.fault or not any(mine.pages):
        return Seen(fault=mine.fault)
    twins = {}
    place = {one.id: at for at, one in enumerate(order)}
    for other in before:
        if other.locked:
            continue
        theirs = prints.get(other.id)
        if theirs is None or not (other.id in mine.against or document.id in theirs.against):
            return None
        later = place[document.id] > place[other.id]
        pairs = [pair for pair in mine.twins if pair[0] == other.id]
        pairs += [pair for pair in theirs.twins if pair[0] == document.id]
        twins[other.id] = {page if later else twin: twin if later else page for _, page, twin in pairs}
    return Seen(pages=novelty.drawn(mine.pages), twins=twins)


def note(session: Session, document_id: UUID, *, depot: Depot, now: datetime) -> None:
    """Look at a document, compare it with the others of its folder that were looked at, and note both.

    Whichever of two documents is looked at later is compared with the other, so that all are in the end. The
    decoder runs while the session reads; only then does the writing begin. Raises `storage.StorageFailed`,
    `storage.Missing`, or `OSError` where no decoder can be started: then it is looked at in another try.
    """
    row = queries.find(session, document_id)
    if row is None or row.scan is ScanState.INFECTED:
        return
    folder_id = row.folder_id
    try:
        box = open_box(session, session.get_one(Folder, folder_id).key_id)
    except KeyDestroyed:
        return
    order = queries.documents(session, folder_id, box)
    filed = {one.id: one for one in order}
    there = _prints(session, folder_id, box)
    mine = there.pop(document_id, None) or _taken(depot, box, filed[document_id])
    new = [other for other in there.values() if other.document_id not in mine.against]
    place = {one.id: at for at, one in enumerate(order)}
    for other in new:
        first, second = sorted((mine, other), key=lambda one: -place[one.document_id])
        pairs = _twins(depot, box, first, second, filed)
        twins = tuple((other.document_id, page, twin) for page, twin in pairs)
        mine = replace(mine, against=mine.against | {other.document_id}, twins=mine.twins + twins)
    session.begin_write()
    # Two that are looked at in the same moment do not see each other; here one of them comes after the other.
    session.scalars(sa.select(Folder).where(Folder.id == folder_id).with_for_update()).one()
    if queries.find(session, document_id) is None:
        return
    _keep(session, box, mine, now)
    unseen = {
        other.document_id
        for other in _prints(session, folder_id, box).values()
        if other.document_id not in (mine.against | {document_id}) and document_id not in other.against
    }
    if unseen:
        key = f"fingerprint:{document_id}:{len(mine.against)}"
        enqueue(session, FINGERPRINT, {"document": document_id}, now=now, key=key)


def without(session: Session, *, before: datetime, limit: int = 500) -> list[UUID]:
    """Documents that came before this moment and that nobody has looked at, the oldest first."""
    looked_at = sa.select(Fingerprint.id).where(Fingerprint.document_id == Document.id).exists()
    return list(
        session.scalars(
            sa.select(Document.id)
            .where(
                ~looked_at,
                Document.removed_at.is_(None),
                Document.scan != ScanState.INFECTED,
                Document.created_at < before,
            )
            .order_by(Document.created_at)
            .limit(limit)
        )
    )


def _taken(depot: Depot, box: Box, document: Filed) -> Print:
    try:
        return Print(document.id, None, tuple(looking.hashes(content(depot, box, document), document.media)))
    except NotReadable as refused:
        log.info("evidence.not_compared", document=str(document.id), fault=refused.fault)
        return Print(document.id, refused.fault, ())


def _twins(depot: Depot, box: Box, first: Print, second: Print, filed: dict[UUID, Filed]) -> Iterator[tuple[int, int]]:
    """Which pages of the first one are in the second one. Where nobody can tell, none: that favours who sends it."""
    pages = novelty.candidates(first.pages, second.pages)
    ours, theirs = filed.get(first.document_id), filed.get(second.document_id)
    if not pages or ours is None or theirs is None or ours.sha256 == theirs.sha256:
        return
    with suppress(NotReadable):
        yield from looking.twins(
            content(depot, box, ours), ours.media, ours.size, content(depot, box, theirs), theirs.media, pages
        ).items()


def _keep(session: Session, box: Box, noted: Print, now: datetime) -> None:
    row = session.scalar(sa.select(Fingerprint).where(Fingerprint.document_id == noted.document_id))
    if row is None:
        row = Fingerprint(document_id=noted.document_id, created_at=now)
        session.add(row)
    told = {
        "fault": noted.fault,
        "pages": [page.hex() for page in noted.pages],
        "against": sorted(str(one) for one in noted.against),
        "twins": [[str(other), page, twin] for other, page, twin in noted.twins],
    }
    box.seal(row, told)
    session.flush()


def _prints(session: Session, folder_id: UUID, box: Box) -> dict[UUID, Print]:
    """What is known of the folder's documents, those that were removed left out."""
    rows = session.scalars(
        sa.select(Fingerprint)
        .join(Document, Document.id == Fingerprint.document_id)
        .where(Document.folder_id == folder_id, Document.removed_at.is_(None)),
        execution_options={"populate_existing": True},
    )
    return {row.document_id: _print(row.document_id, box.open(row)) for row in rows}


def _print(document_id: UUID, told: dict[str, Any]) -> Print:
    return Print(
        document_id,
        Fault(told["fault"]) if told["fault"] else None,
        tuple(bytes.fromhex(page) for page in told["pages"]),
        frozenset(UUID(one) for one in told["against"]),
        tuple((UUID(other), page, twin) for other, page, twin in told["twins"]),
    )
