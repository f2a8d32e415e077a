"""What is written in a complaint: messages between us and the parties, and officers' own notes."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from portal.accounts.rules import Officer
from portal.complaints import letters, parties, search
from portal.complaints.models import Complaint, Message, Party
from portal.complaints.recording import record, record_by
from portal.complaints.rules import Action
from portal.db import Session
from portal.history.rules import Audience
from portal.institution.models import Institution
from portal.notices.rules import NoticeKind
from portal.sealing import open_box
from portal.workdays.rules import local_day


def write(
    session: Session,
    complaint: Complaint,
    *,
    text: str,
    interim: bool = False,
    profile: Institution,
    base_url: str,
    officer: Officer,
    now: datetime,
) -> Message:
    """Write to the customer; `interim` is word of how it stands while others look into it (KF-20).

    The text stands in the complaint alone: the notice says that there is one and where. Raises `NotAllowed`.
    """
    row = _keep(session, complaint, text, now, officer=officer)
    record_by(
        session,
        complaint,
        Action.INFORM if interim else Action.WRITE,
        officer,
        now=now,
        payload={"message": str(row.id)},
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
    record(
        session,
        complaint,
        Action.REPLY,
        role=party.role,
        actor_id=party.id,
        behalf_id=parties.behalf_of(session, party),
        now=now,
        payload={"message": str(row.id)},
    )
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
    row = _keep(session, complaint, text, now, officer=officer, audience=Audience.OFFICERS, mentions=mentions)
    record_by(
        session,
        complaint,
        Action.NOTE,
        officer,
        now=now,
        audience=Audience.OFFICERS,
        payload={"message": str(row.id)},
    )
    return row


def comment(session: Session, complaint: Complaint, *, text: str, officer: Officer, now: datetime) -> Message:
    """The manager comments on an agent's case; it reads like a note (K3-05, K3-06). Raises `NotAllowed`."""
    row = _keep(session, complaint, text, now, officer=officer, audience=Audience.OFFICERS)
    record_by(
        session,
        complaint,
        Action.COMMENT,
        officer,
        now=now,
        audience=Audience.OFFICERS,
        payload={"message": str(row.id)},
    )
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
