"""Who may run a job now: claim, renew and settle, all by the database's own clock.

There is no reaper and no table of workers. A job whose lease has run out is taken by the same claim
that takes a waiting one, so recovery cannot be lost together with whoever was to recover.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.functions import FunctionElement

from portal.db import Database, Moment, uuid7
from portal.jobs.models import RUNNING, WAITING, Job
from portal.jobs.rules import JobState, Roster

LEASE_LOST = "LeaseLost"


class database_now(FunctionElement[datetime]):
    """The database's clock, `later` (a parameter is in seconds) from now: the one clock that all workers share."""

    type = Moment()
    inherit_cache = True

    def __init__(self, later: timedelta | sa.BindParameter[float] = timedelta(0)) -> None:
        super().__init__(sa.literal(later.total_seconds(), sa.Float()) if isinstance(later, timedelta) else later)


@compiles(database_now, "sqlite")
def _sqlite_now(element: Any, compiler: Any, **keywords: Any) -> str:
    # unixepoch('subsec') is NULL before SQLite 3.42. This has the form in which moments are stored,
    # so that they compare as text.
    seconds = compiler.process(element.clauses, **keywords)
    return f"strftime('%Y-%m-%d %H:%M:%f', 'now', {seconds} || ' seconds')"


@compiles(database_now, "postgresql")
def _postgresql_now(element: Any, compiler: Any, **keywords: Any) -> str:
    # Not now(): that is the moment at which the transaction began. Not clock_timestamp(): it changes
    # within a statement, so no index could be used to compare with it.
    return f"(statement_timestamp() + make_interval(secs => {compiler.process(element.clauses, **keywords)}))"


@dataclass(frozen=True, slots=True)
class Claim:
    """One try at one job, fenced by its token."""

    job_id: UUID
    token: UUID
    kind: str
    payload: Mapping[str, Any]
    attempt: int


def claim(database: Database, roster: Roster, lease: timedelta, *, due_by: datetime | None = None) -> Claim | None:
    """Take one job that is due, or None if there is none; commits.

    Due is a job whose lease ran out, or one that waits until now (by the database's clock, unless
    `due_by` is given in its place). One of a kind that gives way is taken only where no other is due. A
    job that has used up its tries is not taken but buried: its last worker died with it.
    """
    given = {} if due_by is None else {"due_by": due_by}
    for kinds in roster.turns:
        for look, take in _claiming(kinds, database.is_sqlite, due_by is not None):
            while (taken := _take(database, look, take, lease, given)) is not None:
                if taken.attempt <= roster.tasks[taken.kind].tries:
                    return taken
                with database.short_write() as connection:
                    bury(connection, taken, LEASE_LOST, tries=taken.attempt - 1)
    return None


def _take(
    database: Database, look: sa.Select[Any], take: sa.UpdateBase, lease: timedelta, given: dict[str, datetime]
) -> Claim | None:
    # Look before taking the write lock: an idle worker must never stand in a customer's way.
    with database.reader.connect() as connection:
        if connection.scalar(look, given) is None:
            return None
    with database.short_write() as connection:
        found = connection.execute(take, {**given, "new_token": uuid7(), "lease": lease.total_seconds()})
        row = found.one_or_none()
    return None if row is None else Claim(*row)


# Building these statements takes longer than running them.
@lru_cache(maxsize=16)
def _claiming(
    kinds: tuple[str, ...], is_sqlite: bool, is_another_day: bool
) -> tuple[tuple[sa.Select[Any], sa.UpdateBase], ...]:
    """How to look for a job and how to take it: first one whose lease ran out, then one that waits."""
    until = sa.bindparam("due_by", type_=Moment()) if is_another_day else database_now()
    lapsed = sa.and_(Job.state == RUNNING, Job.leased_until <= database_now(), Job.kind.in_(kinds))
    waiting = sa.and_(Job.state == WAITING, Job.run_at <= until, Job.kind.in_(kinds))
    return tuple(
        _statements(due, first, is_sqlite) for due, first in ((lapsed, Job.leased_until), (waiting, Job.run_at))
    )


def _statements(
    due: sa.ColumnElement[bool], first: InstrumentedAttribute[Any], is_sqlite: bool
) -> tuple[sa.Select[Any], sa.UpdateBase]:
    next_one = sa.select(Job.id).where(due).order_by(first).limit(1).correlate(None)
    if not is_sqlite:
        next_one = next_one.with_for_update(skip_locked=True)
    take = (
        sa.update(Job)
        .where(Job.id == next_one.scalar_subquery(), due)
        .values(
            state=JobState.RUNNING,
            token=sa.bindparam("new_token"),
            leased_until=database_now(sa.bindparam("lease", type_=sa.Float())),
            tries=Job.tries + 1,
        )
        .returning(Job.id, Job.token, Job.kind, Job.payload, Job.tries)
    )
    return sa.select(Job.id).where(due).limit(1), take


def renew(database: Database, claims: Iterable[Claim], lease: timedelta) -> set[UUID]:
    """Prolong the leases that are still these claims' own; returns the ids of those jobs. Commits."""
    tokens = {claim.job_id: claim.token for claim in claims}
    if not tokens:
        return set()
    with database.short_write() as connection:
        return set(
            connection.scalars(
                sa.update(Job)
                .where(Job.id.in_(tokens), Job.token.in_(tokens.values()), Job.state == RUNNING)
                .values(leased_until=database_now(lease))
                .returning(Job.id)
            )
        )


def finish(connection: sa.Connection, claim: Claim) -> bool:
    """Settle the job as done. False if the claim no longer holds: the caller must roll back."""
    return _settle(connection, claim, state=JobState.DONE, settled_at=database_now())


def postpone(
    connection: sa.Connection, claim: Claim, error: str, later: timedelta, *, since: datetime | None = None
) -> bool:
    """Let the job wait for its next try, so much later than now (by the database's clock, unless
    `since` is given in its place). False if the claim no longer holds."""
    run_at = database_now(later) if since is None else since + later
    return _settle(connection, claim, state=JobState.WAITING, run_at=run_at, error=error)


def bury(connection: sa.Connection, claim: Claim, error: str, *, tries: int) -> bool:
    """Settle the job as dead until somebody revives it. False if the claim no longer holds."""
    return _settle(connection, claim, state=JobState.DEAD, settled_at=database_now(), error=error, tries=tries)


def _settle(connection: sa.Connection, claim: Claim, **values: Any) -> bool:
    settled = connection.execute(
        sa.update(Job)
        .where(Job.id == claim.job_id, Job.token == claim.token, Job.state == RUNNING)
        .values(token=None, leased_until=None, **values)
    )
    return settled.rowcount == 1
