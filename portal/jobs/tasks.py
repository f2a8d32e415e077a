"""The job room's own job: deleting what is long done."""

from datetime import timedelta

from portal.jobs import service
from portal.jobs.rules import Cron, Task, Work


def sweep(work: Work) -> None:
    work.session.begin_write()
    service.sweep(work.session, now=work.now)


TASKS = (Task("jobs.sweep", sweep),)
# Every five minutes, although daily would do for deleting: it is also the sign that a worker lives.
CRONS = (Cron("jobs.sweep", "jobs.sweep", every=timedelta(minutes=5)),)
