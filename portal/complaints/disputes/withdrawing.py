"""A complaint taken back: by its customer here, or as they told an officer."""

from datetime import datetime

from portal.accounts.rules import Officer
from portal.complaints import response_letters
from portal.complaints.models import Complaint, Party
from portal.complaints.recording import record_by, record_by_party
from portal.complaints.rounds import end_round
from portal.complaints.rules import Action
from portal.complaints.states import RoundOutcome
from portal.complaints.transitions import next_status, refuse_unless_lawful
from portal.db import Session
from portal.institution.models import Institution


def withdraw(
    session: Session, complaint: Complaint, *, party: Party, profile: Institution, base_url: str, now: datetime
) -> None:
    """The customer takes the complaint back; it stays readable and may be filed again. Raises `NotAllowed`."""
    next_status(complaint.status, Action.WITHDRAW, party.role)
    end_round(session, complaint, RoundOutcome.WITHDRAWN, now=now)
    record_by_party(session, complaint, Action.WITHDRAW, party, now=now)
    response_letters.withdrawn(session, complaint, profile=profile, base_url=base_url, now=now)


def record_withdrawal(
    session: Session,
    complaint: Complaint,
    *,
    how: str,
    profile: Institution,
    base_url: str,
    officer: Officer,
    now: datetime,
) -> None:
    """The customer told an officer that they take it back, and how; the notice lets them object to that.

    Raises `NotAllowed`.
    """
    refuse_unless_lawful(complaint.status, Action.RECORD_WITHDRAWAL, officer)
    end_round(session, complaint, RoundOutcome.WITHDRAWN, now=now)
    record_by(session, complaint, Action.RECORD_WITHDRAWAL, officer, now=now, payload={"how": how})
    response_letters.withdrawn(session, complaint, profile=profile, base_url=base_url, now=now)
