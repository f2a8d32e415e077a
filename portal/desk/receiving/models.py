"""The table of what officers are receiving: a draft that an officer keeps, and how it reached the institution."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.complaints.handed_in import NoticeGiven
from portal.complaints.states import ContactSource
from portal.db import Base


class Intake(Base):
    """A complaint that an officer is receiving for a customer. What it tells stands in the draft, sealed.

    `channel` is a code of the profile; `language` is the customer's. `contact`, once it was said, is who
    vouches for the customer's contact. The row goes with its draft.
    """

    __tablename__ = "intakes"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    draft_id: Mapped[UUID] = mapped_column(sa.ForeignKey("drafts.id", ondelete="CASCADE"), unique=True)
    officer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("officers.id"), index=True)
    channel: Mapped[str]
    language: Mapped[str]
    arrived_at: Mapped[datetime]
    notice: Mapped[NoticeGiven]
    contact: Mapped[ContactSource | None]
    created_at: Mapped[datetime]
