"""A payment that the customer waits for: received, then booked, of which an SMS tells (K3-25 … K3-30).

A service of the room, cut by noun.
"""

from datetime import datetime

from portal.accounts.rules import Officer
from portal.complaints import response_letters
from portal.complaints.models import Complaint
from portal.complaints.recording import record_by
from portal.complaints.rules import Action, NotAllowed, Refusal
from portal.db import Session
from portal.institution.models import Institution


def awaits_payment(complaint: Complaint, profile: Institution) -> bool:
    """Whether the complaint is about a payment of which the institution tells by SMS once it is booked."""
    topic = profile.topics.get(complaint.desk_topic or complaint.topic)
    return topic is not None and topic.guide is not None and topic.guide.booking


def received(
    session: Session, complaint: Complaint, *, profile: Institution, base_url: str, officer: Officer, now: datetime
) -> None:
    """The payment has reached us: the customer is told to wait for the SMS (K3-26). Raises `NotAllowed`."""
    _of_a_payment(complaint, Action.PAYMENT_RECEIVED, profile)
    record_by(session, complaint, Action.PAYMENT_RECEIVED, officer, now=now)
    response_letters.payment_received(session, complaint, profile=profile, base_url=base_url, now=now)


def booked(
    session: Session,
    complaint: Complaint,
    *,
    phone: str,
    profile: Institution,
    base_url: str,
    officer: Officer,
    now: datetime,
) -> None:
    """The payment is booked: an SMS goes to `phone`, in E.164, the number in the institution's own records.

    The officer has entered it from there, or confirmed that it stands there: one that only the form tells is
    nobody's registered number (K3-27, K3-30). Raises `NotAllowed`.
    """
    _of_a_payment(complaint, Action.PAYMENT_BOOKED, profile)
    record_by(session, complaint, Action.PAYMENT_BOOKED, officer, now=now)
    response_letters.payment_booked(session, complaint, phone=phone, profile=profile, base_url=base_url, now=now)


def _of_a_payment(complaint: Complaint, action: Action, profile: Institution) -> None:
    if not awaits_payment(complaint, profile):
        raise NotAllowed(action, Refusal.STATUS)
