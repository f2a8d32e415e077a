"""Reads of documents."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from portal.db import Session
from portal.evidence.models import Document, Folder
from portal.evidence.rules import UNJUDGED, Filed
from portal.sealing import Box, Tampered, open_box

# Read on every visit of a case's page, so it is built once and names the table instead of the class.
_COLUMN = Document.__table__.c
_SHOWN = (
    "id",
    "folder_id",
    "delivery_id",
    "purpose",
    "added_by",
    "sent_by",
    "storage",
    "size",
    "media_type",
    "scan",
    "created_at",
)
IN_FOLDER = (
    sa.select(_COLUMN.sealed, *(_COLUMN[name] for name in _SHOWN))
    .where(_COLUMN.folder_id == sa.bindparam("folder"), _COLUMN.removed_at.is_(None))
    .order_by(_COLUMN.position)
)


def documents(session: Session, folder_id: UUID, box: Box | None = None) -> list[Filed]:
    """The documents of a folder that its owner's side brought; see `files`. What we sent is not among them."""
    return [one for one in files(session, folder_id, box) if one.sent_by is None]


def files(session: Session, folder_id: UUID, box: Box | None = None) -> list[Filed]:
    """All files of a folder that were not removed, what we sent as well, in the order in which they came.

    `box` is the folder's data key, for who has it open already. Raises `sealing.KeyDestroyed` after an
    erasure, `sealing.Tampered` for a row that was changed.
    """
    if session.is_writing:
        # The statement below goes past the session, which would else have flushed by itself.
        session.flush()
    rows = session.connection().execute(IN_FOLDER, {"folder": folder_id}).all()
    if not rows:
        return []
    box = box or open_box(session, session.get_one(Folder, folder_id).key_id)
    return [_filed(box.open_from(Document.__tablename__, row.id, row.sealed), row) for row in rows]


def find(session: Session, document_id: UUID) -> Document | None:
    """The document with this id, unless it was removed."""
    return session.scalar(sa.select(Document).where(Document.id == document_id, Document.removed_at.is_(None)))


def told(box: Box, row: Document) -> Filed:
    """A document, unsealed. Raises `sealing.Tampered` where its row was pointed at other bytes."""
    return _filed(box.open(row), row)


def _filed(sealed: Mapping[str, Any], row: Any) -> Filed:
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
        sent_by=row.sent_by,
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
