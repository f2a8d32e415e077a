"""The calendars as published: national holidays and joint leave from the `holidays` library, bourse days by rule.

The library costs a fifth of a second to import, so it is read when the first calendar is asked for.
"""

import re
from datetime import date
from functools import cache, lru_cache
from typing import NamedTuple

from portal.workdays.rules import SATURDAY, Calendar, CalendarCode, Closure, ClosureKind, Names, Override

FIRST_YEAR = 2020
# National holidays of the years after the last decree are computed ones; they make a provisional date better.
YEARS_AHEAD = 2

LANGUAGES = ("id", "en_US")
# The library says in a name what is a fact about the day (moved, estimated), and what the kind of closure says.
_REMARK = re.compile(r"\bPegangti | \([^)]*\)")
_ESTIMATED = "(perkiraan)"
_JOINT_LEAVE = re.compile(r"^Cuti Bersama | Joint Holiday$")
# What these days are called in Indonesia's English, and how the portal spells.
_ENGLISH = {"Day of Silence": "Nyepi", "Labor": "Labour", "'": "’"}


class Seed(NamedTuple):
    """Every closure with its day, and the last day of the last year whose joint leave has been decreed.

    A day may be closed twice over: a joint leave on the last day of the year is a bourse holiday too.
    """

    closures: tuple[tuple[date, Closure], ...]
    known_from: date
    known_until: date


@cache
def seed() -> Seed:
    """What the library publishes, from `FIRST_YEAR` to two years beyond the last decreed joint leave."""
    from holidays.countries.indonesia import Indonesia  # heavy: only when the first date is counted

    decided = FIRST_YEAR
    while Indonesia(years=decided + 1, categories=("government",)):
        decided += 1

    def names(category: str) -> dict[date, Names]:
        years = range(FIRST_YEAR, decided + YEARS_AHEAD + 1)
        id_, en = (Indonesia(years=years, categories=(category,), language=language) for language in LANGUAGES)
        return {on: Names(id_[on], en[on]) for on in id_}

    closures: list[tuple[date, Closure]] = []
    for year in range(FIRST_YEAR, decided + YEARS_AHEAD + 1):
        if (last := date(year, 12, 31)).weekday() < SATURDAY:
            closures.append((last, Closure(ClosureKind.BOURSE_HOLIDAY)))
    for category, kind in (("government", ClosureKind.JOINT_LEAVE), ("public", ClosureKind.HOLIDAY)):
        closures += [(on, _closure(kind, name)) for on, name in names(category).items()]
    return Seed(tuple(closures), date(FIRST_YEAR, 1, 1), date(decided, 12, 31))


def _closure(kind: ClosureKind, names: Names) -> Closure:
    english = names.en
    for theirs, ours in _ENGLISH.items():
        english = english.replace(theirs, ours)
    plain = Names(_plain(kind, names.id), _plain(kind, english))
    return Closure(kind, plain, estimated=_ESTIMATED in names.id)


def _plain(kind: ClosureKind, name: str) -> str:
    name = _REMARK.sub("", name)
    return _JOINT_LEAVE.sub("", name) if kind is ClosureKind.JOINT_LEAVE else name


# Room for every revision that a deployment's corrections ever made, in each calendar.
@lru_cache(maxsize=512)
def calendar(code: CalendarCode, overrides: tuple[Override, ...] = (), known_until: date | None = None) -> Calendar:
    """The calendar of `code` with the deployment's `overrides` on top.

    `known_until` is for a deployment that entered a new year's decree by hand before the library had it.
    """
    published = seed()
    return Calendar.build(
        code,
        published.closures,
        known_from=published.known_from,
        known_until=max(known_until or published.known_until, published.known_until),
        overrides=overrides,
    )
