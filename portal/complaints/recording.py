"""The one door: nothing but `record` moves a complaint's status or adds to its history."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from portal.accounts.rules import Officer
from portal.complaints import parties
from portal.complaints.models import Complaint, Party
from portal.complaints.numbers import Number
from portal.complaints.queries import OpenCase
from portal.complaints.rules import CLOSED, Action, Role
from portal.complaints.transitions import RESPONSES, acting_role, next_status
from portal.db import NotHeld, Session
from portal.history import service as history
from portal.history.rules import Actor, ActorKind, Audience
from portal.institution.models import Institution

ACTOR_KINDS = {
    Role.CUSTOMER: ActorKind.CUSTOMER,
    Role.REPRESENTATIVE: ActorKind.REPRESENTATIVE,
    Role.SYSTEM: ActorKind.SYSTEM,
    **dict.fromkeys((Role.AGENT, Role.CS_MANAGER, Role.DIVISION_MEMBER), ActorKind.OFFICER),
}


def record(
    session: Session,
    complaint: Complaint,
    action: Action,
    *,
    role: Role,
    actor_id: UUID | None,
    now: datetime,
    behalf_id: UUID | None = None,
    payload: Mapping[str, Any] | None = None,
    audience: Audience = Audience.CUSTOMER,
) -> None:
    """Do `action`: check table and role, move the status, append to the history, count the version.

    `actor_id` is the party or officer who acts, `behalf_id` the customer for whom a representative
    does. Raises `NotAllowed` for what the table does not know, `NotHeld` for a complaint that this
    transaction did not re-read under its lock.
    """
    if not session.holds(complaint):
        raise NotHeld("complaints")
    filed = complaint.version > 0
    complaint.status = next_status(complaint.status if filed else None, action, role)
    if complaint.status in CLOSED:
        complaint.closed_at = complaint.closed_at or now
        complaint.due_on = complaint.documents_due_on = complaint.decide_by = None
    else:
        # An objection, or we ourselves, have opened it again.
        complaint.closed_at = None
    if action in RESPONSES and complaint.first_response_at is None:
        complaint.first_response_at = now
    complaint.version += 1
    history.append(
        session,
        complaint,
        kind=action,
        actor=Actor(ACTOR_KINDS[role], actor_id, behalf_id),
        at=now,
        audience=audience,
        payload=dict(payload or {}),
    )


def record_by_party(
    session: Session,
    complaint: Complaint,
    action: Action,
    party: Party,
    *,
    now: datetime,
    payload: Mapping[str, Any] | None = None,
) -> None:
    """`record` for a party, who acts for themselves or, as a representative, for the customer.

    Raises `NotAllowed` as it does.
    """
    record(
        session,
        complaint,
        action,
        role=party.role,
        actor_id=party.id,
        behalf_id=parties.behalf_of(session, party),
        now=now,
        payload=payload,
    )


def record_by(
    session: Session,
    complaint: Complaint,
    action: Action,
    officer: Officer,
    *,
    now: datetime,
    payload: Mapping[str, Any] | None = None,
    audience: Audience = Audience.CUSTOMER,
) -> None:
    """`record` for an officer, who acts in the first of their parts that may. Raises `NotAllowed` as it does."""
    record(
        session,
        complaint,
        action,
        role=acting_role(officer, action),
        actor_id=officer.id,
        now=now,
        payload=payload,
        audience=audience,
    )


def kept_day(on: date | None) -> str | None:
    """A day as an entry keeps it."""
    return on.isoformat() if on else None


def printed(complaint: Complaint | OpenCase, profile: Institution) -> str:
    """The registration number in groups."""
    return Number(complaint.registration, profile.prefix).printed
