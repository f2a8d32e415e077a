"""The customer's decision on our response, by them, by who acts for them, or as they told an officer; and its end.

Agreed and not agreed are two ends (BM-22). Silence is neither: see `silence`.
"""

from datetime import datetime

from portal.accounts.rules import Officer
from portal.complaints import completeness, parties, response_letters
from portal.complaints.disputes import forums
from portal.complaints.disputes.rules import LEAST, MOST
from portal.complaints.models import Complaint, Party
from portal.complaints.recording import record, record_by, record_by_party
from portal.complaints.response_letters import Outcome
from portal.complaints.rounds import end_round
from portal.complaints.rules import Action, NotAllowed, Refusal, Role
from portal.complaints.states import RoundOutcome
from portal.complaints.transitions import acting_role, next_status, refuse_unless_lawful
from portal.db import Session
from portal.institution.models import Institution
from portal.workdays.rules import local_day


class AlreadyRated(Exception):
    """The customer has answered the question on satisfaction in this round: it is asked once."""


def refuse_unless_deciding(
    session: Session, party: Party, action: Action, *, profile: Institution, now: datetime
) -> None:
    """Raise `NotAllowed` for a representative who may not act, or may not read what they would decide on (SQ-31)."""
    parties.refuse_unless_acting(session, party, action, profile=profile, today=local_day(now, profile.zone))
    if not parties.may_read(session, party):
        raise NotAllowed(action, Refusal.UNEXAMINED)


def is_decided(complaint: Complaint, profile: Institution) -> bool:
    """Whether there is anything to decide: an answer to a question asks for no agreement."""
    return not profile.is_short(complaint.kind)


def agree(
    session: Session, complaint: Complaint, *, party: Party, profile: Institution, base_url: str, now: datetime
) -> None:
    """The customer agrees: the complaint is completed (BM-38). Raises `NotAllowed`."""
    _refuse_what_asks_for_none(complaint, Action.AGREE, profile)
    refuse_unless_deciding(session, party, Action.AGREE, profile=profile, now=now)
    next_status(complaint.status, Action.AGREE, party.role)
    end_round(session, complaint, RoundOutcome.AGREED, now=now)
    record_by_party(session, complaint, Action.AGREE, party, now=now)
    response_letters.closed(session, complaint, outcome=Outcome.AGREED, profile=profile, base_url=base_url, now=now)


def disagree(
    session: Session, complaint: Complaint, *, party: Party, profile: Institution, base_url: str, now: datetime
) -> None:
    """The customer does not agree and may take it further: they are told where, in the same moment (SQ-33, SQ-34).

    Raises `NotAllowed`.
    """
    _refuse_what_asks_for_none(complaint, Action.DISAGREE, profile)
    refuse_unless_deciding(session, party, Action.DISAGREE, profile=profile, now=now)
    next_status(complaint.status, Action.DISAGREE, party.role)
    end_round(session, complaint, RoundOutcome.NOT_AGREED, now=now)
    told = forums.tell_where_next(session, complaint, profile=profile, base_url=base_url, now=now)
    record_by_party(session, complaint, Action.DISAGREE, party, now=now, payload=told)


def record_agreed(
    session: Session,
    complaint: Complaint,
    *,
    how: str,
    profile: Institution,
    base_url: str,
    officer: Officer,
    now: datetime,
) -> None:
    """The customer told an officer that they agree, and how (by telephone, at a branch). Raises `NotAllowed`."""
    _refuse_what_asks_for_none(complaint, Action.RECORD_AGREED, profile)
    refuse_unless_lawful(complaint.status, Action.RECORD_AGREED, officer)
    end_round(session, complaint, RoundOutcome.AGREED, now=now)
    record_by(session, complaint, Action.RECORD_AGREED, officer, now=now, payload={"how": how})
    response_letters.closed(session, complaint, outcome=Outcome.AGREED, profile=profile, base_url=base_url, now=now)


def record_not_agreed(
    session: Session,
    complaint: Complaint,
    *,
    how: str,
    profile: Institution,
    base_url: str,
    officer: Officer,
    now: datetime,
) -> None:
    """The customer told an officer that they do not agree: the forum information goes out as well (SQ-34).

    Raises `NotAllowed`.
    """
    _refuse_what_asks_for_none(complaint, Action.RECORD_NOT_AGREED, profile)
    refuse_unless_lawful(complaint.status, Action.RECORD_NOT_AGREED, officer)
    end_round(session, complaint, RoundOutcome.NOT_AGREED, now=now)
    told = forums.tell_where_next(session, complaint, profile=profile, base_url=base_url, now=now)
    record_by(session, complaint, Action.RECORD_NOT_AGREED, officer, now=now, payload={"how": how, **told})


def settle(
    session: Session,
    complaint: Complaint,
    *,
    profile: Institution,
    base_url: str,
    officer: Officer | None,
    now: datetime,
) -> None:
    """What asked for no decision, such as a question, is answered and closed: by an officer, or by itself (None).

    Raises `NotAllowed`, also for a complaint, whose customer decides.
    """
    if is_decided(complaint, profile):
        raise NotAllowed(Action.SETTLE, Refusal.STATUS)
    role = acting_role(officer, Action.SETTLE) if officer else Role.SYSTEM
    next_status(complaint.status, Action.SETTLE, role)
    end_round(session, complaint, RoundOutcome.SETTLED, now=now)
    record(session, complaint, Action.SETTLE, role=role, actor_id=officer.id if officer else None, now=now)
    response_letters.closed(session, complaint, outcome=Outcome.ANSWERED, profile=profile, base_url=base_url, now=now)


def rate(
    session: Session, complaint: Complaint, *, party: Party, satisfaction: int, profile: Institution, now: datetime
) -> None:
    """How content somebody is with how it was handled, from 1 to 5 (KF-04): asked once a round, never needed.

    Raises `AlreadyRated`, `NotAllowed`, and `ValueError` for another number.
    """
    if not LEAST <= satisfaction <= MOST:
        raise ValueError(f"satisfaction is {LEAST} to {MOST}, not {satisfaction}")
    refuse_unless_deciding(session, party, Action.RATE, profile=profile, now=now)
    opened = completeness.newest_round(session, complaint)
    if opened.satisfaction is not None:
        raise AlreadyRated
    opened.satisfaction = satisfaction
    record_by_party(session, complaint, Action.RATE, party, now=now, payload={"satisfaction": satisfaction})


def _refuse_what_asks_for_none(complaint: Complaint, action: Action, profile: Institution) -> None:
    if not is_decided(complaint, profile):
        raise NotAllowed(action, Refusal.STATUS)
