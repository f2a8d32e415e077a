"""By when an institution answers, from its own limits and calendars."""

from datetime import date, datetime
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from portal.institution import deadlines
from portal.institution.deadlines import NotExtendable
from portal.institution.loader import load
from portal.institution.rules import Form
from portal.workdays import seed
from portal.workdays.rules import CalendarCode, Start
from tests.institution.specimens import LUMBUNG

# These tests count by the published holidays.
answer_by = partial(deadlines.answer_by, calendars=seed.calendar)
run = partial(deadlines.run, calendars=seed.calendar)

WIB, WITA = ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Makassar")


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
