"""Back-off, cron slots, payloads and rosters."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.jobs.rules import (
    BACK_OFF_CAP,
    KEEP_DONE,
    Cron,
    NotAnId,
    Roster,
    Task,
    Work,
    back_off,
    checked,
    pause,
)

JAKARTA = ZoneInfo("Asia/Jakarta")
BERLIN = ZoneInfo("Europe/Berlin")


def nothing(work: Work) -> None:
    pass


# ── waiting ──────────────────────────────────────────────────────────────────────────────────────


def test_the_wait_doubles_from_thirty_seconds() -> None:
    waits = [back_off(tries, chance=0.5).total_seconds() for tries in range(1, 9)]
    assert waits == pytest.approx([30, 60, 120, 240, 480, 960, 1920, 3840])


def test_the_wait_varies_by_a_fifth_each_way() -> None:
    assert back_off(1, chance=0.0) == timedelta(seconds=24)
    assert back_off(1, chance=0.999_999) == pytest.approx(timedelta(seconds=36), abs=timedelta(milliseconds=1))


@given(tries=st.integers(1, 10_000), chance=st.floats(0, 1, exclude_max=True))
def test_the_wait_is_never_longer_than_six_hours_nor_shorter_than_before(tries: int, chance: float) -> None:
    assert timedelta(hours=6) == BACK_OFF_CAP
    assert back_off(tries, chance=chance) <= back_off(tries + 1, chance=chance) <= BACK_OFF_CAP


def test_jobs_that_failed_together_do_not_come_back_together_even_at_the_cap() -> None:
    assert back_off(50, chance=0.1) < back_off(50, chance=0.2)


def test_the_pause_between_two_looks_varies_by_thirty_per_cent() -> None:
    second = timedelta(seconds=1)
    assert [pause(second, chance=chance) for chance in (0, 0.5, 1)] == pytest.approx([0.7, 1, 1.3])


# ── crons ────────────────────────────────────────────────────────────────────────────────────────


def daily(**when: int) -> Cron:
    return Cron("test.daily", "test.daily", **when)  # type: ignore[arg-type]


def every(**distance: int) -> Cron:
    return Cron("test.often", "test.often", every=timedelta(**distance))


def test_a_daily_slot_is_meant_in_local_time() -> None:
    cron = daily(hour=1, minute=30)
    # 18:30 UTC is half past one on the next day in Jakarta.
    before, at = datetime(2026, 3, 9, 18, 29, 59, tzinfo=UTC), datetime(2026, 3, 9, 18, 30, tzinfo=UTC)
    assert cron.slot(before, JAKARTA) == datetime(2026, 3, 9, 1, 30, tzinfo=JAKARTA)
    assert cron.slot(at, JAKARTA) == datetime(2026, 3, 10, 1, 30, tzinfo=JAKARTA)


def test_a_weekly_slot_is_the_newest_such_weekday() -> None:
    monday = daily(weekday=0, hour=6)
    slots = {monday.slot(datetime(2026, 3, day, 12, tzinfo=JAKARTA), JAKARTA).date() for day in range(9, 16)}
    assert slots == {date(2026, 3, 9)}
    assert monday.slot(datetime(2026, 3, 9, 5, tzinfo=JAKARTA), JAKARTA).date() == date(2026, 3, 2)


def test_frequent_slots_count_from_local_midnight() -> None:
    now = datetime(2026, 3, 9, 14, 44, 59, tzinfo=JAKARTA)
    assert every(minutes=15).slot(now, JAKARTA) == datetime(2026, 3, 9, 14, 30, tzinfo=JAKARTA)
    assert every(hours=6).slot(now, JAKARTA) == datetime(2026, 3, 9, 12, tzinfo=JAKARTA)


@given(
    now=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),
    cron=st.sampled_from([daily(hour=2, minute=30), daily(hour=0), daily(weekday=6, hour=2), every(minutes=10)]),
    zone=st.sampled_from([JAKARTA, BERLIN, ZoneInfo("Asia/Jayapura")]),
)
def test_a_slot_is_never_ahead_and_never_a_week_behind(now: datetime, cron: Cron, zone: ZoneInfo) -> None:
    slot = cron.slot(now, zone).astimezone(UTC)
    assert timedelta(0) <= now - slot <= timedelta(days=7, hours=1) < KEEP_DONE


@pytest.mark.parametrize("cron", [daily(hour=2, minute=30), every(minutes=20)])
def test_slots_follow_each_other_through_summer_time(cron: Cron) -> None:
    start = datetime(2026, 3, 27, tzinfo=UTC)
    for days in (0, 210):
        moments = [start + timedelta(days=days, minutes=5 * step) for step in range(4 * 24 * 12)]
        slots = {cron.slot(moment, BERLIN).astimezone(UTC) for moment in moments}
        distances = {later - earlier for earlier, later in pairwise(sorted(slots))}
        assert max(distances) <= (timedelta(hours=25) if cron.hour else timedelta(hours=1, minutes=20))


def test_a_slot_has_one_key_whoever_asks_and_whenever() -> None:
    cron = daily(hour=1)
    early, late = datetime(2026, 3, 9, 2, tzinfo=JAKARTA), datetime(2026, 3, 9, 14, tzinfo=UTC)
    keys = {cron.key(cron.slot(now, JAKARTA)) for now in (early, late)}
    assert keys == {"cron:test.daily:2026-03-09T01:00:00+07:00"}


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"hour": 24},
        {"hour": 1, "minute": 60},
        {"hour": 1, "weekday": 7},
        {"hour": 1, "every": timedelta(hours=1)},
        {"every": timedelta(hours=1), "minute": 5},
        {"every": timedelta(minutes=7)},
        {"every": timedelta(days=2)},
        {"every": timedelta(0)},
    ],
)
def test_a_cron_without_a_sensible_time_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"test\.cron"):
        Cron("test.cron", "test.cron", **wrong)  # type: ignore[arg-type]


# ── payloads ─────────────────────────────────────────────────────────────────────────────────────


def test_a_payload_holds_ids() -> None:
    some = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
    payload = {
        "notice": some,
        "channel": "email",
        "number": 3,
        "slot": "2026-03-09T01:00:00+07:00",
        "all": [some],
        "x": None,
    }
    assert checked(payload) == {**payload, "notice": str(some), "all": [str(some)]}


@pytest.mark.parametrize(
    "value",
    ["Siti Rahma", "siti@example.test", "Jl. Sudirman 1", "x" * 65, "", {"name": "a"}, ["Siti Rahma"], 1.5, b"x"],
)
def test_a_payload_with_something_that_a_person_wrote_is_refused_without_repeating_it(value: object) -> None:
    with pytest.raises(NotAnId) as refusal:
        checked({"who": value})
    assert str(refusal.value) == "who is not an id"


# ── tasks and rosters ────────────────────────────────────────────────────────────────────────────


def test_a_task_needs_a_name_with_its_room_a_try_and_some_time() -> None:
    for wrong in ({"kind": "send"}, {"tries": 0}, {"limit": timedelta(0)}):
        with pytest.raises(ValueError):
            Task(**{"kind": "notice.send", "run": nothing, **wrong})  # type: ignore[arg-type]


def test_a_roster_refuses_doubles_and_crons_without_a_task() -> None:
    task, cron = Task("test.daily", nothing), daily(hour=1)
    assert Roster.of([task], [cron]).tasks == {"test.daily": task}
    for tasks, crons in (([task, task], []), ([task], [cron, cron]), ([], [cron])):
        with pytest.raises(ValueError, match=r"test\.daily"):
            Roster.of(tasks, crons)
