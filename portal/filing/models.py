"""The tables of drafts: what a customer has told so far, and who holds it by a token or a code."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base


class Draft(Base):
    """A filing that is not sent yet, and for a while after that the way back to its confirmation.

    `sealed`: {step: {typed: {input: text}, read: {field: value} or null}}. The data key becomes the
    complaint's when it is sent, and so does the folder; a draft that is deleted unsent takes both along.
    """

    __tablename__ = "drafts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    key_id: Mapped[UUID] = mapped_column(sa.ForeignKey("case_keys.id"), unique=True)
    folder_id: Mapped[UUID] = mapped_column(sa.ForeignKey("folders.id", ondelete="CASCADE"), unique=True)
    # The language of the page that was saved last: what we write about the draft is written in it.
    language: Mapped[str]
    sealed: Mapped[bytes]
    # Which window wrote what last, and what stands beside it because another wrote something else:
    # {part: `merging.Traces`}, sealed like the answers. None while one window alone has written.
    windows: Mapped[bytes | None]
    # Counts every saving, so that of two tabs the later one can be told that it is late.
    version: Mapped[int]
    notice_version: Mapped[str]
    notice_language: Mapped[str]
    acknowledged_at: Mapped[datetime]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    complaint_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("complaints.id", ondelete="CASCADE"), unique=True)
    # The access code, sealed with the token: neither this row nor its data key can open it.
    kept_code: Mapped[bytes | None]
    kept_until: Mapped[datetime | None] = mapped_column(index=True)

    __table_args__ = (
        sa.CheckConstraint("(kept_code IS NULL) = (kept_until IS NULL)", name="a_kept_code_has_its_end"),
        sa.CheckConstraint("kept_code IS NULL OR complaint_id IS NOT NULL", name="only_a_sent_draft_keeps_a_code"),
    )


class DraftToken(Base):
    """A browser that holds a draft. Each has a token of its own; we keep its hash alone."""

    __tablename__ = "draft_tokens"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    draft_id: Mapped[UUID] = mapped_column(sa.ForeignKey("drafts.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]


class ResumeCode(Base):
    """A code that takes the draft up on another device, as a keyed hash, for as long as the draft is unsent."""

    __tablename__ = "resume_codes"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    draft_id: Mapped[UUID] = mapped_column(sa.ForeignKey("drafts.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
