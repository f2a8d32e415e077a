"""The end of a special power of attorney by those between whom it stands: the customer, and who acts for them."""

from datetime import datetime

from portal.complaints import completeness, letters, parties, response_letters
from portal.complaints.models import Complaint, Party
from portal.complaints.recording import record_by_party
from portal.complaints.representing import of_representatives, why_not_acting
from portal.complaints.rules import HANDLED, Action, NotAllowed, Refusal, Role
from portal.complaints.states import AuthorityState
from portal.db import Session
from portal.institution.calendars.queries import calendars
from portal.institution.models import Institution
from portal.notices.rules import NoticeKind
from portal.workdays.rules import local_day

ACTIONS = {Role.CUSTOMER: Action.REVOKE_AUTHORITY, Role.REPRESENTATIVE: Action.LAY_DOWN_AUTHORITY}
LEADS_TO = {
    Action.REVOKE_AUTHORITY: AuthorityState.REVOKED,
    Action.LAY_DOWN_AUTHORITY: AuthorityState.LAID_DOWN,
}


def end(
    session: Session, complaint: Complaint, *, party: Party, profile: Institution, base_url: str, now: datetime
) -> None:
    """The customer revokes the power of attorney, or the representative lays it down; both are told.

    Nobody need agree or give a reason (KUHPerdata art. 1814, 1817). What was asked for only because
    somebody acted for the customer is asked for no more, and where nothing else was missing the complaint
    is complete from now on. Raises `NotAllowed` where there is no power that has not ended.
    """
    action = ACTIONS[party.role]
    power = parties.authority_of(session, complaint.id)
    if power is None:
        raise NotAllowed(action, Refusal.STATUS)
    today = local_day(now, profile.zone)
    why = why_not_acting(power.state, power.ends_on, today=today)
    if why is not None:
        raise NotAllowed(action, why)
    # Before the power counts as ended, which closes its holder's letter box.
    for role in (Role.CUSTOMER, Role.REPRESENTATIVE):
        _tell(session, complaint, role, action, profile=profile, base_url=base_url, now=now)
    power.state, power.decided_at = LEADS_TO[action], now
    record_by_party(session, complaint, action, party, now=now)
    if complaint.status not in HANDLED:
        return
    waited = completeness.newest_round(session, complaint).complete_at is None
    missing = completeness.waive(
        session,
        complaint,
        of_representatives(profile),
        profile=profile,
        calendars=calendars(session).of,
        now=now,
    )
    if waited and not missing:
        response_letters.complete(session, complaint, profile=profile, base_url=base_url, now=now)


def _tell(
    session: Session,
    complaint: Complaint,
    role: Role,
    action: Action,
    *,
    profile: Institution,
    base_url: str,
    now: datetime,
) -> None:
    letters.tell(
        session,
        complaint,
        NoticeKind.POWER_ENDED,
        lambda _: {"revoked": action is Action.REVOKE_AUTHORITY, "represents": role is Role.REPRESENTATIVE},
        only=role,
        profile=profile,
        base_url=base_url,
        now=now,
    )
