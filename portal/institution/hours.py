"""Service hours: whether a channel is served at a moment, and when next. They never count a time limit."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar, Literal
from zoneinfo import ZoneInfo

from portal.institution.profile.channels import Channel, Hours
from portal.institution.rules import Receipt, Weekday
from portal.workdays.rules import ONE_DAY, CalendarCode, CalendarOf, local_day

# No institution closes for longer, holidays included; beyond it a channel counts as not served.
HORIZON = timedelta(days=60)
# Periods that touch each other for longer than this are service round the clock.
ENDLESS = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class Open:
    """Served now, `until` a moment, or round the clock where that is None."""

    word: ClassVar[Literal["open"]] = "open"
    until: datetime | None


@dataclass(frozen=True, slots=True)
class OpenDay:
    """Today is a day of service, but the institution publishes no times."""

    word: ClassVar[Literal["open_day"]] = "open_day"
    on: date


@dataclass(frozen=True, slots=True)
class Closed:
    """Not served now. `opens_at` is the next opening; only its day is known where no times are published."""

    word: ClassVar[Literal["closed"]] = "closed"
    opens_on: date | None
    opens_at: datetime | None


State = Open | OpenDay | Closed


def state(channel: Channel, at: datetime, zone: ZoneInfo, *, calendars: CalendarOf) -> State:
    """Whether `channel` is served at the moment `at`; `zone` is the institution's, unless the hours name their own.

    Moments come back in that zone. A period belongs to the day on which it begins: one that runs over
    midnight into a holiday is served to its end.
    """
    hours = channel.hours
    zone = hours.zone or zone
    if hours.always:
        return Open(None)
    today = local_day(at, zone)
    if hours.days_only:
        calendar = calendars(hours.calendar)
        if calendar.is_working(today):
            return OpenDay(today)
        return Closed(calendar.next_working_day(today), None)

    begins: datetime | None = None
    ends = at
    for opens, closes in _periods(hours, today - ONE_DAY, zone, calendars):
        if begins is not None and opens > ends:
            break
        if closes <= at:
            continue
        if opens > at and begins is None:
            return Closed(opens.astimezone(zone).date(), opens.astimezone(zone))
        begins = begins or opens
        ends = max(ends, closes)
        if ends - at > ENDLESS:
            return Open(None)
    return Closed(None, None) if begins is None else Open(ends.astimezone(zone))


def received_at(channel: Channel, at: datetime, zone: ZoneInfo, *, calendars: CalendarOf) -> datetime:
    """The moment at which something that arrived at `at` counts as received, by the channel's own rule.

    Where only the day of the next opening is known, that day's first moment.
    """
    if channel.receipt is Receipt.ARRIVAL:
        return at
    found = state(channel, at, zone, calendars=calendars)
    if not isinstance(found, Closed) or found.opens_on is None:
        return at
    return found.opens_at or datetime.combine(found.opens_on, time(), channel.hours.zone or zone)


def _periods(hours: Hours, first: date, zone: ZoneInfo, calendars: CalendarOf) -> Iterator[tuple[datetime, datetime]]:
    """Every opening from the day `first` on, in UTC and in order of their beginnings."""
    on = first
    while on - first < HORIZON:
        weekday = tuple(Weekday)[on.weekday()]
        served = [period for period in hours.periods if weekday in period.days]
        # A calendar is asked only for a day on which it matters: the first one costs its holidays' import.
        if served and (hours.calendar is CalendarCode.EVERY_DAY or on not in calendars(hours.calendar).closures):
            for period in sorted(served, key=lambda period: period.open):
                last = on if period.open < period.close else on + ONE_DAY
                yield (
                    datetime.combine(on, period.open, zone).astimezone(UTC),
                    datetime.combine(last, period.close, zone).astimezone(UTC),
                )
        on += ONE_DAY
