"""Searches that their officers come back to."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base


class KeptSearch(Base):
    """What an officer searched for, under a random id, so that no name and no number stands in an address.

    `sealed`: the text, under the officer's own data key. Rows live no longer than a session at the desk.
    """

    __tablename__ = "kept_searches"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    officer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("officers.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(index=True)
    sealed: Mapped[bytes]
