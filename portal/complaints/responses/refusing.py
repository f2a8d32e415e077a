"""Refusing a complaint: on one of the profile's grounds alone, each with the evidence that it rests on.

What is prepared here is the draft of a refusal; `service.send` sends it as it sends any response.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from portal.accounts.rules import Officer
from portal.complaints import completeness
from portal.complaints.linking.models import Link
from portal.complaints.models import Complaint, SearchTerm
from portal.complaints.numbers import WrongNumber, read_number
from portal.complaints.overdue import waits_unread
from portal.complaints.recording import record_by
from portal.complaints.responses.models import Answer
from portal.complaints.responses.rules import Draft, RefusalBar
from portal.complaints.responses.service import NothingWritten, save, send
from portal.complaints.rules import RESOLVED, Action, NotAllowed, Refusal
from portal.complaints.sight import visible
from portal.complaints.states import AnswerKind, LinkKind, Term
from portal.complaints.transitions import refuse_unless_lawful
from portal.db import Session
from portal.institution.models import Institution
from portal.institution.rules import Passing, RefusalGround
from portal.notices.models import Notice
from portal.notices.rules import Channel, NoticeKind
from portal.workdays.rules import local_day

# By these two complaints are one customer's; by a name they need not be.
SAME = (Term.ACCOUNT, Term.PHONE, Term.EMAIL)
# By these the customer was told what is missing, and until when.
ASKING = (NoticeKind.RECEIPT, NoticeKind.DOCUMENTS_ASKED)
# The grounds for which what was agreed or transacted is looked up.
CHECKED = (RefusalGround.NO_DIRECT_LOSS, RefusalGround.NOT_OURS)


class NotRefusable(Exception):
    """The complaint cannot be refused on this ground; `bar` is the rule."""

    def __init__(self, bar: RefusalBar) -> None:
        super().__init__(bar)
        self.bar = bar


@dataclass(frozen=True, slots=True)
class Asked:
    """A notice that named what is missing, as it stands in the ledger."""

    id: UUID
    kind: NoticeKind
    channel: Channel
    at: datetime


@dataclass(frozen=True, slots=True)
class Missing:
    """What ground 1 rests on: the documents that did not come, their last day, and the notices that named them."""

    codes: tuple[str, ...]
    due_on: date
    notices: tuple[Asked, ...]


def grounds_of(profile: Institution) -> tuple[RefusalGround, ...]:
    """The grounds on which an officer refuses, in the profile's order (SQ-24, BM-18); some profiles have none."""
    return tuple(ground for ground, told in profile.refusals.items() if told.passing is Passing.REFUSAL)


def missing(session: Session, complaint: Complaint, *, profile: Institution, now: datetime) -> Missing:
    """The evidence of ground 1 (SQ-25). Raises `NotRefusable` where the documents are complete or may still come.

    Each was named to the customer, the day has passed, the notices stand in the ledger, and no document waits
    that nobody has read: it may be what was missing.
    """
    opened = completeness.newest_round(session, complaint)
    rows = [row for row in completeness.needs(session, opened) if row.arrived_at is None]
    if not rows or opened.complete_at is not None:
        raise NotRefusable(RefusalBar.COMPLETE)
    due_on = complaint.documents_due_on
    if due_on is None or local_day(now, profile.zone) <= due_on:
        raise NotRefusable(RefusalBar.RUNNING)
    told = session.scalars(
        sa.select(Notice)
        .where(Notice.subject_id == complaint.id, Notice.kind.in_(ASKING))
        .order_by(Notice.created_at, Notice.id)
    ).all()
    if not told:
        raise NotRefusable(RefusalBar.UNTOLD)
    if waits_unread(session, complaint):
        raise NotRefusable(RefusalBar.UNREAD)
    notices = tuple(Asked(one.id, one.kind, one.channel, one.created_at) for one in told)
    return Missing(tuple(row.code for row in rows), due_on, notices)


