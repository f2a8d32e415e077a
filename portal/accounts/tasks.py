"""The job of this room: deleting codes, sessions and invitations whose time is over."""

from datetime import timedelta

from portal.accounts import officers, service, sessions
from portal.jobs.rules import Cron, Task, Work


def purge(work: Work) -> None:
    work.session.begin_write()
    service.purge(work.session, now=work.now)
    sessions.sweep(work.session, now=work.now)
    officers.purge(work.session, now=work.now)


TASKS = (Task("accounts.purge", purge),)
CRONS = (Cron("accounts.purge", "accounts.purge", every=timedelta(hours=1)),)
