"""The jobs of this room: deleting codes, sessions and invitations whose time is over, and noting refused sign-ins."""

from datetime import timedelta

from portal.accounts import chronicle, officers, service, sessions
from portal.jobs.rules import Cron, Task, Work


def purge(work: Work) -> None:
    work.session.begin_write()
    service.purge(work.session, now=work.now)
    sessions.sweep(work.session, now=work.now)
    officers.purge(work.session, now=work.now)


def note_refused(work: Work) -> None:
    work.session.begin_write()
    chronicle.note_refused(work.session, work.payload)


TASKS = (Task("accounts.purge", purge), Task(chronicle.REFUSED, note_refused))
CRONS = (Cron("accounts.purge", "accounts.purge", every=timedelta(hours=1)),)
