"""Who has a complaint: an officer takes it up, or a manager gives it to one.

A service of the room, cut by noun.
"""

from datetime import datetime
from uuid import UUID

from portal.accounts.queries import Colleague, with_role
from portal.accounts.rules import Officer, OfficerRole
from portal.complaints.models import Complaint
from portal.complaints.recording import record
from portal.complaints.rules import SERVICE, Action, Role, Status
from portal.complaints.transitions import acting_role, next_status
from portal.db import Session
from portal.history.rules import Audience


class AlreadyHeld(Exception):
    """Somebody has the complaint, so nothing is to be done, or not by this officer; `holder_id` says who."""

    def __init__(self, holder_id: UUID) -> None:
        super().__init__(str(holder_id))
        self.holder_id = holder_id


class NotAssignable(Exception):
    """The officer is disabled, or has no part in which one can have a case."""


def take(session: Session, complaint: Complaint, *, officer: Officer, now: datetime) -> None:
    """The officer takes the complaint up and has it from now on.

    What a colleague has, only a manager takes over (K3-06). Raises `AlreadyHeld` there, and for what
    the officer has taken up before; `NotAllowed` for a closed complaint or a wrong role.
    """
    role = acting_role(officer, Action.TAKE)
    next_status(complaint.status, Action.TAKE, role)
    if complaint.holder_id not in (None, officer.id):
        if not officer.has(OfficerRole.CS_MANAGER):
            raise AlreadyHeld(complaint.holder_id)
        role = Role.CS_MANAGER
    elif complaint.holder_id == officer.id and complaint.status is Status.IN_PROCESS:
        raise AlreadyHeld(officer.id)
    complaint.holder_id = officer.id
    record(session, complaint, Action.TAKE, role=role, actor_id=officer.id, now=now)


def assign(session: Session, complaint: Complaint, *, to: UUID, officer: Officer, now: datetime) -> None:
    """A manager gives the complaint to an officer, who has it from now on; it still waits to be taken up.

    Raises `NotAssignable` for whom no case can be given to, `AlreadyHeld` where they have it,
    `NotAllowed` for a closed complaint or a wrong role.
    """
    role = acting_role(officer, Action.ASSIGN)
    next_status(complaint.status, Action.ASSIGN, role)
    if complaint.holder_id == to:
        raise AlreadyHeld(to)
    if to not in {colleague.id for colleague in assignable(session)}:
        raise NotAssignable(str(to))
    complaint.holder_id = to
    record(
        session,
        complaint,
        Action.ASSIGN,
        role=role,
        actor_id=officer.id,
        now=now,
        payload={"to": str(to)},
        # Who among us has it is nothing that a customer can act on.
        audience=Audience.OFFICERS,
    )


def assignable(session: Session) -> list[Colleague]:
    """Whom a case can be given to, by name."""
    return with_role(session, *(OfficerRole(role) for role in sorted(SERVICE)))
