"""Which complaints an officer sees: one condition for lists, search, counts, exports and single cases alike."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from portal.accounts.rules import Officer, OfficerRole
from portal.complaints.models import Complaint, Pass
from portal.complaints.rules import Action, Role, Status
from portal.complaints.transitions import PERMITTED, TRANSITIONS
from portal.db import Session

# They see every case. An auditor changes none; an administrator sees none, and so is not among them.
SEES_ALL = (OfficerRole.AGENT, OfficerRole.CS_MANAGER, OfficerRole.AUDITOR)
READERS = (*SEES_ALL, OfficerRole.DIVISION_MEMBER)


def sees_all(officer: Officer) -> bool:
    """Whether no case is hidden from this officer."""
    return officer.has(*SEES_ALL)


def visible(officer: Officer, complaint_id: Any = Complaint.id) -> sa.ColumnElement[bool]:
    """Whether an officer sees a complaint; every statement that reads some for an officer asks it.

    A member of a division sees what was passed to that division, answered or not, and nothing else.
    `complaint_id` is the column that names the complaint in a statement about another table.
    """
    if sees_all(officer):
        return sa.true()
    if not officer.has(OfficerRole.DIVISION_MEMBER):
        return sa.false()
    passed: sa.ColumnElement[bool] = complaint_id.in_(
        sa.select(Pass.complaint_id).where(Pass.division.in_(sorted(officer.divisions)))
    )
    return passed


def seen_case(session: Session, officer: Officer, case_id: UUID) -> Complaint | None:
    """The complaint with this id, if the officer sees it: one that they do not see answers like none."""
    return session.scalar(sa.select(Complaint).where(Complaint.id == case_id, visible(officer)))


def seen_folder(session: Session, officer: Officer, folder_id: UUID) -> Complaint | None:
    """The complaint that owns this folder of documents, if the officer sees it."""
    return session.scalar(sa.select(Complaint).where(Complaint.folder_id == folder_id, visible(officer)))


def lawful(officer: Officer, status: Status) -> frozenset[Action]:
    """What an officer may do to a complaint that stands here, in any of their parts."""
    parts = {Role(role) for role in officer.roles}
    return frozenset(action for at, action in TRANSITIONS if at is status and not parts.isdisjoint(PERMITTED[action]))
