"""What one network may do in a time: so much at once, then one after the other. It slows down and never locks.

The doors of `throttle` guard a secret, and each wrong try makes the next one wait longer. Here nothing
is guessed: what is counted is welcome, and many people may share the network, so it goes on at a pace.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.db import Database
from portal.sealing import KeyRing
from portal.web import throttle
from portal.web.models import Attempts


@dataclass(frozen=True, slots=True)
class Pace:
    """At a door: `burst` at once, and after that one in each `every`."""

    door: str
    burst: int
    every: timedelta

    def __post_init__(self) -> None:
        # The sweep forgets a counter after this long without a try: until then it must have run down.
        assert self.burst * self.every <= throttle.FORGOTTEN_AFTER, self.door


def digest_of(keys: KeyRing, pace: Pace, network: str) -> bytes:
    """The counter of a network at a door."""
    return throttle.digest_of(keys, pace.door, "", network)


def admit(database: Database, pace: Pace, network: str, *, now: datetime) -> timedelta:
    """Count one and return zero, or return how long this network must wait for the next.

    Counted in a transaction of its own, under a lock: of many at once no more get through than one
    after the other. What is refused is not counted.
    """
    digest = digest_of(database.keys, pace, network)
    with database.short_write() as connection:
        row = throttle.locked(database, connection, digest, now=now)
        busy_until = max(row.free_at, now) + pace.every
        wait: timedelta = busy_until - pace.burst * pace.every - now
        if wait > timedelta(0):
            return wait
        _set(connection, digest, free_at=busy_until, now=now)
    return timedelta(0)


def note(database: Database, pace: Pace, network: str, *, weight: int, now: datetime) -> None:
    """Count `weight` without refusing anything, up to twice what the pace allows at once."""
    digest = digest_of(database.keys, pace, network)
    with database.short_write() as connection:
        row = throttle.locked(database, connection, digest, now=now)
        most = now + 2 * pace.burst * pace.every
        _set(connection, digest, free_at=min(max(row.free_at, now) + weight * pace.every, most), now=now)


def excess(database: Database, pace: Pace, network: str, *, now: datetime) -> int:
    """By how many a network is beyond the pace; zero while it keeps to it."""
    with database.single.connect() as connection:
        free_at = connection.scalar(
            sa.select(Attempts.free_at).where(Attempts.digest == digest_of(database.keys, pace, network))
        )
    if free_at is None:
        return 0
    return max(0, math.ceil((free_at - now) / pace.every) - pace.burst)


def _set(connection: sa.Connection, digest: bytes, *, free_at: datetime, now: datetime) -> None:
    connection.execute(
        sa.update(Attempts)
        .where(Attempts.digest == digest)
        .values(tries=Attempts.tries + 1, free_at=free_at, last_at=now)
    )
