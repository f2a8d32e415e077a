"""What a customer does beyond reading, and who of us has opened what they sent."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from portal.accounts.queries import names
from portal.accounts.service import use_code
from portal.complaints.codes import begin_session, replace_code
from portal.complaints.models import Complaint, Party
from portal.complaints.recording import record
from portal.complaints.rules import Action
from portal.db import Session
from portal.evidence.rules import Filed
from portal.history.reading import Reading, readings


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


@dataclass(frozen=True, slots=True)
class Opened:
    """A document that an officer has opened."""

    at: datetime
    officer: str
    name: str = field(repr=False)


def opened_documents(session: Session, complaint_id: UUID, documents: Sequence[Filed]) -> list[Opened]:
    """Which officer opened which of these documents, the last first; from the reading log."""
    read = [one for one in readings(session, complaint_id) if one.kind is Reading.DOCUMENT] if documents else []
    if not read:
        return []
    shown = {one.id: one.shown for one in documents}
    officers = names(session)
    return [
        Opened(one.at, officers[one.officer_id], shown[one.document_id])
        for one in read
        if one.officer_id in officers and one.document_id in shown
    ]
