"""The tables of a complaint: who, what, its rounds and clocks, and what opens it.

What tells about a person is sealed under the complaint's data key, one value a row; the columns in
the open are codes, moments and ids.
"""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import OfficerAccount
from portal.complaints.rules import CLOSED, Role, Status
from portal.complaints.states import (
    AuthorityState,
    CheckKind,
    ClockPurpose,
    ContactSource,
    Novelty,
    RoundKind,
    RoundOutcome,
    Term,
    WordsOf,
)
from portal.db import ONLY, Base
from portal.history.models import Chained
from portal.history.rules import Audience
from portal.institution.rules import Form

CLOSED_LIST = ", ".join(f"'{status}'" for status in sorted(CLOSED))


def _open_index(
    name: str, *columns: str | sa.TextClause, where: str | None = None, only: str | None = None
) -> sa.Index:
    """An index of the open complaints alone, or of those of them that `where` names too; `only` on one database."""
    which = sa.text("closed_at IS NULL" + (f" AND {where}" if where else ""))
    told = {ONLY: only} if only else {}
    return sa.Index(name, *columns, sqlite_where=which, postgresql_where=which, info=told)


class Complaint(Chained):
    """A complaint. `sealed`: {account, story, loss, wish, guided}.

    `kind`, `channel`, `topic` and `capacity` are codes of the profile.
    """

    __tablename__ = "complaints"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    registration: Mapped[str] = mapped_column(unique=True)
    key_id: Mapped[UUID] = mapped_column(sa.ForeignKey("case_keys.id"), unique=True)
    # None once the case was erased and the sweep has deleted its documents.
    folder_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("folders.id", ondelete="SET NULL"), unique=True)
    status: Mapped[Status]
    kind: Mapped[str] = mapped_column(sa.String(40))
    form: Mapped[Form]
    channel: Mapped[str]
    topic: Mapped[str]
    capacity: Mapped[str | None]
    language: Mapped[str]
    received_at: Mapped[datetime]
    # Since when the manager has it; from its arrival where the topic's guide says so (K3-28).
    escalated_at: Mapped[datetime | None]
    # The promise of the round that runs, copied here so that the queue reads one index; and the customer's
    # own last day to complete the documents, while some are missing.
    due_on: Mapped[date | None]
    documents_due_on: Mapped[date | None]
    # After our answer: the day until which the case stays open for the customer to decide.
    decide_by: Mapped[date | None]
    # The officer who has it, and when the customer first heard from us (KF-32).
    holder_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey(OfficerAccount.id))
    first_response_at: Mapped[datetime | None]
    # The agent's own sorting beside the customer's `kind` and `topic` (KF-16, KF-17).
    category: Mapped[str | None]
    desk_topic: Mapped[str | None]
    # Since when it is handled as a service matter instead of being refused (domain.md 1.3).
    service_at: Mapped[datetime | None]
    # The complaint in which a merged one goes on.
    merged_into_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("complaints.id"))
    # A forum has the matter: nothing is deleted before that has ended.
    held_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    # Counts every change that its readers can see; a page that knows it need not be sent again.
    version: Mapped[int] = mapped_column(default=0)
    sealed: Mapped[bytes]

    parties: Mapped[list["Party"]] = relationship(order_by="Party.id", cascade="all", passive_deletes=True)
    transactions: Mapped[list["ComplaintTransaction"]] = relationship(
        order_by="ComplaintTransaction.position", cascade="all", passive_deletes=True
    )
    rounds: Mapped[list["Round"]] = relationship(order_by="Round.ordinal", cascade="all", passive_deletes=True)

    __table_args__ = (
        sa.CheckConstraint(f"(closed_at IS NOT NULL) = (status IN ({CLOSED_LIST}))", name="closed_has_its_moment"),
        sa.CheckConstraint("(merged_into_id IS NOT NULL) = (status = 'merged')", name="a_merged_one_goes_on_elsewhere"),
        sa.CheckConstraint("decide_by IS NULL OR status = 'answered'", name="who_has_an_answer_decides"),
        # What is open is a small part of what there is, and lists ask for it in this order.
        _open_index("ix_complaints_open", "due_on", "id"),
        _open_index("ix_complaints_open_holder", "holder_id", "due_on", "id"),
        # Where nearly nobody's cases are held, statistics would keep a planner from the index above.
        _open_index("ix_complaints_open_held", "holder_id", "due_on", "id", where="holder_id IS NOT NULL"),
        # The officers' sorting prevails over the customer's own choice: lists of a topic ask for just this. PostgreSQL
        # fares better with the index of all that is open: it counts a capped list by a bitmap of the whole topic.
        _open_index("ix_complaints_open_topic", sa.text("coalesce(desk_topic, topic)"), "due_on", "id", only="sqlite"),
        _open_index("ix_complaints_open_escalated", "due_on", "id", where="escalated_at IS NOT NULL"),
        _open_index("ix_complaints_open_unanswered", "due_on", "id", where="first_response_at IS NULL"),
        _open_index("ix_complaints_open_incomplete", "due_on", "id", where="documents_due_on IS NOT NULL"),
        _open_index("ix_complaints_open_answered", "decide_by", "id", where="decide_by IS NOT NULL"),
        sa.Index("ix_complaints_received_at_id", "received_at", "id"),
        sa.Index("ix_complaints_topic_id", "topic", "id"),
        sa.Index(
            "ix_complaints_desk_topic_id",
            "desk_topic",
            "id",
            sqlite_where=sa.text("desk_topic IS NOT NULL"),
            postgresql_where=sa.text("desk_topic IS NOT NULL"),
        ),
    )


