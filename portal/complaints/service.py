"""What is done to a complaint. `record` is the one door: nothing else moves a status."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.complaints import clocks
from portal.complaints.codes import grant_code
from portal.complaints.models import (
    AccessCode,
    Acknowledgement,
    CaseSession,
    Complaint,
    ComplaintTransaction,
    Party,
    Round,
    SearchTerm,
)
from portal.complaints.numbers import Number, new_number
from portal.complaints.rules import (
    CLOSED,
    Action,
    Filing,
    NotAllowed,
    Person,
    Refusal,
    Role,
    RoundKind,
    Term,
    Transaction,
    allowed,
    next_status,
)
from portal.db import NotHeld, Session
from portal.evidence import service as evidence
from portal.evidence.rules import Arrived, Limits
from portal.evidence.scanner import Scanner
from portal.evidence.service import make_folder, release
from portal.history import service as history
from portal.history.rules import Actor, ActorKind, Audience
from portal.institution.models import Institution
from portal.notices import service as notices
from portal.notices.rules import NoticeKind, Recipient
from portal.sealing import Box, blind_index, destroy_key, open_box

ACTOR_KINDS = {
    Role.CUSTOMER: ActorKind.CUSTOMER,
    Role.REPRESENTATIVE: ActorKind.REPRESENTATIVE,
    Role.SYSTEM: ActorKind.SYSTEM,
}
# A drawn number is taken already about once in six thousand million complaints of a year.
DRAWS = 5


class Filed:
    """What filing gives back: the complaint, who filed it, and the access code that is shown once."""

    __slots__ = ("access_code", "complaint", "party")

    def __init__(self, complaint: Complaint, party: Party, access_code: str) -> None:
        self.complaint = complaint
        self.party = party
        self.access_code = access_code


def record(
    session: Session,
    complaint: Complaint,
    action: Action,
    *,
    role: Role,
    party_id: UUID | None,
    now: datetime,
    payload: Mapping[str, Any] | None = None,
    audience: Audience = Audience.CUSTOMER,
) -> None:
    """Do `action`: check table and role, move the status, append to the history, count the version.

    Raises `NotAllowed` for what the table does not know, `NotHeld` for a complaint that this
    transaction did not re-read under its lock.
    """
    if not session.holds(complaint):
        raise NotHeld("complaints")
    filed = complaint.version > 0
    complaint.status = next_status(complaint.status if filed else None, action, role)
    if complaint.status in CLOSED and complaint.closed_at is None:
        complaint.closed_at = now
        complaint.due_on = None
    complaint.version += 1
    history.append(
        session,
        complaint,
        kind=action,
        actor=Actor(ACTOR_KINDS[role], party_id),
        at=now,
        audience=audience,
        payload=dict(payload or {}),
    )


def file_complaint(
    session: Session,
    *,
    box: Box,
    filing: Filing,
    profile: Institution,
    base_url: str,
    now: datetime,
    folder_id: UUID | None = None,
) -> Filed:
    """Register a complaint: number, party, transactions, first round with its clock, receipt, access code.

    `box` is the draft's data key and `folder_id` its folder, which become the complaint's; without one it
    gets an empty folder. The caller holds the write and commits; either all of it is registered or
    nothing (SQ-11, SQ-21, BM-10).
    """
    folder_id = folder_id or make_folder(session, key_id=box.id, now=now).id
    complaint = _register(session, box=box, folder_id=folder_id, filing=filing, profile=profile, now=now)
    box.seal(complaint, {"account": filing.account, "story": filing.story})
    party = _add_party(session, complaint, box, filing.customer, Role.CUSTOMER)
    for position, transaction in enumerate(filing.transactions, start=1):
        _add_transaction(session, complaint, box, transaction, position)
    _index(session, complaint, filing)
    session.add(
        Acknowledgement(
            complaint_id=complaint.id,
            notice="privacy",
            version=filing.acknowledged.version,
            language=filing.acknowledged.language,
            at=filing.acknowledged.at,
        )
    )
    # Nothing is asked for beyond the form, so the complaint is complete when it is received.
    first = Round(complaint_id=complaint.id, ordinal=1, kind=RoundKind.COMPLAINT, received_at=now, complete_at=now)
    session.add(first)
    session.flush()
    running = clocks.start_clocks(session, first, kind=filing.kind, form=filing.form, profile=profile)
    complaint.due_on = clocks.due_on(running)
    record(
        session,
        complaint,
        Action.FILE,
        role=Role.CUSTOMER,
        party_id=party.id,
        now=now,
        payload={
            "channel": filing.channel,
            "due_on": complaint.due_on.isoformat() if complaint.due_on else None,
        },
    )
    code = grant_code(session, complaint_id=complaint.id, party_id=party.id, now=now)
    notices.write(
        session,
        box=box,
        subject_id=complaint.id,
        recipient=recipient_of(party, filing.customer),
        kind=NoticeKind.RECEIPT,
        facts={
            "number": printed(complaint, profile),
            "received_at": now,
            "due_on": complaint.due_on,
            "sign_in_url": sign_in_url(base_url, party.language),
        },
        now=now,
        profile=profile,
    )
    return Filed(complaint, party, code)


def add_documents(
    session: Session,
    complaint: Complaint,
    *,
    party: Party,
    purpose: str,
    delivery_id: UUID,
    arrived: Sequence[Arrived],
    limits: Limits,
    scanner: Scanner,
    now: datetime,
) -> list[Arrived]:
    """Take one later delivery of documents; returns every file with what came of it.

    The history keeps how many came, their hashes and sizes: that entry is the customer's proof of the
    delivery. Nothing is recorded where no file was taken. Raises `NotAllowed` for a closed complaint.
    """
    if complaint.folder_id is None or Action.ADD_DOCUMENTS not in allowed(complaint.status, party.role):
        raise NotAllowed(Action.ADD_DOCUMENTS, Refusal.STATUS)
    done = evidence.add(
        session,
        complaint.folder_id,
        box=open_box(session, complaint.key_id),
        purpose=purpose,
        delivery_id=delivery_id,
        arrived=arrived,
        limits=limits,
        scanner=scanner,
        now=now,
        added_by=party.id,
    )
    taken = [one.stored for one in done if one.stored and not one.fault]
    if taken:
        record(
            session,
            complaint,
            Action.ADD_DOCUMENTS,
            role=party.role,
            party_id=party.id,
            now=now,
            payload={"documents": [{"sha256": one.sha256.hex(), "size": one.size} for one in taken]},
        )
    return done


def lock_document(session: Session, complaint: Complaint, *, name: str, now: datetime) -> None:
    """The scanner has found malware in a document: nobody opens it, and the customer is told which one."""
    record(
        session,
        complaint,
        Action.LOCK_DOCUMENT,
        role=Role.SYSTEM,
        party_id=None,
        now=now,
        payload={"name": name},
    )


def withdraw(session: Session, complaint: Complaint, *, party: Party, now: datetime) -> None:
    """The customer takes the complaint back; it stays readable and may be filed again."""
    record(session, complaint, Action.WITHDRAW, role=party.role, party_id=party.id, now=now)
    for one in complaint.rounds:
        if one.closed_at is None:
            one.closed_at = now


def erase(session: Session, complaint: Complaint, *, now: datetime) -> None:
    """Erase a case for good: its data key, its blind indexes, its codes and sessions, and its documents' bytes.

    The history chain, the moments and the codes stay, so that counts and chain remain true.
    """
    if not session.holds(complaint):
        raise NotHeld("complaints")
    history.append(
        session,
        complaint,
        kind="erased",
        actor=Actor(ActorKind.SYSTEM),
        at=now,
        audience=Audience.OFFICERS,
        payload={},
    )
    complaint.version += 1
    session.flush()
    codes = sa.select(AccessCode.id).where(AccessCode.complaint_id == complaint.id)
    session.execute(sa.delete(CaseSession).where(CaseSession.access_code_id.in_(codes)))
    session.execute(sa.delete(AccessCode).where(AccessCode.complaint_id == complaint.id))
    session.execute(sa.delete(SearchTerm).where(SearchTerm.complaint_id == complaint.id))
    if complaint.folder_id:
        release(session, complaint.folder_id, now=now)
    destroy_key(session, complaint.key_id, now=now)


def sign_in_url(base_url: str, language: str) -> str:
    """Where a letter sends its reader: the sign-in page in their language, without number or code."""
    return f"{base_url}/{language}/track"


def recipient_of(party: Party, person: Person) -> Recipient:
    """Where a party's letters go."""
    return Recipient(
        party_id=party.id, language=person.language, email=person.email, phone=person.phone, name=person.name
    )


