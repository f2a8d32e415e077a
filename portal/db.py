"""The database floor: Base, column types, engines, and the read-then-write session. Knows no Flask.

Every session starts as a reader. `Session.begin_write()` ends the read and begins the one write
transaction: BEGIN IMMEDIATE on SQLite, an ordinary transaction with row locks on PostgreSQL. A flush
outside a write is refused, and so is an INSERT, UPDATE or DELETE given to `session.execute()`, so that
no reader can change anything by accident.
"""

import enum
import secrets
import sqlite3
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import sqlalchemy as sa
from sqlalchemy import event, orm
from sqlalchemy.exc import OperationalError

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

    from portal.sealing import KeyRing

SQLITE_BUSY_SECONDS = 10


class WriteOutsideWriting(RuntimeError):
    """Something tried to change the database while the session was still reading."""


class NotHeld(RuntimeError):
    """A row was to be changed that this transaction had not re-read under its lock."""


def uuid7() -> uuid.UUID:
    """A UUIDv7 (RFC 9562): 48 bits of Unix milliseconds, 12 of their fraction, then 62 random bits.

    Known before the insert (the sealed values' AAD needs it), not guessable, kind to indexes. The
    fraction keeps what one process makes in one millisecond in its order.
    """
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    fraction = (nanoseconds << 12) // 1_000_000
    value = milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | secrets.randbits(62)
    return uuid.UUID(int=value)


class Busy(RuntimeError):
    """Somebody else is changing the row at this moment."""


class Moment(sa.types.TypeDecorator[datetime]):
    """A moment in UTC. Naive values are refused: a naive value has already lost its zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        # SQLite gives back what it was given without the zone; PostgreSQL gives the server's zone.
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _values(kind: type[enum.Enum]) -> list[str]:
    return [str(member.value) for member in kind]


# In the `info` of an index that is made on one kind of database alone: its dialect.
ONLY = "only"


class Base(orm.DeclarativeBase):
    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: sa.Text(),
        bytes: sa.LargeBinary(),
        uuid.UUID: sa.Uuid(),
        datetime: Moment(),
        dict[str, Any]: sa.JSON(),
        list[str]: sa.JSON(),
        # Values, not names, and no native type: a new member needs no migration.
        enum.Enum: sa.Enum(enum.Enum, native_enum=False, length=40, create_constraint=False, values_callable=_values),
    }


@cache
def _takes_uuid(kind: type[Base]) -> bool:
    column = sa.inspect(kind).columns.get("id")
    return column is not None and isinstance(column.type, sa.Uuid)


@event.listens_for(Base, "init", propagate=True)
def _identify(target: Base, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Give every new row its id at once; the sealed values' AAD names it before the insert."""
    if "id" not in kwargs and _takes_uuid(type(target)):
        kwargs["id"] = uuid7()


class Session(orm.Session):
    """One unit of reading and then, after `begin_write()`, of writing."""

    keys: "KeyRing"

    def __init__(self, database: "Database") -> None:
        super().__init__(expire_on_commit=False, autoflush=True)
        self.database = database
        self.keys = database.keys
        self.is_writing = False
        self._held: set[tuple[Any, ...]] = set()

    def get_bind(self, *_: Any, **__: Any) -> sa.Engine:
        return self.database.writer if self.is_writing else self.database.reader

    def begin_write(self) -> None:
        """End the read and begin the write transaction now, not at the first change. Idempotent."""
        if self.is_writing:
            return
        if self.new or self.dirty or self.deleted:
            raise WriteOutsideWriting("rows were changed before the write began")
        super().rollback()
        self.is_writing = True
        try:
            self.connection()
        except BaseException:
            self.is_writing = False
            raise

    def holds(self, row: Base) -> bool:
        """Whether this transaction made the row or re-read it under its lock."""
        state = sa.inspect(row)
        return self.is_writing and (bool(state.pending) or (state.key is not None and state.key in self._held))

    def commit(self) -> None:
        super().commit()
        self._end_write()

    def rollback(self) -> None:
        super().rollback()
        self._end_write()

    def close(self) -> None:
        super().close()
        self._end_write()

    def _end_write(self) -> None:
        self.is_writing = False
        self._held.clear()


Row = TypeVar("Row", bound=Base)


