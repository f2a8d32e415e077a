"""Working days: what a calendar closes, and a deadline derived day by day so that anybody can count it again.

Everything here is pure: holidays, corrections, moments and time zones are handed in, and no sentence
is made. A derivation lists each day from the start to the end with the reason why it counts or not;
pages and letters put that into words.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple, Self

ONE_DAY = timedelta(days=1)
SATURDAY, SUNDAY = 5, 6


class CalendarCode(StrEnum):
    """Which days are closed. Institutions differ, so their profiles name one for each limit and channel."""

    NATIONAL_AND_JOINT = "national_and_joint"
    NATIONAL = "national"
    IDX = "idx"
    EVERY_DAY = "every_day"


class ClosureKind(StrEnum):
    """Why a day is closed. Joint leave (cuti bersama) is decreed apart from the national holidays."""

    HOLIDAY = "holiday"
    JOINT_LEAVE = "joint_leave"
    BOURSE_HOLIDAY = "bourse_holiday"


# By which of several a day that is closed twice is told.
STRENGTH = tuple(ClosureKind)

CLOSED_BY: Mapping[CalendarCode, frozenset[ClosureKind]] = {
    CalendarCode.NATIONAL_AND_JOINT: frozenset({ClosureKind.HOLIDAY, ClosureKind.JOINT_LEAVE}),
    CalendarCode.NATIONAL: frozenset({ClosureKind.HOLIDAY}),
    CalendarCode.IDX: frozenset(ClosureKind),
    CalendarCode.EVERY_DAY: frozenset(),
}


class Unit(StrEnum):
    WORKING = "working"
    CALENDAR = "calendar"


class Start(StrEnum):
    """The event that a limit runs from. Its day is day 0."""

    RECEIVED = "received"
    COMPLETE = "complete"
    REQUESTED = "requested"
    ARRIVED = "arrived"
    OBJECTED = "objected"
    ANSWERED = "answered"


class Basis(StrEnum):
    """Who set a figure: the law, the institution's own published promise, or a default where no source gives one."""

    LAW = "law"
    INSTITUTION = "institution"
    DEFAULT = "default"


class Confidence(StrEnum):
    """How well a figure is attested: several current sources, one good one, a weak one, or none checked."""

    HIGH = "H"
    MEDIUM = "M"
    LOW = "L"
    UNVERIFIED = "U"


@dataclass(frozen=True, slots=True)
class Names:
    """The same words in both languages of the portal."""

    id: str
    en: str

    def in_(self, language: str) -> str:
        """The words in "id" or "en". Raises KeyError for another language."""
        if language == "id":
            return self.id
        if language == "en":
            return self.en
        raise KeyError(language)

    def __getitem__(self, language: str) -> str:
        return self.in_(language)


@dataclass(frozen=True, slots=True)
class Override:
    """A correction of the published holidays: a day that a decree closes or opens.

    `kind` says which calendars follow it: a joint leave does not close a calendar of national
    holidays. An opening takes back what the day is closed as by that kind, and nothing else: the last
    day of the year stays a bourse holiday when a joint leave on it is withdrawn. `calendars` narrows
    it further, None means every calendar. A weekend is never opened.
    """

    on: date
    closes: bool
    kind: ClosureKind
    decree: str
    reason: str
    names: Names | None = None
    calendars: frozenset[CalendarCode] | None = None

    def follows(self, code: CalendarCode) -> bool:
        """Whether the calendar of `code` follows it."""
        return self.kind in CLOSED_BY[code] and (self.calendars is None or code in self.calendars)


@dataclass(frozen=True, slots=True)
class Closure:
    """A day that is closed. For joint leave the names are its occasion; a bourse holiday may have none.

    `estimated` is true where the sighting of the moon may still move the day.
    """

    kind: ClosureKind
    names: Names | None = None
    estimated: bool = False
    override: Override | None = None


def closings(
    code: CalendarCode, published: Iterable[tuple[date, Closure]], overrides: Iterable[Override]
) -> dict[date, dict[ClosureKind, Closure]]:
    """By what each day is closed in the calendar of `code`; nothing is left of a day that overrides opened."""
    closed: dict[date, dict[ClosureKind, Closure]] = {}
    for on, closure in published:
        if closure.kind in CLOSED_BY[code]:
            closed.setdefault(on, {})[closure.kind] = closure
    for override in overrides:
        if not override.follows(code):
            continue
        if override.closes:
            closed.setdefault(override.on, {})[override.kind] = Closure(
                override.kind, override.names, override=override
            )
        elif override.on in closed:
            closed[override.on].pop(override.kind, None)
    return closed


@dataclass(frozen=True, slots=True)
class Pause:
    """Days on which a count stands still: those after `began` up to and with `ended`.

    As with a start event, the day on which something happens is over already: the day that brings the
    pause is still counted, and counting goes on after the day that ends it. For a pause that has not
    ended the caller names today; the date is then the earliest that it can be.
    """

    began: date
    ended: date
    ground: Names

    def covers(self, on: date) -> bool:
        """Whether the count stands still on this day."""
        return self.began < on <= self.ended


