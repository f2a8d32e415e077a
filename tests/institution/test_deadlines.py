"""By when an institution answers, from its own limits and calendars."""

from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from portal.institution import deadlines
from portal.institution.deadlines import NotExtendable
from portal.institution.hours import received_at
from portal.institution.loader import codes, load
from portal.institution.rules import Form
from portal.workdays import seed
from portal.workdays.rules import CalendarCode, Start, Unit
from tests.institution.specimens import LUMBUNG

# These tests count by the published holidays.
answer_by = partial(deadlines.answer_by, calendars=seed.calendar)
run = partial(deadlines.run, calendars=seed.calendar)

WIB, WITA, WIT = ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Makassar"), ZoneInfo("Asia/Jayapura")


def test_a_written_complaint_at_muamalat_runs_from_complete_documents() -> None:
    """BM-30: ten working days, national holidays and joint leave closed."""
    at = datetime(2026, 3, 13, 15, 42, tzinfo=WIB)
    answer = answer_by(load("muamalat"), "complaint", Form.WRITTEN, {Start.RECEIVED: at, Start.COMPLETE: at})
    assert answer.binding is not None
    assert answer.binding.counted_on == date(2026, 4, 6)
    assert answer.binding.calendar is CalendarCode.NATIONAL_AND_JOINT
    assert answer.waiting == ()


def test_without_complete_documents_no_clock_runs() -> None:
    at = datetime(2026, 3, 13, 15, 42, tzinfo=WIB)
    answer = answer_by(load("muamalat"), "complaint", Form.WRITTEN, {Start.RECEIVED: at})
    assert (answer.binding, answer.running) == (None, ())
    assert [limit.code for limit in answer.waiting] == ["written"]


def test_a_verbal_complaint_at_muamalat_runs_from_receipt() -> None:
    """BM-29: five working days."""
    at = datetime(2026, 12, 21, 9, tzinfo=WIB)
    answer = answer_by(load("muamalat"), "complaint", Form.VERBAL, {Start.RECEIVED: at})
    assert answer.binding is not None and answer.binding.counted_on == date(2026, 12, 30)


@pytest.mark.parametrize(("extensions", "expected"), [(1, date(2026, 4, 20)), (2, date(2026, 5, 5))])
def test_muamalat_extends_by_ten_working_days_twice_at_most(extensions: int, expected: date) -> None:
    """BM-31: two steps of ten, thirty working days in all."""
    at = datetime(2026, 3, 13, 15, 42, tzinfo=WIB)
    moments = {Start.RECEIVED: at, Start.COMPLETE: at}
    answer = answer_by(load("muamalat"), "complaint", Form.WRITTEN, moments, extensions=extensions)
    assert answer.binding is not None and answer.binding.counted_on == expected
    with pytest.raises(NotExtendable) as refusal:
        answer_by(load("muamalat"), "complaint", Form.WRITTEN, moments, extensions=3)
    assert refusal.value.most == 2


def test_a_verbal_complaint_is_not_extended() -> None:
    at = datetime(2026, 3, 13, 15, 42, tzinfo=WIB)
    with pytest.raises(NotExtendable):
        answer_by(load("muamalat"), "complaint", Form.VERBAL, {Start.RECEIVED: at}, extensions=1)
    with pytest.raises(NotExtendable):
        run(load("muamalat"), load("muamalat").limits["verbal"], at, extensions=1)


def test_the_customer_has_ten_working_days_for_documents_once_extended() -> None:
    """BM-19."""
    bank = load("muamalat")
    asked = datetime(2026, 3, 13, 15, 42, tzinfo=WIB)
    assert run(bank, bank.limits["documents"], asked).counted_on == date(2026, 4, 6)
    assert run(bank, bank.limits["documents"], asked, extensions=1).counted_on == date(2026, 4, 20)


def test_the_earliest_of_a_promise_and_the_law_binds_and_an_extension_lengthens_only_the_law() -> None:
    """Around Lebaran twenty calendar days end before ten working days; in a plain month after them."""
    lender = load(LUMBUNG)
    lebaran = datetime(2026, 3, 13, 10, tzinfo=WITA)
    moments = {Start.RECEIVED: lebaran, Start.COMPLETE: lebaran}
    answer = answer_by(lender, "complaint", Form.WRITTEN, moments)
    assert {derivation.limit.key: derivation.counted_on for derivation in answer.running} == {
        "promise": date(2026, 4, 2),
        "law_written": date(2026, 4, 6),
    }
    assert answer.binding is not None and answer.binding.limit.key == "promise"

    august = datetime(2026, 8, 3, 10, tzinfo=WITA)
    moments = {Start.RECEIVED: august, Start.COMPLETE: august}
    plain = answer_by(lender, "complaint", Form.WRITTEN, moments)
    assert plain.binding is not None
    assert (plain.binding.limit.key, plain.binding.counted_on) == ("law_written", date(2026, 8, 18))
    extended = answer_by(lender, "complaint", Form.WRITTEN, moments, extensions=1)
    assert {derivation.limit.key: derivation.counted_on for derivation in extended.running} == {
        "promise": date(2026, 8, 23),
        "law_written": date(2026, 9, 2),
    }
    assert extended.binding is not None and extended.binding.limit.key == "promise"


def test_a_clock_that_waits_leaves_the_others_running() -> None:
    lender = load(LUMBUNG)
    answer = answer_by(lender, "complaint", Form.WRITTEN, {Start.RECEIVED: datetime(2026, 8, 3, 10, tzinfo=WITA)})
    assert answer.binding is not None and answer.binding.limit.key == "promise"
    assert [limit.code for limit in answer.waiting] == ["law_written"]


