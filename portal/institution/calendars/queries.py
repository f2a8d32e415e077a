"""Reading the calendars as this deployment has them: the published ones with the database's changes on top."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from portal import clock
from portal.db import Database, Session
from portal.institution.calendars.models import CalendarOverride
from portal.institution.calendars.rules import Act, Authority, Calendars, Change
from portal.workdays.rules import CalendarCode, Names, Override

# For so long a process shows dates by the calendars that it last read.
FRESH = timedelta(seconds=5)

EVERYTHING = sa.select(*CalendarOverride.__table__.columns).order_by(CalendarOverride.number)


class Kept(NamedTuple):
    """The calendars that this process read last, and when."""

    calendars: Calendars
    read_at: datetime


_kept: WeakKeyDictionary[Database, Kept] = WeakKeyDictionary()


def calendars(session: Session) -> Calendars:
    """The calendars of the deployment; `calendars(session).of(code)` is one of them.

    While the session reads, they are at most `FRESH` old: a process asks the database once in so long,
    not once a request. That is safe because nothing rests on them that is kept. What a page shows a
    few seconds late it shows right a moment later, and whatever is stored is counted inside a write,
    where they are always read anew. A write that began before a change and ends after it stores the
    older revision with its date, and by that the job which counts every open clock again finds it.
    """
    kept = _kept.get(session.database)
    # A clock that was set back must not keep them for ever.
    if kept and not session.is_writing and timedelta(0) <= clock.now() - kept.read_at < FRESH:
        return kept.calendars
    return read(session)


def read(session: Session) -> Calendars:
    """The same, read at this moment: for whoever has just changed them and looks at what they did."""
    kept, now = _kept.get(session.database), clock.now()
    changes = tuple(_change(row) for row in session.connection().execute(EVERYTHING))
    # The same changes are the same calendars: they are already built, and pages drawn from them stay good.
    found = kept.calendars if kept and kept.calendars.changes == changes else Calendars(changes)
    # What a write sees of its own may yet be rolled back.
    if not session.is_writing:
        _kept[session.database] = Kept(found, now)
    return found


def _change(row: sa.Row[tuple[Any, ...]]) -> Change:
    told = row._mapping
    override = None
    if told["act"] is not Act.KNOW:
        codes = told["calendars"]
        override = Override(
            on=told["on"],
            closes=told["act"] is Act.CLOSE,
            kind=told["kind"],
            decree=told["decree"],
            reason=told["reason"],
            names=Names(told["name_id"], told["name_en"]) if told["name_id"] else None,
            calendars=None if codes is None else frozenset(map(CalendarCode, codes)),
        )
    by = Authority(told["decree"], told["reason"], told["author"], told["at"])
    return Change(told["number"], told["act"], told["on"], override, by)