class Why(StrEnum):
    """What a day does in a count."""

    START = "start"
    COUNTED = "counted"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    JOINT_LEAVE = "joint_leave"
    BOURSE_HOLIDAY = "bourse_holiday"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a day counts or not.

    `closure` also stands on a day that counts although it is closed (a calendar-day limit), and
    `override` on a working day that a decree opened. A closed day in a pause is told as closed: it
    would not have been counted anyway.
    """

    why: Why
    closure: Closure | None = None
    weekend: bool = False
    override: Override | None = None
    pause: Pause | None = None

    @property
    def names(self) -> Names | None:
        """What the closed day, or the ground of the pause, is called in both languages."""
        if self.pause:
            return self.pause.ground
        return self.closure.names if self.closure else None


class Day(NamedTuple):
    """One line of a derivation. `counted` is 0 on the start day, n on the n-th counted day, None on a skipped one."""

    on: date
    counted: int | None
    reason: Reason
    due: bool


_COUNTED = Reason(Why.COUNTED)
_WEEKEND = Reason(Why.WEEKEND, weekend=True)


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """The closed days of one kind of calendar, and how far it is known.

    Outside `known_from` … `known_until` only weekends and what happens to be listed are closed: a
    count that leaves this span is provisional. `revision` names the content: two calendars with the
    same revision close the same days.
    """

    code: CalendarCode
    closures: Mapping[date, Closure]
    known_from: date
    known_until: date
    revision: str
    # The reason of every listed day, ready made: a count reads one for each day it passes.
    reasons: Mapping[date, Reason] = field(repr=False)

    @classmethod
    def build(
        cls,
        code: CalendarCode,
        published: Iterable[tuple[date, Closure]],
        *,
        known_from: date,
        known_until: date,
        overrides: Iterable[Override] = (),
    ) -> Self:
        """The calendar of `code`: what it takes from `published`, corrected by `overrides`, the later one prevailing.

        A day that is closed by several kinds is told by the strongest: holiday, joint leave, bourse holiday.
        """
        closed = closings(code, published, overrides)
        closures = {on: kinds[min(kinds, key=STRENGTH.index)] for on, kinds in closed.items() if kinds}
        opened: dict[date, Override] = {}
        for override in overrides:
            if not override.closes and override.on in closed and override.follows(code):
                opened[override.on] = override
        listing = "\n".join(
            f"{on} {closure.kind}" for on, closure in sorted(closures.items(), key=lambda item: item[0])
        )
        digest = hashlib.sha256(f"{code} {known_from} {known_until}\n{listing}".encode()).hexdigest()
        # An opened weekend stays a weekend, so it needs no reason of its own.
        reasons = {on: Reason(Why.COUNTED, override=by) for on, by in opened.items() if on.weekday() < SATURDAY}
        reasons |= {
            on: Reason(Why(closure.kind), closure, on.weekday() >= SATURDAY) for on, closure in closures.items()
        }
        return cls(
            code=code,
            closures=MappingProxyType(closures),
            known_from=known_from,
            known_until=known_until,
            revision=f"{known_until.year}-{digest[:8]}",
            reasons=MappingProxyType(reasons),
        )

    @property
    def has_weekends(self) -> bool:
        return self.code is not CalendarCode.EVERY_DAY

    def is_weekend(self, on: date) -> bool:
        return self.has_weekends and on.weekday() >= SATURDAY

    def reason(self, on: date) -> Reason:
        """Why `on` counts as a working day or not. A holiday on a Sunday is a holiday."""
        listed = self.reasons.get(on)
        if listed is not None:
            return listed
        return _WEEKEND if on.weekday() >= SATURDAY and self.has_weekends else _COUNTED

    def is_working(self, on: date) -> bool:
        """Whether `on` is a working day: neither weekend nor closed."""
        return self.reason(on).why is Why.COUNTED

    def next_working_day(self, after: date) -> date:
        """The first working day later than `after`."""
        on = after + ONE_DAY
        while not self.is_working(on):
            on += ONE_DAY
        return on

    def knows(self, on: date) -> bool:
        """Whether the closed days of that day's year have been decreed."""
        return self.known_from <= on <= self.known_until or not self.has_weekends


# Where a calendar is had from: the published ones, or those that a deployment's database corrects.
CalendarOf = Callable[[CalendarCode], Calendar]


@dataclass(frozen=True, slots=True)
class Limit:
    """So many days from a start event, and where the figure comes from. Raises ValueError below one day."""

    key: str
    amount: int
    unit: Unit
    start: Start
    source: Names
    basis: Basis
    confidence: Confidence

    def __post_init__(self) -> None:
        if self.amount < 1:
            raise ValueError("a limit has at least one day")