def test_the_day_is_counted_where_the_institution_is() -> None:
    """23:30 WIB on Thursday is Friday in Makassar."""
    lender = load(LUMBUNG)
    at = datetime(2026, 8, 6, 23, 30, tzinfo=WIB)
    answer = answer_by(lender, "complaint", Form.VERBAL, {Start.RECEIVED: at})
    assert {derivation.started_on for derivation in answer.running} == {date(2026, 8, 7)}


# ── what closing time does, by channel ───────────────────────────────────────────────────────────

FRIDAY, SATURDAY, MONDAY = date(2026, 8, 7), date(2026, 8, 8), date(2026, 8, 10)


@pytest.mark.parametrize(
    ("channel", "at", "received_on"),
    [
        # Served from eight to five with a break at noon; what comes later is received at the next opening.
        ("telephone", datetime(2026, 8, 7, 16, 59, 59, tzinfo=WITA), FRIDAY),
        ("telephone", datetime(2026, 8, 7, 17, 0, tzinfo=WITA), MONDAY),
        ("telephone", datetime(2026, 8, 7, 23, 59, tzinfo=WITA), MONDAY),
        ("telephone", datetime(2026, 8, 7, 12, 30, tzinfo=WITA), FRIDAY),
        # The same moments on the clocks of Jakarta, an hour behind.
        ("telephone", datetime(2026, 8, 7, 15, 59, tzinfo=WIB), FRIDAY),
        ("telephone", datetime(2026, 8, 7, 16, 0, tzinfo=WIB), MONDAY),
        # Days of service without times: any hour of the day, else the next day.
        ("office", datetime(2026, 8, 7, 23, 59, tzinfo=WITA), FRIDAY),
        ("office", datetime(2026, 8, 8, 0, 0, tzinfo=WITA), MONDAY),
        # A channel that receives at arrival, whether it is served then or not.
        ("night", datetime(2026, 8, 7, 17, 0, tzinfo=WITA), FRIDAY),
        ("night", datetime(2026, 8, 7, 23, 59, tzinfo=WITA), FRIDAY),
        ("website", datetime(2026, 8, 7, 23, 59, 59, tzinfo=WITA), FRIDAY),
        ("website", datetime(2026, 8, 8, 0, 0, tzinfo=WITA), SATURDAY),
        # The institution's own midnight decides, not the customer's nor the channel's.
        ("website", datetime(2026, 8, 7, 23, 30, tzinfo=WIB), SATURDAY),
        ("night", datetime(2026, 8, 8, 0, 30, tzinfo=WIT), FRIDAY),
    ],
)
def test_closing_time_does_what_the_channels_own_rule_says(channel: str, at: datetime, received_on: date) -> None:
    lender = load(LUMBUNG)
    served = lender.channels[channel]
    received = received_at(served, at, lender.zone, calendars=seed.calendar)
    answer = answer_by(lender, "complaint", served.form, {Start.RECEIVED: received})
    assert {derivation.started_on for derivation in answer.running} == {received_on}
    # Day 0 is the day of receipt: the promise of twenty calendar days is counted from there.
    promise = next(derivation for derivation in answer.running if derivation.limit.key == "promise")
    assert promise.counted_on == received_on + timedelta(days=20)


@pytest.mark.parametrize("code", codes())
@pytest.mark.parametrize(("hour", "minute"), [(16, 59), (17, 0), (23, 59)])
def test_the_portal_itself_receives_at_every_hour(code: str, hour: int, minute: int) -> None:
    """BM-27: what is filed on Friday at 23.59 counts from Friday, and day 1 is Monday."""
    profile = load(code)
    portal = profile.channels[profile.own_channel]
    at = datetime(2026, 8, 7, hour, minute, tzinfo=profile.zone)
    assert received_at(portal, at, profile.zone, calendars=seed.calendar) == at
    answer = answer_by(profile, "complaint", portal.form, {Start.RECEIVED: at, Start.COMPLETE: at})
    for derivation in answer.running:
        first = next(day for day in derivation.days if day.counted == 1)
        assert first.on == (MONDAY if derivation.limit.unit is Unit.WORKING else SATURDAY)


@pytest.mark.parametrize("code", codes())
def test_no_limit_of_any_institution_is_ever_paused(code: str) -> None:
    """After its start the law knows only extension: documents asked for later stop nothing."""
    profile = load(code)
    at = datetime(2026, 3, 13, 10, 0, tzinfo=profile.zone)
    for limit in profile.limits.values():
        most = limit.extension.most if limit.extension else 0
        assert run(profile, limit, at, extensions=most).paused == 0


def test_a_count_over_a_leap_day_and_one_over_the_years_end() -> None:
    """29 February is a day like others; 31 December closes the bourse alone (SQ-06). Isra Mikraj is 5 January 2027."""
    manager, bank = load("sequis_am"), load("muamalat")
    leap = {Start.RECEIVED: datetime(2028, 2, 28, 9, tzinfo=WIB)}
    answer = answer_by(bank, "complaint", Form.VERBAL, leap)
    assert answer.binding is not None
    assert date(2028, 2, 29) in {day.on for day in answer.binding.days if day.counted}
    assert answer.binding.provisional
    december = {Start.RECEIVED: datetime(2026, 12, 28, 9, tzinfo=WIB)}
    by_bourse = answer_by(manager, "complaint", Form.VERBAL, december).binding
    by_banks = answer_by(bank, "complaint", Form.VERBAL, december).binding
    assert by_bourse is not None and by_banks is not None
    assert (by_banks.counted_on, by_bourse.counted_on) == (date(2027, 1, 6), date(2027, 1, 7))
