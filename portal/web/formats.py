"""How dates, times, amounts and counts are written in each language.

Pure functions over small caches: the names come from Babel's tables once per language, and a page
never formats through a locale object (19 µs a date against 0.1). Numbers keep their unit, and days
their month, by a no-break space.
"""

from collections.abc import Callable
from datetime import date, datetime, tzinfo
from datetime import time as clock_time
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from typing import Any, NamedTuple

from babel import Locale
from jinja2 import pass_context
from jinja2.runtime import Context

NBSP = "\u00a0"


class _Words(NamedTuple):
    """A language's names and marks. Lists of days begin on Monday, lists of months in January."""

    months: tuple[str, ...]
    days: tuple[str, ...]
    days_short: tuple[str, ...]
    months_short: tuple[str, ...]
    day_and_date: str
    date_and_time: str
    hour_and_minute: str
    thousands: str
    decimal: str


@cache
def _words(lang: str) -> _Words:
    locale = Locale.parse(lang)
    indonesian = lang == "id"
    return _Words(
        months=tuple(locale.months["format"]["wide"][month] for month in range(1, 13)),
        days=tuple(locale.days["format"]["wide"][day] for day in range(7)),
        days_short=tuple(locale.days["format"]["abbreviated"][day] for day in range(7)),
        months_short=tuple(locale.months["format"]["abbreviated"][month] for month in range(1, 13)),
        day_and_date=", " if indonesian else " ",
        date_and_time=", ",
        hour_and_minute="." if indonesian else ":",
        thousands="." if indonesian else ",",
        decimal="," if indonesian else ".",
    )


@lru_cache(maxsize=2048)
def day(on: date, lang: str) -> str:
    """A day in full: "Senin, 6 April 2026", "Monday 6 April 2026"."""
    words = _words(lang)
    return f"{words.days[on.weekday()]}{words.day_and_date}{date_only(on, lang)}"


@lru_cache(maxsize=2048)
def date_only(on: date, lang: str) -> str:
    """A day without its weekday: "6 April 2026"."""
    return f"{day_month(on, lang)} {on.year}"


def day_month(on: date, lang: str) -> str:
    """A day whose year stands nearby: "6 April"."""
    return f"{on.day}{NBSP}{_words(lang).months[on.month - 1]}"


def day_no_year(on: date, lang: str) -> str:
    """A weekday and date whose year stands nearby: "Senin 6 April", "Monday 6 April"."""
    return f"{_words(lang).days[on.weekday()]} {day_month(on, lang)}"


def day_short(on: date, lang: str) -> str:
    """The same for a narrow column: "Sen 6 April", "Mon 6 April"."""
    return f"{weekday_short(on, lang)} {day_month(on, lang)}"


def weekday(on: date, lang: str) -> str:
    """The day's name: "Senin", "Monday"."""
    return _words(lang).days[on.weekday()]


def weekday_short(on: date, lang: str) -> str:
    """The day's name in three letters: "Sen", "Mon"."""
    return _words(lang).days_short[on.weekday()]


def month_short(on: date, lang: str) -> str:
    """The name of the day's month in three letters: "Des", "Dec"."""
    return _words(lang).months_short[on.month - 1]


def hour(at: clock_time, lang: str) -> str:
    """A time of day without its zone: "15.42", "15:42"."""
    return f"{at.hour:02}{_words(lang).hour_and_minute}{at.minute:02}"


def zone_name(at: datetime) -> str:
    """The zone's short name at that moment: WIB, WITA or WIT; elsewhere its distance from UTC, "UTC+8"."""
    name = at.tzname() or "UTC"
    if name[0] in "+-":
        # A zone without letters of its own is called "+08" or "+0545" by the time zone database.
        hours, minutes = int(name[:3]), name[3:]
        return f"UTC{hours:+d}" + (f":{minutes}" if minutes else "")
    return name


def time(at: datetime, lang: str, zone: tzinfo) -> str:
    """The local time of a moment: "15.42 WIB", "15:42 WIB"."""
    local = at.astimezone(zone)
    return f"{hour(local.time(), lang)}{NBSP}{zone_name(local)}"


