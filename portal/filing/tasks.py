"""The jobs of this room: deleting drafts that were left alone, and access codes that were kept long enough."""

from datetime import timedelta

from portal.filing import service
from portal.jobs.rules import Cron, Task, Work


def purge(work: Work) -> None:
    work.session.begin_write()
    service.purge(work.session, now=work.now)


def forget_codes(work: Work) -> None:
    work.session.begin_write()
    service.forget_codes(work.session, now=work.now)


TASKS = (Task("filing.purge", purge), Task("filing.forget_codes", forget_codes))
CRONS = (
    Cron("filing.purge", "filing.purge", every=timedelta(hours=1)),
    # A code that has run out is not shown any more; it should not lie about for long either.
    Cron("filing.forget_codes", "filing.forget_codes", every=timedelta(minutes=5)),
)
