"""A closed or answered complaint that we take up again ourselves."""

from datetime import datetime

from portal.accounts.rules import Officer
from portal.complaints import response_letters
from portal.complaints.models import Complaint
from portal.complaints.recording import kept_day, record_by
from portal.complaints.rounds import open_round
from portal.complaints.rules import Action
from portal.complaints.states import RoundKind
from portal.complaints.transitions import refuse_unless_lawful
from portal.db import Session
from portal.institution.models import Institution


def reopen(
    session: Session,
    complaint: Complaint,
    *,
    reason: str,
    profile: Institution,
    base_url: str,
    officer: Officer,
    now: datetime,
) -> None:
    """Open another round with its own clock and answer; the customer reads the reason. Raises `NotAllowed`."""
    refuse_unless_lawful(complaint.status, Action.REOPEN, officer)
    open_round(session, complaint, RoundKind.REOPENED, words={"words": reason}, profile=profile, now=now)
    due_on = kept_day(complaint.due_on)
    record_by(session, complaint, Action.REOPEN, officer, now=now, payload={"reason": reason, "due_on": due_on})
    response_letters.reopened(session, complaint, profile=profile, base_url=base_url, now=now)
