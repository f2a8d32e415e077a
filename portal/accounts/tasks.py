"""The job of this room: deleting codes that are long spent."""

from datetime import timedelta

from portal.accounts import service
from portal.jobs.rules import Cron, Task, Work


def purge(work: Work) -> None:
    work.session.begin_write()
    service.purge(work.session, now=work.now)


TASKS = (Task("accounts.purge", purge),)
CRONS = (Cron("accounts.purge", "accounts.purge", every=timedelta(hours=1)),)
