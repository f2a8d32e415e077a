"""The calendars as published: golden dates, year counts, names, and what they cost to import."""

import subprocess
import sys
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from portal.workdays import seed
from portal.workdays.rules import (
    Basis,
    CalendarCode,
    ClosureKind,
    Confidence,
    Limit,
    Names,
    Override,
    Start,
    Unit,
    Why,
    derive,
)

JAKARTA = ZoneInfo("Asia/Jakarta")
LEBARAN = date(2026, 3, 13)
YEARS_END = date(2026, 12, 21)
NATIONAL, JOINT, IDX = CalendarCode.NATIONAL, CalendarCode.NATIONAL_AND_JOINT, CalendarCode.IDX


def ends(
    start: date, amount: int, code: CalendarCode, *, unit: Unit = Unit.WORKING, extensions: tuple[int, ...] = ()
) -> date:
    rule = Limit("rule", amount, unit, Start.COMPLETE, Names("a", "b"), Basis.LAW, Confidence.HIGH)
    return derive(rule, start, seed.calendar(code), JAKARTA, extensions=extensions).counted_on


@pytest.mark.parametrize(
    ("start", "amount", "code", "expected"),
    [
        (LEBARAN, 5, NATIONAL, date(2026, 3, 23)),
        (LEBARAN, 5, JOINT, date(2026, 3, 27)),
        (LEBARAN, 5, IDX, date(2026, 3, 27)),
        (LEBARAN, 10, NATIONAL, date(2026, 3, 30)),
        (LEBARAN, 10, JOINT, date(2026, 4, 6)),
        (LEBARAN, 10, IDX, date(2026, 4, 6)),
        (LEBARAN, 60, JOINT, date(2026, 6, 24)),
        (YEARS_END, 5, NATIONAL, date(2026, 12, 29)),
        (YEARS_END, 5, JOINT, date(2026, 12, 30)),
        (YEARS_END, 5, IDX, date(2026, 12, 30)),
        (YEARS_END, 10, NATIONAL, date(2027, 1, 7)),
        (YEARS_END, 10, JOINT, date(2027, 1, 8)),
        (YEARS_END, 10, IDX, date(2027, 1, 11)),
        (YEARS_END, 60, JOINT, date(2027, 4, 1)),
    ],
)
def test_golden_dates_in_working_days(start: date, amount: int, code: CalendarCode, expected: date) -> None:
    """SQ-22, SQ-23, BM-29, BM-30 over Lebaran and over the year's end, on each calendar."""
    assert ends(start, amount, code) == expected


@pytest.mark.parametrize(("start", "expected"), [(LEBARAN, date(2026, 4, 20)), (YEARS_END, date(2027, 1, 22))])
def test_golden_dates_of_one_extension(start: date, expected: date) -> None:
    """BM-31: 10 + 10 working days with joint leave closed."""
    assert ends(start, 10, JOINT, extensions=(10,)) == expected


@pytest.mark.parametrize(("start", "expected"), [(LEBARAN, date(2026, 4, 2)), (YEARS_END, date(2027, 1, 10))])
def test_golden_dates_in_calendar_days(start: date, expected: date) -> None:
    """KF-33: twenty calendar days."""
    assert ends(start, 20, CalendarCode.EVERY_DAY, unit=Unit.CALENDAR) == expected


@pytest.mark.parametrize(("year", "days"), [(2025, 236), (2026, 239), (2027, 241)])
def test_the_exchange_trades_on_as_many_days_as_it_published(year: int, days: int) -> None:
    """SQ-06: weekdays without national holidays, joint leave and 31 December."""
    bourse = seed.calendar(IDX)
    first = date(year, 1, 1)
    every_day = (first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days))
    assert sum(bourse.is_working(on) for on in every_day) == days


@pytest.mark.parametrize(("year", "closed"), [(2025, 24), (2026, 21), (2027, 19)])
def test_weekday_closures_of_a_year(year: int, closed: int) -> None:
    closures = seed.calendar(JOINT).closures
    assert sum(on.year == year and on.weekday() < 5 for on in closures) == closed


