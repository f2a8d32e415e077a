"""The job of the search: deleting what was searched for once nobody can come back to it."""

from datetime import timedelta

from portal.desk.search import service
from portal.jobs.rules import Cron, Task, Work


def purge(work: Work) -> None:
    work.session.begin_write()
    service.purge(work.session, now=work.now)


TASKS = (Task("search.purge", purge),)
CRONS = (Cron("search.purge", "search.purge", every=timedelta(hours=1)),)
