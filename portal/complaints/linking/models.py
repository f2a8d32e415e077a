"""The table of complaints that belong together."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.models import OfficerAccount
from portal.complaints.states import LinkKind
from portal.db import Base


class Link(Base):
    """Two complaints that belong together, as an officer found: `other_id` is the one that `complaint_id` points to."""

    __tablename__ = "complaint_links"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    complaint_id: Mapped[UUID] = mapped_column(sa.ForeignKey("complaints.id", ondelete="CASCADE"), index=True)
    other_id: Mapped[UUID] = mapped_column(sa.ForeignKey("complaints.id", ondelete="CASCADE"), index=True)
    kind: Mapped[LinkKind]
    officer_id: Mapped[UUID] = mapped_column(sa.ForeignKey(OfficerAccount.id))
    at: Mapped[datetime]

    __table_args__ = (
        sa.UniqueConstraint("complaint_id", "other_id", "kind"),
        sa.CheckConstraint("complaint_id <> other_id", name="nothing_is_linked_to_itself"),
    )