def test_lebaran_closes_a_week_with_each_days_own_name() -> None:
    closures = seed.calendar(JOINT).closures
    week = [closures[date(2026, 3, day)] for day in range(18, 25)]
    assert [closure.kind for closure in week] == [
        ClosureKind.JOINT_LEAVE, ClosureKind.HOLIDAY, ClosureKind.JOINT_LEAVE, ClosureKind.HOLIDAY,
        ClosureKind.HOLIDAY, ClosureKind.JOINT_LEAVE, ClosureKind.JOINT_LEAVE,
    ]  # fmt: skip
    assert [closure.names and closure.names.id for closure in week[:3]] == [
        "Hari Suci Nyepi", "Hari Suci Nyepi", "Hari Raya Idul Fitri",
    ]  # fmt: skip
    assert [closure.names and closure.names.en for closure in week[:3]] == ["Nyepi", "Nyepi", "Eid al-Fitr"]


def test_names_hold_no_remark_of_the_library() -> None:
    """Whether a day is estimated or joint leave is a fact about it, not a part of its name."""
    closures = dict(seed.seed().closures)
    for closure in closures.values():
        for name in (closure.names.id, closure.names.en) if closure.names else ():
            assert not {"(", ")"} & set(name)
            assert "Cuti Bersama" not in name and "Joint" not in name
    assert closures[date(2027, 3, 10)].estimated
    assert not closures[date(2026, 3, 21)].estimated


def test_the_last_decreed_year_is_found_and_what_lies_beyond_is_provisional() -> None:
    assert seed.seed().known_until == date(2027, 12, 31)
    rule = Limit("rule", 10, Unit.WORKING, Start.COMPLETE, Names("a", "b"), Basis.LAW, Confidence.HIGH)
    calendar = seed.calendar(JOINT)
    assert not derive(rule, date(2027, 12, 1), calendar, JAKARTA).provisional
    assert derive(rule, date(2027, 12, 24), calendar, JAKARTA).provisional
    beyond = derive(rule, date(2028, 1, 20), calendar, JAKARTA)
    assert beyond.provisional
    assert [day.on for day in beyond.days if day.reason.why is Why.HOLIDAY] == [date(2028, 1, 26)]


def test_a_decree_entered_by_hand_makes_its_year_known() -> None:
    calendar = seed.calendar(JOINT, known_until=date(2028, 12, 31))
    rule = Limit("rule", 10, Unit.WORKING, Start.COMPLETE, Names("a", "b"), Basis.LAW, Confidence.HIGH)
    assert not derive(rule, date(2028, 1, 20), calendar, JAKARTA).provisional


def test_a_bourse_holiday_on_a_weekend_stays_a_weekend() -> None:
    assert seed.calendar(IDX).reason(date(2028, 12, 31)).why is Why.WEEKEND
    assert seed.calendar(IDX).reason(date(2027, 12, 31)).why is Why.BOURSE_HOLIDAY


def test_corrections_lie_on_top_of_what_was_published() -> None:
    """The decree of 29 March 2023 moved the joint leave of Lebaran: 21, 24–26 became 19–21, 24, 25 April."""
    leave = Names("Hari Raya Idul Fitri", "Eid al-Fitr")
    before = tuple(
        Override(date(2023, 4, day), day == 26, ClosureKind.JOINT_LEAVE, "SKB 2022", "as first decreed", leave)
        for day in (19, 20, 26)
    )
    assert ends(date(2023, 4, 14), 5, JOINT) == date(2023, 4, 28)
    first = seed.calendar(JOINT, before)
    rule = Limit("rule", 5, Unit.WORKING, Start.COMPLETE, leave, Basis.LAW, Confidence.HIGH)
    assert derive(rule, date(2023, 4, 14), first, JAKARTA).counted_on == date(2023, 4, 27)
    assert first.revision != seed.calendar(JOINT).revision


def test_neither_rules_nor_seed_imports_the_library_or_the_web() -> None:
    code = (
        "import sys; import portal.workdays.rules, portal.workdays.seed; "
        "print([name for name in ('holidays', 'flask', 'sqlalchemy', 'pydantic', 'babel') if name in sys.modules])"
    )
    printed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert printed.strip() == "[]"