def writing(session: Session, row: Row, *, wait: bool = True) -> Row:
    """Begin the write and return `row` re-read FOR UPDATE; `Session.holds(row)` is true from then on.

    Call it when body, form, password hash and rights are done: no file, hash, scanner, mail or PDF
    is touched between here and the commit. Raises `sqlalchemy.exc.InvalidRequestError` if the row is gone.

    Without `wait` it raises `Busy` where somebody else holds the row. Who holds one row already asks so for
    a second: two who want each other's would wait for ever.
    """
    session.begin_write()
    try:
        session.refresh(row, with_for_update={"nowait": not wait})
    except OperationalError as error:
        if wait:
            raise
        raise Busy from error
    key = sa.inspect(row).key
    assert key is not None
    session._held.add(key)
    return row


@event.listens_for(Session, "before_flush")
def _refuse_unasked_writes(session: orm.Session, *_: Any) -> None:
    if isinstance(session, Session) and not session.is_writing:
        raise WriteOutsideWriting("call writing(row) or session.begin_write() first")


@event.listens_for(Session, "do_orm_execute")
def _refuse_unasked_statements(state: orm.ORMExecuteState) -> None:
    # Without this a statement would commit at once on PostgreSQL, whose reads are AUTOCOMMIT,
    # and would be lost on SQLite.
    if (state.is_insert or state.is_update or state.is_delete) and not getattr(state.session, "is_writing", True):
        raise WriteOutsideWriting("call writing(row) or session.begin_write() first")


@event.listens_for(Session, "pending_to_persistent")
def _hold_new_rows(session: orm.Session, row: Any) -> None:
    key = sa.inspect(row).key
    if isinstance(session, Session) and key is not None:
        session._held.add(key)


class Database:
    """The faces of one engine: a reader, a reader of single statements, a writer, and the sessions over them."""

    def __init__(self, url: str, keys: "KeyRing") -> None:
        self.url = sa.make_url(url)
        self.keys = keys
        if self.is_sqlite:
            self.engine = sa.create_engine(
                self.url, connect_args={"timeout": SQLITE_BUSY_SECONDS, "isolation_level": None}
            )
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
            self.reader: sa.Engine = self.engine
            self.single: sa.Engine = self.engine.execution_options(aduan_single=True)
            self.writer: sa.Engine = self.engine.execution_options(aduan_write=True)
            self._frozen: sa.Engine = self.engine
        else:
            self.engine = sa.create_engine(self.url, pool_pre_ping=False, pool_size=8, max_overflow=16)
            # A read needs no BEGIN and ROLLBACK around each statement; that halves its round trips.
            self.reader = self.single = self.engine.execution_options(isolation_level="AUTOCOMMIT")
            self.writer = self.engine
            self._frozen = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @property
    def driver(self) -> Any:
        """The module beneath SQLAlchemy, for the names of its errors."""
        return self.engine.dialect.loaded_dbapi

    def inserting(self, row: type[Base]) -> "postgresql.Insert | sqlite.Insert":
        """An INSERT of the database's own kind, which can say ON CONFLICT.

        Only that kind is loaded: PostgreSQL's brings five drivers along.
        """
        if self.is_sqlite:
            from sqlalchemy.dialects import sqlite

            return sqlite.insert(row)
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(row)

    def session(self) -> Session:
        return Session(self)

    @contextmanager
    def short_write(self) -> Iterator[sa.Connection]:
        """A small transaction of its own, outside any session: counters, `last_seen`, the reading log.

        Never inside a session's write: on SQLite it would wait for the lock that its own caller holds.
        """
        with self.writer.begin() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[sa.Connection]:
        """One unchanging picture of the whole database, for long readings that stream their rows.

        What others commit meanwhile is not seen, and nobody waits for it. Nothing is written through it.
        """
        with self._frozen.connect() as connection, connection.begin():
            yield connection

    def dispose(self) -> None:
        self.engine.dispose()


def _prepare_sqlite(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    _use_wal(cursor)
    # FULL: a registration number that was shown must survive a power cut.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    # A destroyed data key must not stay behind in a page that SQLite holds to be free.
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.execute(f"PRAGMA busy_timeout={SQLITE_BUSY_SECONDS * 1000}")
    cursor.close()


def _use_wal(cursor: Any) -> None:
    # SQLite does not wait, whatever the timeout, when several processes change a new file's mode at
    # once: all but one are told that it is locked. Once it is changed, asking again takes no lock.
    give_up = time.monotonic() + SQLITE_BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.01)


def _begin_sqlite(connection: sa.Connection) -> None:
    options = connection.get_execution_options()
    if options.get("aduan_single"):
        # One reading statement sees one picture of the database by itself.
        return
    # A write begun as a read fails at its first change when another writer came between;
    # IMMEDIATE waits for its turn instead.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("aduan_write") else "BEGIN")
