"""The table of the forums to which a customer has taken a matter."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.models import OfficerAccount
from portal.db import Base


class ForumStep(Base):
    """A forum to which the customer has taken the matter, as they told us, or an officer for them.

    `sealed`: {reference, words}.
    """

    __tablename__ = "complaint_forum_steps"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    complaint_id: Mapped[UUID] = mapped_column(sa.ForeignKey("complaints.id", ondelete="CASCADE"), index=True)
    forum: Mapped[str]
    taken_on: Mapped[date | None]
    told_at: Mapped[datetime]
    party_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("complaint_parties.id", ondelete="CASCADE"))
    officer_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey(OfficerAccount.id))
    sealed: Mapped[bytes]

    __table_args__ = (sa.CheckConstraint("(party_id IS NULL) <> (officer_id IS NULL)", name="somebody_told_it"),)


class ObjectionDraft(Base):
    """An objection that somebody is still writing. `sealed`: {words}.

    Its files lie in a folder of its own until it is sent: what is not sent is no part of the complaint.
    """

    __tablename__ = "complaint_objection_drafts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    complaint_id: Mapped[UUID] = mapped_column(sa.ForeignKey("complaints.id", ondelete="CASCADE"), index=True)
    party_id: Mapped[UUID] = mapped_column(sa.ForeignKey("complaint_parties.id", ondelete="CASCADE"), unique=True)
    folder_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("folders.id", ondelete="SET NULL"), unique=True)
    saved_at: Mapped[datetime]
    sealed: Mapped[bytes]
