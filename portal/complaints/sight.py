"""Which complaints an officer sees: one condition for lists, search, counts, exports and single cases alike."""

from typing import Any

import sqlalchemy as sa

from portal.accounts.rules import Officer, OfficerRole
from portal.complaints.models import Complaint, Pass

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
