"""The ledger of notices: one row for every mail or message to a customer, written with what caused it."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base
from portal.notices.rules import Channel, NoticeKind, NoticeState


class Notice(Base):
    """What was said to whom, where and when, and what became of it.

    `sealed` holds the recipient's name and address, the masked address, the text as it was written (a
    secret shows as ••••••), the salt of `text_hash`, and for the case that it fails the same notice as it
    was written for the other medium and the ways that are left. `secret` is sealed apart, so that it can
    be destroyed while the text stays.
    """

    __tablename__ = "notices"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    # The draft or complaint. Its table stands above this room, hence no foreign key.
    subject_id: Mapped[UUID]
    key_id: Mapped[UUID] = mapped_column(sa.ForeignKey("case_keys.id"))
    party_id: Mapped[UUID | None]
    kind: Mapped[NoticeKind]
    language: Mapped[str]
    channel: Mapped[Channel]
    sealed: Mapped[bytes]
    # SHA-256 over the salt and the text: proves what was said, tells nothing once the data key is gone.
    text_hash: Mapped[bytes]
    secret: Mapped[bytes | None]
    # Stays when the secret is gone: a notice that once had one must not be sent without it.
    secret_expires_at: Mapped[datetime | None]
    state: Mapped[NoticeState]
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    failure: Mapped[str | None]
    # The notice in whose place this one was sent, by another way. One has one successor at most.
    follows_id: Mapped[UUID | None]
    # When its failure was made good: sent another way, or told by telephone.
    handled_at: Mapped[datetime | None]

    __table_args__ = (
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_a_moment"),
        sa.CheckConstraint("(state = 'failed') = (failure IS NOT NULL)", name="failed_has_a_reason"),
        sa.CheckConstraint("(state IN ('sent', 'failed')) = (settled_at IS NOT NULL)", name="settled_has_a_moment"),
        sa.CheckConstraint("secret IS NULL OR secret_expires_at IS NOT NULL", name="secret_expires"),
        sa.CheckConstraint("channel <> 'none' OR state IN ('held', 'failed')", name="no_channel_is_held"),
        sa.Index("ix_notices_subject_id_created_at", "subject_id", "created_at"),
        # The sweeps look at the few rows that are not at rest, however long the ledger grows.
        sa.Index(
            "ix_notices_unsettled",
            "created_at",
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        ),
        sa.Index("uq_notices_follows_id", "follows_id", unique=True),
        # What failed and waits for somebody to make it good.
        sa.Index(
            "ix_notices_unhandled",
            "created_at",
            sqlite_where=sa.text("state = 'failed' AND handled_at IS NULL"),
            postgresql_where=sa.text("state = 'failed' AND handled_at IS NULL"),
        ),
        sa.Index(
            "ix_notices_secret_expires_at",
            "secret_expires_at",
            sqlite_where=sa.text("secret IS NOT NULL"),
            postgresql_where=sa.text("secret IS NOT NULL"),
        ),
    )
