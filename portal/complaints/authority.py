"""A special power of attorney under examination, and the customer's contact from the institution's own records."""

from collections.abc import Collection
from datetime import date, datetime

import sqlalchemy as sa

from portal.accounts.rules import Officer
from portal.complaints import completeness, letters, parties
from portal.complaints.entry.models import AccessCode
from portal.complaints.models import Complaint
from portal.complaints.proving import Point, lacking
from portal.complaints.queries import person_in
from portal.complaints.recording import kept_day, record_by
from portal.complaints.rules import Action, Role
from portal.complaints.states import AuthorityState, ContactSource
from portal.db import Session
from portal.institution.models import Institution
from portal.notices.rules import NoticeKind
from portal.sealing import open_box


class Lacking(Exception):
    """The power does not show all that it must; `points` are what it lacks."""

    def __init__(self, points: Collection[Point]) -> None:
        super().__init__(", ".join(points))
        self.points = tuple(points)


def accept(
    session: Session,
    complaint: Complaint,
    *,
    shown: Collection[Point],
    scope: str,
    ends_on: date | None,
    profile: Institution,
    base_url: str,
    officer: Officer,
    now: datetime,
) -> None:
    """The representative may act within this scope, until `ends_on` if there is one (SQ-18, BM-17).

    Raises `Lacking` for a power that does not show what it must, `NotAllowed`.
    """
    power = parties.authority_of(session, complaint.id)
    assert power is not None
    box = open_box(session, complaint.key_id)
    told = box.open(power)
    if lacks := lacking(shown, firm=bool(told["firm"])):
        raise Lacking(lacks)
    power.state, power.decided_at, power.ends_on = AuthorityState.ACCEPTED, now, ends_on
    box.seal(power, told | {"scope": scope})
    payload = {"ends_on": kept_day(ends_on), "shown": sorted(shown)}
    record_by(session, complaint, Action.ACCEPT_AUTHORITY, officer, now=now, payload=payload)
    letters.tell(
        session,
        complaint,
        NoticeKind.AUTHORITY_DECIDED,
        lambda _: {"accepted": True, "ends_on": ends_on},
        profile=profile,
        base_url=base_url,
        now=now,
    )


def reject(
    session: Session,
    complaint: Complaint,
    *,
    mending: str,
    profile: Institution,
    base_url: str,
    officer: Officer,
    now: datetime,
) -> None:
    """The power is rejected, with what would mend it. The representative brings another one.

    The complaint stays the customer's and goes on; a new power is examined when it comes. Raises `NotAllowed`.
    """
    power = parties.authority_of(session, complaint.id)
    assert power is not None
    # They are told before the power counts as rejected: nobody else can mend it.
    letters.tell(
        session,
        complaint,
        NoticeKind.AUTHORITY_DECIDED,
        lambda _: {"accepted": False, "ends_on": None},
        profile=profile,
        base_url=base_url,
        now=now,
    )
    power.state, power.decided_at = AuthorityState.REJECTED, now
    record_by(session, complaint, Action.REJECT_AUTHORITY, officer, now=now, payload={"mending": mending})


def revoke(session: Session, complaint: Complaint, *, how: str, officer: Officer, now: datetime) -> None:
    """The customer says that nobody acts for them (any more): from now on the representative's acts are refused.

    `how` is the way in which they said so. Raises `NotAllowed`.
    """
    power = parties.authority_of(session, complaint.id)
    assert power is not None
    power.state, power.decided_at = AuthorityState.REVOKED, now
    record_by(session, complaint, Action.RECORD_REVOCATION, officer, now=now, payload={"how": how})


def record_contact(
    session: Session,
    complaint: Complaint,
    *,
    email: str | None,
    phone: str | None,
    profile: Institution,
    base_url: str,
    officer: Officer,
    now: datetime,
) -> None:
    """Enter the customer's contact from the institution's own records, and write to it at once (SQ-21).

    The letter is the receipt that has waited for it: it says that somebody has complained on their behalf,
    who, and how to say no. Raises `NotAllowed`.
    """
    box = open_box(session, complaint.key_id)
    customer, *others = parties.parties_of(session, complaint.id)
    told = box.open(customer)
    box.seal(customer, told | {"email": email, "phone": phone})
    customer.contact = ContactSource.RECORDS
    person = person_in(box, customer)
    parties.index_more(session, complaint.id, parties.terms_of(person))
    record_by(session, complaint, Action.RECORD_CONTACT, officer, now=now)
    newest = completeness.newest_round(session, complaint)
    missing = completeness.missing(completeness.needs(session, newest))
    has_code = sa.select(sa.exists().where(AccessCode.party_id == customer.id))
    letters.send_receipt(
        session,
        complaint,
        customer,
        person,
        box=box,
        others=next((person_in(box, one).name for one in others if one.role is Role.REPRESENTATIVE), None),
        without_code=not session.scalar(has_code),
        missing=missing,
        bring_by=complaint.documents_due_on,
        profile=profile,
        base_url=base_url,
        now=now,
    )
