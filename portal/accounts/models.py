"""One-time codes, kept as keyed hashes."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.rules import CodePurpose
from portal.db import Base


class OneTimeCode(Base):
    """A code that was sent to one party of a draft or complaint, for one purpose. Only the newest counts."""

    __tablename__ = "one_time_codes"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    # The draft or complaint and its party. Their tables stand above this room, hence no foreign keys.
    subject_id: Mapped[UUID]
    party_id: Mapped[UUID | None]
    purpose: Mapped[CodePurpose]
    # HMAC under a key of the code ring, bound to this row; the key's id stays with it over a rotation.
    mac: Mapped[bytes]
    mac_key_id: Mapped[str]
    # The notice that carries the code; none for the decoy.
    notice_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("notices.id"))
    tries: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    __table_args__ = (
        sa.CheckConstraint("tries >= 0", name="tries_count_up"),
        sa.Index("ix_one_time_codes_subject_id_purpose_created_at", "subject_id", "purpose", "created_at"),
        sa.Index("ix_one_time_codes_created_at", "created_at"),
    )
