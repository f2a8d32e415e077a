"""What is written in a complaint: messages between us and the parties, and officers' own notes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal.accounts.rules import Officer
from portal.complaints import letters, parties, search
from portal.complaints.models import Complaint, Message, Party
from portal.complaints.recording import record_by, record_by_party
from portal.complaints.rules import Action, NotAllowed, Refusal
from portal.db import Session
from portal.evidence import service as evidence
from portal.evidence.rules import FROM_US, Arrived, Limits, proofs
from portal.evidence.scanner import Scanner
from portal.history.rules import Audience
from portal.institution.models import Institution
from portal.notices.rules import NoticeKind
from portal.sealing import open_box
from portal.workdays.rules import local_day


@dataclass(frozen=True, slots=True)
class Enclosed:
    """The files that come with a message: a delivery as it arrived, the limits it must keep, who scans it."""

    delivery_id: UUID
    arrived: Sequence[Arrived]
    limits: Limits
    scanner: Scanner


class FilesRefused(Exception):
    """Not every file that was to go with a message could be taken. `arrived` says of each what became of it."""

    def __init__(self, arrived: Sequence[Arrived]) -> None:
        super().__init__(f"{sum(1 for one in arrived if one.fault)} of {len(arrived)} files")
        self.arrived = arrived


def write(
    session: Session,
    complaint: Complaint,
    *,
    text: str,
    interim: bool = False,
    enclosed: Enclosed | None = None,
    profile: Institution,
    base_url: str,
    officer: Officer,
    now: datetime,
) -> Message:
    """Write to the customer; `interim` is word of how it stands while others look into it (KF-20).

    The text stands in the complaint alone: the notice says that there is one and where. `enclosed` are files
    that go with it, all of them or none: they lie in the case's folder as sent by us, so that they are never
    taken for the customer's documents. Raises `NotAllowed`, `FilesRefused`.
    """
    sent = _send(session, complaint, enclosed, officer, now) if enclosed else []
    row = _keep(session, complaint, text, now, officer=officer, delivery_id=enclosed.delivery_id if enclosed else None)
    record_by(
        session,
        complaint,
        Action.INFORM if interim else Action.WRITE,
        officer,
        now=now,
        payload={"message": str(row.id), **({"files": sent} if sent else {})},
    )
    letters.tell(
        session,
        complaint,
        NoticeKind.INTERIM if interim else NoticeKind.MESSAGE,
        lambda _: {"due_on": complaint.due_on},
        readers=True,
        profile=profile,
        base_url=base_url,
        now=now,
    )
    return row


def _send(
    session: Session, complaint: Complaint, enclosed: Enclosed, officer: Officer, now: datetime
) -> list[dict[str, object]]:
    """Put files that we send into the case's folder; what the history keeps of each."""
    if complaint.folder_id is None:
        raise NotAllowed(Action.WRITE, Refusal.STATUS)
    done = evidence.add(
        session,
        complaint.folder_id,
        box=open_box(session, complaint.key_id),
        purpose=FROM_US,
        delivery_id=enclosed.delivery_id,
        arrived=enclosed.arrived,
        limits=enclosed.limits,
        scanner=enclosed.scanner,
        now=now,
        sent_by=officer.id,
    )
    if any(one.fault for one in done):
        raise FilesRefused(done)
    return proofs(done)


def reply(
    session: Session,
    complaint: Complaint,
    *,
    party: Party,
    text: str,
    delivery_id: UUID | None = None,
    profile: Institution,
    now: datetime,
) -> Message:
    """A party writes to us, with the documents of a delivery if there are any.

    Raises `NotAllowed` for a closed complaint, and for a representative whose power has ended.
    """
    parties.refuse_unless_acting(session, party, Action.REPLY, profile=profile, today=local_day(now, profile.zone))
    row = _keep(session, complaint, text, now, party=party, delivery_id=delivery_id)
    record_by_party(session, complaint, Action.REPLY, party, now=now, payload={"message": str(row.id)})
    return row


def note(
    session: Session,
    complaint: Complaint,
    *,
    text: str,
    mentions: Collection[UUID] = (),
    officer: Officer,
    now: datetime,
) -> Message:
    """An internal note, which no customer ever reads; `mentions` are officers whom it names. Raises `NotAllowed`."""
    search.note_words(session, complaint.id, text)
    return _jot(session, complaint, Action.NOTE, text, officer, now, mentions=mentions)


def comment(session: Session, complaint: Complaint, *, text: str, officer: Officer, now: datetime) -> Message:
    """The manager comments on an agent's case; it reads like a note (K3-05, K3-06). Raises `NotAllowed`."""
    return _jot(session, complaint, Action.COMMENT, text, officer, now)


def _jot(
    session: Session,
    complaint: Complaint,
    action: Action,
    text: str,
    officer: Officer,
    now: datetime,
    *,
    mentions: Collection[UUID] = (),
) -> Message:
    """Keep what only officers read."""
    audience = Audience.OFFICERS
    row = _keep(session, complaint, text, now, officer=officer, audience=audience, mentions=mentions)
    payload = {"message": str(row.id)}
    record_by(session, complaint, action, officer, now=now, audience=audience, payload=payload)
    return row


def _keep(
    session: Session,
    complaint: Complaint,
    text: str,
    now: datetime,
    *,
    officer: Officer | None = None,
    party: Party | None = None,
    audience: Audience = Audience.CUSTOMER,
    delivery_id: UUID | None = None,
    mentions: Collection[UUID] = (),
) -> Message:
    row = Message(
        complaint_id=complaint.id,
        audience=audience,
        party_id=party.id if party else None,
        officer_id=officer.id if officer else None,
        at=now,
        delivery_id=delivery_id,
        mentions=[str(one) for one in mentions],
    )
    open_box(session, complaint.key_id).seal(row, {"text": text})
    session.add(row)
    session.flush()
    return row
