"""Reads of one complaint: everything that the page of a case shows to a party."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from portal.complaints.handed_in import Guided, Matter, Person, Preference, Proof, Transaction
from portal.complaints.models import (
    Authority,
    Complaint,
    ComplaintTransaction,
    Message,
    Party,
)
from portal.complaints.representing import Reach, reach, told_to, why_not_acting
from portal.complaints.rules import Refusal, Role, Status
from portal.complaints.standing import Running, columns, running
from portal.complaints.states import AuthorityState, ContactSource
from portal.db import Session
from portal.evidence.models import Document
from portal.evidence.queries import files
from portal.evidence.rules import Filed, Right
from portal.history.models import Entry, HistoryEntry
from portal.history.queries import entries
from portal.history.rules import Audience, Told
from portal.notices.queries import LedgerLine, ledger
from portal.sealing import Box, open_box

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
    channel: str
    topic: str
    capacity: str | None
    received_at: datetime
    decide_by: date | None
    held_at: datetime | None
    closed_at: datetime | None
    version: int
    sealed: bytes

    @property
    def entry_class(self) -> type[Entry]:
        """The table of its history."""
        return HistoryEntry


class OpenAuthority(NamedTuple):
    """A special power of attorney as it was read with a login."""

    id: UUID
    state: AuthorityState
    given_on: date
    ends_on: date | None
    decided_at: datetime | None
    sealed: bytes


class OpenParty(NamedTuple):
    """A party of the case as it was read with the login: whose login it is, or another one.

    `authority` is the power under which a representative acts.
    """

    id: UUID
    role: Role
    language: str
    contact: ContactSource
    sealed: bytes
    authority: OpenAuthority | None = None

    def why_not_acting(self, today: date) -> Refusal | None:
        """Why they may not act for the customer today; None for who may, and for the customer."""
        if self.role is Role.CUSTOMER:
            return None
        power = self.authority
        return why_not_acting(power.state, power.ends_on, today=today) if power else Refusal.ROLE

    def reach(self, today: date) -> Reach:
        """How much of the case they may read today."""
        power = self.authority
        return reach(self.role, power and power.state, power.ends_on if power else None, today=today)


@dataclass(frozen=True, slots=True)
class Power:
    """A special power of attorney as its page shows it."""

    state: AuthorityState
    given_on: date
    ends_on: date | None
    decided_at: datetime | None
    relation: str = field(repr=False)
    scope: str = field(repr=False)
    firm: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Someone:
    """A party as the other one knows them: by name, and a representative by the power under which they act."""

    id: UUID
    role: Role
    name: str = field(repr=False)
    power: Power | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A complaint as the party may read it: what they told us, the clocks, what happened, what was sent.

    `people` are the parties, the reader among them.
    """

    account: str | None = field(repr=False)
    story: str = field(repr=False)
    loss: Decimal | None = field(repr=False)
    wish: str | None = field(repr=False)
    guided: Guided | None = field(repr=False)
    person: Person = field(repr=False)
    people: tuple[Someone, ...] = field(repr=False)
    transactions: tuple[Transaction, ...] = field(repr=False)
    running: Running
    history: list[Told] = field(repr=False)
    # What was written between us and the parties, by the message's id as the history names it.
    messages: Mapping[str, str] = field(repr=False)
    # The files that came with a message, or that we sent with it, by the same id.
    attached: Mapping[str, Sequence[Filed]] = field(repr=False)
    notices: list[LedgerLine] = field(repr=False)
    documents: list[Filed] = field(repr=False)


TRANSACTIONS = (
    sa.select(*columns(ComplaintTransaction, ("id", "type", "sealed")))
    .where(ComplaintTransaction.__table__.c.complaint_id == sa.bindparam("complaint"))
    .order_by(ComplaintTransaction.__table__.c.position)
)
MESSAGES = sa.select(*columns(Message, ("id", "party_id", "delivery_id", "sealed"))).where(
    Message.__table__.c.complaint_id == sa.bindparam("complaint"),
    Message.__table__.c.audience == Audience.CUSTOMER,
)


