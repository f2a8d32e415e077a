"""Reads of the outbox: notices of the complaints that an officer sees."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from portal.accounts.rules import Officer
from portal.complaints.models import Complaint
from portal.complaints.sight import visible
from portal.db import Session
from portal.desk.outbox.rules import PAGE, Filters, Which
from portal.notices.models import Notice
from portal.notices.rules import Channel, NoticeKind, NoticeState
from portal.sealing import KeyDestroyed, open_box

_WAITS = Notice.settled_at.is_(None)
_FAILED = sa.and_(Notice.state == sa.literal_column(f"'{NoticeState.FAILED}'"), Notice.handled_at.is_(None))
_HELD = sa.and_(_WAITS, Notice.state == NoticeState.HELD)
WHICH: dict[Which, sa.ColumnElement[bool]] = {
    Which.UNDELIVERED: sa.or_(_FAILED, _HELD),
    Which.FAILED: _FAILED,
    Which.HELD: _HELD,
    Which.WAITING: sa.and_(_WAITS, Notice.state == NoticeState.WAITING),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A notice of the outbox, with the complaint that it is about."""

    id: UUID
    case_id: UUID
    registration: str
    kind: NoticeKind
    channel: Channel
    state: NoticeState
    failure: str | None
    tries: int
    written_at: datetime
    name: str | None = field(repr=False)
    where: str = field(repr=False)


def outbox(session: Session, officer: Officer, filters: Filters, *, after: UUID | None = None) -> list[Line]:
    """The oldest first, one more than a page holds where there are more; after the notice with this id.

    A one-time code is none of the outbox: who needs another asks for one. Nor is what an erasure left.
    """
    asked = (
        sa.select(Notice, Complaint.registration)
        .join(Complaint, Complaint.id == Notice.subject_id)
        .where(WHICH[filters.which], Notice.secret_expires_at.is_(None), visible(officer))
        .order_by(Notice.id)
        .limit(PAGE + 1)
    )
    if filters.kind:
        asked = asked.where(Notice.kind == filters.kind)
    if filters.channel:
        asked = asked.where(Notice.channel == filters.channel)
    if after is not None:
        asked = asked.where(Notice.id > after)
    return [line for row, registration in session.execute(asked) if (line := _line(session, row, registration))]


def notice_of(session: Session, officer: Officer, notice_id: UUID) -> tuple[Notice, Complaint] | None:
    """A notice with its complaint, if the officer sees that: one that they do not see answers like none."""
    found = session.execute(
        sa.select(Notice, Complaint)
        .join(Complaint, Complaint.id == Notice.subject_id)
        .where(Notice.id == notice_id, Notice.secret_expires_at.is_(None), visible(officer))
    ).one_or_none()
    return None if found is None else (found[0], found[1])


def _line(session: Session, row: Notice, registration: str) -> Line | None:
    try:
        told = open_box(session, row.key_id).open(row)
    except KeyDestroyed:
        return None
    return Line(
        id=row.id,
        case_id=row.subject_id,
        registration=registration,
        kind=row.kind,
        channel=row.channel,
        state=row.state,
        failure=row.failure,
        tries=row.tries,
        written_at=row.created_at,
        name=told["name"],
        where=told["masked"],
    )
