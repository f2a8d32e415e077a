"""What a customer does beyond reading: getting a new access code."""

from datetime import datetime
from uuid import UUID

from portal.accounts.service import use_code
from portal.complaints.codes import begin_session, replace_code
from portal.complaints.models import Complaint, Party
from portal.complaints.recording import record
from portal.complaints.rules import Action
from portal.db import Session


def renew_code(session: Session, complaint: Complaint, *, party: Party, one_time: UUID, now: datetime) -> str:
    """Use up a right one-time code, give the party a new access code and sign them in; returns the login token.

    The old code and its sessions die with this commit and not before. The new code waits with the
    login, sealed for its token alone, until the customer has kept it. Raises `CodeSpent` where the
    one-time code was used or has expired meanwhile.
    """
    use_code(session, one_time, now=now)
    record(session, complaint, Action.RENEW_CODE, role=party.role, actor_id=party.id, now=now)
    opening = replace_code(session, complaint_id=complaint.id, party_id=party.id, now=now)
    return begin_session(session, opening.row, now=now, new_code=opening.printed)
