"""A complaint about two matters becomes two: the second gets a number, clocks and an answer of its own."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from portal.accounts.rules import Officer
from portal.complaints import completeness, parties
from portal.complaints.handed_in import (
    Acknowledged,
    ByHand,
    Filing,
    NoticeGiven,
    Representation,
)
from portal.complaints.linking.service import note_link, record_link
from portal.complaints.models import Acknowledgement, Authority, Complaint, Party
from portal.complaints.queries import person_in, transactions_of
from portal.complaints.rules import Action, Role
from portal.complaints.service import file_complaint
from portal.complaints.states import LinkKind
from portal.complaints.transitions import acting_role
from portal.db import Session
from portal.institution.models import Institution
from portal.sealing import Box, new_box, open_box


def split(
    session: Session,
    complaint: Complaint,
    *,
    topic: str,
    text: str,
    transactions: Collection[int],
    profile: Institution,
    base_url: str,
    officer: Officer,
    now: datetime,
) -> Complaint:
    """Register the second matter of a complaint as one of its own; `transactions` are the places of those it is about.

    It has the same parties, the same channel and moment of receipt, and its documents count as handed in with
    the first one, where they stay: no date becomes later by it. The customer gets a receipt with the new number
    and fetches an access code by a one-time code; nothing is taken out of the first one. Raises `NotAllowed`.
    """
    acting_role(officer, Action.SPLIT)
    box = open_box(session, complaint.key_id)
    told = box.open(complaint)
    opened = completeness.newest_round(session, complaint)
    rows = {party.role: party for party in parties.parties_of(session, complaint.id)}
    read = session.scalars(sa.select(Acknowledgement).where(Acknowledgement.complaint_id == complaint.id)).first()
    named = transactions_of(session, box, complaint.id)
    power = parties.authority_of(session, complaint.id)
    filing = Filing(
        kind=complaint.kind,
        channel=complaint.channel,
        form=complaint.form,
        topic=topic,
        language=complaint.language,
        customer=person_in(box, rows[Role.CUSTOMER]),
        account=told["account"],
        transactions=tuple(named[place] for place in sorted(transactions) if place < len(named)),
        story=text,
        acknowledged=Acknowledged(read.version, read.language, read.at)
        if read
        else Acknowledged(profile.privacy.version, complaint.language, complaint.received_at),
        representation=_representation(box, rows[Role.REPRESENTATIVE], power) if power else None,
        capacity=complaint.capacity,
    )
    given = [need.code for need in completeness.needs(session, opened) if need.arrived_at is not None]
    filed = file_complaint(
        session,
        box=new_box(session, now=now),
        filing=filing,
        profile=profile,
        base_url=base_url,
        now=now,
        given=given,
        by=ByHand(
            officer=officer,
            arrived_at=complaint.received_at,
            notice=NoticeGiven.SENT,
            contact=rows[Role.CUSTOMER].contact,
            complete_at=opened.complete_at,
        ),
    ).complaint
    if power:
        copied = parties.authority_of(session, filed.id)
        assert copied is not None
        copied.state, copied.decided_at, copied.ends_on = power.state, power.decided_at, power.ends_on
    note_link(session, complaint, filed, LinkKind.SPLIT, officer, now)
    for one, another in ((complaint, filed), (filed, complaint)):
        record_link(session, one, Action.SPLIT, another, officer=officer, now=now)
    return filed


def _representation(box: Box, party: Party, power: Authority) -> Representation:
    told = box.open(power)
    return Representation(
        person=person_in(box, party),
        relation=told["relation"],
        scope=told["scope"],
        given_on=power.given_on,
        ends_on=power.ends_on,
        firm=told["firm"],
    )