@lru_cache(maxsize=2048)
def moment(at: datetime, lang: str, zone: tzinfo) -> str:
    """A moment in local time: "Jumat, 13 Maret 2026, 15.42 WIB", "Friday 13 March 2026, 15:42 WIB"."""
    local = at.astimezone(zone)
    return f"{day(local.date(), lang)}{_words(lang).date_and_time}{time(at, lang, zone)}"


def moment_no_year(at: datetime, lang: str, zone: tzinfo) -> str:
    """A moment near today: "Senin 6 April, 08.00 WIB", "Monday 6 April, 08:00 WIB"."""
    return f"{day_no_year(at.astimezone(zone).date(), lang)}, {time(at, lang, zone)}"


@cache
def zone_word(zone: tzinfo) -> str:
    """A zone's short name, for hours that recur: "WIB"."""
    return zone_name(datetime(2026, 1, 1, tzinfo=zone))


# The codes that profiles use for weekdays, in the order of `date.weekday()`.
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@lru_cache(maxsize=128)
def weekdays(codes: tuple[str, ...], lang: str) -> str:
    """Days of the week, neighbours as a span: "Senin–Jumat", "Senin, Rabu–Jumat", "setiap hari".

    Raises ValueError for a code other than mon, tue, … sun.
    """
    chosen = sorted(_WEEKDAYS.index(code) for code in codes)
    if len(chosen) == len(_WEEKDAYS):
        return "setiap hari" if lang == "id" else "every day"
    spans: list[list[int]] = []
    for index in chosen:
        if spans and index == spans[-1][-1] + 1:
            spans[-1].append(index)
        else:
            spans.append([index])
    names = _words(lang).days
    # Two neighbours are named, three and more are a span.
    told = (
        f"{names[span[0]]}–{names[span[-1]]}" if len(span) > 2 else ", ".join(names[index] for index in span)
        for span in spans
    )
    return ", ".join(told)


def hours(opens: clock_time, closes: clock_time, lang: str) -> str:
    """Opening hours of a day: "08.00–17.00". Midnight as the end is 24.00."""
    end = hour(closes, lang) if closes != clock_time(0) else hour(closes, lang).replace("00", "24", 1)
    return f"{hour(opens, lang)}–{end}"


def number(value: int, lang: str) -> str:
    """A whole number in groups of three: "1.250", "1,250"."""
    return f"{value:,}".replace(",", _words(lang).thousands)


@lru_cache(maxsize=1024)
def amount(value: int | Decimal, lang: str) -> str:
    """Rupiah: "Rp1.250.000", "Rp1,250,000"; with two decimals only where there are sen."""
    rounded = Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP)
    sign = "-" if rounded < 0 else ""
    whole, sen = divmod(abs(rounded), 1)
    fraction = f"{_words(lang).decimal}{int(sen * 100):02}" if sen else ""
    return f"{sign}Rp{number(int(whole), lang)}{fraction}"


# What a round figure is told in, the largest first.
_ROUND = {
    "id": ((Decimal(10**9), "miliar"), (Decimal(10**6), "juta")),
    "en": ((Decimal(10**9), "billion"), (Decimal(10**6), "million")),
}


@lru_cache(maxsize=128)
def round_amount(value: int | Decimal, lang: str) -> str:
    """A figure of the law as people say it: "Rp500 juta", "Rp2.5 billion"; one that is not round in full."""
    for unit, word in _ROUND[lang]:
        told = Decimal(value) / unit
        if told >= 1 and told == round(told, 1):
            figure = f"{told:f}".rstrip("0").rstrip(".") if told != int(told) else str(int(told))
            return f"Rp{figure.replace('.', _words(lang).decimal)}{NBSP}{word}"
    return amount(value, lang)


# "Working" or "calendar" always stands with a count of days. Indonesian has one form for one and many.
_DAYS = {
    ("working", "id"): ("hari kerja", "hari kerja"),
    ("working", "en"): ("working day", "working days"),
    ("calendar", "id"): ("hari kalender", "hari kalender"),
    ("calendar", "en"): ("calendar day", "calendar days"),
}
# By whether they are whole hours.
_ELAPSED = {
    (True, "id"): ("jam", "jam"),
    (True, "en"): ("hour", "hours"),
    (False, "id"): ("menit", "menit"),
    (False, "en"): ("minute", "minutes"),
}


