"""The table of drafts: what a customer has told so far, under a token that only their browser holds."""

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
    token_digest: Mapped[bytes] = mapped_column(unique=True)
    key_id: Mapped[UUID] = mapped_column(sa.ForeignKey("case_keys.id"), unique=True)
    folder_id: Mapped[UUID] = mapped_column(sa.ForeignKey("folders.id", ondelete="CASCADE"), unique=True)
    # The language of the page that was saved last: what we write about the draft is written in it.
    language: Mapped[str]
    sealed: Mapped[bytes]
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
