"""Whom the pages of a case are for, and the case that such a page belongs to."""

from uuid import UUID

from flask import abort

from portal import clock
from portal.accounts.rules import Officer, OfficerRole
from portal.complaints.models import Complaint
from portal.complaints.sight import seen_case
from portal.history.reading import note_case
from portal.web.floor import floor, session

# Who acts on a case; which case and which act is asked at each request.
ACTORS = (OfficerRole.AGENT, OfficerRole.CS_MANAGER, OfficerRole.DIVISION_MEMBER)


def case_of(officer: Officer, case_id: UUID) -> Complaint:
    """The complaint with this id, its reading noted; 404 for one that the officer may not see, or is not there."""
    complaint = seen_case(session(), officer, case_id)
    if complaint is None:
        abort(404)
    note_case(floor().database, case_id=complaint.id, key_id=complaint.key_id, officer_id=officer.id, now=clock.now())
    return complaint
