"""Attempts that slow down and never lock: per door and network, counted on the server for all processes."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.db import Database
from portal.sealing import KeyRing, Purpose
from portal.web.models import Attempts

FREE_TRIES = 3
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=24)


def wait_after(tries: int) -> timedelta:
    """How long the door stays shut after this many tries: nothing for typing errors, then doubling."""
    if tries <= FREE_TRIES:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(tries - FREE_TRIES, 20)), LONGEST_WAIT)


def digest_of(keys: KeyRing, door: str, subject: str, network: str) -> bytes:
    """The row's key: neither the number tried nor the network is kept readable."""
    return keys.mac(Purpose.INDEX, "attempts", door, subject, network)


def admit(database: Database, digest: bytes, *, now: datetime) -> timedelta:
    """Count one try and return zero, or return how long this network must still wait.

    The try is counted before it is judged, in a transaction of its own: many at once are admitted
    one after the other, and what is refused for its haste is not counted again.
    """
    with database.short_write() as connection:
        row = locked(database, connection, digest, now=now)
        tries = 0 if now - row.last_at > FORGOTTEN_AFTER else row.tries
        if tries and now < row.free_at:
            return timedelta(seconds=(row.free_at - now).total_seconds())
        tries += 1
        connection.execute(
            sa.update(Attempts)
            .where(Attempts.digest == digest)
            .values(tries=tries, free_at=now + wait_after(tries), last_at=now)
        )
    return timedelta(0)


def locked(
    database: Database, connection: sa.Connection, digest: bytes, *, now: datetime
) -> sa.Row[int, datetime, datetime]:
    """The counter (`tries`, `free_at`, `last_at`) under its lock, made if there is none yet."""
    insert_once(database, connection, digest, now=now)
    return connection.execute(
        sa.select(Attempts.tries, Attempts.free_at, Attempts.last_at).where(Attempts.digest == digest).with_for_update()
    ).one()


def insert_once(database: Database, connection: sa.Connection, digest: bytes, *, now: datetime) -> bool:
    """Make a counter's row; whether there was none. On PostgreSQL it must be there before it can be locked."""
    row = database.inserting(Attempts).values(digest=digest, tries=0, free_at=now, last_at=now).on_conflict_do_nothing()
    # psycopg tells no count of an INSERT that may do nothing.
    return connection.execute(row.returning(Attempts.digest)).one_or_none() is not None


def forgive(database: Database, digest: bytes) -> None:
    """Forget the tries: the right code was given."""
    with database.short_write() as connection:
        connection.execute(sa.delete(Attempts).where(Attempts.digest == digest))


def sweep(connection: sa.Connection, *, now: datetime) -> int:
    """Delete what no longer counts; returns how many rows went."""
    return connection.execute(sa.delete(Attempts).where(Attempts.last_at < now - FORGOTTEN_AFTER)).rowcount
