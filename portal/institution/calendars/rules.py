"""The calendars of one deployment: what was published, and every change that a decree made to it since. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from portal.workdays import seed
from portal.workdays.rules import Calendar, CalendarCode, Closure, ClosureKind, Override, closings


class Act(StrEnum):
    """What a change does: close a day, open it, or say up to which day everything is decreed."""

    CLOSE = "close"
    OPEN = "open"
    KNOW = "know"


@dataclass(frozen=True, slots=True)
class Authority:
    """By what and why a change is made, by whom and when."""

    decree: str
    reason: str
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the calendars with its authority. `number` counts them; a known year has no `override`."""

    number: int
    act: Act
    on: date
    override: Override | None
    by: Authority


class Doubt(StrEnum):
    """How a change contradicts the published holidays, or another change."""

    # It closes as joint leave what is published as a national holiday, or the other way round.
    OTHER_KIND = "other_kind"
    # It opens what nothing published closes any more.
    NOTHING_CLOSED = "nothing_closed"
    # The same day is closed in one calendar and open in another that takes the same kind.
    OPPOSED = "opposed"


class Unchanged(StrEnum):
    """Why a change was refused."""

    CLOSED_ALREADY = "closed_already"
    NAMELESS = "nameless"
    NO_CALENDAR = "no_calendar"
    WEEKEND = "weekend"
    OPEN_ALREADY = "open_already"
    KNOWN_ALREADY = "known_already"
    PUBLISHED = "published"
    GAP = "gap"
    RACE = "race"


@dataclass(frozen=True, eq=False)
class Calendars:
    """The calendars with `changes` made to them, in this order."""

    changes: tuple[Change, ...] = ()
    _built: dict[CalendarCode, Calendar] = field(default_factory=dict, init=False, repr=False)

    def of(self, code: CalendarCode) -> Calendar:
        """The calendar of `code`."""
        found = self._built.get(code)
        if found is None:
            found = self._built[code] = _build(code, self.changes)
        return found

    @property
    def known_until(self) -> date:
        """The last day of the last year whose joint leave has been decreed: published, or entered by hand."""
        return _known_until(self.changes)

    def since(self, code: CalendarCode, revision: str | None) -> tuple[Change, ...] | None:
        """The changes made after the calendar of `code` had this revision, or None if it never had it.

        It never had it where the published holidays have changed: with an update of the portal.
        """
        for number in range(len(self.changes), -1, -1):
            if _build(code, self.changes[:number]).revision == revision:
                return self.changes[number:]
        return None

    def closings(self, on: date, code: CalendarCode) -> dict[ClosureKind, Closure]:
        """By what the day is closed in the calendar of `code`, weekends apart."""
        return closings(code, seed.seed().closures, _overrides(self.changes)).get(on, {})

    def doubts(self) -> list[tuple[Change, Doubt]]:
        """The changes that contradict what is published, or each other. One that was taken back does not."""
        # The bourse's calendar takes every kind.
        published = closings(CalendarCode.IDX, seed.seed().closures, ())
        made: dict[tuple[date, ClosureKind], dict[CalendarCode, list[Change]]] = defaultdict(lambda: defaultdict(list))
        for change in self.changes:
            for code in CalendarCode:
                if change.override and change.override.follows(code):
                    made[change.on, change.override.kind][code].append(change)
        found = []
        for (on, kind), by_calendar in made.items():
            last = max((changes[-1] for changes in by_calendar.values()), key=lambda change: change.number)
            if doubt := _doubt(kind, list(by_calendar.values()), published.get(on, {})):
                found.append((last, doubt))
        return sorted(found, key=lambda pair: pair[0].number)


def _doubt(
    kind: ClosureKind, by_calendar: Sequence[Sequence[Change]], published: dict[ClosureKind, Closure]
) -> Doubt | None:
    if len({changes[-1].act for changes in by_calendar}) > 1:
        return Doubt.OPPOSED
    acts = {change.act for changes in by_calendar for change in changes}
    if acts == {Act.OPEN} and kind not in published:
        return Doubt.NOTHING_CLOSED
    # Any day may be a holiday of the bourse besides.
    others = published.keys() - {kind, ClosureKind.BOURSE_HOLIDAY}
    if acts == {Act.CLOSE} and kind is not ClosureKind.BOURSE_HOLIDAY and others:
        return Doubt.OTHER_KIND
    return None


def _known_until(changes: Sequence[Change]) -> date:
    entered = next((change.on for change in reversed(changes) if change.act is Act.KNOW), date.min)
    return max(entered, seed.seed().known_until)


def _overrides(changes: Iterable[Change]) -> tuple[Override, ...]:
    return tuple(change.override for change in changes if change.override)


def _build(code: CalendarCode, changes: Sequence[Change]) -> Calendar:
    return seed.calendar(code, _overrides(changes), _known_until(changes))