def settled_before(
    session: Session, complaint: Complaint, number: str, *, profile: Institution, officer: Officer
) -> Complaint:
    """The earlier complaint of ground 2, by its registration number (SQ-26, BM-21, BM-22).

    It is the same customer's, by account, telephone or address, one that the officer may see, and resolved,
    agreed or not. Raises `NotRefusable`.
    """
    try:
        read = read_number(number, profile.prefix)
    except WrongNumber:
        raise NotRefusable(RefusalBar.NO_CASE) from None
    found = session.scalar(
        sa.select(Complaint).where(Complaint.registration == (read.canonical if read else ""), visible(officer))
    )
    if found is None:
        raise NotRefusable(RefusalBar.NO_CASE)
    if found.id == complaint.id:
        raise NotRefusable(RefusalBar.ITSELF)
    mine = sa.select(SearchTerm.term).where(SearchTerm.complaint_id == complaint.id, SearchTerm.kind.in_(SAME))
    same = session.scalar(
        sa.select(SearchTerm.term)
        .where(SearchTerm.complaint_id == found.id, SearchTerm.kind.in_(SAME), SearchTerm.term.in_(mine))
        .limit(1)
    )
    if same is None:
        raise NotRefusable(RefusalBar.ANOTHERS)
    if found.status not in RESOLVED:
        raise NotRefusable(RefusalBar.UNRESOLVED)
    return found


def prepare(
    session: Session,
    complaint: Complaint,
    *,
    ground: RefusalGround,
    words: Mapping[str, str],
    number: str | None = None,
    checked: str | None = None,
    finding: str | None = None,
    profile: Institution,
    officer: Officer,
    now: datetime,
) -> Answer:
    """Write a refusal on a ground of the profile, with its evidence; `words` are the plain reason by language.

    `number` names the earlier complaint (ground 2); `checked` the agreement or transaction that was looked up
    and `finding` what it says (grounds 3 and 4). Raises `NotRefusable` with the rule, `NotAllowed`.
    """
    refuse_unless_lawful(complaint.status, Action.REFUSE, officer)
    if profile.is_short(complaint.kind):
        raise NotRefusable(RefusalBar.SHORT)
    if ground not in profile.refusals:
        raise NotRefusable(RefusalBar.GROUND)
    if profile.refusals[ground].passing is not Passing.REFUSAL:
        raise NotRefusable(RefusalBar.WITHDRAWS)
    evidence: dict[str, Any] = {}
    earlier_id = None
    if ground is RefusalGround.INCOMPLETE:
        lacking = missing(session, complaint, profile=profile, now=now)
        evidence = {
            "codes": list(lacking.codes),
            "due_on": lacking.due_on.isoformat(),
            "notices": [str(one.id) for one in lacking.notices],
        }
    elif ground is RefusalGround.SETTLED:
        earlier = settled_before(session, complaint, number or "", profile=profile, officer=officer)
        earlier_id, evidence = earlier.id, {"number": earlier.registration}
    elif not (checked or "").strip() or not (finding or "").strip():
        raise NotRefusable(RefusalBar.UNCHECKED)
    else:
        evidence = {"checked": checked, "finding": finding}
    return save(
        session,
        complaint,
        Draft(kind=AnswerKind.REFUSAL, words=words),
        ground=ground,
        earlier_id=earlier_id,
        evidence=evidence,
        officer=officer,
        now=now,
    )


def refuse(
    session: Session, complaint: Complaint, *, profile: Institution, base_url: str, officer: Officer, now: datetime
) -> Answer:
    """Send the refusal that was prepared, after looking once more whether its ground still holds.

    A refusal because it was settled before links the two complaints. Raises `NotRefusable`, and what
    `service.send` raises.
    """
    row = session.scalar(sa.select(Answer).where(Answer.round_id == completeness.newest_round(session, complaint).id))
    if row is None or row.kind is not AnswerKind.REFUSAL:
        raise NothingWritten
    if row.ground is RefusalGround.INCOMPLETE:
        missing(session, complaint, profile=profile, now=now)
    if row.earlier_id is not None:
        earlier = session.get_one(Complaint, row.earlier_id)
        settled_before(session, complaint, earlier.registration, profile=profile, officer=officer)
        same = {"complaint_id": complaint.id, "other_id": earlier.id, "kind": LinkKind.EARLIER}
        if session.scalar(sa.select(Link.id).filter_by(**same)) is None:
            session.add(Link(**same, officer_id=officer.id, at=now))
    return send(session, complaint, profile=profile, base_url=base_url, officer=officer, now=now)


def handle_as_service(session: Session, complaint: Complaint, *, officer: Officer, now: datetime) -> None:
    """A grievance about service without a direct loss is handled as one, instead of being refused (domain.md 1.3).

    Raises `NotAllowed`, also for one that is handled so already.
    """
    if complaint.service_at is not None:
        raise NotAllowed(Action.AS_SERVICE, Refusal.STATUS)
    complaint.service_at = now
    record_by(session, complaint, Action.AS_SERVICE, officer, now=now)
