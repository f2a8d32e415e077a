"""Whatever the calendar: what holds of every count."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.workdays.rules import (
    CalendarCode,
    Closure,
    ClosureKind,
    Names,
    Pause,
    Unit,
    Why,
    derive,
)
from tests.workdays.counting import FAIR, JAKARTA, calendar, limit, override, pause

DAYS = st.dates(date(2024, 1, 1), date(2026, 6, 1))
CLOSED = st.dictionaries(
    st.dates(date(2024, 1, 1), date(2026, 12, 31)),
    st.sampled_from(list(ClosureKind)).map(lambda kind: Closure(kind, FAIR)),
    max_size=80,
)

CODES = st.sampled_from(list(CalendarCode))
STEPS = st.lists(st.integers(1, 15), max_size=3)
PAUSES = st.lists(
    st.builds(
        lambda began, length: pause(began, began + timedelta(days=length)),
        st.dates(date(2023, 12, 1), date(2026, 9, 1)),
        st.integers(0, 40),
    ),
    max_size=4,
)

# A machine that is busy with other things is no fault of the rule.
unhurried = settings(deadline=None)


@unhurried
@given(DAYS, CLOSED, CODES, st.integers(1, 30), STEPS, PAUSES, st.sampled_from(list(Unit)))
def test_an_independent_count_of_the_printed_list_gives_the_same_date(
    start: date,
    closed: dict[date, Closure],
    code: CalendarCode,
    amount: int,
    steps: list[int],
    pauses: list[Pause],
    unit: Unit,
) -> None:
    counted = derive(limit(amount, unit), start, calendar(closed, code=code), JAKARTA, extensions=steps, pauses=pauses)
    wanted = amount + sum(steps)

    seen, last = 0, None
    for before, day in zip(counted.days, counted.days[1:], strict=False):
        assert day.on == before.on + timedelta(days=1)
        closure = closed.get(day.on)
        open_ = code is CalendarCode.EVERY_DAY or (
            day.on.isoweekday() < 6
            and not (closure and closure.kind is ClosureKind.HOLIDAY)
            and not (closure and closure.kind is ClosureKind.JOINT_LEAVE and code is not CalendarCode.NATIONAL)
            and not (closure and closure.kind is ClosureKind.BOURSE_HOLIDAY and code is CalendarCode.IDX)
        )
        still = any(before < day.on <= after for before, after, _ in map(_plain, pauses))
        if (open_ or unit is Unit.CALENDAR) and not still:
            seen += 1
            assert day.counted == seen
            last = day.on
        else:
            assert day.counted is None
            assert (day.reason.why is Why.PAUSED) == (open_ or unit is Unit.CALENDAR)
    assert seen == wanted == counted.total
    assert last == counted.counted_on == counted.ends[-1]
    assert sum(day.counted is not None for day in counted.days[1:]) == wanted
    assert counted.span == wanted + counted.weekends + counted.closures + counted.paused
    assert counted.progress(counted.counted_on) == (wanted, 0, False)


def _plain(one: Pause) -> tuple[date, date, Names]:
    return one.began, one.ended, one.ground


@unhurried
@given(DAYS, CLOSED, CODES, st.integers(1, 30), PAUSES, PAUSES, st.sampled_from(list(Unit)))
def test_a_pause_never_makes_a_date_earlier_and_moves_it_by_as_many_counted_days_as_it_holds(
    start: date,
    closed: dict[date, Closure],
    code: CalendarCode,
    amount: int,
    pauses: list[Pause],
    more: list[Pause],
    unit: Unit,
) -> None:
    closures = calendar(closed, code=code)
    few = derive(limit(amount, unit), start, closures, JAKARTA, pauses=pauses)
    many = derive(limit(amount, unit), start, closures, JAKARTA, pauses=[*pauses, *more])
    assert many.counted_on >= few.counted_on
    # Without pauses the same span holds the limit's days and those on which the count stood still.
    through = derive(limit(amount + many.paused, unit), start, closures, JAKARTA)
    assert through.counted_on == many.counted_on


@unhurried
@given(DAYS, CLOSED, CODES, st.integers(1, 40), st.dates(date(2024, 1, 1), date(2026, 12, 31)))
def test_adding_a_holiday_never_makes_a_date_earlier(
    start: date, closed: dict[date, Closure], code: CalendarCode, amount: int, added: date
) -> None:
    before = derive(limit(amount), start, calendar(closed, code=code), JAKARTA)
    corrected = calendar(closed, code=code, overrides=(override(added, closes=True, kind=ClosureKind.HOLIDAY),))
    after = derive(limit(amount), start, corrected, JAKARTA)
    assert after.counted_on >= before.counted_on
    removed = calendar(closed, code=code, overrides=(override(added, closes=False, kind=ClosureKind.HOLIDAY),))
    assert derive(limit(amount), start, removed, JAKARTA).counted_on <= before.counted_on


@unhurried
@given(DAYS, CLOSED, CODES, st.integers(1, 20), STEPS)
def test_an_extension_never_makes_a_date_earlier_and_more_days_never_do(
    start: date, closed: dict[date, Closure], code: CalendarCode, amount: int, steps: list[int]
) -> None:
    closures = calendar(closed, code=code)
    plain = derive(limit(amount), start, closures, JAKARTA)
    extended = derive(limit(amount), start, closures, JAKARTA, extensions=steps)
    assert extended.days[: len(plain.days) - 1] == plain.days[:-1]
    assert extended.ends[0] == plain.counted_on
    assert list(extended.ends) == sorted(set(extended.ends))
    assert derive(limit(amount + sum(steps)), start, closures, JAKARTA).counted_on == extended.counted_on