class Party(Base):
    """A person in a complaint. `sealed`: {name, email, phone, proof, needs, prefers}.

    Where `contact` says that the representative gave it, nothing is sent to it: see `ContactSource`.
    """

    __tablename__ = "complaint_parties"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    complaint_id: Mapped[UUID] = mapped_column(sa.ForeignKey("complaints.id", ondelete="CASCADE"), index=True)
    role: Mapped[Role]
    language: Mapped[str]
    contact: Mapped[ContactSource]
    sealed: Mapped[bytes]


class Authority(Base):
    """A special power of attorney, as the representative described it. `sealed`: {relation, scope, firm}.

    The paper itself is a document of the case. An officer accepts or rejects it; the customer revokes
    it, the representative lays it down (SQ-18, BM-17).
    """

    __tablename__ = "complaint_authorities"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    complaint_id: Mapped[UUID] = mapped_column(sa.ForeignKey("complaints.id", ondelete="CASCADE"), index=True)
    party_id: Mapped[UUID] = mapped_column(sa.ForeignKey("complaint_parties.id", ondelete="CASCADE"), unique=True)
    state: Mapped[AuthorityState]
    given_on: Mapped[date]
    ends_on: Mapped[date | None]
    decided_at: Mapped[datetime | None]
    sealed: Mapped[bytes]

    __table_args__ = (
        sa.CheckConstraint("(decided_at IS NULL) = (state = 'claimed')", name="a_decision_has_its_moment"),
    )


class ComplaintTransaction(Base):
    """A financial transaction complained of. `sealed`: {on, at, amount, reference}; the type is a code."""

    __tablename__ = "complaint_transactions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    complaint_id: Mapped[UUID] = mapped_column(sa.ForeignKey("complaints.id", ondelete="CASCADE"))
    position: Mapped[int]
    type: Mapped[str]
    sealed: Mapped[bytes]

    __table_args__ = (sa.UniqueConstraint("complaint_id", "position"),)


