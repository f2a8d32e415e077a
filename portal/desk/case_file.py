"""Everything that an officer's page of a case shows, read in a fixed number of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from portal.accounts.queries import names
from portal.accounts.rules import Officer
from portal.complaints import completeness
from portal.complaints.disputes.objecting import compared
from portal.complaints.disputes.queries import Dispute, dispute
from portal.complaints.handed_in import Guided, Person, Transaction
from portal.complaints.linking.queries import Linked, linked
from portal.complaints.linking.rules import SAME
from portal.complaints.models import (
    Authority,
    Check,
    Clock,
    Complaint,
    Message,
    Party,
    Pass,
    Requirement,
    Review,
    Round,
    SearchTerm,
)
from portal.complaints.parties import parties_of, references_of, terms_of
from portal.complaints.queries import person_in, transactions_of
from portal.complaints.reopening import documents_clock
from portal.complaints.responses.queries import newest_response, points_of, sent_answers
from portal.complaints.responses.rules import Response, SentAnswer, Treated
from portal.complaints.rules import Action, Role, Status
from portal.complaints.sight import visible
from portal.complaints.standing import Running, running
from portal.complaints.states import AnswerState, CheckKind, RoundKind, Term
from portal.db import Session
from portal.evidence.fingerprints import Compared
from portal.evidence.queries import files
from portal.evidence.rules import Filed
from portal.history.queries import entries
from portal.history.rules import Audience, Told
from portal.notices.queries import LedgerLine, ledger
from portal.sealing import Box, blind_indexes, open_box

EARLIER = 10


@dataclass(frozen=True, slots=True)
class Power:
    """A special power of attorney: how it stands, and how the representative describes it."""

    row: Authority
    relation: str = field(repr=False)
    scope: str = field(repr=False)
    firm: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Somebody:
    """A party with what they told of themselves."""

    row: Party
    person: Person = field(repr=False)

    @property
    def id(self) -> UUID:
        return self.row.id

    @property
    def role(self) -> Role:
        return self.row.role


@dataclass(frozen=True, slots=True)
class Verdict:
    """An officer's word on a document. The newest one holds."""

    accepted: bool
    reason: str | None = field(repr=False)
    officer_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Written:
    """A message or a note, by whoever wrote it."""

    id: UUID
    audience: Audience
    party_id: UUID | None
    officer_id: UUID | None
    at: datetime
    mentions: tuple[UUID, ...]
    delivery_id: UUID | None
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Report:
    """An internal report to a division, and its answer if it has come."""

    row: Pass
    question: str = field(repr=False)
    answer: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Checked:
    """What an officer compared or looked up."""

    row: Check
    what: Any = field(repr=False)
    found: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Earlier:
    """Another complaint of the same person or about the same account, or (`person` is false) transaction."""

    id: UUID
    registration: str
    topic: str
    status: Status
    received_at: datetime
    person: bool


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A complaint as an officer reads it."""

    complaint: Complaint
    account: str | None = field(repr=False)
    story: str = field(repr=False)
    loss: Decimal | None = field(repr=False)
    wish: str | None = field(repr=False)
    guided: Guided | None
    parties: tuple[Somebody, ...] = field(repr=False)
    power: Power | None = field(repr=False)
    transactions: tuple[Transaction, ...] = field(repr=False)
    running: Running
    documents_clock: Clock | None
    complete_at: datetime | None
    needs: tuple[Requirement, ...]
    documents: tuple[Filed, ...] = field(repr=False)
    # What officers sent to the customer with messages; never among the documents.
    sent: tuple[Filed, ...] = field(repr=False)
    verdicts: Mapping[UUID, Verdict]
    history: Sequence[Told] = field(repr=False)
    messages: Sequence[Written] = field(repr=False)
    reports: Sequence[Report] = field(repr=False)
    checks: Sequence[Checked] = field(repr=False)
    notices: Sequence[LedgerLine] = field(repr=False)
    earlier: Sequence[Earlier]
    linked: Sequence[Linked]
    officers: Mapping[UUID, str]
    # The rounds and forums, and what the newest objection brought beside what was submitted before it.
    dispute: Dispute = field(repr=False)
    compared: Sequence[Compared] = field(repr=False)
    # The newest round, the customer's points in it, the response that is written or sent, and all that were sent.
    opened: Round
    points: tuple[Treated, ...] = field(repr=False)
    response: Response | None = field(repr=False)
    answers: Sequence[SentAnswer] = field(repr=False)

    @property
    def customer(self) -> Somebody:
        return self.parties[0]

    @property
    def representative(self) -> Somebody | None:
        return next((one for one in self.parties if one.role is Role.REPRESENTATIVE), None)

    @property
    def open_reports(self) -> list[Report]:
        """The reports that no division has answered yet."""
        return [report for report in self.reports if report.row.answered_at is None]

    @property
    def sent_back(self) -> Told | None:
        """Why a second officer did not approve the draft, until it is put before one again."""
        if self.response is None or self.response.state is not AnswerState.DRAFT:
            return None
        mine = str(self.response.id)
        between = (told for told in self.history if told.kind in (Action.PROPOSE, Action.SEND_BACK))
        newest = next((told for told in between if (told.payload or {}).get("answer") == mine), None)
        return newest if newest and newest.kind == Action.SEND_BACK else None

    def attached(self, written: Written) -> list[Filed]:
        """The files that came with a message, or that we sent with it."""
        both = (*self.documents, *self.sent) if written.delivery_id else ()
        return [one for one in both if one.delivery_id == written.delivery_id]

    def rejected(self, document: Filed) -> bool:
        """Whether the newest word on a document is a rejection."""
        verdict = self.verdicts.get(document.id)
        return verdict is not None and not verdict.accepted

    def identity(self, party_id: UUID) -> Checked | None:
        """The newest comparison of a party's identity."""
        compared = (one for one in self.checks if one.row.kind is CheckKind.IDENTITY and one.row.party_id == party_id)
        return next(compared, None)


