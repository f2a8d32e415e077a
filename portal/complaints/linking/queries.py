"""Reads of complaints that belong together."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from portal.accounts.rules import Officer
from portal.complaints.linking.models import Link
from portal.complaints.models import Complaint
from portal.complaints.numbers import Number
from portal.complaints.rules import Status
from portal.complaints.sight import visible
from portal.complaints.states import LinkKind
from portal.db import Session


class Linked(NamedTuple):
    """A complaint that belongs to another. `outward`: the link was made from the one whose page this is."""

    id: UUID
    registration: str
    topic: str
    status: Status
    received_at: datetime
    due_on: date | None
    kind: LinkKind
    outward: bool


def linked(session: Session, officer: Officer, complaint_id: UUID) -> list[Linked]:
    """The complaints that belong to this one, of those that the officer sees, the newest link first."""
    other = sa.case((Link.complaint_id == complaint_id, Link.other_id), else_=Link.complaint_id)
    rows = session.execute(
        sa.select(
            Complaint.id,
            Complaint.registration,
            Complaint.topic,
            Complaint.status,
            Complaint.received_at,
            Complaint.due_on,
            Link.kind,
            Link.complaint_id == complaint_id,
        )
        .join(Link, Complaint.id == other)
        .where(sa.or_(Link.complaint_id == complaint_id, Link.other_id == complaint_id), visible(officer))
        .order_by(Link.at.desc(), Link.id.desc())
    )
    return [Linked(*row) for row in rows]


def seen_by_number(session: Session, officer: Officer, number: Number) -> Complaint | None:
    """The complaint with this registration number, if the officer sees it."""
    return session.scalar(sa.select(Complaint).where(Complaint.registration == number.canonical, visible(officer)))


class GoesOn(NamedTuple):
    """Where a merged complaint goes on: the number there, and the day by which both are answered."""

    registration: str
    status: Status
    due_on: date | None


def goes_on_in(session: Session, complaint_id: UUID) -> GoesOn | None:
    """The complaint in which a merged one goes on; of a chain of them the last. None for one that was not merged."""
    found, at = None, complaint_id
    while True:
        into = sa.select(Complaint.merged_into_id).where(Complaint.id == at).scalar_subquery()
        row = session.execute(
            sa.select(Complaint.id, Complaint.registration, Complaint.status, Complaint.due_on).where(
                Complaint.id == into
            )
        ).one_or_none()
        if row is None:
            return found
        at, found = row.id, GoesOn(row.registration, row.status, row.due_on)
