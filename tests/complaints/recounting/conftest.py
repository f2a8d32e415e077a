"""The worker's jobs after a decree."""

from collections.abc import Callable
from datetime import datetime

import pytest
import sqlalchemy as sa

from portal.complaints.tasks import CRONS, RECOUNT_ONE, TASKS
from portal.config import Settings
from portal.db import Database, uuid7
from portal.institution.calendars.service import CHANGED
from portal.jobs.models import Job
from portal.jobs.rules import Roster, Work
from tests.complaints.recounting.decrees import LATER


@pytest.fixture
def run(database: Database, settings: Settings) -> Callable[..., list[str]]:
    """Run the jobs that a change has enqueued, as the worker would; returns their kinds in order."""

    def drain(*, now: datetime = LATER, at_most: int = 50) -> list[str]:
        done: list[str] = []
        wanted = sa.select(Job).where(Job.kind.in_([CHANGED, RECOUNT_ONE])).order_by(Job.id).limit(1)
        while len(done) < at_most:
            with database.session() as session:
                job = session.scalars(wanted).one_or_none()
                if job is None:
                    break
                task = Roster.of(TASKS, CRONS).tasks[job.kind]
                task.run(Work(session, dict(job.payload), now, settings, uuid7(), 1))
                session.begin_write()
                session.execute(sa.delete(Job).where(Job.id == job.id))
                session.commit()
                done.append(job.kind)
        return done

    return drain
