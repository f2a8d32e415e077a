"""Enqueueing jobs, reviving the dead ones, and deleting the done ones. Never commits."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Executable

from portal.db import Database, Session, WriteOutsideWriting, uuid7
from portal.jobs.models import DEAD, DONE, Job
from portal.jobs.rules import KEEP_DONE, JobState, NotDead, checked

SWEEP_AT_MOST = 5_000


def enqueue(
    session: Session,
    kind: str,
    payload: Mapping[str, Any],
    *,
    now: datetime,
    key: str | None = None,
    run_at: datetime | None = None,
) -> None:
    """Put a job into the caller's own transaction: it exists if, and only if, that commits.

    Runs at `run_at`, else at once. A second job with the same `key` is not made, whatever has become
    of the first. Raises `NotAnId` if the payload holds more than ids, `WriteOutsideWriting` if the
    session is still reading.
    """
    _must_write(session)
    session.connection().execute(
        _insert(session.database),
        {
            "id": uuid7(),
            "kind": kind,
            "payload": checked(payload),
            "key": key,
            "state": JobState.WAITING,
            "run_at": run_at or now,
            "tries": 0,
            "created_at": now,
        },
    )


def enqueue_again(session: Session, kind: str, payload: Mapping[str, Any], *, now: datetime, key: str) -> None:
    """Let the job with this key run once more if it is done; make it if there is none (any more).

    One that waits or runs is left alone, and so is a dead one. Raises as `enqueue` does.
    """
    _must_write(session)
    woken = session.connection().execute(
        sa.update(Job)
        .where(Job.key == key, Job.state == DONE)
        .values(state=JobState.WAITING, run_at=now, tries=0, error=None, settled_at=None)
    )
    if woken.rowcount == 0:
        enqueue(session, kind, payload, now=now, key=key)


def revive(session: Session, job_id: UUID, *, now: datetime) -> None:
    """Let a dead job run again at once, with all its tries. Raises `NotDead` if it is not dead (any more)."""
    if _revive(session, Job.id == job_id, now) == 0:
        raise NotDead(str(job_id))


def revive_all(session: Session, kind: str, *, now: datetime) -> int:
    """Let all dead jobs of a kind run again, after what they failed at was mended; returns how many."""
    return _revive(session, Job.kind == kind, now)


def _revive(session: Session, which: sa.ColumnElement[bool], now: datetime) -> int:
    _must_write(session)
    result = session.connection().execute(
        sa.update(Job)
        .where(Job.state == DEAD, which)
        .values(state=JobState.WAITING, run_at=now, tries=0, error=None, settled_at=None)
    )
    return result.rowcount


def sweep(session: Session, *, now: datetime, keep: timedelta = KEEP_DONE) -> int:
    """Delete jobs that were done more than `keep` ago, at most 5,000 a call; returns how many.

    The dead stay until somebody revives them: each is a promise to a customer that was not kept.
    """
    _must_write(session)
    old = sa.select(Job.id).where(Job.state == DONE, Job.settled_at < now - keep).limit(SWEEP_AT_MOST)
    return session.connection().execute(sa.delete(Job).where(Job.id.in_(old.correlate(None)))).rowcount


@cache
def _insert(database: Database) -> Executable:
    # Built once a process, because every filing enqueues.
    return database.inserting(Job).on_conflict_do_nothing(index_elements=[Job.key])


def _must_write(session: Session) -> None:
    # A statement of its own is not seen by the session's guard, and on PostgreSQL it would commit at once.
    if not session.is_writing:
        raise WriteOutsideWriting("call writing(row) or session.begin_write() first")
