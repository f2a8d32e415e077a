"""Reads of complaints: by what a customer names, and everything that the customer's page shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from portal.complaints.models import (
    Authority,
    Clock,
    Complaint,
    ComplaintTransaction,
    Message,
    Party,
    Requirement,
    Round,
    SearchTerm,
)
from portal.complaints.numbers import Number
from portal.complaints.rules import (
    AuthorityState,
    ClockPurpose,
    ContactSource,
    Person,
    Preference,
    Proof,
    Role,
    Status,
    Term,
    Transaction,
)
from portal.db import Base, Session
from portal.history.models import Entry, HistoryEntry
from portal.history.queries import entries
from portal.history.rules import Audience, Told
from portal.notices.queries import LedgerLine, ledger
from portal.sealing import Box, KeyRing, blind_indexes, open_box

# ── found by what a customer names ───────────────────────────────────────────────────────────────


def named(keys: KeyRing, number: Number | None, account: str) -> sa.ColumnElement[bool]:
    """Whether a complaint has this registration number, else this account number (BM-35)."""
    if number is not None:
        return Complaint.registration == number.canonical
    return _has_account(blind_indexes(keys, Term.ACCOUNT, account))


def _has_account(terms: Sequence[bytes]) -> sa.ColumnElement[bool]:
    return (
        sa.select(SearchTerm.complaint_id)
        .where(SearchTerm.complaint_id == Complaint.id, SearchTerm.kind == Term.ACCOUNT, SearchTerm.term.in_(terms))
        .exists()
    )


class Named(NamedTuple):
    """A complaint and one of its parties, by their ids: all that a one-time code is bound to."""

    complaint_id: UUID
    party_id: UUID


def find_party(session: Session, *, number: Number | None, account: str, role: Role) -> Named | None:
    """Who has this role in the complaint with this number, else in the newest one with this account number.

    One statement, whatever exists.
    """
    return _newest(session, named(session.keys, number, account), role)


def find_party_by_terms(session: Session, terms: Sequence[bytes], role: Role) -> Named | None:
    """What `find_party` gives for the account number that these blind indexes stand for."""
    return _newest(session, _has_account(terms), role)


def _newest(session: Session, which: sa.ColumnElement[bool], role: Role) -> Named | None:
    row = session.execute(
        sa.select(Complaint.id, Party.id)
        .join(Party, sa.and_(Party.complaint_id == Complaint.id, Party.role == role))
        .where(which)
        .order_by(Complaint.received_at.desc(), Complaint.id.desc())
        .limit(1)
    ).one_or_none()
    return Named(*row) if row else None


# ── the customer's own page ──────────────────────────────────────────────────────────────────────
#
# The page of a case is the most asked for and is asked for again and again. Its reads are built once,
# name tables instead of classes and are executed on the connection, which costs a third of loading
# objects. What is to be changed is loaded as an object by the view that changes it.


class OpenCase(NamedTuple):
    """A complaint as it was read with the login that opened it."""

    id: UUID
    key_id: UUID
    folder_id: UUID | None
    registration: str
    status: Status
    kind: str
    topic: str
    received_at: datetime
    closed_at: datetime | None
    version: int
    sealed: bytes

    @property
    def entry_class(self) -> type[Entry]:
        """The table of its history."""
        return HistoryEntry


class OpenParty(NamedTuple):
    """The party whose login it is."""

    id: UUID
    role: Role
    language: str
    contact: ContactSource
    sealed: bytes


class RunningClock(NamedTuple):
    """A clock as it is stored: its rule, its start, and the promise made from it. Tells nothing of a person."""

    purpose: ClockPurpose
    rule: str
    amount: int
    unit: str
    starts: str
    calendar: str
    steps: tuple[int, ...]
    started_at: datetime | None
    ended_at: datetime | None
    counted_on: date | None
    due_on: date | None


class Asked(NamedTuple):
    """A document that the newest round needs: its code, when it was named, and when it came."""

    code: str
    asked_at: datetime | None
    arrived_at: datetime | None


@dataclass(frozen=True, slots=True)
class Running:
    """The clocks of the newest round that run, the one that ends first before the others, and what it waits for.

    `answer` are those by which we answer, `documents` the customer's own time; `missing` the documents
    that have not come, in the order in which they were asked for.
    """

    answer: tuple[RunningClock, ...]
    documents: RunningClock | None
    missing: tuple[Asked, ...]

    @property
    def binding(self) -> RunningClock | None:
        """The clock that ends first; None while none has started."""
        return self.answer[0] if self.answer else None


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A complaint as its customer may read it: what they told us, the clock, what happened, what was sent."""

    account: str | None = field(repr=False)
    story: str = field(repr=False)
    loss: Decimal | None = field(repr=False)
    wish: str | None = field(repr=False)
    person: Person = field(repr=False)
    transactions: tuple[Transaction, ...] = field(repr=False)
    running: Running
    history: list[Told] = field(repr=False)
    # What was written between us and the parties, by the message's id as the history names it.
    messages: Mapping[str, str] = field(repr=False)
    notices: list[LedgerLine] = field(repr=False)


def columns(row: type[Base], names: tuple[str, ...]) -> list[sa.ColumnElement[Any]]:
    """These columns of a class's table."""
    return [row.__table__.c[name] for name in names]


