"""What the desk, the metrics and the readiness check want to know about the jobs."""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from portal.db import Session
from portal.jobs.leases import database_now
from portal.jobs.models import DEAD, DONE, RUNNING, WAITING, Job
from portal.jobs.rules import JobState


def counts(session: Session) -> dict[JobState, int]:
    """How many jobs are in each state; every state is named."""
    found = {
        state: number for state, number in session.execute(sa.select(Job.state, sa.func.count()).group_by(Job.state))
    }
    return {state: found.get(state, 0) for state in JobState}


def oldest_waiting_age(session: Session) -> timedelta | None:
    """For how long the oldest job that is due has waited for a worker; None if nothing is due.

    A job whose worker died counts from the end of its lease. More than a few polls means that no
    worker runs, or too few.
    """
    waiting = sa.select(sa.func.min(Job.run_at)).where(Job.state == WAITING, Job.run_at <= database_now())
    lapsed = sa.select(sa.func.min(Job.leased_until)).where(Job.state == RUNNING, Job.leased_until <= database_now())
    now, *since = session.execute(sa.select(database_now(), waiting.scalar_subquery(), lapsed.scalar_subquery())).one()
    ages = [now - moment for moment in since if moment is not None]
    return max(ages, default=None)


def last_done_age(session: Session) -> timedelta | None:
    """How long ago a worker last finished a job; None if none ever did.

    The cron `jobs.sweep` comes every five minutes, so an age far above that means that no worker lives.
    """
    last = sa.select(sa.func.max(Job.settled_at)).where(Job.state == DONE)
    now, done = session.execute(sa.select(database_now(), last.scalar_subquery())).one()
    return None if done is None else now - done


def dead(session: Session, *, limit: int = 100) -> Sequence[Job]:
    """The jobs that were given up, the latest first."""
    return session.scalars(
        sa.select(Job)
        .where(Job.state == DEAD, Job.settled_at.is_not(None))
        .order_by(Job.settled_at.desc())
        .limit(limit)
    ).all()
