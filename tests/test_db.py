"""The database floor: reading until told to write, rows held under their lock, and writers that take turns."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Database, Session, WriteOutsideWriting, uuid7, writing
from portal.sealing import KeyRing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
ROOT = Path(__file__).parent.parent


class Mood(StrEnum):
    CALM = "calm"
    CROSS = "cross"


class Counter(Base):
    __tablename__ = "test_counters"
    metadata: ClassVar[sa.MetaData] = sa.MetaData()

    id: Mapped[UUID] = mapped_column(primary_key=True)
    value: Mapped[int] = mapped_column(default=0)
    mood: Mapped[Mood] = mapped_column(default=Mood.CALM)
    seen_at: Mapped[datetime | None]
    words: Mapped[dict[str, Any]] = mapped_column(default=dict)


@pytest.fixture
def database(database: Database) -> Database:
    with database.writer.begin() as connection:
        Counter.metadata.create_all(connection)
    return database


@pytest.fixture
def counter(session: Session) -> Counter:
    session.begin_write()
    counter = Counter()
    session.add(counter)
    session.commit()
    return counter


def value_of(database: Database, counter: Counter) -> int:
    with database.session() as session:
        return session.scalars(sa.select(Counter.value).where(Counter.id == counter.id)).one()


# ── reading, then writing ────────────────────────────────────────────────────────────────────────


def test_a_change_made_while_reading_is_refused(session: Session, counter: Counter, database: Database) -> None:
    counter.value = 7
    with pytest.raises(WriteOutsideWriting):
        session.commit()
    session.rollback()
    session.add(Counter())
    with pytest.raises(WriteOutsideWriting):
        session.flush()
    session.rollback()
    session.delete(session.get_one(Counter, counter.id))
    with pytest.raises(WriteOutsideWriting):
        session.scalars(sa.select(Counter)).all()
    session.rollback()
    assert value_of(database, counter) == 0


@pytest.mark.parametrize("model", [Counter, Counter.__table__], ids=["class", "table"])
def test_a_statement_that_changes_rows_while_reading_is_refused(
    session: Session, counter: Counter, database: Database, model: Any
) -> None:
    """On PostgreSQL, where reads are AUTOCOMMIT, it would stand at once."""
    statements = (
        sa.update(model).values(value=7),
        sa.delete(model),
        sa.insert(model).values(id=uuid7(), value=1, mood=Mood.CALM, words={}),
    )
    for statement in statements:
        with pytest.raises(WriteOutsideWriting):
            session.execute(statement)
    with database.session() as other:
        assert other.scalars(sa.select(Counter.value)).all() == [0]
    session.begin_write()
    session.execute(statements[0])
    session.commit()
    assert value_of(database, counter) == 7


def test_what_was_changed_before_the_write_began_is_refused(session: Session, counter: Counter) -> None:
    """It would be lost silently: beginning the write ends the read."""
    counter.value = 7
    with pytest.raises(WriteOutsideWriting):
        session.begin_write()


def test_a_session_reads_again_after_each_end_of_a_write(session: Session, counter: Counter) -> None:
    for end in (session.commit, session.rollback, session.close):
        writing(session, session.get_one(Counter, counter.id))
        session.begin_write()
        assert session.is_writing
        end()
        assert not session.is_writing


def test_a_rolled_back_write_changes_nothing(session: Session, counter: Counter, database: Database) -> None:
    writing(session, counter).value = 7
    session.flush()
    session.rollback()
    assert value_of(database, counter) == counter.value == 0


def test_a_read_holds_its_rows_over_a_commit(session: Session, counter: Counter) -> None:
    """A view may show what it has just committed without asking again."""
    writing(session, counter).value = 7
    session.commit()
    assert "value" in sa.inspect(counter).dict


# ── holding a row ────────────────────────────────────────────────────────────────────────────────


def test_a_row_is_held_from_writing_to_the_end(session: Session, counter: Counter) -> None:
    assert not session.holds(counter)
    assert session.holds(writing(session, counter))
    session.commit()
    assert not session.holds(counter)
    session.begin_write()
    assert not session.holds(counter)
    session.rollback()
    writing(session, counter)
    session.rollback()
    assert not session.holds(counter)


def test_a_new_row_is_held_by_who_made_it(session: Session) -> None:
    session.begin_write()
    made = Counter()
    assert not session.holds(made)
    session.add(made)
    assert session.holds(made)
    session.flush()
    assert session.holds(made)
    session.commit()
    assert not session.holds(made)


def test_one_row_held_holds_no_other(session: Session, counter: Counter) -> None:
    session.begin_write()
    other = Counter()
    session.add(other)
    session.commit()
    writing(session, counter)
    assert not session.holds(other)


def test_writing_reads_the_row_anew(session: Session, counter: Counter, database: Database) -> None:
    with database.session() as other:
        writing(other, other.get_one(Counter, counter.id)).value = 7
        other.commit()
    assert counter.value == 0
    assert writing(session, counter).value == 7


def test_a_row_that_is_gone_cannot_be_written(session: Session, counter: Counter, database: Database) -> None:
    with database.session() as other:
        other.delete(writing(other, other.get_one(Counter, counter.id)))
        other.commit()
    with pytest.raises(sa.exc.InvalidRequestError):
        writing(session, counter)


# ── several writers ──────────────────────────────────────────────────────────────────────────────

INCREMENT = """
import sys
from uuid import UUID
from portal.db import Database, writing
from portal.sealing import KeyRing
from tests.test_db import Counter
database = Database(sys.argv[1], KeyRing.generate())
print("ready", flush=True)
sys.stdin.readline()
for _ in range(int(sys.argv[3])):
    with database.session() as session:
        counter = session.get_one(Counter, UUID(sys.argv[2]))
        counter.value
        writing(session, counter).value += 1
        session.commit()
