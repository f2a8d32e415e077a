"""Reads for giving complaints away: those that were chosen, and how many everybody has."""

from collections.abc import Collection, Mapping
from uuid import UUID

import sqlalchemy as sa

from portal.accounts.queries import with_role
from portal.accounts.rules import OfficerRole
from portal.complaints.handling import assignable
from portal.complaints.models import Complaint
from portal.complaints.sight import visible
from portal.db import Session
from portal.desk.queue.queries import Asking, Rows, some
from portal.desk.queue.rules import PAGE, Row


def chosen(session: Session, ids: Collection[UUID], asking: Asking) -> Rows:
    """Those of these complaints that the officer sees, the oldest first."""
    if not ids:
        return []
    where = [Complaint.id.in_(ids), visible(asking.officer)]
    return some(session, where, lambda row: [row.id], PAGE)


def rows(found: Rows) -> list[Row]:
    """The complaints themselves."""
    return [Row(*row[: len(Row._fields)]) for row in found]


def open_ones(session: Session) -> Mapping[UUID, int]:
    """Among whom complaints are shared out, by name, with how many open ones each has.

    That is the agents; the managers, who watch over them, only where there is no agent.
    """
    among = with_role(session, OfficerRole.AGENT) or assignable(session)
    found = dict.fromkeys((colleague.id for colleague in among), 0)
    asked = (
        sa.select(Complaint.holder_id, sa.func.count())
        .where(Complaint.closed_at.is_(None), Complaint.holder_id.in_(found))
        .group_by(Complaint.holder_id)
    )
    for holder_id, number in session.execute(asked):
        if holder_id is not None:
            found[holder_id] = number
    return found