@lru_cache(maxsize=512)
def days(count: int, unit: str, lang: str) -> str:
    """A number of days with its unit, "working" or "calendar": "10 hari kerja", "10 working days".

    Raises KeyError for another unit.
    """
    one, many = _DAYS[unit, lang]
    return f"{number(count, lang)}{NBSP}{one if count == 1 else many}"


def elapsed(minutes: int, lang: str) -> str:
    """A span of elapsed time, in hours where it is whole ones: "2 jam", "2 hours", "90 menit". Not a time of day."""
    whole = minutes % 60 == 0
    one, many = _ELAPSED[whole, lang]
    count = minutes // 60 if whole else minutes
    return f"{number(count, lang)}{NBSP}{one if count == 1 else many}"


def upper_first(text: str) -> str:
    """The text with its first letter upper case and all others as they are (a name inside keeps its own)."""
    return text[:1].upper() + text[1:]


def spaced(text: str) -> str:
    """A long key in groups of four, as people copy it: "JBSW Y3DP EHPK"."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def _lang(context: Context) -> str:
    """The language of a template, from its context or its environment's globals."""
    return str(context.resolve("lang"))


def _in_language(write: Callable[[Any, str], str]) -> Callable[..., str]:
    """The filter of a format that depends on the page's language alone."""

    @pass_context
    def filter_(context: Context, value: Any) -> str:
        return write(value, _lang(context))

    return filter_


def _in_zone(write: Callable[[datetime, str, tzinfo], str]) -> Callable[..., str]:
    """The filter of a format that is local: in the institution's zone."""

    @pass_context
    def filter_(context: Context, value: datetime) -> str:
        return write(value, _lang(context), context.resolve("institution").zone)

    return filter_


def _of_a_day(write: Callable[[date, str], str]) -> Callable[..., str]:
    """The filter of a day's format. A moment means the day that it is in the institution's zone, not in UTC."""

    @pass_context
    def filter_(context: Context, value: date) -> str:
        if isinstance(value, datetime):
            value = value.astimezone(context.resolve("institution").zone).date()
        return write(value, _lang(context))

    return filter_


@pass_context
def _hours_filter(context: Context, opens: clock_time, closes: clock_time) -> str:
    return hours(opens, closes, _lang(context))


@pass_context
def _days_filter(context: Context, count: int, unit: str) -> str:
    return days(count, unit, _lang(context))


def file_size(size: int, lang: str) -> str:
    """How large a file is, as file lists show it: "620 kB", "1,4 MB"; never "0 kB"."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1024))}{NBSP}kB"
    return f"{size / 1024 / 1024:.1f}".replace(".", _words(lang).decimal) + f"{NBSP}MB"


# Every Jinja environment has these, pages and mails alike: `{{ at|moment }}`, `{{ 10|days("working") }}`.
# They read `lang` and `institution` from the template's context or globals.
FILTERS: dict[str, Callable[..., str]] = {
    "amount": _in_language(amount),
    "date_only": _of_a_day(date_only),
    "day": _of_a_day(day),
    "day_month": _of_a_day(day_month),
    "day_no_year": _of_a_day(day_no_year),
    "day_short": _of_a_day(day_short),
    "days": _days_filter,
    "elapsed": _in_language(elapsed),
    "file_size": _in_language(file_size),
    "hour": _in_language(hour),
    "hours": _hours_filter,
    "local_time": _in_zone(time),
    "moment": _in_zone(moment),
    "moment_no_year": _in_zone(moment_no_year),
    "month_short": _of_a_day(month_short),
    "number": _in_language(number),
    "round_amount": _in_language(round_amount),
    "spaced": spaced,
    "upper_first": upper_first,
    "weekday": _of_a_day(weekday),
    "weekday_short": _of_a_day(weekday_short),
    "weekdays": _in_language(weekdays),
    "zone_word": zone_word,
}
