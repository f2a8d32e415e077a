"""Every enum that people meet has its words, and a day says why it counts."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from portal.institution import labels
from portal.workdays import seed
from portal.workdays.rules import (
    Basis,
    CalendarCode,
    ClosureKind,
    Confidence,
    Limit,
    Names,
    Override,
    Pause,
    Start,
    Unit,
    derive,
)

JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.mark.parametrize(
    ("table", "enum"),
    [
        (labels.CALENDARS, CalendarCode),
        (labels.STARTED, Start),
        (labels.COUNTING_STARTS, Unit),
        (labels.BASES, Basis),
    ],
)
def test_no_value_is_without_words(table: dict[str, object], enum: type) -> None:
    assert list(table) == list(enum)
    assert all(str(text) for text in table.values())


def told(
    start: date, code: CalendarCode, amount: int = 5, unit: Unit = Unit.WORKING, **more: object
) -> dict[date, str]:
    rule = Limit("rule", amount, unit, Start.COMPLETE, Names("a", "b"), Basis.LAW, Confidence.HIGH)
    derivation = derive(rule, start, seed.calendar(code, **more), JAKARTA)  # type: ignore[arg-type]
    return {day.on: labels.why(day, Start.COMPLETE, unit, "en") for day in derivation.days}


def test_a_day_says_why_it_counts_or_not() -> None:
    lebaran = told(date(2026, 3, 13), CalendarCode.NATIONAL_AND_JOINT)
    assert lebaran[date(2026, 3, 13)] == "Documents complete"
    assert lebaran[date(2026, 3, 14)] == "Weekend"
    assert lebaran[date(2026, 3, 16)] == "Working day 1"
    assert lebaran[date(2026, 3, 18)] == "Joint leave for Nyepi"
    assert lebaran[date(2026, 3, 19)] == "Nyepi"
    assert lebaran[date(2026, 3, 22)] == "Eid al-Fitr Second Day"


def test_a_calendar_day_is_only_numbered() -> None:
    assert told(date(2026, 3, 17), CalendarCode.EVERY_DAY, 2, Unit.CALENDAR)[date(2026, 3, 19)] == "Day 2"


def test_the_exchanges_own_holiday_has_no_name_but_a_word() -> None:
    assert told(date(2026, 12, 30), CalendarCode.IDX, 1)[date(2026, 12, 31)] == "Exchange holiday"


def test_a_correction_is_told_with_its_decree() -> None:
    opened = Override(date(2026, 12, 24), False, ClosureKind.JOINT_LEAVE, "SKB 9/2026", "withdrawn")
    day = told(date(2026, 12, 23), CalendarCode.NATIONAL_AND_JOINT, 1, overrides=(opened,))[date(2026, 12, 24)]
    assert day == "Working day 1, by SKB 9/2026"
    nameless = Override(date(2026, 12, 28), True, ClosureKind.JOINT_LEAVE, "SKB 9/2026", "added")
    day = told(date(2026, 12, 23), CalendarCode.NATIONAL_AND_JOINT, 1, overrides=(nameless,))[date(2026, 12, 28)]
    assert day == "Joint leave"


def test_a_day_in_a_pause_says_its_ground() -> None:
    rule = Limit("rule", 2, Unit.WORKING, Start.COMPLETE, Names("a", "b"), Basis.INSTITUTION, Confidence.HIGH)
    pause = Pause(date(2026, 8, 4), date(2026, 8, 5), Names("Menunggu bank lain", "Waiting for another bank"))
    calendar = seed.calendar(CalendarCode.NATIONAL)
    paused = derive(rule, date(2026, 8, 3), calendar, JAKARTA, pauses=[pause]).days[2]
    assert labels.why(paused, Start.COMPLETE, Unit.WORKING, "en") == "The count stands still: Waiting for another bank"
