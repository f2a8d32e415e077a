"""Changing the calendars: each change has a decree and a reason, and has every open clock counted again."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy.exc import IntegrityError

from portal.db import Session
from portal.institution.calendars.models import CalendarOverride
from portal.institution.calendars.queries import calendars
from portal.institution.calendars.rules import Act, Authority, Calendars, Change, Unchanged
from portal.jobs.service import enqueue
from portal.workdays.rules import CLOSED_BY, SATURDAY, CalendarCode, Closure, ClosureKind, Names, Override

# The job that a change enqueues. Whoever has dates that rest on the calendars handles it.
CHANGED = "calendar.changed"
YEAR_ENDS = (12, 31)


class NotChanged(Exception):
    """The calendars stay as they are; `why` says why, `closure` by what the day is closed, `until` what is known."""

    def __init__(self, why: Unchanged, *, closure: Closure | None = None, until: date | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.closure = closure
        self.until = until


def close(
    session: Session,
    on: date,
    *,
    kind: ClosureKind,
    names: Names | None,
    codes: Collection[CalendarCode] | None,
    by: Authority,
) -> None:
    """Close a day in every calendar that takes this kind, or in those of `codes` alone. Begins the write.

    A day that was published, and opened since, takes its published name if none is given. Raises
    `NotChanged` for a day that is closed so in all of them, one without a name, or calendars that do
    not take the kind.
    """
    session.begin_write()
    _append(session, closing(calendars(session), on, kind=kind, names=names, codes=codes, by=by))


def reopen(
    session: Session,
    on: date,
    *,
    codes: Collection[CalendarCode] | None,
    by: Authority,
) -> None:
    """Open a day in every calendar, or in those of `codes`: its decree holds no longer. Begins the write.

    The bourse's own holidays stay, unless the day is nothing else. Raises `NotChanged` for a day that
    nothing closes; a weekend is never opened.
    """
    session.begin_write()
    _append(session, opening(calendars(session), on, codes=codes, by=by))


def know(session: Session, year: int, *, by: Authority) -> None:
    """Say that all holidays and joint leave up to the end of `year` are decreed and entered. Begins the write.

    Until then a date that lies in it is provisional. An earlier year than was entered before takes that
    back. Raises `NotChanged` for a year that is the last known one already, one that the published
    holidays cover, and one that leaves a gap.
    """
    session.begin_write()
    there, until = calendars(session), date(year, *YEAR_ENDS)
    if until == there.known_until:
        raise NotChanged(Unchanged.KNOWN_ALREADY, until=until)
    if until < Calendars().known_until:
        raise NotChanged(Unchanged.PUBLISHED, until=Calendars().known_until)
    if year > there.known_until.year + 1:
        raise NotChanged(Unchanged.GAP, until=there.known_until)
    _append(session, [Change(len(there.changes) + 1, Act.KNOW, until, None, by)])


# ── what a change would be: nothing is written ───────────────────────────────────────────────────


def closing(
    there: Calendars,
    on: date,
    *,
    kind: ClosureKind,
    names: Names | None,
    codes: Collection[CalendarCode] | None,
    by: Authority,
) -> list[Change]:
    """What `close` would add to the calendars. Raises `NotChanged` as it does."""
    followers = _followers(kind, codes)
    if not followers:
        raise NotChanged(Unchanged.NO_CALENDAR)
    closed = [there.closings(on, code).get(kind) for code in followers]
    if all(closed):
        raise NotChanged(Unchanged.CLOSED_ALREADY, closure=closed[0])
    published = Calendars().closings(on, CalendarCode.IDX).get(kind)
    names = names or (published.names if published else None)
    if names is None:
        raise NotChanged(Unchanged.NAMELESS)
    return _changes(there, Act.CLOSE, on, (kind,), names, codes, by=by)


def opening(there: Calendars, on: date, *, codes: Collection[CalendarCode] | None, by: Authority) -> list[Change]:
    """What `reopen` would add to the calendars. Raises `NotChanged` as it does."""
    if on.weekday() >= SATURDAY:
        raise NotChanged(Unchanged.WEEKEND)
    kinds = {kind for code in codes or CalendarCode for kind in there.closings(on, code)}
    decreed = kinds - {ClosureKind.BOURSE_HOLIDAY} or kinds
    if not decreed:
        raise NotChanged(Unchanged.OPEN_ALREADY)
    return _changes(there, Act.OPEN, on, sorted(decreed), None, codes, by=by)


def _followers(kind: ClosureKind, codes: Collection[CalendarCode] | None) -> list[CalendarCode]:
    return [code for code in CalendarCode if kind in CLOSED_BY[code] and (codes is None or code in codes)]


def _changes(
    there: Calendars,
    act: Act,
    on: date,
    kinds: Collection[ClosureKind],
    names: Names | None,
    codes: Collection[CalendarCode] | None,
    *,
    by: Authority,
) -> list[Change]:
    only = None if codes is None else frozenset(codes)
    return [
        Change(number, act, on, Override(on, act is Act.CLOSE, kind, by.decree, by.reason, names, only), by)
        for number, kind in enumerate(kinds, start=len(there.changes) + 1)
    ]


def _append(session: Session, changes: Sequence[Change]) -> None:
    for change in changes:
        override = change.override
        names, only = (override.names, override.calendars) if override else (None, None)
        session.add(
            CalendarOverride(
                number=change.number,
                act=change.act,
                on=change.on,
                kind=override.kind if override else None,
                calendars=None if only is None else sorted(only),
                name_id=names.id if names else None,
                name_en=names.en if names else None,
                decree=change.by.decree,
                reason=change.by.reason,
                author=change.by.author,
                at=change.by.at,
            )
        )
    try:
        session.flush()
    except IntegrityError:
        raise NotChanged(Unchanged.RACE) from None
    first = changes[0]
    enqueue(session, CHANGED, {"number": first.number}, now=first.by.at, key=f"{CHANGED}:{first.number}")
