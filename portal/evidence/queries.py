"""Reads of documents."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from portal.db import Session
from portal.evidence.models import Document, Folder
from portal.evidence.rules import UNJUDGED, Filed
from portal.sealing import Box, Tampered, open_box


def documents(session: Session, folder_id: UUID) -> list[Filed]:
    """The documents of a folder that were not removed, in the order in which they came.

    Raises `sealing.KeyDestroyed` after an erasure, `sealing.Tampered` for a row that was changed.
    """
    rows = session.scalars(
        sa.select(Document)
        .where(Document.folder_id == folder_id, Document.removed_at.is_(None))
        .order_by(Document.position)
    ).all()
    if not rows:
        return []
    box = open_box(session, session.get_one(Folder, folder_id).key_id)
    return [told(box, row) for row in rows]


def find(session: Session, document_id: UUID) -> Document | None:
    """The document with this id, unless it was removed."""
    return session.scalar(sa.select(Document).where(Document.id == document_id, Document.removed_at.is_(None)))


def told(box: Box, row: Document) -> Filed:
    """A document, unsealed. Raises `sealing.Tampered` where its row was pointed at other bytes."""
    sealed = box.open(row)
    if sealed["storage"] != row.storage:
        raise Tampered(f"documents.storage of {row.id}")
    return Filed(
        id=row.id,
        folder_id=row.folder_id,
        delivery_id=row.delivery_id,
        purpose=row.purpose,
        added_by=row.added_by,
        name=sealed["name"],
        storage=row.storage,
        sha256=sealed["sha256"],
        size=row.size,
        media=row.media_type,
        scan=row.scan,
        created_at=row.created_at,
    )


def held_back(session: Session, *, before: datetime, limit: int = 500) -> list[UUID]:
    """The documents that came before this moment and that no scanner has judged yet, the oldest first."""
    return list(
        session.scalars(
            sa.select(Document.id)
            .where(Document.scan.in_(UNJUDGED), Document.removed_at.is_(None), Document.created_at < before)
            .order_by(Document.created_at)
            .limit(limit)
        )
    )


def known(session: Session, names: list[str]) -> set[str]:
    """Which of these names of bytes belong to a row."""
    return set(session.scalars(sa.select(Document.storage).where(Document.storage.in_(names))))
