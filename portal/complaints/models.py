"""The tables of a complaint: who, what, its rounds and clocks, and what opens it.

What tells about a person is sealed under the complaint's data key, one value a row; the columns in
the open are codes, moments and ids.
"""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.complaints.rules import (
    CLOSED,
    AuthorityState,
    ClockPurpose,
    ContactSource,
    Role,
    RoundKind,
    Status,
    Term,
)
from portal.db import Base
from portal.history.models import Chained
from portal.institution.rules import Form

CLOSED_LIST = ", ".join(f"'{status}'" for status in sorted(CLOSED))


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
    # The promise of the round that runs, copied here so that the queue reads one index.
    due_on: Mapped[date | None]
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
        sa.Index("ix_complaints_status_due_on_id", "status", "due_on", "id"),
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

    __table_args__ = (sa.Index("ix_complaint_terms_kind_term", "kind", "term"),)


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
    """One round of handling: the complaint itself, then each objection."""

    __tablename__ = "complaint_rounds"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    complaint_id: Mapped[UUID] = mapped_column(sa.ForeignKey("complaints.id", ondelete="CASCADE"))
    ordinal: Mapped[int]
    kind: Mapped[RoundKind]
    received_at: Mapped[datetime]
    complete_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    clocks: Mapped[list["Clock"]] = relationship(order_by="Clock.id", cascade="all", passive_deletes=True)
    requirements: Mapped[list["Requirement"]] = relationship(
        order_by="Requirement.id", cascade="all", passive_deletes=True
    )

    __table_args__ = (sa.UniqueConstraint("complaint_id", "ordinal"),)


class Requirement(Base):
    """A document without which a round is incomplete, by its code in the profile.

    `arrived_at` is the moment it came, never the moment somebody looked at it; None while it is
    missing. `asked_at` is when it was named to the customer, which is the request from which the
    document deadline runs; None for what came unasked.
    """

    __tablename__ = "complaint_requirements"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    round_id: Mapped[UUID] = mapped_column(sa.ForeignKey("complaint_rounds.id", ondelete="CASCADE"))
    code: Mapped[str]
    asked_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]

    __table_args__ = (
        sa.UniqueConstraint("round_id", "code"),
        sa.CheckConstraint("asked_at IS NOT NULL OR arrived_at IS NOT NULL", name="what_is_missing_was_asked_for"),
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
