"""What is done to a complaint: filed, added to, erased."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.complaints import clocks, completeness, deliveries, letters, parties, search
from portal.complaints.codes import grant_code
from portal.complaints.disputes import drafts
from portal.complaints.entry.models import AccessCode, CaseSession
from portal.complaints.handed_in import ByHand, CodeFor, Filing, Transaction, marked_for_manager, required
from portal.complaints.models import Acknowledgement, Complaint, ComplaintTransaction, Party, Round
from portal.complaints.numbers import new_number
from portal.complaints.recording import kept_day, record, record_by_party
from portal.complaints.rules import Action, NotAllowed, Refusal, Role
from portal.complaints.states import ContactSource, RoundKind
from portal.complaints.transitions import acting_role, allowed, next_status
from portal.db import NotHeld, Session
from portal.evidence import service as evidence
from portal.evidence.rules import Arrived, Limits, proofs
from portal.evidence.rules import Filed as FiledDocument
from portal.evidence.scanner import Scanner
from portal.evidence.service import make_folder, release
from portal.history import service as history
from portal.history.rules import Actor, ActorKind, Audience
from portal.institution.calendars.queries import calendars
from portal.institution.hours import received_at
from portal.institution.models import Institution
from portal.institution.rules import Form
from portal.sealing import Box, destroy_key, open_box
from portal.workdays.rules import local_day

# A drawn number is taken already about once in six thousand million complaints of a year.
DRAWS = 5


class KeptForForum(Exception):
    """The customer has taken the matter to a forum: nothing of it is deleted before that has ended."""


class Filed:
    """What filing gives back: the complaint, who filed it, and the access code that is shown once, if there is one."""

    __slots__ = ("access_code", "complaint", "party")

    def __init__(self, complaint: Complaint, party: Party, access_code: str | None) -> None:
        self.complaint = complaint
        self.party = party
        self.access_code = access_code


def file_complaint(
    session: Session,
    *,
    box: Box,
    filing: Filing,
    profile: Institution,
    base_url: str,
    now: datetime,
    folder_id: UUID | None = None,
    given: Collection[str] = (),
    by: ByHand | None = None,
) -> Filed:
    """Register a complaint: number, parties, transactions, first round with its clocks, receipts, access code.

    `box` is the draft's data key and `folder_id` its folder, which become the complaint's; without one it
    gets an empty folder. `given` are the purposes of the documents in it: what the profile requires
    beyond them is asked for in this moment, and never keeps a complaint from being registered. Who
    files gets the access code; a represented customer fetches one of their own. `by` is the officer who
    receives it for them: it then counts from the moment it arrived, with the documents that came with it,
    and its access code is made only where it can be handed over (BM-04, KF-12). The caller holds the
    write and commits; either all of it is registered or nothing (SQ-11, SQ-12, SQ-21, BM-10). Raises
    `NotAllowed` for an officer who may not.
    """
    folder_id = folder_id or make_folder(session, key_id=box.id, now=now).id
    arrived_at = by.arrived_at if by else now
    role = acting_role(by.officer, Action.FILE) if by else Role.CUSTOMER
    complaint = _register(
        session, box=box, folder_id=folder_id, filing=filing, profile=profile, role=role, arrived_at=arrived_at
    )
    acting = filing.representation
    source = by.contact if by else ContactSource.REPRESENTATIVE if acting else ContactSource.OWN
    customer = filer = parties.add_party(session, complaint, box, filing.customer, Role.CUSTOMER, contact=source)
    terms = parties.terms_of(filing.customer, filing.account) | parties.references_of(filing.transactions)
    if acting:
        filer = parties.add_party(
            session, complaint, box, acting.person, Role.REPRESENTATIVE, contact=ContactSource.OWN
        )
        terms |= parties.terms_of(acting.person)
        session.flush()
        parties.add_authority(session, complaint, box, filer, acting)
    for position, transaction in enumerate(filing.transactions, start=1):
        _add_transaction(session, complaint, box, transaction, position)
    parties.index(session, complaint.id, terms)
    if profile.search_descriptions:
        search.index_description(session, complaint.id, filing.story)
    session.add(
        Acknowledgement(
            complaint_id=complaint.id,
            notice="privacy",
            version=filing.acknowledged.version,
            language=filing.acknowledged.language,
            at=filing.acknowledged.at,
        )
    )
    needed, of = required(filing, profile, now=now), calendars(session).of
    if filing.form is Form.VERBAL:
        # A verbal complaint needs no documents; one that does goes on in writing, and asks for them then.
        needed = tuple(code for code in needed if code in given)
    # What came after closing time counts from the next opening, where the channel says so.
    counted_from = received_at(profile.channels[filing.channel], arrived_at, profile.zone, calendars=of)
    first = Round(complaint_id=complaint.id, ordinal=1, kind=RoundKind.COMPLAINT, received_at=counted_from)
    session.add(first)
    session.flush()
    missing, asked = completeness.require(session, first, needed, given=given, profile=profile, calendars=of, now=now)
    if by and by.complete_at and first.complete_at:
        first.complete_at = by.complete_at
    running = clocks.start_clocks(session, first, kind=filing.kind, form=filing.form, profile=profile, calendars=of)
    complaint.due_on = clocks.due_on(running)
    complaint.documents_due_on = asked.due_on if asked else None
    record(
        session,
        complaint,
        Action.FILE,
        role=role if by else filer.role,
        actor_id=by.officer.id if by else filer.id,
        behalf_id=filer.id if by else customer.id if acting else None,
        now=now,
        payload={
            "channel": filing.channel,
            "due_on": kept_day(complaint.due_on),
            "missing": missing,
            **({"arrived_at": arrived_at.isoformat(), "notice": by.notice, "code": by.code} if by else {}),
        },
    )
    if marked_for_manager(filing, profile, now=now):
        complaint.escalated_at = now
        record(session, complaint, Action.ESCALATE, role=Role.SYSTEM, actor_id=None, now=now)
    handed_over = by is None or by.code is CodeFor.COUNTER
    code = grant_code(session, complaint_id=complaint.id, party_id=filer.id, now=now) if handed_over else None
    people = [(customer, filing.customer, acting.person.name if acting else None)]
    if acting:
        people.append((filer, acting.person, filing.customer.name))
    for party, person, other in people:
        letters.send_receipt(
            session,
            complaint,
            party,
            person,
            box=box,
            others=other,
            without_code=party is filer and code is None,
            missing=missing,
            bring_by=asked.due_on if asked else None,
            profile=profile,
            base_url=base_url,
            now=now,
        )
    return Filed(complaint, filer, code)


def add_documents(
    session: Session,
    complaint: Complaint,
    *,
    party: Party,
    purpose: str,
    delivery: UUID | None = None,
    more: bool = False,
    arrived: Sequence[Arrived],
    limits: Limits,
    scanner: Scanner,
    profile: Institution,
    base_url: str,
    now: datetime,
) -> list[Arrived]:
    """Take one later delivery of documents, or a part of it; returns every file with what came of it.

    The history keeps how many came, their hashes and sizes: that entry is the customer's proof. A notice
    confirms the delivery to who sent it, once, when `more` of `delivery` does not follow; see `deliveries`.
    The last document that was missing makes the complaint complete. Nothing is recorded where no file was
    taken. Raises `NotAllowed` for a closed complaint, and for a representative whose power has ended.
    """
    today = local_day(now, profile.zone)
    parties.refuse_unless_acting(session, party, Action.ADD_DOCUMENTS, profile=profile, today=today, bringing=purpose)
    if complaint.folder_id is None or Action.ADD_DOCUMENTS not in allowed(complaint.status, party.role):
        raise NotAllowed(Action.ADD_DOCUMENTS, Refusal.STATUS)
    box = open_box(session, complaint.key_id)
    delivery_id = deliveries.continued(session, complaint.folder_id, party, delivery, now=now)
    done = evidence.add(
        session,
        complaint.folder_id,
        box=box,
        purpose=purpose,
        delivery_id=delivery_id,
        arrived=arrived,
        limits=limits,
        scanner=scanner,
        now=now,
        added_by=party.id,
    )
    if proofs(done):
        payload = {"delivery": str(delivery_id), "documents": proofs(done)}
        record_by_party(session, complaint, Action.ADD_DOCUMENTS, party, now=now, payload=payload)
        completeness.meet(session, complaint, {purpose}, profile=profile, calendars=calendars(session).of, now=now)
        if more and delivery == delivery_id:
            deliveries.await_more(session, complaint.folder_id, delivery_id, now=now)
        else:
            deliveries.confirm(
                session, complaint, party, delivery_id, box=box, profile=profile, base_url=base_url, now=now
            )
    return done


def lock_document(
    session: Session,
    complaint: Complaint,
    document: FiledDocument,
    *,
    others: Collection[FiledDocument],
    profile: Institution,
    base_url: str,
    now: datetime,
) -> None:
    """The scanner has found malware in a document: nobody opens it, and whoever sent it is told which one.

    Where it was the only one of a required kind, another one is asked for: see `completeness.reopen`.
    `others` are the case's other documents that are not locked. Nobody but who may see the document
    reads its name, so that the entry keeps whose it was.
    """
    asked = None
    if Action.REOPEN_DOCUMENTS in allowed(complaint.status, Role.SYSTEM) and not any(
        one.purpose == document.purpose for one in others
    ):
        asked = completeness.reopen(
            session,
            complaint,
            document.purpose,
            role=Role.SYSTEM,
            actor_id=None,
            reason=None,
            profile=profile,
            calendars=calendars(session).of,
            now=now,
        )
    _record_locked(session, complaint, document, now=now, asked=asked)
    letters.document_locked(session, complaint, document, asked, profile=profile, base_url=base_url, now=now)


def lock_sent_file(session: Session, complaint: Complaint, file: FiledDocument, *, now: datetime) -> None:
    """The scanner has found malware in a file that we were sending: nobody opens it, and officers are told which.

    The customer sees it locked beside its message, and was never given it.
    """
    _record_locked(session, complaint, file, now=now, audience=Audience.OFFICERS)


def erase(session: Session, complaint: Complaint, *, now: datetime) -> None:
    """Erase a case for good: its data key, its indexes blind and plain, its codes and sessions, its documents' bytes.

    The history chain, the moments and the codes stay, so that counts and chain remain true. Raises `KeptForForum`
    while a forum has the matter: what it may ask for must be there.
    """
    if not session.holds(complaint):
        raise NotHeld("complaints")
    if complaint.held_at is not None:
        raise KeptForForum
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
    search.forget(session, complaint.id)
    drafts.discard_all(session, complaint, now=now)
    if complaint.folder_id:
        release(session, complaint.folder_id, now=now)
    destroy_key(session, complaint.key_id, now=now)


def _register(
    session: Session,
    *,
    box: Box,
    folder_id: UUID,
    filing: Filing,
    profile: Institution,
    role: Role,
    arrived_at: datetime,
) -> Complaint:
    """Insert the complaint under a number that nobody has."""
    year = arrived_at.astimezone(profile.zone).year
    for _ in range(DRAWS):
        complaint = Complaint(
            registration=new_number(profile.prefix, year).canonical,
            key_id=box.id,
            folder_id=folder_id,
            status=next_status(None, Action.FILE, role),
            kind=filing.kind,
            form=filing.form,
            channel=filing.channel,
            topic=filing.topic,
            capacity=filing.capacity,
            language=filing.language,
            received_at=arrived_at,
            version=0,
            sealed=b"",
        )
        box.seal(complaint, _told(filing))
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


def _record_locked(
    session: Session,
    complaint: Complaint,
    file: FiledDocument,
    *,
    now: datetime,
    asked: completeness.Reopened | None = None,
    audience: Audience = Audience.CUSTOMER,
) -> None:
    """The entry of a file that nobody opens any more, with whose it was."""
    record(
        session,
        complaint,
        Action.LOCK_DOCUMENT,
        role=Role.SYSTEM,
        actor_id=None,
        now=now,
        payload={
            "name": file.shown,
            "purpose": file.purpose,
            "added_by": str(file.added_by) if file.added_by else None,
            "asked": asked,
        },
        audience=audience,
    )


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


def _told(filing: Filing) -> dict[str, object]:
    guided = filing.guided
    return {
        "account": filing.account,
        "story": filing.story,
        "loss": str(filing.loss) if filing.loss is not None else None,
        "wish": filing.wish,
        "guided": guided and {"moment": guided.moment.isoformat(), "still_open": guided.still_open},
    }
