"""What officers do about a notice that has not arrived: send it again, or tell what it says by telephone."""

from collections.abc import Collection
from datetime import datetime

from portal.accounts.rules import Officer
from portal.complaints.models import Complaint, Party
from portal.complaints.parties import recipient_of
from portal.complaints.queries import person_in
from portal.complaints.recording import record_by
from portal.complaints.rules import Action
from portal.db import Session
from portal.history.rules import Audience
from portal.notices import service as notices
from portal.notices.models import Notice
from portal.notices.rules import TO_PHONES, Channel, NoticeKind, Way, needs_somebody
from portal.sealing import open_box


class NothingToDo(Exception):
    """The notice is on its way, has arrived, or somebody else has dealt with it meanwhile."""


class NoSuchWay(Exception):
    """The party cannot be reached by this channel, or the deployment has no sender for it."""


def ways(session: Session, complaint: Complaint, notice: Notice, *, offered: Collection[Channel]) -> list[Way]:
    """By what a notice can be sent again: the party's addresses as they are known now, by the senders there are.

    A booking goes to the telephone number in the institution's records that an officer gave for it, and to
    no other address (K3-27, K3-30).
    """
    box = open_box(session, complaint.key_id)
    if notice.kind is NoticeKind.PAYMENT_BOOKED:
        phone = box.open(notice)["address"]
        return [Way(channel, phone) for channel in Channel if channel in TO_PHONES and channel in offered]
    party = session.get(Party, notice.party_id) if notice.party_id else None
    if party is None:
        return []
    recipient = recipient_of(party, person_in(box, party))
    known = {Channel.EMAIL: recipient.email, Channel.SMS: recipient.phone, Channel.WHATSAPP: recipient.phone}
    return [Way(channel, address) for channel, address in known.items() if address and channel in offered]


def send_again(
    session: Session,
    complaint: Complaint,
    notice: Notice,
    channel: Channel,
    *,
    offered: Collection[Channel],
    officer: Officer,
    now: datetime,
) -> None:
    """Send a notice once more by a channel of the officer's choice, worded as it was when it was written.

    One that failed gets a successor in the ledger; one that nobody could send yet takes this way itself.
    Raises `NothingToDo`, `NoSuchWay`, `NotAllowed`.
    """
    _hold(session, notice)
    way = next((one for one in ways(session, complaint, notice, offered=offered) if one.channel is channel), None)
    if way is None:
        raise NoSuchWay
    record_by(
        session,
        complaint,
        Action.SEND_AGAIN,
        officer,
        now=now,
        audience=Audience.OFFICERS,
        payload={"notice": str(notice.id), "kind": notice.kind, "channel": channel},
    )
    if notice.settled_at is None:
        notices.turn(session, notice, way, now=now)
    else:
        notices.follow(session, notice, way, now=now)


def tell_by_phone(session: Session, complaint: Complaint, notice: Notice, *, officer: Officer, now: datetime) -> None:
    """An officer has told the party by telephone what the notice says; the customer sees so in the history.

    Raises `NothingToDo`, `NotAllowed`.
    """
    _hold(session, notice)
    record_by(
        session,
        complaint,
        Action.TELL_BY_PHONE,
        officer,
        now=now,
        payload={"notice": str(notice.id), "kind": notice.kind},
    )
    notices.told_by_phone(notice, now=now)


def _hold(session: Session, notice: Notice) -> None:
    """Read the notice again under its lock; a worker or a colleague may have been faster."""
    session.refresh(notice, with_for_update=True)
    if not needs_somebody(notice.state, handled=notice.handled_at is not None):
        raise NothingToDo