class Progress(NamedTuple):
    """Where a day stands in a count: the number of days counted up to it, and those left after it."""

    counted: int
    left: int
    passed: bool


@dataclass(frozen=True, slots=True)
class Derivation:
    """A deadline with every day that leads to it.

    `ends` holds the last day of the limit and then of each extension; the last of them is
    `counted_on`. `provisional` means that the count leaves the years whose holidays and joint leave
    have been decreed, so that a decree may still move it.
    """

    limit: Limit
    extensions: tuple[int, ...]
    calendar: CalendarCode
    revision: str
    started_at: datetime | None
    started_on: date
    days: tuple[Day, ...]
    ends: tuple[date, ...]
    provisional: bool

    @property
    def counted_on(self) -> date:
        """The last day of the limit with its extensions."""
        return self.days[-1].on

    @property
    def total(self) -> int:
        """How many days are counted in all: the limit and its extensions."""
        return self.limit.amount + sum(self.extensions)

    @property
    def span(self) -> int:
        """How many calendar days lie between the start day and `counted_on`."""
        return len(self.days) - 1

    @property
    def weekends(self) -> int:
        """How many days were skipped as a weekend. A holiday on a Sunday is a holiday."""
        return sum(day.reason.why is Why.WEEKEND for day in self.days)

    @property
    def paused(self) -> int:
        """How many days would have been counted but for a pause."""
        return sum(day.reason.why is Why.PAUSED for day in self.days)

    @property
    def closures(self) -> int:
        """How many days were skipped as a holiday, joint leave or bourse holiday."""
        return self.span - self.total - self.weekends - self.paused

    @property
    def ends_closed(self) -> bool:
        """Whether the last day is itself a closed day: only a calendar-day limit can, and is not moved."""
        reason = self.days[-1].reason
        return reason.weekend or reason.closure is not None

    def progress(self, today: date) -> Progress:
        """Where `today` stands: 0 counted before day 1, all counted from the last day on."""
        counted = 0
        for day in self.days[1:]:
            if day.on > today:
                break
            counted = day.counted or counted
        return Progress(counted, self.total - counted, today > self.counted_on)


def local_day(moment: datetime, zone: tzinfo) -> date:
    """The calendar day of a moment where the institution is. Raises ValueError for a moment without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(zone).date()


def derive(
    limit: Limit,
    started: datetime | date,
    calendar: Calendar,
    zone: tzinfo,
    *,
    extensions: Sequence[int] = (),
    pauses: Sequence[Pause] = (),
) -> Derivation:
    """Count `limit` from `started`, each extension (in the limit's unit) added to its end.

    The start day is day 0 at whatever hour: a moment is first converted to `zone`. Day 1 is the next
    working day, for a calendar-day limit the next calendar day; a calendar-day limit that ends on a
    closed day is not moved. On the days of `pauses` nothing is counted. Raises ValueError for a moment
    without a zone or an extension below one day.
    """
    if any(step < 1 for step in extensions):
        raise ValueError("an extension has at least one day")
    started_at = started if isinstance(started, datetime) else None
    on = started_on = local_day(started, zone) if isinstance(started, datetime) else started

    targets = [limit.amount]
    for step in extensions:
        targets.append(targets[-1] + step)
    last = targets[-1]

    working = limit.unit is Unit.WORKING
    days = [Day(on, 0, Reason(Why.START, calendar.closures.get(on), calendar.is_weekend(on)), False)]
    ends: list[date] = []
    counted = 0
    reason_of = calendar.reason
    while counted < last:
        on += ONE_DAY
        reason = reason_of(on)
        if reason.why is not Why.COUNTED:
            if working:
                days.append(Day(on, None, reason, False))
                continue
            reason = Reason(Why.COUNTED, reason.closure, reason.weekend)
        if pause := next((pause for pause in pauses if pause.covers(on)), None):
            days.append(Day(on, None, Reason(Why.PAUSED, reason.closure, reason.weekend, pause=pause), False))
            continue
        counted += 1
        days.append(Day(on, counted, reason, counted == last))
        if counted == targets[len(ends)]:
            ends.append(on)

    return Derivation(
        limit=limit,
        extensions=tuple(extensions),
        calendar=calendar.code,
        revision=calendar.revision,
        started_at=started_at,
        started_on=started_on,
        days=tuple(days),
        ends=tuple(ends),
        provisional=working and not (calendar.knows(started_on) and calendar.knows(on)),
    )


def earliest_of(derivations: Iterable[Derivation | None]) -> Derivation | None:
    """The derivation that ends first and so binds; of equals the first one given.

    None stands for a clock that has not started: it does not count. None comes back if none has started.
    """
    started = [derivation for derivation in derivations if derivation is not None]
    return min(started, key=lambda derivation: derivation.counted_on, default=None)
