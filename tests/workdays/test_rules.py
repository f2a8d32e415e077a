"""Deadlines counted on invented calendars, where every closed day is known."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from portal.workdays.rules import (
    CalendarCode,
    ClosureKind,
    Reason,
    Unit,
    Why,
    derive,
    earliest_of,
)
from tests.workdays.counting import (
    FAIR,
    JAKARTA,
    JAYAPURA,
    MAKASSAR,
    WAITING,
    calendar,
    holiday,
    limit,
    override,
    pause,
    whys,
)

# ── the count ────────────────────────────────────────────────────────────────────────────────────


def test_the_start_day_is_day_0_and_day_1_is_the_next_working_day() -> None:
    """BM-29: five working days from Friday 13 March 2026, without holidays."""
    counted = derive(limit(5), date(2026, 3, 13), calendar(), JAKARTA)
    assert [(day.on.day, day.counted) for day in counted.days] == [
        (13, 0), (14, None), (15, None), (16, 1), (17, 2), (18, 3), (19, 4), (20, 5),
    ]  # fmt: skip
    assert counted.counted_on == date(2026, 3, 20)
    assert whys(counted)[:4] == [Why.START, Why.WEEKEND, Why.WEEKEND, Why.COUNTED]
    assert [day.on for day in counted.days if day.due] == [date(2026, 3, 20)]


def test_a_holiday_is_skipped_and_says_its_name_in_both_languages() -> None:
    counted = derive(limit(1), date(2026, 3, 13), calendar(holiday(date(2026, 3, 16))), JAKARTA)
    skipped = counted.days[3]
    assert (skipped.counted, skipped.reason.why) == (None, Why.HOLIDAY)
    names = skipped.reason.names
    assert names is not None and (names["id"], names["en"]) == ("Hari Pasar", "Market Day")
    assert counted.counted_on == date(2026, 3, 17)


def test_joint_leave_and_a_bourse_holiday_are_their_own_reasons() -> None:
    closures = {
        **holiday(date(2026, 3, 16), kind=ClosureKind.JOINT_LEAVE),
        **holiday(date(2026, 3, 17), kind=ClosureKind.BOURSE_HOLIDAY),
    }
    counted = derive(limit(1), date(2026, 3, 15), calendar(closures, code=CalendarCode.IDX), JAKARTA)
    assert whys(counted) == [Why.START, Why.JOINT_LEAVE, Why.BOURSE_HOLIDAY, Why.COUNTED]


def test_a_holiday_on_a_sunday_is_told_as_a_holiday() -> None:
    counted = derive(limit(1), date(2026, 3, 14), calendar(holiday(date(2026, 3, 15))), JAKARTA)
    assert whys(counted) == [Why.START, Why.HOLIDAY, Why.COUNTED]
    assert (counted.weekends, counted.closures) == (0, 1)


def test_starting_on_a_closed_day_changes_nothing_about_day_1() -> None:
    closed = calendar(holiday(date(2026, 3, 16)))
    ends = {derive(limit(2), date(2026, 3, day), closed, JAKARTA).counted_on for day in (13, 14, 15, 16)}
    assert ends == {date(2026, 3, 18)}


@pytest.mark.parametrize(
    ("code", "closes"),
    [
        (CalendarCode.NATIONAL_AND_JOINT, {ClosureKind.HOLIDAY, ClosureKind.JOINT_LEAVE}),
        (CalendarCode.NATIONAL, {ClosureKind.HOLIDAY}),
        (CalendarCode.IDX, {ClosureKind.HOLIDAY, ClosureKind.JOINT_LEAVE, ClosureKind.BOURSE_HOLIDAY}),
        (CalendarCode.EVERY_DAY, set()),
    ],
)
def test_each_calendar_takes_the_closures_that_it_knows(code: CalendarCode, closes: set[ClosureKind]) -> None:
    monday = date(2026, 3, 16)
    for kind in ClosureKind:
        assert calendar(holiday(monday, kind=kind), code=code).is_working(monday) == (kind not in closes)
    assert calendar(code=code).is_working(date(2026, 3, 14)) == (code is CalendarCode.EVERY_DAY)


def test_the_counts_add_up() -> None:
    counted = derive(limit(10), date(2026, 3, 13), calendar(holiday(date(2026, 3, 18), date(2026, 3, 21))), JAKARTA)
    assert counted.span == 17
    assert (counted.total, counted.weekends, counted.closures) == (10, 5, 2)


# ── calendar days ────────────────────────────────────────────────────────────────────────────────


def test_a_calendar_day_limit_counts_every_day_and_is_not_moved_off_a_closed_day() -> None:
    """KF-33: twenty calendar days; day 1 is the next calendar day; a Sunday at its end stays the end."""
    closed = calendar(holiday(date(2026, 3, 19)))
    counted = derive(limit(20, Unit.CALENDAR), date(2026, 3, 9), closed, JAKARTA)
    assert counted.counted_on == date(2026, 3, 29)
    assert counted.ends_closed
    assert [day.counted for day in counted.days] == list(range(21))
    nyepi = counted.days[10]
    assert (nyepi.reason.why, nyepi.reason.names) == (Why.COUNTED, FAIR)
    assert (counted.weekends, counted.closures) == (0, 0)


def test_a_working_day_limit_never_ends_on_a_closed_day() -> None:
    assert not derive(limit(5), date(2026, 3, 13), calendar(), JAKARTA).ends_closed


# ── moments and zones ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("hour", "minute"), [(0, 0), (16, 59), (17, 0), (23, 59)])
def test_the_hour_of_the_start_event_does_not_matter(hour: int, minute: int) -> None:
    started = datetime(2026, 3, 13, hour, minute, tzinfo=JAKARTA)
    counted = derive(limit(5), started, calendar(), JAKARTA)
    assert (counted.started_at, counted.started_on) == (started, date(2026, 3, 13))
    assert counted.counted_on == date(2026, 3, 20)


@pytest.mark.parametrize(
    ("zone", "started_on"),
    [(JAKARTA, date(2026, 3, 12)), (MAKASSAR, date(2026, 3, 13)), (JAYAPURA, date(2026, 3, 13))],
)
def test_a_moment_is_the_day_that_it_is_where_the_institution_is(zone: ZoneInfo, started_on: date) -> None:
    """16:30 UTC is still Thursday in WIB (23:30) and already Friday in WITA and WIT."""
    counted = derive(limit(5), datetime(2026, 3, 12, 16, 30, tzinfo=UTC), calendar(), zone)
    assert counted.started_on == started_on


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        derive(limit(5), datetime(2026, 3, 13, 10), calendar(), JAKARTA)


def test_a_leap_day_is_counted() -> None:
    counted = derive(limit(3), date(2028, 2, 28), calendar(known_until=date(2028, 12, 31)), JAKARTA)
    assert [day.on for day in counted.days] == [
        date(2028, 2, 28),
        date(2028, 2, 29),
        date(2028, 3, 1),
        date(2028, 3, 2),
    ]


def test_a_count_runs_over_the_end_of_the_year() -> None:
    counted = derive(limit(3), date(2025, 12, 30), calendar(holiday(date(2026, 1, 1))), JAKARTA)
    assert counted.counted_on == date(2026, 1, 5)
    assert not counted.provisional


# ── how far the calendar is known ────────────────────────────────────────────────────────────────


def test_a_calendar_that_ends_in_mid_count_makes_the_date_provisional() -> None:
    short = calendar(known_until=date(2026, 12, 31))
    inside = derive(limit(8), date(2026, 12, 21), short, JAKARTA)
    beyond = derive(limit(9), date(2026, 12, 21), short, JAKARTA)
    assert (inside.counted_on, inside.provisional) == (date(2026, 12, 31), False)
    assert (beyond.counted_on, beyond.provisional) == (date(2027, 1, 1), True)


def test_a_count_before_the_calendar_begins_is_provisional_too() -> None:
    assert derive(limit(1), date(2019, 12, 31), calendar(), JAKARTA).provisional


def test_what_needs_no_holidays_is_never_provisional() -> None:
    every_day = calendar(code=CalendarCode.EVERY_DAY)
    assert not derive(limit(20), date(2029, 1, 1), every_day, JAKARTA).provisional
    assert not derive(limit(20, Unit.CALENDAR), date(2029, 1, 1), calendar(), JAKARTA).provisional


# ── extensions ───────────────────────────────────────────────────────────────────────────────────


def test_extensions_lengthen_the_count_and_keep_the_ends_they_moved() -> None:
    """BM-31: ten working days, extended by ten twice."""
    counted = derive(limit(10), date(2026, 8, 3), calendar(), JAKARTA, extensions=[10, 10])
    assert counted.ends == (date(2026, 8, 17), date(2026, 8, 31), date(2026, 9, 14))
    assert counted.counted_on == date(2026, 9, 14)
    assert (counted.total, counted.days[-1].counted) == (30, 30)
    assert [day.on for day in counted.days if day.due] == [date(2026, 9, 14)]


def test_an_extension_or_limit_below_one_day_is_refused() -> None:
    with pytest.raises(ValueError, match="extension"):
        derive(limit(10), date(2026, 8, 3), calendar(), JAKARTA, extensions=[0])
    with pytest.raises(ValueError, match="limit"):
        limit(0)


# ── pauses ───────────────────────────────────────────────────────────────────────────────────────


def test_the_day_that_brings_a_pause_is_counted_and_so_is_the_day_after_it_ends() -> None:
    counted = derive(
        limit(5), date(2026, 8, 3), calendar(), JAKARTA, pauses=[pause(date(2026, 8, 5), date(2026, 8, 11))]
    )
    assert [(day.on.day, day.counted, day.reason.why) for day in counted.days[2:]] == [
        (5, 2, Why.COUNTED),
        (6, None, Why.PAUSED),
        (7, None, Why.PAUSED),
        (8, None, Why.WEEKEND),
        (9, None, Why.WEEKEND),
        (10, None, Why.PAUSED),
        (11, None, Why.PAUSED),
        (12, 3, Why.COUNTED),
        (13, 4, Why.COUNTED),
        (14, 5, Why.COUNTED),
    ]
    assert (counted.paused, counted.weekends, counted.closures) == (4, 2, 0)
    assert counted.days[3].reason.names == WAITING


def test_a_holiday_in_a_pause_is_told_as_a_holiday() -> None:
    closed = calendar(holiday(date(2026, 8, 6)))
    counted = derive(limit(2), date(2026, 8, 4), closed, JAKARTA, pauses=[pause(date(2026, 8, 5), date(2026, 8, 7))])
    assert [day.reason.why for day in counted.days[2:4]] == [Why.HOLIDAY, Why.PAUSED]
    assert (counted.paused, counted.closures) == (1, 1)


def test_a_calendar_day_limit_stands_still_too() -> None:
    counted = derive(
        limit(3, Unit.CALENDAR),
        date(2026, 8, 7),
        calendar(),
        JAKARTA,
        pauses=[pause(date(2026, 8, 7), date(2026, 8, 9))],
    )
    assert [day.counted for day in counted.days] == [0, None, None, 1, 2, 3]
    assert (counted.paused, counted.weekends, counted.closures) == (2, 0, 0)


def test_a_pause_that_ends_on_the_day_it_began_skips_nothing() -> None:
    at_once = pause(date(2026, 8, 5), date(2026, 8, 5))
    plain = derive(limit(5), date(2026, 8, 3), calendar(), JAKARTA)
    assert derive(limit(5), date(2026, 8, 3), calendar(), JAKARTA, pauses=[at_once]).days == plain.days


# ── several clocks ───────────────────────────────────────────────────────────────────────────────


def test_the_earliest_binds_and_a_clock_that_has_not_started_does_not_count() -> None:
    """KF-33 beside the law: around many holidays the calendar days end first, else the working days."""
    promise = derive(limit(20, Unit.CALENDAR, "promise"), date(2026, 3, 13), calendar(), JAKARTA)
    law = derive(limit(10, key="law"), date(2026, 3, 13), calendar(), JAKARTA)
    assert earliest_of([promise, law, None]) is law
    assert earliest_of([promise, None]) is promise
    assert earliest_of([None, None]) is None
    assert earliest_of([]) is None


def test_of_two_clocks_that_end_together_the_first_one_binds() -> None:
    first, second = (derive(limit(5, key=key), date(2026, 3, 13), calendar(), JAKARTA) for key in "ab")
    assert earliest_of([first, second]) is first


# ── where today stands ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("today", "counted", "left", "passed"),
    [
        (date(2026, 3, 12), 0, 5, False),
        (date(2026, 3, 13), 0, 5, False),
        (date(2026, 3, 15), 0, 5, False),
        (date(2026, 3, 16), 1, 4, False),
        (date(2026, 3, 20), 5, 0, False),
        (date(2026, 3, 21), 5, 0, True),
    ],
)
def test_progress_is_the_working_days_so_far_and_those_left(today: date, counted: int, left: int, passed: bool) -> None:
    assert derive(limit(5), date(2026, 3, 13), calendar(), JAKARTA).progress(today) == (counted, left, passed)


# ── corrections ──────────────────────────────────────────────────────────────────────────────────


def test_a_day_decreed_late_is_skipped_and_its_reason_names_the_decree() -> None:
    """The joint leave of 18 August 2025 was declared weeks before."""
    corrected = calendar(overrides=(override(date(2025, 8, 18), closes=True),))
    counted = derive(limit(1), date(2025, 8, 15), corrected, JAKARTA)
    skipped = counted.days[3].reason
    assert (counted.counted_on, skipped.why) == (date(2025, 8, 19), Why.JOINT_LEAVE)
    assert skipped.closure and skipped.closure.override and skipped.closure.override.decree == "SKB 2/2025"


def test_a_day_opened_by_decree_counts_and_names_the_decree() -> None:
    leave = holiday(date(2026, 12, 24), kind=ClosureKind.JOINT_LEAVE)
    corrected = calendar(leave, overrides=(override(date(2026, 12, 24), closes=False),))
    counted = derive(limit(1), date(2026, 12, 23), corrected, JAKARTA)
    opened = counted.days[1].reason
    assert (counted.counted_on, opened.why) == (date(2026, 12, 24), Why.COUNTED)
    assert opened.override and opened.override.reason == "decreed late"


def test_a_correction_follows_its_kind_and_its_calendars() -> None:
    friday = date(2026, 3, 20)
    joint = override(friday, closes=True)
    bourse_alone = override(friday, closes=True, kind=ClosureKind.HOLIDAY, calendars=frozenset({CalendarCode.IDX}))
    assert calendar(code=CalendarCode.NATIONAL, overrides=(joint,)).is_working(friday)
    assert not calendar(code=CalendarCode.IDX, overrides=(joint,)).is_working(friday)
    assert calendar(code=CalendarCode.NATIONAL, overrides=(bourse_alone,)).is_working(friday)
    assert not calendar(code=CalendarCode.IDX, overrides=(bourse_alone,)).is_working(friday)


def test_the_later_correction_prevails_and_a_weekend_is_never_opened() -> None:
    friday, saturday = date(2026, 3, 20), date(2026, 3, 21)
    there_and_back = (override(friday, closes=True), override(friday, closes=False))
    assert calendar(overrides=there_and_back).is_working(friday)
    assert not calendar(overrides=there_and_back[::-1]).is_working(friday)
    opened = calendar(holiday(saturday, kind=ClosureKind.JOINT_LEAVE), overrides=(override(saturday, closes=False),))
    assert opened.reason(saturday) == Reason(Why.WEEKEND, weekend=True)


def test_a_revision_names_the_closed_days() -> None:
    plain = calendar()
    again = calendar()
    there_and_back = calendar(
        overrides=(override(date(2026, 3, 20), closes=True), override(date(2026, 3, 20), closes=False))
    )
    closed = calendar(overrides=(override(date(2026, 3, 20), closes=True),))
    assert plain.revision == again.revision == there_and_back.revision != closed.revision
    assert plain.revision.startswith("2026-")
    assert calendar(code=CalendarCode.IDX).revision != plain.revision


def test_a_calendar_knows_its_next_working_day() -> None:
    assert calendar(holiday(date(2026, 3, 16))).next_working_day(date(2026, 3, 13)) == date(2026, 3, 17)
