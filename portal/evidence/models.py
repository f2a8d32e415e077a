"""The tables of evidence: folders, and the documents in them."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base
from portal.evidence.rules import Media, ScanState


class Folder(Base):
    """Holds the documents of one draft, and then of the complaint that it becomes.

    Whoever owns a folder refers to it. Once `kept_until` has passed, the sweep deletes it with all
    that is in it; it asks for nothing else.
    """

    __tablename__ = "folders"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    key_id: Mapped[UUID] = mapped_column(sa.ForeignKey("case_keys.id"), index=True)
    kept_until: Mapped[datetime | None] = mapped_column(index=True)
    created_at: Mapped[datetime]


class Document(Base):
    """One file as it came, which is never changed. `sealed`: {name, sha256, storage}.

    `storage` names the sealed bytes. It stands in the sealed value once more, so that a row which is
    pointed at another file's bytes is refused. `digest` is the content's hash under a key of the case:
    equal within it, meaningless outside. `added_by` is the party that added it to a complaint later;
    None for what came with the complaint, from whoever filed it.
    """

    __tablename__ = "documents"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    folder_id: Mapped[UUID] = mapped_column(sa.ForeignKey("folders.id", ondelete="CASCADE"))
    delivery_id: Mapped[UUID]
    position: Mapped[int]
    purpose: Mapped[str]
    added_by: Mapped[UUID | None]
    sealed: Mapped[bytes]
    digest: Mapped[bytes]
    storage: Mapped[str] = mapped_column(unique=True)
    size: Mapped[int] = mapped_column(sa.BigInteger)
    media_type: Mapped[Media]
    # What the decoder found: pixels or pages, and whether anything in it would act by itself.
    facts: Mapped[dict[str, Any]]
    scan: Mapped[ScanState]
    scanned_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    __table_args__ = (
        sa.UniqueConstraint("folder_id", "position"),
        sa.CheckConstraint("size > 0", name="an_empty_file_is_none"),
        sa.CheckConstraint("(scanned_at IS NULL) = (scan NOT IN ('clean', 'infected'))", name="judged_has_its_moment"),
        sa.Index(
            "ix_documents_unjudged",
            "created_at",
            sqlite_where=sa.text("scan IN ('waiting', 'unavailable') AND removed_at IS NULL"),
            postgresql_where=sa.text("scan IN ('waiting', 'unavailable') AND removed_at IS NULL"),
        ),
        sa.Index(
            "ix_documents_removed",
            "removed_at",
            sqlite_where=sa.text("removed_at IS NOT NULL"),
            postgresql_where=sa.text("removed_at IS NOT NULL"),
        ),
    )


class Fingerprint(Base):
    """How a document's pages look, and which of them other documents of its folder have too.

    `sealed`: {fault, pages, against, twins}. `pages` are the rough hashes of the pages as hexadecimal digits, one
    text a page, empty for a page on which nothing is drawn; `fault` says why there are none. `against` are the
    documents that it was compared with, `twins` the pages that the later one of the two has in common with the
    earlier one. A hash is made from what a page shows, so it dies with the case's data key as the page does.
    """

    __tablename__ = "fingerprints"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    document_id: Mapped[UUID] = mapped_column(sa.ForeignKey("documents.id", ondelete="CASCADE"), unique=True)
    created_at: Mapped[datetime]
    sealed: Mapped[bytes]