class SearchTerm(Base):
    """A keyed blind index by which a complaint is found. Erasing a case deletes its rows."""

    __tablename__ = "complaint_terms"

    complaint_id: Mapped[UUID] = mapped_column(sa.ForeignKey("complaints.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[Term] = mapped_column(primary_key=True)
    term: Mapped[bytes] = mapped_column(primary_key=True)

    # The id last: ids grow with time, so the newest complaints of a term are read from the index's end.
    __table_args__ = (sa.Index("ix_complaint_terms_kind_term_complaint_id", "kind", "term", "complaint_id"),)


class SearchWord(Base):
    """A word in the open by which a complaint is found: see `portal.complaints.search`. Erasing deletes its rows."""

    __tablename__ = "complaint_words"

    word: Mapped[str] = mapped_column(primary_key=True)
    complaint_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("complaints.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    source: Mapped[WordsOf] = mapped_column(primary_key=True)

    # The table is its own index: a word's complaints lie beside each other, the newest last.
    __table_args__ = ({"sqlite_with_rowid": False},)


class Acknowledgement(Base):
    """Which notice a customer acknowledged, and when (UU 27/2022 art. 22 and 24)."""

    __tablename__ = "complaint_acknowledgements"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    complaint_id: Mapped[UUID] = mapped_column(sa.ForeignKey("complaints.id", ondelete="CASCADE"), index=True)
    notice: Mapped[str]
    version: Mapped[str]
    language: Mapped[str]
    at: Mapped[datetime]


class Round(Base):
    """One round of handling: the complaint itself, then each objection and each reopening.

    `sealed`: {words}, what an objection explains or why we took the case up again; None in the first round.
    `satisfaction` is what the customer said at its end, from 1 to 5 (KF-04).
    """

    __tablename__ = "complaint_rounds"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    complaint_id: Mapped[UUID] = mapped_column(sa.ForeignKey("complaints.id", ondelete="CASCADE"))
    ordinal: Mapped[int]
    kind: Mapped[RoundKind]
    received_at: Mapped[datetime]
    complete_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[RoundOutcome | None]
    novelty: Mapped[Novelty | None]
    satisfaction: Mapped[int | None]
    sealed: Mapped[bytes | None]

    clocks: Mapped[list["Clock"]] = relationship(order_by="Clock.id", cascade="all", passive_deletes=True)
    requirements: Mapped[list["Requirement"]] = relationship(
        order_by="Requirement.id", cascade="all", passive_deletes=True
    )

    __table_args__ = (
        sa.UniqueConstraint("complaint_id", "ordinal"),
        sa.CheckConstraint("(outcome IS NULL) = (closed_at IS NULL)", name="an_end_has_its_moment"),
        sa.CheckConstraint("(novelty IS NULL) = (kind <> 'objection')", name="an_objection_brings_something"),
        sa.CheckConstraint("satisfaction BETWEEN 1 AND 5", name="satisfaction_is_one_to_five"),
    )


class Requirement(Base):
    """A document without which a round is incomplete, by its code in the profile.

    `arrived_at` is the moment it came, never the moment somebody looked at it; None while it is
    missing. `asked_at` is when it was named to the customer, which is the request from which the
    document deadline runs; None for what came unasked. `questioned_at`: since then we ask for a
    replacement of what came, without stopping our time.
    """

    __tablename__ = "complaint_requirements"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    round_id: Mapped[UUID] = mapped_column(sa.ForeignKey("complaint_rounds.id", ondelete="CASCADE"))
    code: Mapped[str]
    asked_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    questioned_at: Mapped[datetime | None]

    __table_args__ = (
        sa.UniqueConstraint("round_id", "code"),
        sa.CheckConstraint("asked_at IS NOT NULL OR arrived_at IS NOT NULL", name="what_is_missing_was_asked_for"),
        sa.CheckConstraint("questioned_at IS NULL OR arrived_at IS NOT NULL", name="what_is_questioned_has_come"),
    )


class Clock(Base):
    """A time limit of a round, as data: its rule, when it started, and the promise made from it.

    `counted_on` is what the calendar gives now, `due_on` what was promised; a holiday decreed later
    may part them. The rule's amount and unit are kept here, because a profile may change, and `steps`
    holds by how many days each extension lengthened it. `ended_at`: what it waited for has happened.
    """

    __tablename__ = "complaint_clocks"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    round_id: Mapped[UUID] = mapped_column(sa.ForeignKey("complaint_rounds.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[ClockPurpose]
    rule: Mapped[str]
    amount: Mapped[int]
    unit: Mapped[str]
    starts: Mapped[str]
    calendar: Mapped[str]
    revision: Mapped[str | None]
    steps: Mapped[list[int]] = mapped_column(sa.JSON, default=list)
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    counted_on: Mapped[date | None]
    due_on: Mapped[date | None]
    provisional: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        sa.CheckConstraint("(started_at IS NULL) = (due_on IS NULL)", name="a_started_clock_promises"),
        sa.CheckConstraint("amount > 0", name="a_limit_is_positive"),
        # What is due soon, and what a holiday decreed later may move.
        sa.Index(
            "ix_complaint_clocks_running",
            "purpose",
            "due_on",
            sqlite_where=sa.text("started_at IS NOT NULL AND ended_at IS NULL"),
            postgresql_where=sa.text("started_at IS NOT NULL AND ended_at IS NULL"),
        ),
    )


class Pass(Base):
    """An internal report to a division: a question with a date, and what came back (KF-19, KF-08, K3-08).

    A division sees the complaints that were passed to it, and no others. `sealed`: {question};
    `answer`: {text}, sealed when it comes back.
    """

    __tablename__ = "complaint_passes"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    complaint_id: Mapped[UUID] = mapped_column(sa.ForeignKey("complaints.id", ondelete="CASCADE"), index=True)
    division: Mapped[str]
    officer_id: Mapped[UUID] = mapped_column(sa.ForeignKey(OfficerAccount.id))
    passed_at: Mapped[datetime]
    due_on: Mapped[date]
    # The division's team is to contact the customer (K3-09).
    contact: Mapped[bool] = mapped_column(default=False)
    answered_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey(OfficerAccount.id))
    answered_at: Mapped[datetime | None]
    sealed: Mapped[bytes]
    answer: Mapped[bytes | None]

    __table_args__ = (
        sa.Index("ix_complaint_passes_division_complaint_id", "division", "complaint_id"),
        sa.CheckConstraint("(answered_at IS NULL) = (answer IS NULL)", name="an_answer_has_its_moment"),
    )


class Message(Base):
    """A message between us and a party, or an officer's internal note. `sealed`: {text}.

    `party_id` is the party who wrote it, `officer_id` the officer; `audience` says who may read it. A
    note's `mentions` are officers' ids.
    """

    __tablename__ = "complaint_messages"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    complaint_id: Mapped[UUID] = mapped_column(sa.ForeignKey("complaints.id", ondelete="CASCADE"), index=True)
    audience: Mapped[Audience]
    party_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("complaint_parties.id", ondelete="CASCADE"))
    officer_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey(OfficerAccount.id))
    at: Mapped[datetime]
    # The delivery of documents that came with it, if any.
    delivery_id: Mapped[UUID | None]
    mentions: Mapped[list[str]]
    sealed: Mapped[bytes]

    __table_args__ = (
        sa.CheckConstraint("(party_id IS NULL) != (officer_id IS NULL)", name="somebody_wrote_it"),
        sa.CheckConstraint("party_id IS NULL OR audience = 'customer'", name="a_note_is_an_officers"),
    )


class Check(Base):
    """What an officer compared or looked up: identity, or a matter in another system. `sealed`: {what, found}.

    `kind` is "identity" or "system"; `passed` says whether it agreed (SQ-14, KF-13, KF-15, K3-03, K3-14).
    """

    __tablename__ = "complaint_checks"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    complaint_id: Mapped[UUID] = mapped_column(sa.ForeignKey("complaints.id", ondelete="CASCADE"), index=True)
    kind: Mapped[CheckKind]
    party_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("complaint_parties.id", ondelete="CASCADE"))
    passed: Mapped[bool | None]
    officer_id: Mapped[UUID] = mapped_column(sa.ForeignKey(OfficerAccount.id))
    at: Mapped[datetime]
    sealed: Mapped[bytes]


class Review(Base):
    """An officer's verdict on a document. `sealed`: {reason}. The newest one of a document holds."""

    __tablename__ = "complaint_reviews"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    complaint_id: Mapped[UUID] = mapped_column(sa.ForeignKey("complaints.id", ondelete="CASCADE"), index=True)
    # The document's row goes with the sweep after an erasure, the verdict stays countable.
    document_id: Mapped[UUID]
    accepted: Mapped[bool]
    officer_id: Mapped[UUID] = mapped_column(sa.ForeignKey(OfficerAccount.id))
    at: Mapped[datetime]
    sealed: Mapped[bytes]