TRANSACTIONS = (
    sa.select(*columns(ComplaintTransaction, ("id", "type", "sealed")))
    .where(ComplaintTransaction.__table__.c.complaint_id == sa.bindparam("complaint"))
    .order_by(ComplaintTransaction.__table__.c.position)
)
MESSAGES = sa.select(*columns(Message, ("id", "party_id", "sealed"))).where(
    Message.__table__.c.complaint_id == sa.bindparam("complaint"),
    Message.__table__.c.audience == Audience.CUSTOMER,
)
CLOCKS = (
    sa.select(*columns(Round, ("id", "ordinal", "complete_at")), *columns(Clock, RunningClock._fields))
    .join_from(Round.__table__, Clock.__table__)
    .where(Round.__table__.c.complaint_id == sa.bindparam("complaint"))
    .order_by(Round.__table__.c.ordinal.desc(), Clock.__table__.c.id)
)
MISSING = (
    sa.select(*columns(Requirement, Asked._fields))
    .where(
        Requirement.__table__.c.round_id == sa.bindparam("round"),
        Requirement.__table__.c.arrived_at.is_(None),
    )
    .order_by(Requirement.__table__.c.id)
)


def case_file(session: Session, case: OpenCase, party: OpenParty) -> CaseFile:
    """Everything that the page of a case shows, in a fixed number of statements.

    Raises `sealing.KeyDestroyed` after an erasure, `sealing.Tampered` for a value that was changed or moved.
    """
    box = open_box(session, case.key_id)
    told = box.open_from(Complaint.__tablename__, case.id, case.sealed)
    about = box.open_from(Party.__tablename__, party.id, party.sealed)
    return CaseFile(
        account=told["account"],
        story=told["story"],
        loss=Decimal(told["loss"]) if told.get("loss") is not None else None,
        wish=told.get("wish"),
        person=person_of(about, party.language),
        transactions=transactions_of(session, box, case.id),
        running=running(session, case.id),
        # Newest first (BM-34).
        history=entries(session, case, audience=Audience.CUSTOMER),
        messages=_messages(session, box, case.id, party),
        notices=ledger(session, case.id),
    )


def _messages(session: Session, box: Box, complaint_id: UUID, party: OpenParty) -> dict[str, str]:
    """What this party may read of what was written: a representative only their own, until their power is accepted."""
    rows = session.connection().execute(MESSAGES, {"complaint": complaint_id}).all()
    if not rows:
        return {}
    if party.role is Role.REPRESENTATIVE:
        accepted = sa.select(Authority.state).where(Authority.party_id == party.id)
        if session.scalar(accepted) is not AuthorityState.ACCEPTED:
            rows = [row for row in rows if row.party_id == party.id]
    return {str(row.id): box.open_from(Message.__tablename__, row.id, row.sealed)["text"] for row in rows}


def transactions_of(session: Session, box: Box, complaint_id: UUID) -> tuple[Transaction, ...]:
    """The transactions complained of, in the order in which they were named."""
    rows = session.connection().execute(TRANSACTIONS, {"complaint": complaint_id})
    return tuple(_transaction(box, *row) for row in rows)


def running(session: Session, complaint_id: UUID) -> Running:
    """The newest round's clocks that have started and not ended; what it lacks only while it is incomplete."""
    rows = session.connection().execute(CLOCKS, {"complaint": complaint_id}).all()
    newest = [row for row in rows if row.ordinal == rows[0].ordinal]
    clocks = [RunningClock(*row[3:])._replace(steps=tuple(row.steps)) for row in newest]
    going = sorted(
        (clock for clock in clocks if clock.due_on is not None and clock.ended_at is None),
        key=lambda clock: clock.due_on or date.max,
    )
    missing: tuple[Asked, ...] = ()
    if newest and newest[0].complete_at is None:
        found = session.connection().execute(MISSING, {"round": newest[0].id})
        missing = tuple(Asked(*row) for row in found)
    return Running(
        answer=tuple(clock for clock in going if clock.purpose is ClockPurpose.ANSWER),
        documents=next((clock for clock in going if clock.purpose is ClockPurpose.DOCUMENTS), None),
        missing=missing,
    )


def person_of(told: Mapping[str, Any], language: str) -> Person:
    """A party as they described themselves, from their unsealed row."""
    return Person(
        name=told["name"],
        language=language,
        email=told["email"],
        phone=told["phone"],
        proof=Proof(**told["proof"]) if told.get("proof") else None,
        needs=told.get("needs"),
        prefers=Preference(told["prefers"]) if told.get("prefers") else None,
    )


def person_in(box: Box, party: Party) -> Person:
    """A party as they described themselves."""
    return person_of(box.open(party), party.language)


def _transaction(box: Box, row_id: UUID, type_: str, sealed: bytes) -> Transaction:
    told: dict[str, Any] = box.open_from(ComplaintTransaction.__tablename__, row_id, sealed)
    return Transaction(
        type=type_,
        on=date.fromisoformat(told["on"]),
        at=time.fromisoformat(told["at"]) if told["at"] else None,
        amount=Decimal(told["amount"]) if told["amount"] is not None else None,
        reference=told["reference"],
    )
