"""Whether a channel is served now and when next: midday breaks, midnight, round the clock, holidays, three zones."""

import tomllib
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from portal.institution.hours import Closed, Open, OpenDay, received_at, state
from portal.institution.loader import load
from portal.institution.models import Institution
from portal.institution.profile.channels import Channel
from portal.workdays import seed
from portal.workdays.rules import Calendar, CalendarCode
from tests.institution.specimens import LUMBUNG

WIB, WITA, WIT = ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Makassar"), ZoneInfo("Asia/Jayapura")


@pytest.fixture
def lumbung() -> Institution:
    return load(LUMBUNG)


def channel(hours: str, *, receipt: str = "arrival") -> Channel:
    """A channel with these hours, as TOML."""
    raw = tomllib.loads(hours)
    label = {"id": "Saluran", "en": "Channel"}
    return Channel.model_validate({"code": "x", "label": label, "form": "written", "receipt": receipt, "hours": raw})


def no_calendar(code: CalendarCode) -> Calendar:
    raise AssertionError("no holiday matters here, so none is asked for")


OFFICE = """
calendar = "national"
[[periods]]
days = ["mon", "tue", "wed", "thu", "fri"]
open = "09:00"
close = "18:00"
"""
DAILY = """
[[periods]]
days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
open = "08:00"
close = "20:00"
"""
ALL_DAY = """
[[periods]]
days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
open = "00:00"
close = "24:00"
"""


def test_a_24_hour_channel_is_always_open_and_asks_no_calendar() -> None:
    """BM-26, BM-27."""
    always = channel("always = true")
    for at in (datetime(2026, 3, 21, 3, tzinfo=WIB), datetime(2026, 1, 1, tzinfo=UTC)):
        assert state(always, at, WIB, calendars=no_calendar) == Open(None)


def test_periods_that_touch_all_week_are_round_the_clock() -> None:
    at = datetime(2026, 3, 21, 3, tzinfo=WIB)
    assert state(channel(ALL_DAY), at, WIB, calendars=no_calendar) == Open(None)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (
            datetime(2026, 11, 20, 8, 59, 59, tzinfo=WIB),
            Closed(date(2026, 11, 20), datetime(2026, 11, 20, 9, tzinfo=WIB)),
        ),
        (datetime(2026, 11, 20, 9, tzinfo=WIB), Open(datetime(2026, 11, 20, 18, tzinfo=WIB))),
        (datetime(2026, 11, 20, 17, 59, 59, tzinfo=WIB), Open(datetime(2026, 11, 20, 18, tzinfo=WIB))),
        (datetime(2026, 11, 20, 18, tzinfo=WIB), Closed(date(2026, 11, 23), datetime(2026, 11, 23, 9, tzinfo=WIB))),
        (datetime(2026, 11, 22, 12, tzinfo=WIB), Closed(date(2026, 11, 23), datetime(2026, 11, 23, 9, tzinfo=WIB))),
    ],
)
def test_office_hours_begin_on_the_minute_and_end_on_it(at: datetime, expected: Open | Closed) -> None:
    """KX-07: Monday to Friday, 09:00 to 18:00."""
    assert state(channel(OFFICE), at, WIB, calendars=seed.calendar) == expected


def test_a_holiday_is_skipped_for_the_next_opening() -> None:
    """KX-08: closed on national holidays, not on joint leave. Nyepi is Thursday 19 March 2026."""
    evening = datetime(2026, 3, 18, 19, tzinfo=WIB)
    assert state(channel(OFFICE), evening, WIB, calendars=seed.calendar) == Closed(
        date(2026, 3, 20), datetime(2026, 3, 20, 9, tzinfo=WIB)
    )
    joint = OFFICE.replace("national", "national_and_joint")
    assert state(channel(joint), evening, WIB, calendars=seed.calendar) == Closed(
        date(2026, 3, 25), datetime(2026, 3, 25, 9, tzinfo=WIB)
    )


def test_every_day_means_weekends_and_holidays_too() -> None:
    """KF-09, KF-10: every day, 08:00 to 20:00 WIB."""
    eid = datetime(2026, 3, 21, 12, tzinfo=WIB)
    assert state(channel(DAILY), eid, WIB, calendars=no_calendar) == Open(datetime(2026, 3, 21, 20, tzinfo=WIB))


def test_a_midday_break_is_closed(lumbung: Institution) -> None:
    telephone = lumbung.channels["telephone"]
    at_noon = state(telephone, datetime(2026, 11, 20, 12, 30, tzinfo=WITA), lumbung.zone, calendars=seed.calendar)
    assert at_noon == Closed(date(2026, 11, 20), datetime(2026, 11, 20, 13, tzinfo=WITA))
    assert state(telephone, datetime(2026, 11, 20, 11, tzinfo=WITA), lumbung.zone, calendars=seed.calendar) == Open(
        datetime(2026, 11, 20, 12, tzinfo=WITA)
    )


