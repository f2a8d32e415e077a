"""A network's pace: so much at once, then one after the other; nobody is locked out; all processes count together."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.db import Database
from portal.web import limits, throttle
from portal.web.limits import Pace, admit, excess, note
from portal.web.models import Attempts
from tests.builders import NOW

NONE = timedelta(0)
PACE = Pace("somewhere", burst=5, every=timedelta(minutes=2))
HERE, ELSEWHERE = "192.0.2.7", "192.0.2.8"


def test_so_much_at_once_and_then_one_after_the_other(database: Database) -> None:
    assert [admit(database, PACE, HERE, now=NOW) for _ in range(6)] == [NONE] * 5 + [timedelta(minutes=2)]
    # Whoever waits for as long as they were told gets in, and the next one waits no longer than that one did.
    for passed in range(1, 4):
        now = NOW + passed * PACE.every
        assert admit(database, PACE, HERE, now=now - timedelta(seconds=1)) == timedelta(seconds=1)
        assert [admit(database, PACE, HERE, now=now) for _ in range(2)] == [NONE, PACE.every]


def test_whoever_rests_may_do_as_much_again(database: Database) -> None:
    for _ in range(5):
        admit(database, PACE, HERE, now=NOW)
    rested = NOW + 5 * PACE.every
    assert [admit(database, PACE, HERE, now=rested) for _ in range(6)] == [NONE] * 5 + [PACE.every]


def test_haste_makes_nobody_wait_longer(database: Database) -> None:
    for _ in range(50):
        admit(database, PACE, HERE, now=NOW)
    assert admit(database, PACE, HERE, now=NOW) == PACE.every


def test_other_networks_and_other_doors_are_not_held_up(database: Database) -> None:
    for _ in range(6):
        admit(database, PACE, HERE, now=NOW)
    assert admit(database, PACE, ELSEWHERE, now=NOW) == NONE
    assert admit(database, Pace("elsewhere", 5, PACE.every), HERE, now=NOW) == NONE


def test_many_at_once_are_counted_one_after_the_other(database: Database) -> None:
    with ThreadPoolExecutor(12) as pool:
        waits = list(pool.map(lambda _: admit(database, PACE, HERE, now=NOW), range(12)))
    assert sorted(waits) == [NONE] * 5 + [PACE.every] * 7


def test_what_is_only_noted_is_never_refused_and_runs_down(database: Database) -> None:
    assert excess(database, PACE, HERE, now=NOW) == 0
    note(database, PACE, HERE, weight=5, now=NOW)
    assert excess(database, PACE, HERE, now=NOW) == 0
    note(database, PACE, HERE, weight=2, now=NOW)
    assert [excess(database, PACE, HERE, now=NOW + steps * PACE.every) for steps in range(4)] == [2, 1, 0, 0]
    assert excess(database, PACE, ELSEWHERE, now=NOW) == 0


def test_what_is_noted_has_an_end(database: Database) -> None:
    for _ in range(100):
        note(database, PACE, HERE, weight=100, now=NOW)
    assert excess(database, PACE, HERE, now=NOW) == PACE.burst


def test_the_counter_says_nothing_of_the_network_and_goes_with_the_sweep(database: Database) -> None:
    admit(database, PACE, HERE, now=NOW)
    with database.short_write() as connection:
        (row,) = connection.execute(sa.select(Attempts))
        assert HERE.encode() not in row.digest and len(row.digest) == 32
        assert throttle.sweep(connection, now=NOW + timedelta(hours=24, seconds=1)) == 1


def test_a_pace_that_outlives_the_sweep_is_refused() -> None:
    with pytest.raises(AssertionError):
        Pace("endless", burst=1000, every=timedelta(hours=1))


def test_the_digest_tells_doors_apart(database: Database) -> None:
    other = Pace("other", 5, PACE.every)
    assert limits.digest_of(database.keys, PACE, HERE) != limits.digest_of(database.keys, other, HERE)
