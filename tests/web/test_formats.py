"""How dates, times, amounts and counts read in both languages."""

from datetime import UTC, date, datetime
from datetime import time as clock_time
from decimal import Decimal
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from jinja2 import Environment

from portal.web import formats

JAKARTA = ZoneInfo("Asia/Jakarta")
MONDAY = date(2026, 4, 6)
# 20.30 UTC on 13 March is already the 14th in Jakarta.
LATE = datetime(2026, 3, 13, 20, 30, tzinfo=UTC)


def plain(text: str) -> str:
    return text.replace(formats.NBSP, " ")


@pytest.mark.parametrize(
    ("write", "indonesian", "english"),
    [
        (formats.day, "Senin, 6 April 2026", "Monday 6 April 2026"),
        (formats.date_only, "6 April 2026", "6 April 2026"),
        (formats.day_month, "6 April", "6 April"),
        (formats.day_no_year, "Senin 6 April", "Monday 6 April"),
        (formats.day_short, "Sen 6 April", "Mon 6 April"),
        (formats.weekday, "Senin", "Monday"),
        (formats.weekday_short, "Sen", "Mon"),
        (formats.month_short, "Apr", "Apr"),
    ],
)
def test_a_day_reads_as_in_a_letter(write, indonesian, english):
    assert (plain(write(MONDAY, "id")), plain(write(MONDAY, "en"))) == (indonesian, english)


def test_every_month_and_day_has_its_own_name():
    months = {formats.day_month(date(2026, month, 1), "id") for month in range(1, 13)}
    days = {formats.weekday(date(2026, 4, day), "id") for day in range(6, 13)}
    assert len(months) == 12 and len(days) == 7
    assert plain(formats.day(date(2026, 8, 16), "id")) == "Minggu, 16 Agustus 2026"


def test_day_and_month_stay_on_one_line():
    assert formats.day(MONDAY, "en") == "Monday 6\u00a0April 2026"


def test_a_moment_is_told_in_the_institutions_zone():
    assert plain(formats.moment(LATE, "id", JAKARTA)) == "Sabtu, 14 Maret 2026, 03.30 WIB"
    assert plain(formats.moment(LATE, "en", JAKARTA)) == "Saturday 14 March 2026, 03:30 WIB"


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ("Asia/Jakarta", "03.30 WIB"),
        ("Asia/Pontianak", "03.30 WIB"),
        ("Asia/Makassar", "04.30 WITA"),
        ("Asia/Jayapura", "05.30 WIT"),
        ("Asia/Singapore", "04.30 UTC+8"),
        ("Asia/Kathmandu", "02.15 UTC+5:45"),
        ("America/Sao_Paulo", "17.30 UTC-3"),
        ("UTC", "20.30 UTC"),
    ],
)
def test_a_time_names_its_zone(zone, told):
    assert plain(formats.time(LATE, "id", ZoneInfo(zone))) == told


@pytest.mark.parametrize(
    ("value", "indonesian", "english"),
    [
        (500_000_000, "Rp500 juta", "Rp500 million"),
        (2_500_000_000, "Rp2,5 miliar", "Rp2.5 billion"),
        (1_000_000_000, "Rp1 miliar", "Rp1 billion"),
        (1_250_000, "Rp1.250.000", "Rp1,250,000"),
        (750_000, "Rp750.000", "Rp750,000"),
    ],
)
def test_a_round_figure_is_told_as_people_say_it(value, indonesian, english):
    assert (plain(formats.round_amount(value, "id")), plain(formats.round_amount(value, "en"))) == (indonesian, english)


def test_an_hour_without_zone():
    assert formats.hour(clock_time(8, 5), "id") == "08.05"
    assert formats.hour(clock_time(8, 5), "en") == "08:05"


@pytest.mark.parametrize(
    ("value", "indonesian", "english"),
    [
        (0, "Rp0", "Rp0"),
        (500, "Rp500", "Rp500"),
        (1_250_000, "Rp1.250.000", "Rp1,250,000"),
        (Decimal("1250000.00"), "Rp1.250.000", "Rp1,250,000"),
        (Decimal("1250000.5"), "Rp1.250.000,50", "Rp1,250,000.50"),
        (Decimal("0.005"), "Rp0,01", "Rp0.01"),
        (Decimal("-6500"), "-Rp6.500", "-Rp6,500"),
        (Decimal("123456789012345.67"), "Rp123.456.789.012.345,67", "Rp123,456,789,012,345.67"),
    ],
)
def test_an_amount_in_rupiah(value, indonesian, english):
    assert (formats.amount(value, "id"), formats.amount(value, "en")) == (indonesian, english)


@pytest.mark.parametrize(
    ("count", "unit", "indonesian", "english"),
    [
        (10, "working", "10 hari kerja", "10 working days"),
        (1, "working", "1 hari kerja", "1 working day"),
        (20, "calendar", "20 hari kalender", "20 calendar days"),
        (1, "calendar", "1 hari kalender", "1 calendar day"),
    ],
)
def test_a_count_of_days_always_says_which_days(count, unit, indonesian, english):
    assert formats.days(count, unit, "id") == indonesian.replace(" ", formats.NBSP, 1)
    assert formats.days(count, unit, "en") == english.replace(" ", formats.NBSP, 1)


def test_another_unit_is_refused():
    with pytest.raises(KeyError):
        formats.days(3, "business", "en")


@pytest.mark.parametrize("language", ["id", "en"])
def test_templates_write_with_filters_in_their_own_language_and_zone(language):
    environment = Environment(autoescape=True)
    environment.filters.update(formats.FILTERS)
    environment.globals.update(lang=language, institution=SimpleNamespace(zone=JAKARTA))
    template = environment.from_string(
        "{{ at|moment }} | {{ at|day }} | {{ at|local_time }} | {{ 10|days('working') }} | {{ 1250|amount }}"
    )
    told = {
        "id": "Sabtu, 14 Maret 2026, 03.30 WIB | Sabtu, 14 Maret 2026 | 03.30 WIB | 10 hari kerja | Rp1.250",
        "en": "Saturday 14 March 2026, 03:30 WIB | Saturday 14 March 2026 | 03:30 WIB | 10 working days | Rp1,250",
    }
    assert plain(template.render(at=LATE)) == told[language]


def test_only_the_first_letter_is_raised():
    assert formats.upper_first("cuti bersama Idulfitri") == "Cuti bersama Idulfitri"
    assert formats.upper_first("") == ""


@pytest.mark.parametrize(
    ("codes", "indonesian", "english"),
    [
        (("mon", "tue", "wed", "thu", "fri"), "Senin–Jumat", "Monday–Friday"),
        (("fri", "mon", "wed", "thu"), "Senin, Rabu–Jumat", "Monday, Wednesday–Friday"),
        (("sat", "sun"), "Sabtu, Minggu", "Saturday, Sunday"),
        (("sun",), "Minggu", "Sunday"),
        (("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "setiap hari", "every day"),
    ],
)
def test_weekdays_in_a_row_are_a_span(codes, indonesian, english):
    assert (formats.weekdays(codes, "id"), formats.weekdays(codes, "en")) == (indonesian, english)


def test_an_unknown_weekday_is_refused():
    with pytest.raises(ValueError):
        formats.weekdays(("senin",), "id")


def test_hours_of_a_day_end_at_24_where_they_end_at_midnight():
    assert formats.hours(clock_time(8), clock_time(17), "id") == "08.00–17.00"
    assert formats.hours(clock_time(8), clock_time(0), "en") == "08:00–24:00"


def test_a_zone_has_its_own_word():
    assert formats.zone_word(JAKARTA) == "WIB"
