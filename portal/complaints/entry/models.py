"""The tables of what opens a complaint for a party: access codes, and the sessions that began with them."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base


class AccessCode(Base):
    """What opens a complaint for one party, as a keyed hash. A new generation ends the older one."""

    __tablename__ = "access_codes"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    complaint_id: Mapped[UUID] = mapped_column(sa.ForeignKey("complaints.id", ondelete="CASCADE"), index=True)
    party_id: Mapped[UUID] = mapped_column(sa.ForeignKey("complaint_parties.id", ondelete="CASCADE"))
    generation: Mapped[int]
    digest: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    __table_args__ = (sa.UniqueConstraint("party_id", "generation"),)


class CaseSession(Base):
    """A browser that gave number and code. It lives as long as the generation of the code it gave.

    `new_code` is set where the session began with a new access code: the code, sealed for who holds
    the session's token, until that person says that they have kept it.
    """

    __tablename__ = "case_sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    access_code_id: Mapped[UUID] = mapped_column(sa.ForeignKey("access_codes.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    new_code: Mapped[bytes | None]
