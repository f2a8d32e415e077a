"""Reads of complaints: by what a customer names, and everything that the customer's page shows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from portal.complaints.models import Clock, Complaint, ComplaintTransaction, Party, Round, SearchTerm
from portal.complaints.numbers import Number
from portal.complaints.rules import Person, Role, Status, Term, Transaction
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
    """A complaint and its customer, by their ids: all that a one-time code is bound to."""

    complaint_id: UUID
    party_id: UUID


def find_customer(session: Session, *, number: Number | None, account: str) -> Named | None:
    """The customer of the complaint with this number, else of the newest one with this account number.

    One statement, whatever exists.
    """
    return _newest(session, named(session.keys, number, account))


def find_customer_by_terms(session: Session, terms: Sequence[bytes]) -> Named | None:
    """What `find_customer` gives for the account number that these blind indexes stand for."""
    return _newest(session, _has_account(terms))


def _newest(session: Session, which: sa.ColumnElement[bool]) -> Named | None:
    row = session.execute(
        sa.select(Complaint.id, Party.id)
        .join(Party, sa.and_(Party.complaint_id == Complaint.id, Party.role == Role.CUSTOMER))
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
    sealed: bytes


class RunningClock(NamedTuple):
    """A clock as it is stored: its rule, its start, and the promise made from it. Tells nothing of a person."""

    rule: str
    amount: int
    unit: str
    starts: str
    calendar: str
    started_at: datetime | None
    counted_on: date | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A complaint as its customer may read it: what they told us, the clock, what happened, what was sent."""

    account: str = field(repr=False)
    story: str = field(repr=False)
    person: Person = field(repr=False)
    transactions: tuple[Transaction, ...] = field(repr=False)
    clock: RunningClock | None
    history: list[Told] = field(repr=False)
    notices: list[LedgerLine] = field(repr=False)


def columns(row: type[Base], names: tuple[str, ...]) -> list[sa.ColumnElement[Any]]:
    """These columns of a class's table."""
    return [row.__table__.c[name] for name in names]


TRANSACTIONS = (
    sa.select(*columns(ComplaintTransaction, ("id", "type", "sealed")))
    .where(ComplaintTransaction.__table__.c.complaint_id == sa.bindparam("complaint"))
    .order_by(ComplaintTransaction.__table__.c.position)
)
CLOCKS = (
    sa.select(Round.__table__.c.ordinal, *columns(Clock, RunningClock._fields))
    .join_from(Round.__table__, Clock.__table__)
    .where(Round.__table__.c.complaint_id == sa.bindparam("complaint"))
    .order_by(Round.__table__.c.ordinal.desc(), Clock.__table__.c.id)
)


def case_file(session: Session, case: OpenCase, party: OpenParty) -> CaseFile:
    """Everything that the page of a case shows, in a fixed number of statements.

    Raises `sealing.KeyDestroyed` after an erasure, `sealing.Tampered` for a value that was changed or moved.
    """
    box = open_box(session, case.key_id)
    told = box.open_from(Complaint.__tablename__, case.id, case.sealed)
    about = box.open_from(Party.__tablename__, party.id, party.sealed)
    rows = session.connection().execute(TRANSACTIONS, {"complaint": case.id})
    return CaseFile(
        account=told["account"],
        story=told["story"],
        person=Person(name=about["name"], language=party.language, email=about["email"], phone=about["phone"]),
        transactions=tuple(_transaction(box, *row) for row in rows),
        clock=binding_clock(session, case.id),
        # Newest first (BM-34).
        history=entries(session, case, audience=Audience.CUSTOMER),
        notices=ledger(session, case.id),
    )


def started_clocks(session: Session, complaint_id: UUID) -> list[RunningClock]:
    """The clocks that have started in the newest round, the one that ends first before the others."""
    rows = session.connection().execute(CLOCKS, {"complaint": complaint_id}).all()
    clocks = [RunningClock(*row[1:]) for row in rows if row.ordinal == rows[0].ordinal]
    return sorted(
        (clock for clock in clocks if clock.counted_on is not None), key=lambda clock: clock.counted_on or date.max
    )


def binding_clock(session: Session, complaint_id: UUID) -> RunningClock | None:
    """The clock that ends first of those that have started in the newest round; None while none has."""
    return next(iter(started_clocks(session, complaint_id)), None)


def person_in(box: Box, party: Party) -> Person:
    """A party as they described themselves."""
    told = box.open(party)
    return Person(name=told["name"], language=party.language, email=told["email"], phone=told["phone"])


def _transaction(box: Box, row_id: UUID, type_: str, sealed: bytes) -> Transaction:
    told: dict[str, Any] = box.open_from(ComplaintTransaction.__tablename__, row_id, sealed)
    return Transaction(
        type=type_,
        on=date.fromisoformat(told["on"]),
        at=time.fromisoformat(told["at"]) if told["at"] else None,
        amount=Decimal(told["amount"]) if told["amount"] is not None else None,
        reference=told["reference"],
    )
