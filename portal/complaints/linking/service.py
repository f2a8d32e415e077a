"""Complaints that belong together: linked, or merged into one."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from portal.accounts.rules import Officer
from portal.complaints import response_letters
from portal.complaints.linking.models import Link
from portal.complaints.linking.rules import SAME, Unmergeable, why_not_merged
from portal.complaints.models import Complaint, SearchTerm
from portal.complaints.recording import kept_day, printed, record_by
from portal.complaints.rounds import end_round
from portal.complaints.rules import Action
from portal.complaints.states import LinkKind, RoundOutcome
from portal.db import Session, writing
from portal.history.rules import Audience
from portal.institution.models import Institution


class NotMerged(Exception):
    """The two complaints stay apart; `why` says why."""

    def __init__(self, why: Unmergeable) -> None:
        super().__init__(why)
        self.why = why


class LinkedAlready(Exception):
    """The two complaints are linked so already, or are one and the same."""


def link(
    session: Session, complaint: Complaint, other: Complaint, *, kind: LinkKind, officer: Officer, now: datetime
) -> Link:
    """Note that two complaints belong together. Only officers read it, in both of them.

    With `LinkKind.EARLIER` the other one is the same complaint, made and resolved before (SQ-26, BM-21).
    Raises `LinkedAlready`, `NotAllowed`, and `db.Busy` where somebody is changing the other one.
    """
    if complaint.id == other.id or kind in linked_as(session, complaint.id, other.id):
        raise LinkedAlready
    writing(session, other, wait=False)
    row = note_link(session, complaint, other, kind, officer, now)
    for one, another in ((complaint, other), (other, complaint)):
        record_link(session, one, Action.LINK, another, officer=officer, now=now, told={"kind": kind})
    return row


def merge(
    session: Session,
    complaint: Complaint,
    into: Complaint,
    *,
    profile: Institution,
    base_url: str,
    officer: Officer,
    now: datetime,
) -> None:
    """Let a complaint go on in another one of the same customer: that one is answered for both.

    It stays reachable by its own number, which says where it goes on and nothing of what stands there; what
    was handed in with it stays in it, and officers read it there. Raises `NotMerged`, `NotAllowed`, and
    `db.Busy` where somebody is changing the other one.
    """
    if complaint.id != into.id:
        writing(session, into, wait=False)
    if why := why_not(session, complaint, into):
        raise NotMerged(why)
    note_link(session, complaint, into, LinkKind.MERGED, officer, now)
    end_round(session, complaint, RoundOutcome.MERGED, now=now)
    complaint.merged_into_id = into.id
    record_by(
        session,
        complaint,
        Action.MERGE,
        officer,
        now=now,
        payload={"into": printed(into, profile), "due_on": kept_day(into.due_on)},
    )
    record_link(session, into, Action.TAKE_IN, complaint, officer=officer, now=now)
    response_letters.merged(session, complaint, due_on=into.due_on, profile=profile, base_url=base_url, now=now)


def why_not(session: Session, complaint: Complaint, into: Complaint) -> Unmergeable | None:
    """Why a complaint may not be merged into another as both stand now; None where it may."""
    if complaint.id == into.id:
        return Unmergeable.ITSELF
    return why_not_merged(
        status=complaint.status,
        into_status=into.status,
        kind=complaint.kind,
        into_kind=into.kind,
        terms=_terms(session, complaint.id),
        into_terms=_terms(session, into.id),
        due_on=complaint.due_on,
        into_due_on=into.due_on,
    )


def linked_as(session: Session, complaint_id: UUID, other_id: UUID) -> set[LinkKind]:
    """How two complaints are linked, whichever of them was linked to the other."""
    pair = (complaint_id, other_id)
    return set(session.scalars(sa.select(Link.kind).where(Link.complaint_id.in_(pair), Link.other_id.in_(pair))))


def note_link(
    session: Session, complaint: Complaint, other: Complaint, kind: LinkKind, officer: Officer, now: datetime
) -> Link:
    """The row of a link; the caller records it in the histories."""
    row = Link(complaint_id=complaint.id, other_id=other.id, kind=kind, officer_id=officer.id, at=now)
    session.add(row)
    session.flush()
    return row


def record_link(
    session: Session,
    complaint: Complaint,
    action: Action,
    other: Complaint,
    *,
    officer: Officer,
    now: datetime,
    told: Mapping[str, str] | None = None,
) -> None:
    """The entry of a link, for officers alone: it names the other complaint."""
    payload = {**(told or {}), "other": str(other.id)}
    record_by(session, complaint, action, officer, now=now, audience=Audience.OFFICERS, payload=payload)


def _terms(session: Session, complaint_id: UUID) -> set[bytes]:
    """The blind indexes of account, telephone and e-mail address."""
    found = sa.select(SearchTerm.term).where(SearchTerm.complaint_id == complaint_id, SearchTerm.kind.in_(SAME))
    return set(session.scalars(found))
