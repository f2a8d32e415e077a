"""Which complaints an officer sees, and in which part they act on one."""

from uuid import UUID

import sqlalchemy as sa

from portal.accounts.rules import Officer, OfficerRole
from portal.complaints.models import Complaint, Pass
from portal.complaints.rules import PERMITTED, TRANSITIONS, Action, NotAllowed, Refusal, Role, Status
from portal.db import Session

# Who sees every case. An administrator, who looks after people and texts, sees none.
SEES_ALL = (OfficerRole.AGENT, OfficerRole.CS_MANAGER, OfficerRole.AUDITOR)


def visible(officer: Officer) -> sa.ColumnElement[bool]:
    """The one condition on `Complaint` by which an officer's lists, searches, counts, exports and pages are cut.

    A member of a division sees what was passed to a division of theirs, answered or not, and nothing else.
    """
    if officer.has(*SEES_ALL):
        return sa.true()
    if not officer.has(OfficerRole.DIVISION_MEMBER):
        return sa.false()
    return (
        sa.select(Pass.id)
        .where(Pass.complaint_id == Complaint.id, Pass.division.in_(sorted(officer.divisions)))
        .exists()
    )


def seen_case(session: Session, officer: Officer, case_id: UUID) -> Complaint | None:
    """The complaint with this id, if the officer may see it: one they may not see answers like none."""
    return session.scalar(sa.select(Complaint).where(Complaint.id == case_id, visible(officer)))


def seen_folder(session: Session, officer: Officer, folder_id: UUID) -> Complaint | None:
    """The complaint that owns this folder of documents, if the officer may see it."""
    return session.scalar(sa.select(Complaint).where(Complaint.folder_id == folder_id, visible(officer)))


def acting_role(officer: Officer, action: Action) -> Role:
    """In which of their parts an officer does this: the first that may. Raises `NotAllowed` where none may."""
    for role in OfficerRole:
        if role in officer.roles and Role(role) in PERMITTED[action]:
            return Role(role)
    raise NotAllowed(action, Refusal.ROLE)


def lawful(officer: Officer, status: Status) -> frozenset[Action]:
    """What an officer may do to a complaint that stands here, in any of their parts."""
    parts = {Role(role) for role in officer.roles}
    return frozenset(action for at, action in TRANSITIONS if at is status and not parts.isdisjoint(PERMITTED[action]))
