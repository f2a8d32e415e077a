"""What officers compare and look up: identity as the profile demands, and a matter in another system."""

from collections.abc import Collection
from datetime import datetime

from portal.accounts.rules import Officer
from portal.complaints import letters, search
from portal.complaints.models import Check, Complaint, Party
from portal.complaints.proving import enough
from portal.complaints.recording import record_by
from portal.complaints.rules import Action
from portal.complaints.states import CheckKind
from portal.db import Session
from portal.history.rules import Audience
from portal.institution.models import Institution
from portal.institution.profile.channels import Channel
from portal.notices.rules import NoticeKind
from portal.sealing import open_box


class NotEnough(Exception):
    """What was compared does not establish who somebody is."""


def verify(
    session: Session,
    complaint: Complaint,
    *,
    party: Party,
    compared: Collection[str],
    agreed: bool,
    remark: str | None,
    profile: Institution,
    officer: Officer,
    now: datetime,
) -> None:
    """Record that a party's identity was compared: by what, with which result, by whom.

    Raises `NotEnough` where it is said to agree and the marks do not establish it, `NotAllowed`.
    """
    if agreed and not enough(compared, profile):
        raise NotEnough
    _note(session, complaint, CheckKind.IDENTITY, party, agreed, sorted(compared), remark, officer, now)
    payload = {"agreed": agreed, "party": party.role, "by": sorted(compared)}
    record_by(session, complaint, Action.VERIFY, officer, now=now, payload=payload)


def call_us(
    session: Session, complaint: Complaint, *, profile: Institution, base_url: str, officer: Officer, now: datetime
) -> None:
    """Ask the customer to call, where identity cannot be verified in writing (KF-24). Raises `NotAllowed`."""
    channel = channel_to_call(profile)
    record_by(session, complaint, Action.CALL_US, officer, now=now, payload={"channel": channel.code})
    letters.tell(
        session,
        complaint,
        NoticeKind.CALL_US,
        lambda _: {"channel": channel},
        profile=profile,
        base_url=base_url,
        now=now,
    )


def channel_to_call(profile: Institution) -> Channel:
    """The channel by which a customer calls to be recognised: the profile's own, else the one with a person."""
    call = profile.identity.call
    return profile.channels[call] if call else profile.contact


def record_check(
    session: Session,
    complaint: Complaint,
    *,
    system: str,
    found: str,
    told: bool = False,
    officer: Officer,
    now: datetime,
) -> None:
    """Record what was looked up in another system and what was found (KF-15, KF-27, K3-14, K3-25).

    `told` marks that the topic's code was told by telephone (K3-36): the code itself is kept nowhere.
    Raises `NotAllowed`.
    """
    search.note_words(session, complaint.id, found)
    _note(session, complaint, CheckKind.SYSTEM, None, None, system, found, officer, now)
    record_found(session, complaint, system, found, told=told, officer=officer, now=now)


def record_found(
    session: Session,
    complaint: Complaint,
    whom: str,
    found: str,
    *,
    told: bool = False,
    officer: Officer,
    now: datetime,
) -> None:
    """The entry, for officers alone, of what was looked up in a system or asked of somebody outside."""
    record_by(
        session,
        complaint,
        Action.RECORD_CHECK,
        officer,
        now=now,
        audience=Audience.OFFICERS,
        payload={"system": whom, "found": found, "told": told},
    )


def _note(
    session: Session,
    complaint: Complaint,
    kind: CheckKind,
    party: Party | None,
    passed: bool | None,
    what: object,
    found: str | None,
    officer: Officer,
    now: datetime,
) -> None:
    row = Check(
        complaint_id=complaint.id,
        kind=kind,
        party_id=party.id if party else None,
        passed=passed,
        officer_id=officer.id,
        at=now,
    )
    open_box(session, complaint.key_id).seal(row, {"what": what, "found": found})
    session.add(row)
    session.flush()