"""


def test_400_concurrent_increments_by_processes_stay_400(database: Database, counter: Counter) -> None:
    url = database.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", INCREMENT, url, str(counter.id), "100"]
    processes = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.communicate("go\n", timeout=120)
    assert [process.returncode for process in processes] == [0, 0, 0, 0]
    assert value_of(database, counter) == 400


def test_400_concurrent_increments_by_threads_stay_400(database: Database, counter: Counter) -> None:
    def increment(_: int) -> None:
        with database.session() as session:
            writing(session, session.get_one(Counter, counter.id)).value += 1
            session.commit()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(increment, range(400)))
    assert value_of(database, counter) == 400


@SQLITE
def test_on_sqlite_the_write_lock_is_taken_when_the_write_begins(database: Database, counter: Counter) -> None:
    """Not at the first change: by then another writer may have come between, and the change would fail."""
    with database.session() as first:
        first.begin_write()
        impatient = sa.create_engine(database.url, connect_args={"timeout": 0.05, "isolation_level": None})
        with impatient.connect() as connection, pytest.raises(sa.exc.OperationalError, match="locked"):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        impatient.dispose()


def test_a_second_writer_of_the_same_row_waits_for_the_first(database: Database, counter: Counter) -> None:
    order: list[str] = []

    def second() -> None:
        with database.session() as session:
            again = session.get_one(Counter, counter.id)
            order.append("second begins")
            writing(session, again).value += 1
            order.append("second writes")
            session.commit()

    with database.session() as first:
        writing(first, first.get_one(Counter, counter.id)).value += 1
        thread = threading.Thread(target=second)
        thread.start()
        until = time.monotonic() + 10
        while "second begins" not in order and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(0.2)
        order.append("first commits")
        first.commit()
        thread.join(timeout=20)
    assert order == ["second begins", "first commits", "second writes"]
    assert value_of(database, counter) == 2


@POSTGRESQL
def test_on_postgresql_writers_of_different_rows_do_not_wait(database: Database, counter: Counter) -> None:
    with database.session() as first, database.session() as second:
        second.begin_write()
        other = Counter()
        second.add(other)
        second.commit()
        writing(first, first.get_one(Counter, counter.id)).value += 1
        writing(second, other).value += 1
        second.commit()
        first.commit()
    assert value_of(database, counter) == 1


def test_reading_neither_waits_for_a_writer_nor_makes_it_wait(database: Database, counter: Counter) -> None:
    with database.session() as reader, database.session() as writer, database.session() as other:
        assert reader.get_one(Counter, counter.id).value == 0
        writing(writer, writer.get_one(Counter, counter.id)).value = 7
        writer.flush()
        began = time.monotonic()
        assert other.get_one(Counter, counter.id).value == 0
        assert reader.scalars(sa.select(Counter.value)).all() == [0]
        writer.commit()
        assert time.monotonic() - began < 2


def test_a_small_write_of_its_own_stands_although_the_session_rolls_back(
    session: Session, counter: Counter, database: Database
) -> None:
    table = Counter.__table__
    with database.short_write() as connection:
        connection.execute(sa.update(table).values(value=table.c.value + 1))
    session.rollback()
    assert value_of(database, counter) == 1
    with pytest.raises(RuntimeError), database.short_write() as connection:
        connection.execute(sa.update(table).values(value=99))
        raise RuntimeError
    assert value_of(database, counter) == 1


# ── long readings ────────────────────────────────────────────────────────────────────────────────


def test_a_snapshot_does_not_see_what_others_commit_meanwhile(database: Database, counter: Counter) -> None:
    query = sa.select(Counter.value)
    with database.snapshot() as connection:
        assert connection.scalar(query) == 0
        with database.session() as other:
            writing(other, other.get_one(Counter, counter.id)).value = 7
            other.commit()
        assert connection.scalar(query) == 0
    with database.snapshot() as connection:
        assert connection.scalar(query) == 7


def test_a_snapshot_streams_several_readings_side_by_side(database: Database, session: Session) -> None:
    session.begin_write()
    session.add_all(Counter(value=number) for number in range(50))
    session.commit()
    query = sa.select(Counter.value).order_by(Counter.value)
    with database.snapshot() as connection:
        one = connection.execute(query, execution_options={"yield_per": 7})
        other = connection.execute(query, execution_options={"yield_per": 5})
        assert [pair[0] == pair[1] for pair in zip(one.scalars(), other.scalars(), strict=True)] == [True] * 50


@POSTGRESQL
def test_on_postgresql_a_snapshot_refuses_to_write(database: Database, counter: Counter) -> None:
    with database.snapshot() as connection, pytest.raises(sa.exc.InternalError, match="read-only"):
        connection.execute(sa.delete(Counter.__table__))
    # The connection went back to the pool as it came from it.
    with database.session() as session:
        session.delete(writing(session, session.get_one(Counter, counter.id)))
        session.commit()


@POSTGRESQL
def test_on_postgresql_reads_are_not_wrapped_in_transactions(session: Session) -> None:
    assert session.scalar(sa.text("SELECT now() = statement_timestamp()")) is True
    first, second = (session.scalar(sa.text("SELECT now()")) for _ in range(2))
    assert first != second


@SQLITE
def test_sqlite_is_set_up_to_survive_a_power_cut(database: Database) -> None:
    with database.reader.connect() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
        }
    assert settings == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 10_000,
    }


# ── column types ─────────────────────────────────────────────────────────────────────────────────


def test_a_moment_comes_back_in_utc_to_the_microsecond(session: Session, counter: Counter, database: Database) -> None:
    jakarta = datetime(2026, 3, 13, 23, 59, 59, 999_999, tzinfo=timezone(timedelta(hours=7)))
    writing(session, counter).seen_at = jakarta
    session.commit()
    with database.session() as later:
        seen_at = later.get_one(Counter, counter.id).seen_at
    assert seen_at == jakarta
    assert seen_at is not None
    assert seen_at.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(session: Session, counter: Counter) -> None:
    writing(session, counter).seen_at = datetime(2026, 3, 13)
    with pytest.raises(sa.exc.StatementError, match="time zone"):
        session.flush()


def test_moments_are_compared_as_moments(session: Session, counter: Counter) -> None:
    writing(session, counter).seen_at = datetime(2026, 3, 13, 0, 30, tzinfo=UTC)
    session.commit()
    jakarta = timezone(timedelta(hours=7))
    before = Counter.seen_at < datetime(2026, 3, 13, 7, 31, tzinfo=jakarta)
    after = Counter.seen_at > datetime(2026, 3, 13, 7, 29, tzinfo=jakarta)
    assert session.scalar(sa.select(Counter.id).where(before, after)) == counter.id


def test_enums_are_kept_by_value(session: Session, counter: Counter, database: Database) -> None:
    writing(session, counter).mood = Mood.CROSS
    session.commit()
    with database.reader.connect() as connection:
        assert connection.scalar(sa.text("SELECT mood FROM test_counters")) == "cross"
    with database.session() as later:
        assert later.get_one(Counter, counter.id).mood is Mood.CROSS


def test_an_id_is_known_before_the_insert_and_may_be_given() -> None:
    assert Counter().id.version == 7
    given = uuid7()
    assert Counter(id=given).id == given


def test_ids_sort_by_the_moment_of_their_making_and_never_repeat() -> None:
    before = time.time_ns() // 1_000_000
    made = [uuid7() for _ in range(2000)]
    after = time.time_ns() // 1_000_000
    assert len(set(made)) == 2000
    assert all(before <= one.int >> 80 <= after for one in made)
    assert all(one.version == 7 and one.variant == "specified in RFC 4122" for one in made)
    earlier = uuid7()
    time.sleep(0.002)
    assert earlier < uuid7()


def test_the_keys_are_at_hand_in_every_session(session: Session, keys: KeyRing) -> None:
    assert session.keys is keys
