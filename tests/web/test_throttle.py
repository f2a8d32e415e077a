"""Attempts slow down and never lock, per door and network, for all processes together."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from portal.db import Database
from portal.sealing import KeyRing
from portal.web.network import network_of
from portal.web.throttle import FREE_TRIES, LONGEST_WAIT, admit, digest_of, forgive, sweep, wait_after

START = datetime(2026, 3, 13, 3, 0, tzinfo=UTC)
NONE = timedelta(0)


@pytest.fixture
def door(keys: KeyRing) -> bytes:
    return digest_of(keys, "track", "BM26K7QX4MTR", "192.0.2.7")


def test_the_wait_grows_and_stays_bounded() -> None:
    waits = [wait_after(tries) for tries in range(1, 40)]
    assert waits[:FREE_TRIES] == [NONE] * FREE_TRIES
    assert waits[FREE_TRIES : FREE_TRIES + 3] == [timedelta(seconds=2), timedelta(seconds=4), timedelta(seconds=8)]
    assert waits == sorted(waits)
    assert max(waits) == LONGEST_WAIT


def test_typing_errors_cost_nothing_then_each_try_waits_longer(database: Database, door: bytes) -> None:
    for _ in range(FREE_TRIES + 1):
        assert admit(database, door, now=START) == NONE
    assert admit(database, door, now=START) == timedelta(seconds=2)
    assert admit(database, door, now=START + timedelta(seconds=2)) == NONE
    assert admit(database, door, now=START + timedelta(seconds=3)) == timedelta(seconds=3)


def test_haste_is_refused_but_not_counted(database: Database, door: bytes) -> None:
    for _ in range(FREE_TRIES + 1):
        admit(database, door, now=START)
    for _ in range(50):
        assert admit(database, door, now=START + timedelta(seconds=1)) == timedelta(seconds=1)
    assert admit(database, door, now=START + timedelta(seconds=2)) == NONE


def test_another_network_is_not_held_up(database: Database, keys: KeyRing, door: bytes) -> None:
    for _ in range(FREE_TRIES + 1):
        admit(database, door, now=START)
    elsewhere = digest_of(keys, "track", "BM26K7QX4MTR", "192.0.2.8")
    assert admit(database, elsewhere, now=START) == NONE


def test_the_right_code_forgives(database: Database, door: bytes) -> None:
    for _ in range(FREE_TRIES + 1):
        admit(database, door, now=START)
    forgive(database, door)
    assert admit(database, door, now=START) == NONE


def test_a_day_later_nothing_is_remembered(database: Database, door: bytes) -> None:
    for _ in range(FREE_TRIES + 1):
        admit(database, door, now=START)
    later = START + timedelta(hours=25)
    assert [admit(database, door, now=later) for _ in range(FREE_TRIES + 1)] == [NONE] * (FREE_TRIES + 1)
    with database.short_write() as connection:
        assert sweep(connection, now=later) == 0
        assert sweep(connection, now=later + timedelta(hours=25)) == 1


def test_many_at_once_are_admitted_one_after_the_other(database: Database, door: bytes) -> None:
    with ThreadPoolExecutor(20) as pool:
        waits = list(pool.map(lambda _: admit(database, door, now=START), range(20)))
    assert waits.count(NONE) == FREE_TRIES + 1


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("nonsense", "unknown"),
        (None, "unknown"),
    ],
)
def test_an_ipv6_household_is_one_network(address: str | None, network: str) -> None:
    assert network_of(address) == network
