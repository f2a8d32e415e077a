"""The tables of our responses: the customer's points as an officer broke the complaint down, what we answer, and
the paragraphs that answers are put together from.

Texts that a customer reads are kept by language, {"id": …, "en": …}: a response goes out in the customer's
language, and in both where the institution asks for it.
"""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.models import OfficerAccount
from portal.complaints.states import AnswerKind, AnswerState, PointState
from portal.db import Base
from portal.institution.rules import RefusalGround


class Point(Base):
    """One point that the customer makes in a round. `sealed`: {text}; `reply`: the answer to it by language, sealed."""

    __tablename__ = "complaint_points"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    complaint_id: Mapped[UUID] = mapped_column(sa.ForeignKey("complaints.id", ondelete="CASCADE"), index=True)
    round_id: Mapped[UUID] = mapped_column(sa.ForeignKey("complaint_rounds.id", ondelete="CASCADE"))
    position: Mapped[int]
    state: Mapped[PointState]
    sealed: Mapped[bytes]
    reply: Mapped[bytes | None]

    __table_args__ = (
        sa.UniqueConstraint("round_id", "position"),
        sa.CheckConstraint("(state = 'open') = (reply IS NULL)", name="what_is_treated_has_its_words"),
    )


class Answer(Base):
    """The response of a round. `outcomes` are codes of `states.Outcome`; `earlier_id` the complaint settled before.

    `sealed`: {findings, words} by language, and {amount, on, reference, evidence} where there are such;
    what was checked for a refusal stands in `evidence`. `head` is the head of the history's chain at the moment
    of sending: whoever holds the response can show later what the history said then.
    """

    __tablename__ = "complaint_answers"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    complaint_id: Mapped[UUID] = mapped_column(sa.ForeignKey("complaints.id", ondelete="CASCADE"), index=True)
    round_id: Mapped[UUID] = mapped_column(sa.ForeignKey("complaint_rounds.id", ondelete="CASCADE"), unique=True)
    kind: Mapped[AnswerKind]
    state: Mapped[AnswerState]
    outcomes: Mapped[list[str]]
    ground: Mapped[RefusalGround | None]
    earlier_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("complaints.id"))
    author_id: Mapped[UUID] = mapped_column(sa.ForeignKey(OfficerAccount.id))
    # The second pair of eyes, where the institution asks for one; never the author's.
    approver_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey(OfficerAccount.id))
    written_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    head: Mapped[bytes | None]
    sealed: Mapped[bytes]

    __table_args__ = (
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_its_moment"),
        sa.CheckConstraint("(sent_at IS NULL) = (head IS NULL)", name="sent_bears_the_head"),
        sa.CheckConstraint("(kind = 'refusal') = (ground IS NOT NULL)", name="a_refusal_has_a_ground"),
        sa.CheckConstraint("approver_id IS NULL OR approver_id <> author_id", name="four_eyes_are_two_people"),
    )


class Paragraph(Base):
    """A paragraph that officers put into their responses, as an administrator wrote it. Rows are only added.

    The newest row of a `paragraph_id` holds, and the older ones say what it was and who changed it when;
    `retired`: from then on it is offered to nobody. Texts may hold the placeholders of
    `paragraphs.PLACEHOLDERS`.
    """

    __tablename__ = "response_paragraphs"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    paragraph_id: Mapped[UUID] = mapped_column(index=True)
    title_id: Mapped[str]
    title_en: Mapped[str]
    text_id: Mapped[str]
    text_en: Mapped[str]
    retired: Mapped[bool]
    officer_id: Mapped[UUID] = mapped_column(sa.ForeignKey(OfficerAccount.id))
    at: Mapped[datetime]
