"""How a complaint is sorted, and when the manager gets it. A service of the room, cut by noun."""

from datetime import datetime

from portal.accounts.rules import Officer
from portal.complaints import messages, search
from portal.complaints.models import Complaint
from portal.complaints.recording import record, record_by
from portal.complaints.rules import Action, Role
from portal.db import Session
from portal.history.rules import Audience


def categorise(
    session: Session,
    complaint: Complaint,
    *,
    category: str | None,
    topic: str,
    reason: str | None,
    officer: Officer,
    now: datetime,
) -> None:
    """The agent's own sorting, kept beside the customer's choice (KF-16, KF-17), and the reason found (K3-04).

    `category` and `topic` are codes of the profile. Raises `NotAllowed`.
    """
    complaint.category = category
    complaint.desk_topic = topic
    if reason:
        search.note_words(session, complaint.id, reason)
    record_by(
        session,
        complaint,
        Action.CATEGORISE,
        officer,
        now=now,
        audience=Audience.OFFICERS,
        payload={"category": category, "topic": topic, "reason": reason},
    )


def escalate(session: Session, complaint: Complaint, *, reason: str, officer: Officer, now: datetime) -> None:
    """An agent hands on to the manager what they cannot solve (K3-07, K3-18, K3-28). Raises `NotAllowed`.

    The reason is for the house: the customer learns that the manager has it.
    """
    complaint.escalated_at = complaint.escalated_at or now
    record_by(session, complaint, Action.ESCALATE, officer, now=now, payload={"by": "agent"})
    messages.note(session, complaint, text=reason, officer=officer, now=now)


def escalate_in_time(session: Session, complaint: Complaint, *, now: datetime, by: str = "limit") -> None:
    """The manager gets the complaint by itself, once: the last day for the answer is near (K3-18), or the
    documents that did not come are a ground on which a person must decide."""
    if complaint.escalated_at is not None:
        return
    complaint.escalated_at = now
    record(session, complaint, Action.ESCALATE, role=Role.SYSTEM, actor_id=None, now=now, payload={"by": by})