def test_the_institutions_zone_decides_and_a_channels_own_goes_before_it(lumbung: Institution) -> None:
    """07:30 in Jakarta is 08:30 in Makassar, where the telephone is served; the night chat keeps Papua's time."""
    at = datetime(2026, 11, 20, 7, 30, tzinfo=WIB)
    assert state(lumbung.channels["telephone"], at, lumbung.zone, calendars=seed.calendar) == Open(
        datetime(2026, 11, 20, 12, tzinfo=WITA)
    )
    friday = datetime(2026, 11, 20, 18, 30, tzinfo=WIB)
    found = state(lumbung.channels["night"], friday, lumbung.zone, calendars=seed.calendar)
    assert found == Open(datetime(2026, 11, 21, 4, tzinfo=WIT))
    assert isinstance(found, Open) and found.until is not None and found.until.tzinfo is WIT


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 11, 20, 23, 59, tzinfo=WIT), Open(datetime(2026, 11, 21, 4, tzinfo=WIT))),
        (datetime(2026, 11, 21, 3, 59, tzinfo=WIT), Open(datetime(2026, 11, 21, 4, tzinfo=WIT))),
        (datetime(2026, 11, 21, 4, tzinfo=WIT), Closed(date(2026, 11, 21), datetime(2026, 11, 21, 20, tzinfo=WIT))),
        (datetime(2026, 11, 22, 3, tzinfo=WIT), Open(datetime(2026, 11, 22, 4, tzinfo=WIT))),
        (datetime(2026, 11, 22, 5, tzinfo=WIT), Closed(date(2026, 11, 27), datetime(2026, 11, 27, 20, tzinfo=WIT))),
        (datetime(2026, 11, 20, 3, tzinfo=WIT), Closed(date(2026, 11, 20), datetime(2026, 11, 20, 20, tzinfo=WIT))),
    ],
)
def test_hours_over_midnight_belong_to_the_day_they_begin(
    lumbung: Institution, at: datetime, expected: Open | Closed
) -> None:
    """Friday and Saturday, 20:00 to 04:00: Saturday at 3 is Friday's, Friday at 3 is nobody's."""
    assert state(lumbung.channels["night"], at, lumbung.zone, calendars=seed.calendar) == expected


def test_a_night_that_runs_into_a_holiday_is_served_to_its_end() -> None:
    night = channel('calendar = "national"\n[[periods]]\ndays = ["wed", "thu"]\nopen = "20:00"\nclose = "04:00"')
    into_nyepi = state(night, datetime(2026, 3, 19, 3, tzinfo=WIB), WIB, calendars=seed.calendar)
    assert into_nyepi == Open(datetime(2026, 3, 19, 4, tzinfo=WIB))
    out_of_nyepi = state(night, datetime(2026, 3, 20, 3, tzinfo=WIB), WIB, calendars=seed.calendar)
    assert out_of_nyepi == Closed(date(2026, 3, 25), datetime(2026, 3, 25, 20, tzinfo=WIB))


def test_periods_that_overlap_are_one() -> None:
    early_and_late = channel(
        '[[periods]]\ndays = ["mon"]\nopen = "08:00"\nclose = "14:00"\n'
        '[[periods]]\ndays = ["mon"]\nopen = "12:00"\nclose = "18:00"'
    )
    at = datetime(2026, 11, 23, 9, tzinfo=WIB)
    assert state(early_and_late, at, WIB, calendars=seed.calendar) == Open(datetime(2026, 11, 23, 18, tzinfo=WIB))


def test_working_days_without_times_are_told_as_days() -> None:
    """BM-25: the bank names the branch's days and no times."""
    branch = load("muamalat").channels["branch"]
    assert state(branch, datetime(2026, 11, 20, 22, tzinfo=WIB), WIB, calendars=seed.calendar) == OpenDay(
        date(2026, 11, 20)
    )
    assert state(branch, datetime(2026, 3, 18, 10, tzinfo=WIB), WIB, calendars=seed.calendar) == Closed(
        date(2026, 3, 25), None
    )


def test_each_state_has_a_word_for_templates() -> None:
    assert (Open.word, OpenDay.word, Closed.word) == ("open", "open_day", "closed")


# ── when something counts as received ────────────────────────────────────────────────────────────


def test_what_arrives_counts_as_received_when_it_arrives() -> None:
    at = datetime(2026, 11, 21, 23, 59, tzinfo=WIB)
    assert received_at(channel(OFFICE), at, WIB, calendars=seed.calendar) == at
    assert received_at(channel("always = true", receipt="next_opening"), at, WIB, calendars=seed.calendar) == at


def test_where_the_profile_says_so_it_is_received_at_the_next_opening(lumbung: Institution) -> None:
    telephone = lumbung.channels["telephone"]
    on_friday = datetime(2026, 11, 20, 16, 59, tzinfo=WITA)
    assert received_at(telephone, on_friday, lumbung.zone, calendars=seed.calendar) == on_friday
    too_late = datetime(2026, 11, 20, 17, 0, tzinfo=WITA)
    assert received_at(telephone, too_late, lumbung.zone, calendars=seed.calendar) == datetime(
        2026, 11, 23, 8, tzinfo=WITA
    )


def test_where_only_the_day_is_known_it_is_received_on_that_day(lumbung: Institution) -> None:
    saturday = datetime(2026, 11, 21, 10, tzinfo=WITA)
    assert received_at(lumbung.channels["office"], saturday, lumbung.zone, calendars=seed.calendar) == datetime(
        2026, 11, 23, tzinfo=WITA
    )
