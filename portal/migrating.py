"""Bringing a database to the newest schema, safely while other processes try the same. Knows no Flask."""

import importlib
import pkgutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

import portal
from portal.db import ONLY, Base, Database

SCRIPTS = Path(__file__).parent.parent / "migrations"
# Any number that nothing else uses as an advisory lock on the same PostgreSQL database.
ADVISORY_LOCK = 4_715_310_001
WAIT_SECONDS = 600


class MigrationBusy(RuntimeError):
    """Another process has been migrating the same database for longer than `WAIT_SECONDS`."""


class BrokenReferences(RuntimeError):
    """A migration left rows on SQLite that refer to rows that do not exist; it was rolled back."""


def belongs_to(dialect: str) -> Callable[..., bool]:
    """What Alembic compares on a database of this dialect: all but the indexes that another one has alone."""
    return lambda item, *_: getattr(item, "info", {}).get(ONLY, dialect) == dialect


def load_models() -> sa.MetaData:
    """Import every module that declares tables and return the metadata that they filled.

    The rooms are found, not named: this module stands on the ground floor and may not know them.
    """
    importlib.import_module("portal.sealing")
    for module in pkgutil.walk_packages(portal.__path__, "portal."):
        if "models" in module.name.split("."):
            importlib.import_module(module.name)
    return Base.metadata


def upgrade(database: Database) -> list[str]:
    """Run every migration that the database has not seen, in one transaction; return their revision ids.

    Idempotent. When several processes start at once, one migrates; the others wait and then find
    nothing to do. Raises `MigrationBusy` when the wait exceeds `WAIT_SECONDS` (PostgreSQL; on SQLite
    it is `sqlalchemy.exc.OperationalError`), `BrokenReferences` when SQLite's rows no longer fit together.
    """
    with alone(database) as connection:
        todo = _pending(connection)
        if todo:
            config = Config(attributes={"connection": connection})
            config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
            command.upgrade(config, "head")
        return todo


def pending(database: Database) -> list[str]:
    """The revisions that `upgrade` would run now, oldest first. Changes nothing."""
    with database.reader.connect() as connection:
        return _pending(connection)


@contextmanager
def alone(database: Database) -> Iterator[sa.Connection]:
    """One transaction in which nobody else migrates; it is committed at the end."""
    if database.is_sqlite:
        with _sqlite_transaction(database) as connection:
            yield connection
    else:
        with _advisory_lock(database), database.writer.begin() as connection:
            yield connection


def _pending(connection: sa.Connection) -> list[str]:
    applied = MigrationContext.configure(connection).get_current_heads()
    newest_first = ScriptDirectory(str(SCRIPTS)).iterate_revisions("heads", applied or "base")
    return [script.revision for script in newest_first][::-1]


@contextmanager
def _sqlite_transaction(database: Database) -> Iterator[sa.Connection]:
    """One BEGIN IMMEDIATE around all migrations; who comes second waits for it.

    Foreign keys rest meanwhile, because Alembic changes a table by copying and dropping it, and with
    them on a drop deletes (or refuses to delete) the rows that refer to it. SQLite takes the switch
    only outside a transaction; the references are checked as a whole before the commit.
    """
    with database.writer.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        # These settings must not outlive the migration, so the connection leaves the pool.
        connection.detach()
        driver.execute(f"PRAGMA busy_timeout={WAIT_SECONDS * 1000}")
        driver.execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            yield connection
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise BrokenReferences(", ".join(sorted({f"{row[0]} -> {row[2]}" for row in broken})))


@contextmanager
def _advisory_lock(database: Database) -> Iterator[None]:
    """Hold PostgreSQL's advisory lock on a connection of its own.

    It is asked for again and again: a process that waits inside `pg_advisory_lock()` holds a snapshot,
    and a CREATE INDEX CONCURRENTLY in the migration it waits for would wait for that snapshot in turn.
    """
    give_up = time.monotonic() + WAIT_SECONDS
    with database.reader.connect() as connection:
        while not connection.scalar(sa.select(sa.func.pg_try_advisory_lock(ADVISORY_LOCK))):
            if time.monotonic() > give_up:
                raise MigrationBusy(f"another process has been migrating for {WAIT_SECONDS} seconds")
            time.sleep(0.2)
        try:
            yield
        finally:
            connection.execute(sa.select(sa.func.pg_advisory_unlock(ADVISORY_LOCK)))
