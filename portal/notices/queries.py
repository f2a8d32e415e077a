"""Reads of the ledger: for the customer whose case it is, and for the sweep."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from portal.db import Session
from portal.jobs.models import Job
from portal.notices.models import Notice
from portal.notices.rules import Channel, NoticeKind, NoticeState, job_key
from portal.sealing import open_box

BATCH = 500


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One notice as the ledger shows it: to whom, what, where to (masked), when, and what became of it."""

    id: UUID
    party_id: UUID | None
    kind: NoticeKind
    channel: Channel
    language: str
    where: str
    subject: str
    state: NoticeState
    written_at: datetime
    sent_at: datetime | None
    failure: str | None


# Read on every visit of a case's page, so it is built once and names the table instead of the class.
_COLUMN = Notice.__table__.c
LEDGER = (
    sa.select(
        _COLUMN.id,
        _COLUMN.party_id,
        _COLUMN.key_id,
        _COLUMN.kind,
        _COLUMN.channel,
        _COLUMN.language,
        _COLUMN.sealed,
        _COLUMN.state,
        _COLUMN.created_at,
        _COLUMN.sent_at,
        _COLUMN.failure,
    )
    .where(_COLUMN.subject_id == sa.bindparam("subject"))
    .order_by(_COLUMN.created_at.desc(), _COLUMN.id.desc())
)


def ledger(session: Session, subject_id: UUID) -> list[LedgerLine]:
    """The notices of one complaint or draft, newest first. Raises `KeyDestroyed` if it was erased."""
    lines = []
    for row in session.connection().execute(LEDGER, {"subject": subject_id}):
        told = open_box(session, row.key_id).open_from(Notice.__tablename__, row.id, row.sealed)
        lines.append(
            LedgerLine(
                id=row.id,
                party_id=row.party_id,
                kind=row.kind,
                channel=row.channel,
                language=row.language,
                where=told["masked"],
                subject=told["subject"],
                state=row.state,
                written_at=row.created_at,
                sent_at=row.sent_at,
                failure=row.failure,
            )
        )
    return lines


def held(session: Session, channels: Collection[Channel], *, limit: int = BATCH) -> list[UUID]:
    """The notices that wait for a sender by one of these channels, the oldest first."""
    return list(
        session.scalars(
            sa.select(Notice.id)
            .where(Notice.settled_at.is_(None), Notice.state == NoticeState.HELD, Notice.channel.in_(channels))
            .order_by(Notice.created_at)
            .limit(limit)
        )
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """A notice as it was written to its reader. A secret that stood in it does not."""

    kind: NoticeKind
    channel: Channel
    language: str
    where: str
    state: NoticeState
    written_at: datetime
    sent_at: datetime | None
    subject: str = field(repr=False)
    body: str = field(repr=False)


def kept(session: Session, subject_id: UUID, *, party_id: UUID) -> list[Kept]:
    """The notices of one complaint to one party with their texts, the oldest first. Raises `KeyDestroyed`."""
    rows = session.scalars(
        sa.select(Notice)
        .where(Notice.subject_id == subject_id, Notice.party_id == party_id)
        .order_by(Notice.created_at, Notice.id)
    )
    return [
        Kept(
            kind=row.kind,
            channel=row.channel,
            language=row.language,
            where=told["masked"],
            state=row.state,
            written_at=row.created_at,
            sent_at=row.sent_at,
            subject=told["subject"],
            body=told["body"],
        )
        for row in rows
        for told in (open_box(session, row.key_id).open(row),)
    ]


def without_job(session: Session, *, before: datetime) -> list[tuple[UUID, Channel]]:
    """The notices written before a moment that wait for a job which does not exist.

    One whose job is dead is not among them: that job stands in the dead list and can be revived there.
    """
    waiting = {
        job_key(notice_id, channel): (notice_id, channel)
        for notice_id, channel in session.execute(
            sa.select(Notice.id, Notice.channel)
            .where(Notice.settled_at.is_(None), Notice.state == NoticeState.WAITING, Notice.created_at < before)
            .order_by(Notice.created_at)
        )
    }
    keys = list(waiting)
    for start in range(0, len(keys), BATCH):
        for key in session.scalars(sa.select(Job.key).where(Job.key.in_(keys[start : start + BATCH]))):
            assert key is not None
            del waiting[key]
    return list(waiting.values())