def case_file(
    session: Session, case: OpenCase, party: OpenParty, others: Sequence[OpenParty] = (), *, today: date
) -> CaseFile:
    """Everything that the page of a case shows to this party today, in a fixed number of statements.

    A representative reads what their power allows. Of the letters each party reads their own: where the
    other is reached is not theirs to know. Raises
    `sealing.KeyDestroyed` after an erasure, `sealing.Tampered` for a value that was changed or moved.
    """
    box = open_box(session, case.key_id)
    told = box.open_from(Complaint.__tablename__, case.id, case.sealed)
    about = box.open_from(Party.__tablename__, party.id, party.sealed)
    within = party.reach(today)
    # Newest first (BM-34).
    history = entries(session, case, audience=Audience.CUSTOMER)
    notices = [line for line in ledger(session, case.id) if line.party_id == party.id]
    if party.role is Role.REPRESENTATIVE:
        history = [entry for entry in history if told_to(entry, within, party.id)]
    read, filed = _messages(session, case.id, party, within), files_for(session, case, party, today=today)
    return CaseFile(
        account=told["account"],
        story=told["story"],
        loss=Decimal(told["loss"]) if told.get("loss") is not None else None,
        wish=told.get("wish"),
        guided=_guided(told.get("guided")),
        person=person_of(about, party.language),
        people=people(session, case, (party, *others)),
        transactions=transactions_of(session, box, case.id),
        running=running(session, case.id),
        history=history,
        messages={str(row.id): box.open_from(Message.__tablename__, row.id, row.sealed)["text"] for row in read},
        attached={
            str(row.id): [one for one in filed if one.delivery_id == row.delivery_id] for row in read if row.delivery_id
        },
        notices=notices,
        documents=[one for one in filed if one.sent_by is None],
    )


def _messages(session: Session, complaint_id: UUID, party: OpenParty, within: Reach) -> list[sa.Row[Any]]:
    """What this party may read of what was written: with less than the whole reach only their own."""
    rows = session.connection().execute(MESSAGES, {"complaint": complaint_id})
    return [row for row in rows if within is Reach.WHOLE or row.party_id == party.id]


def transactions_of(session: Session, box: Box, complaint_id: UUID) -> tuple[Transaction, ...]:
    """The transactions complained of, in the order in which they were named."""
    rows = session.connection().execute(TRANSACTIONS, {"complaint": complaint_id})
    return tuple(_transaction(box, *row) for row in rows)


def people(session: Session, case: OpenCase, parties: Sequence[OpenParty]) -> tuple[Someone, ...]:
    """The parties by name, and a representative by their power."""
    box = open_box(session, case.key_id)
    return tuple(
        Someone(
            party.id,
            party.role,
            box.open_from(Party.__tablename__, party.id, party.sealed)["name"],
            power_of(box, party.authority) if party.authority else None,
        )
        for party in parties
    )


def documents_for(session: Session, case: OpenCase, party: OpenParty, *, today: date) -> list[Filed]:
    """The documents that a party may see, in the order in which they came; what we sent is not among them."""
    return [one for one in files_for(session, case, party, today=today) if one.sent_by is None]


def files_for(session: Session, case: OpenCase, party: OpenParty, *, today: date) -> list[Filed]:
    """The files that a party may see, what we sent with messages as well, in the order in which they came."""
    if case.folder_id is None:
        return []
    found = files(session, case.folder_id, open_box(session, case.key_id))
    return [one for one in found if may_see(one, party, today=today)]


def may_see(file: Filed | Document, party: OpenParty, *, today: date) -> bool:
    """Whether a party may see a file: one that this party added, or that came with the complaint.

    Who acts for a customer has filed for them, so that what came with the complaint came from them. What we
    sent goes with its message, which only who reads the whole case reads.
    """
    return party.reach(today) is Reach.WHOLE or (file.sent_by is None and file.added_by in (None, party.id))


def right_of_party(file: Filed | Document) -> Right:
    """How much of a file a party may have: their own as it came, and what we send only as a scanner lets it pass."""
    return Right.ORIGINAL if file.sent_by is None else Right.COPY


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


def power_of(box: Box, authority: OpenAuthority) -> Power:
    """A power of attorney with what is sealed in it."""
    told = box.open_from(Authority.__tablename__, authority.id, authority.sealed)
    return Power(
        state=authority.state,
        given_on=authority.given_on,
        ends_on=authority.ends_on,
        decided_at=authority.decided_at,
        relation=told["relation"],
        scope=told["scope"],
        firm=told["firm"],
    )


def _guided(told: Mapping[str, Any] | None) -> Guided | None:
    return Guided(datetime.fromisoformat(told["moment"]), told["still_open"]) if told else None


def matter_of(session: Session, complaint: Complaint) -> Matter:
    """What decides which documents a complaint needs, as it stands in the case."""
    box = open_box(session, complaint.key_id)
    power = session.scalar(sa.select(Authority).where(Authority.complaint_id == complaint.id))
    return Matter(
        kind=complaint.kind,
        topic=complaint.topic,
        transactions=bool(transactions_of(session, box, complaint.id)),
        represented=power is not None,
        firm=power is not None and bool(box.open(power)["firm"]),
        guided=_guided(box.open(complaint).get("guided")),
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
