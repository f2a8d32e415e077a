"""Views of the queue that officers make for themselves."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base


class SavedView(Base):
    """Filters of the queue under a name. `sealed`: {name}, under its officer's own data key.

    `query` is what the filters are in an address, which never holds anything personal; a name may.
    """

    __tablename__ = "saved_views"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    officer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("officers.id"), index=True)
    query: Mapped[dict[str, Any]]
    sealed: Mapped[bytes]
    created_at: Mapped[datetime]
