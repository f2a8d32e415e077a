"""The people of a complaint: their rows, how they are reached, and what a representative may do."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from portal.complaints.handed_in import Person, Preference, Representation, Transaction
from portal.complaints.models import Authority, Complaint, Party, SearchTerm
from portal.complaints.representing import mends, why_not_acting
from portal.complaints.rules import Action, NotAllowed, Refusal, Role, reference_of, words_of
from portal.complaints.states import AuthorityState, ContactSource, Term
from portal.db import Session
from portal.institution.models import Institution
from portal.notices.rules import Channel, Recipient
from portal.sealing import Box, blind_index


def add_party(
    session: Session, complaint: Complaint, box: Box, person: Person, role: Role, *, contact: ContactSource
) -> Party:
    """Give somebody a row in the complaint, and the terms by which it is found."""
    party = Party(complaint_id=complaint.id, role=role, language=person.language, contact=contact)
    seal_person(box, party, person)
    session.add(party)
    return party


def add_authority(session: Session, complaint: Complaint, box: Box, party: Party, told: Representation) -> Authority:
    """Note the special power of attorney as the representative describes it; nobody has examined it yet."""
    row = Authority(
        complaint_id=complaint.id,
        party_id=party.id,
        state=AuthorityState.CLAIMED,
        given_on=told.given_on,
        ends_on=told.ends_on,
        decided_at=None,
    )
    box.seal(row, {"relation": told.relation, "scope": told.scope, "firm": told.firm})
    session.add(row)
    return row


def seal_person(box: Box, party: Party, person: Person) -> None:
    """Keep what tells about a person in their row."""
    proof = person.proof and {"kind": person.proof.kind, "number": person.proof.number}
    told = {
        "name": person.name,
        "email": person.email,
        "phone": person.phone,
        "proof": proof,
        "needs": person.needs,
        "prefers": person.prefers,
    }
    box.seal(party, told)


def recipient_of(party: Party, person: Person) -> Recipient:
    """Where a party's letters go: nowhere as long as only the representative gave the customer's contact (SQ-21)."""
    known = party.contact is not ContactSource.REPRESENTATIVE
    return Recipient(
        party_id=party.id,
        language=person.language,
        email=person.email if known else None,
        phone=person.phone if known else None,
        name=person.name,
        prefers=Channel.WHATSAPP if person.prefers is Preference.WHATSAPP else None,
    )


def parties_of(session: Session, complaint_id: UUID) -> list[Party]:
    """The parties, the customer first."""
    rows = session.scalars(sa.select(Party).where(Party.complaint_id == complaint_id).order_by(Party.id)).all()
    return sorted(rows, key=lambda party: party.role is not Role.CUSTOMER)


def customer_of(session: Session, complaint_id: UUID) -> Party:
    """The customer, whose complaint it is whoever filed it."""
    return parties_of(session, complaint_id)[0]


def authority_of(session: Session, complaint_id: UUID) -> Authority | None:
    """The power of attorney of the complaint's representative; None where nobody acts for the customer."""
    return session.scalar(sa.select(Authority).where(Authority.complaint_id == complaint_id))


def refuse_unless_acting(
    session: Session, party: Party, action: Action, *, profile: Institution, today: date, bringing: str | None = None
) -> None:
    """Raise `NotAllowed` where a representative's power was rejected, revoked or laid down, or has ended.

    `bringing` is the purpose of documents that they bring: what mends a rejected power they may.
    """
    if party.role is not Role.REPRESENTATIVE:
        return
    power = session.scalar(sa.select(Authority).where(Authority.party_id == party.id))
    why = why_not_acting(power.state, power.ends_on, today=today) if power else Refusal.ROLE
    if why and not (power and bringing and mends(power.state, bringing, profile)):
        raise NotAllowed(action, why)


def may_read(session: Session, party: Party) -> bool:
    """Whether a party may read what we write: a representative only once their power of attorney is accepted."""
    if party.role is not Role.REPRESENTATIVE:
        return True
    power = session.scalar(sa.select(Authority).where(Authority.party_id == party.id))
    return power is not None and power.state is AuthorityState.ACCEPTED


def acting_parties(session: Session, complaint_id: UUID, *, today: date) -> list[Party]:
    """The parties who are told what becomes of the complaint: a representative only as long as they may act."""
    power = authority_of(session, complaint_id)
    acting = power is not None and why_not_acting(power.state, power.ends_on, today=today) is None
    return [party for party in parties_of(session, complaint_id) if acting or party.role is not Role.REPRESENTATIVE]


def behalf_of(session: Session, party: Party) -> UUID | None:
    """For whom a party acts: a representative for the customer, everybody else for nobody but themselves."""
    return customer_of(session, party.complaint_id).id if party.role is Role.REPRESENTATIVE else None


def terms_of(person: Person, account: str | None = None) -> set[tuple[Term, str]]:
    """By what somebody's complaint is found: whole values, and the words of a name (BM-35, BM-36)."""
    whole = ((Term.ACCOUNT, account), (Term.EMAIL, person.email and person.email.lower()), (Term.PHONE, person.phone))
    return {(Term.NAME, word) for word in words_of(person.name)} | {(kind, value) for kind, value in whole if value}


def references_of(transactions: Iterable[Transaction]) -> set[tuple[Term, str]]:
    """By what another complaint about the same transaction is found."""
    told = (reference_of(one.reference) for one in transactions)
    return {(Term.REFERENCE, reference) for reference in told if reference}


def index(session: Session, complaint_id: UUID, terms: set[tuple[Term, str]]) -> None:
    """Write the blind indexes of a complaint that has none of these yet."""
    for kind, value in sorted(terms):
        session.add(SearchTerm(complaint_id=complaint_id, kind=kind, term=blind_index(session.keys, kind, value)))


def index_more(session: Session, complaint_id: UUID, terms: set[tuple[Term, str]]) -> None:
    """Write those of the blind indexes that the complaint has not yet."""
    there = set(session.execute(sa.select(SearchTerm.kind, SearchTerm.term).filter_by(complaint_id=complaint_id)).all())
    new = {(kind, value) for kind, value in terms if (kind, blind_index(session.keys, kind, value)) not in there}
    index(session, complaint_id, new)