def case_file(session: Session, officer: Officer, complaint: Complaint) -> CaseFile:
    """What there is of a complaint that the officer may see.

    Raises `sealing.KeyDestroyed` after an erasure, `sealing.Tampered` for a value that was changed or moved.
    """
    box = open_box(session, complaint.key_id)
    told = box.open(complaint)
    people = tuple(Somebody(row, person_in(box, row)) for row in parties_of(session, complaint.id))
    newest = completeness.newest_round(session, complaint)
    filed = files(session, complaint.folder_id, box) if complaint.folder_id else []
    transactions = transactions_of(session, box, complaint.id)
    return CaseFile(
        complaint=complaint,
        account=told["account"],
        story=told["story"],
        loss=Decimal(told["loss"]) if told.get("loss") is not None else None,
        wish=told.get("wish"),
        guided=_guided(told.get("guided")),
        parties=people,
        power=_power(session, box, complaint.id),
        transactions=transactions,
        running=running(session, complaint.id),
        documents_clock=documents_clock(session, complaint),
        complete_at=newest.complete_at,
        needs=tuple(completeness.needs(session, newest)),
        documents=tuple(one for one in filed if one.sent_by is None),
        sent=tuple(one for one in filed if one.sent_by is not None),
        verdicts=_verdicts(session, box, complaint.id),
        history=entries(session, complaint, audience=Audience.OFFICERS),
        messages=_messages(session, box, complaint.id),
        reports=_reports(session, box, complaint.id),
        checks=_checks(session, box, complaint.id),
        notices=ledger(session, complaint.id),
        linked=linked(session, officer, complaint.id),
        earlier=_earlier(
            session, officer, complaint, terms_of(people[0].person, told["account"]) | references_of(transactions)
        ),
        officers=names(session),
        dispute=dispute(session, box, complaint.id),
        compared=compared(session, complaint, newest) if newest.kind is RoundKind.OBJECTION else (),
        opened=newest,
        points=points_of(session, box, newest.id),
        response=newest_response(session, box, complaint.id),
        answers=sent_answers(session, box, complaint.id),
    )


def _guided(told: Mapping[str, Any] | None) -> Guided | None:
    return Guided(datetime.fromisoformat(told["moment"]), told["still_open"]) if told else None


def _power(session: Session, box: Box, complaint_id: UUID) -> Power | None:
    row = session.scalar(sa.select(Authority).where(Authority.complaint_id == complaint_id))
    if row is None:
        return None
    told = box.open(row)
    return Power(row, told["relation"], told["scope"], told["firm"])


def _verdicts(session: Session, box: Box, complaint_id: UUID) -> dict[UUID, Verdict]:
    rows = session.scalars(sa.select(Review).where(Review.complaint_id == complaint_id).order_by(Review.at, Review.id))
    return {row.document_id: Verdict(row.accepted, box.open(row)["reason"], row.officer_id, row.at) for row in rows}


def _messages(session: Session, box: Box, complaint_id: UUID) -> list[Written]:
    rows = session.scalars(
        sa.select(Message).where(Message.complaint_id == complaint_id).order_by(Message.at.desc(), Message.id.desc())
    )
    return [
        Written(
            id=row.id,
            audience=row.audience,
            party_id=row.party_id,
            officer_id=row.officer_id,
            at=row.at,
            mentions=tuple(UUID(one) for one in row.mentions),
            delivery_id=row.delivery_id,
            text=box.open(row)["text"],
        )
        for row in rows
    ]


def _reports(session: Session, box: Box, complaint_id: UUID) -> list[Report]:
    rows = session.scalars(
        sa.select(Pass).where(Pass.complaint_id == complaint_id).order_by(Pass.passed_at.desc(), Pass.id.desc())
    )
    return [
        Report(row, box.open(row)["question"], box.open(row, "answer")["text"] if row.answer else None) for row in rows
    ]


def _checks(session: Session, box: Box, complaint_id: UUID) -> list[Checked]:
    rows = session.scalars(
        sa.select(Check).where(Check.complaint_id == complaint_id).order_by(Check.at.desc(), Check.id.desc())
    )
    return [Checked(row, told["what"], told["found"]) for row in rows for told in (box.open(row),)]


def _earlier(session: Session, officer: Officer, complaint: Complaint, terms: set[tuple[Term, str]]) -> list[Earlier]:
    """Other complaints with the customer's account, telephone or address, or about the same transaction.

    Only those that the officer may see.
    """
    same = [
        sa.and_(SearchTerm.kind == kind, SearchTerm.term.in_(blind_indexes(session.keys, kind, value)))
        for kind, value in terms
        if kind in SAME or kind is Term.REFERENCE
    ]
    if not same:
        return []
    of_person = sa.func.max(sa.case((SearchTerm.kind.in_(SAME), 1), else_=0))
    found = (
        sa.select(SearchTerm.complaint_id, of_person.label("person"))
        .where(sa.or_(*same))
        .group_by(SearchTerm.complaint_id)
        .subquery()
    )
    rows = session.execute(
        sa.select(
            Complaint.id,
            Complaint.registration,
            Complaint.topic,
            Complaint.status,
            Complaint.received_at,
            found.c.person == 1,
        )
        .join(found, found.c.complaint_id == Complaint.id)
        .where(Complaint.id != complaint.id, visible(officer))
        .order_by(Complaint.received_at.desc(), Complaint.id.desc())
        .limit(EARLIER)
    )
    return [Earlier(*row) for row in rows]
