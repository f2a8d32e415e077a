"""The history's own job: the daily anchor."""

from datetime import datetime, timedelta

from portal.history import anchors
from portal.history.shelf import Shelf
from portal.jobs.rules import Cron, PermanentFailure, Task, Work


def anchor(work: Work) -> None:
    """Keep the day's anchor outside the database, then add its row.

    The day is that of the cron's slot, in the institution's time zone: however late the job runs and
    however often it is tried, a slot has one anchor.
    """
    on = datetime.fromisoformat(work.payload["slot"]).date()
    try:
        drawn = anchors.draw(work.session, Shelf.at(work.settings.evidence_url), on=on, now=work.now)
    except anchors.NotOurs as taken:
        raise PermanentFailure(str(taken)) from taken
    work.session.begin_write()
    for facts in drawn:
        anchors.record(work.session, facts)


# The first anchor of an old database reads every chain.
TASKS = (Task("history.anchor", anchor, limit=timedelta(hours=1), yields=True),)
CRONS = (Cron("history.anchor", "history.anchor", hour=0, minute=5),)