def person_of(session: Session, party: Party, key_id: UUID) -> Person:
    """A party as they described themselves, unsealed."""
    told = open_box(session, key_id).open(party)
    return Person(name=told["name"], language=party.language, email=told["email"], phone=told["phone"])


def printed(complaint: Complaint, profile: Institution) -> str:
    """The registration number in groups."""
    return Number(complaint.registration, profile.prefix).printed


def _register(
    session: Session, *, box: Box, folder_id: UUID, filing: Filing, profile: Institution, now: datetime
) -> Complaint:
    """Insert the complaint under a number that nobody has."""
    year = now.astimezone(profile.zone).year
    for _ in range(DRAWS):
        complaint = Complaint(
            registration=new_number(profile.prefix, year).canonical,
            key_id=box.id,
            folder_id=folder_id,
            status=next_status(None, Action.FILE, Role.CUSTOMER),
            kind=filing.kind,
            form=filing.form,
            channel=filing.channel,
            topic=filing.topic,
            language=filing.language,
            received_at=now,
            version=0,
            sealed=b"",
        )
        try:
            with session.begin_nested():
                session.add(complaint)
                session.flush()
        except IntegrityError:
            if not session.scalar(sa.select(sa.exists().where(Complaint.registration == complaint.registration))):
                raise
            continue
        return complaint
    raise RuntimeError("no free registration number was drawn")


def _add_party(session: Session, complaint: Complaint, box: Box, person: Person, role: Role) -> Party:
    party = Party(complaint_id=complaint.id, role=role, language=person.language)
    box.seal(party, {"name": person.name, "email": person.email, "phone": person.phone})
    session.add(party)
    return party


def _add_transaction(session: Session, complaint: Complaint, box: Box, told: Transaction, position: int) -> None:
    row = ComplaintTransaction(complaint_id=complaint.id, position=position, type=told.type)
    box.seal(
        row,
        {
            "on": told.on.isoformat(),
            "at": told.at.isoformat("minutes") if told.at else None,
            "amount": str(told.amount) if told.amount is not None else None,
            "reference": told.reference,
        },
    )
    session.add(row)


def _index(session: Session, complaint: Complaint, filing: Filing) -> None:
    values = {
        Term.ACCOUNT: filing.account,
        Term.EMAIL: filing.customer.email and filing.customer.email.lower(),
        Term.PHONE: filing.customer.phone,
    }
    for kind, value in values.items():
        if value:
            session.add(SearchTerm(complaint_id=complaint.id, kind=kind, term=blind_index(session.keys, kind, value)))
