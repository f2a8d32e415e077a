"""Sealed values, the data keys that open them, and texts that only a token opens."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Database, Session, WriteOutsideWriting
from portal.sealing import (
    Box,
    CaseKey,
    KeyDestroyed,
    KeyRing,
    Purpose,
    Tampered,
    destroy_key,
    new_box,
    open_box,
    open_for_token,
    rewrap,
    seal_for_token,
    still_wrapped_under,
    unwrap,
)

NOW = datetime(2026, 3, 13, 3, 0, tzinfo=UTC)
STORY = {"name": "Siti Nurhaliza", "story": "Uang saya Rp12.500.000 belum kembali 😟", "list": [1, None, True]}


class Note(Base):
    __tablename__ = "test_notes"
    metadata: ClassVar[sa.MetaData] = sa.MetaData()

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]
    secret: Mapped[bytes | None]


class OtherNote(Base):
    __tablename__ = "test_other_notes"
    metadata = Note.metadata

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]


@pytest.fixture
def box() -> Box:
    return Box(uuid4(), bytes(range(32)))


@contextmanager
def with_keys(database: Database, keys: KeyRing) -> Iterator[Session]:
    """A session of a process that was started with another ring."""
    other = Database(database.url.render_as_string(hide_password=False), keys)
    with other.session() as session:
        yield session
    other.dispose()


# ── sealed values ────────────────────────────────────────────────────────────────────────────────


def test_a_sealed_value_opens_where_it_was_put(box: Box) -> None:
    note = Note()
    box.seal(note, STORY)
    box.seal(note, "a secret", "secret")
    assert box.open(note) == STORY
    assert box.open(note, "secret") == "a secret"
    assert box.open_from("test_notes", note.id, note.sealed) == STORY
    assert b"Siti" not in note.sealed


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_whatever_json_holds_comes_back(value: Any) -> None:
    box, note = Box(uuid4(), bytes(32)), Note()
    box.seal(note, value)
    assert box.open(note) == value


@pytest.mark.parametrize("value", [float("nan"), float("inf"), NOW, b"bytes", {NOW: 1}])
def test_what_json_cannot_hold_is_refused_before_it_is_sealed(box: Box, value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        box.seal(Note(), value)


def test_two_seals_of_one_value_differ(box: Box) -> None:
    one, other = Note(), Note()
    box.seal(one, STORY)
    box.seal(other, STORY)
    assert one.sealed != other.sealed
    first = one.sealed
    box.seal(one, STORY)
    assert one.sealed != first


def test_a_value_moved_to_another_row_column_or_table_is_refused(box: Box) -> None:
    note, other_row = Note(), Note()
    other_table = OtherNote(id=note.id)
    box.seal(note, STORY)
    other_row.sealed = note.secret = other_table.sealed = note.sealed
    for row, column in ((other_row, "sealed"), (note, "secret"), (other_table, "sealed")):
        with pytest.raises(Tampered, match=f"{row.__tablename__}.{column}"):
            box.open(row, column)


def test_a_flipped_bit_is_refused_wherever_it_is(box: Box) -> None:
    note = Note()
    box.seal(note, {"account": "7001234567"})
    sealed = note.sealed
    for position in range(len(sealed)):
        for bit in (0, 3, 7):
            flipped = bytearray(sealed)
            flipped[position] ^= 1 << bit
            note.sealed = bytes(flipped)
            with pytest.raises(Tampered):
                box.open(note)


def test_a_truncated_or_lengthened_value_is_refused(box: Box) -> None:
    note = Note()
    box.seal(note, {"account": "7001234567"})
    sealed = note.sealed
    for length in range(len(sealed)):
        note.sealed = sealed[:length]
        with pytest.raises(Tampered):
            box.open(note)
    note.sealed = sealed + b"\0"
    with pytest.raises(Tampered):
        box.open(note)


@pytest.mark.parametrize("value", [None, "text", 7, b""])
def test_what_was_never_sealed_is_refused(box: Box, value: Any) -> None:
    note = Note()
    note.secret = value
    with pytest.raises(Tampered):
        box.open(note, "secret")


def test_another_data_key_opens_nothing(box: Box) -> None:
    note = Note()
    box.seal(note, STORY)
    with pytest.raises(Tampered):
        Box(box.id, bytes(32)).open(note)


def test_derived_keys_differ_by_use_and_by_case(box: Box) -> None:
    other = Box(box.id, bytes(32))
    assert len(box.derive("file 1")) == 32
    assert box.derive("file 1") == box.derive("file 1")
    assert len({box.derive("file 1"), box.derive("file 2"), other.derive("file 1")}) == 3


# ── data keys ────────────────────────────────────────────────────────────────────────────────────


def kept_note(session: Session) -> tuple[UUID, Note]:
    """A committed data key and a row sealed under it."""
    session.begin_write()
    box, note = new_box(session, now=NOW), Note()
    box.seal(note, STORY)
    session.commit()
    return box.id, note


def test_a_data_key_is_kept_wrapped_and_opens_in_another_session(session: Session, database: Database) -> None:
    key_id, note = kept_note(session)
    row = session.get_one(CaseKey, key_id)
    assert (row.master_id, row.created_at, row.destroyed_at) == ("master-1", NOW, None)
    with database.session() as later:
        assert open_box(later, key_id).open(note) == STORY
        assert open_box(later, key_id) is open_box(later, key_id)


def test_rows_may_refer_to_a_new_data_key_at_once(session: Session) -> None:
    """Nothing but its being flushed puts the key before the rows that name it by a foreign key."""
    session.begin_write()
    box = new_box(session, now=NOW)
    assert session.connection().execute(sa.select(CaseKey.id)).scalars().all() == [box.id]


def test_a_data_key_is_not_made_while_reading(session: Session) -> None:
    with pytest.raises(WriteOutsideWriting):
        new_box(session, now=NOW)


def test_a_destroyed_key_opens_nothing_any_more(session: Session, database: Database) -> None:
    key_id, _ = kept_note(session)
    session.begin_write()
    destroy_key(session, key_id, now=NOW)
    session.commit()
    with pytest.raises(KeyDestroyed):
        open_box(session, key_id)
    with database.session() as later:
        with pytest.raises(KeyDestroyed):
            open_box(later, key_id)
        row = later.get_one(CaseKey, key_id)
        assert (row.wrapped, row.destroyed_at) == (None, NOW)


def test_destroying_twice_keeps_the_first_moment(session: Session) -> None:
    key_id, _ = kept_note(session)
    for moment in (NOW, NOW.replace(year=2027)):
        session.begin_write()
        destroy_key(session, key_id, now=moment)
        session.commit()
    assert session.get_one(CaseKey, key_id).destroyed_at == NOW


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_destroyed_key_does_not_stay_behind_in_the_file(session: Session, database: Database) -> None:
    """SQLite overwrites what it frees, and after a checkpoint the write-ahead log is empty."""
    key_id, _ = kept_note(session)
    wrapped = session.get_one(CaseKey, key_id).wrapped
    assert wrapped is not None
    file = str(database.url.database)

    def checkpoint() -> None:
        session.rollback()
        with database.writer.connect() as connection:
            connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]

    def left() -> bool:
        with open(file, "rb") as content:
            return wrapped in content.read()

    checkpoint()
    assert left()
    session.begin_write()
    destroy_key(session, key_id, now=NOW)
    session.commit()
    checkpoint()
    assert not left()


def test_the_wrong_master_key_opens_nothing(session: Session, database: Database, keys: KeyRing) -> None:
    key_id, _ = kept_note(session)
    wrong = KeyRing.generate()
    with with_keys(database, wrong) as other, pytest.raises(Tampered):
        open_box(other, key_id)
    lacking = without_masters(keys.rotated(Purpose.MASTER, "master-2"), "master-1")
    with with_keys(database, lacking) as other, pytest.raises(KeyError):
        open_box(other, key_id)


@pytest.mark.parametrize("change", ["swapped", "flipped", "truncated", "renamed"])
def test_a_wrapped_key_that_was_changed_or_moved_is_refused(session: Session, database: Database, change: str) -> None:
    key_id, _ = kept_note(session)
    other_id, _ = kept_note(session)
    table = CaseKey.__table__
    wrapped = session.get_one(CaseKey, key_id).wrapped
    other = session.get_one(CaseKey, other_id).wrapped
    assert wrapped is not None
    values: dict[str, Any] = {
        "swapped": {"wrapped": other},
        "flipped": {"wrapped": wrapped[:-1] + bytes([wrapped[-1] ^ 1])},
        "truncated": {"wrapped": wrapped[:9]},
        "renamed": {"master_id": "master-2"},
    }
    with database.short_write() as connection:
        connection.execute(sa.update(table).where(table.c.id == key_id).values(values[change]))
    keys = session.keys.rotated(Purpose.MASTER, "master-2")
    with with_keys(database, keys) as later, pytest.raises(Tampered):
        open_box(later, key_id)


def without_masters(keys: KeyRing, *gone: str) -> KeyRing:
    """The ring after an operator took master keys out of it."""
    data = json.loads(keys.to_json())
    for key_id in gone:
        del data["master"]["keys"][key_id]
    return KeyRing.from_json(json.dumps(data))


def rewrap_all(session: Session, batch: int) -> list[int]:
    done = []
    while not done or done[-1]:
        session.begin_write()
        done.append(rewrap(session, batch=batch))
        session.commit()
    return done


def test_rewrapping_keeps_every_value_and_the_old_master_key_can_go(
    session: Session, database: Database, keys: KeyRing
) -> None:
    notes = [kept_note(session) for _ in range(7)]
    before = {key_id: note.sealed for key_id, note in notes}
    session.begin_write()
    destroy_key(session, notes[0][0], now=NOW)
    session.commit()
    rotated = keys.rotated(Purpose.MASTER, "master-2")
    with with_keys(database, rotated) as rewrapping:
        assert still_wrapped_under(rewrapping) == {"master-1": 6}
        assert rewrap_all(rewrapping, batch=4) == [4, 2, 0]
        assert still_wrapped_under(rewrapping) == {"master-2": 6}
    with with_keys(database, without_masters(rotated, "master-1")) as later:
        for key_id, note in notes[1:]:
            assert note.sealed == before[key_id]
            assert open_box(later, key_id).open(note) == STORY
        with pytest.raises(KeyDestroyed):
            open_box(later, notes[0][0])


def test_a_key_that_cannot_be_unwrapped_does_not_keep_the_others_from_it(
    session: Session, database: Database, keys: KeyRing
) -> None:
    notes = [kept_note(session) for _ in range(5)]
    table = CaseKey.__table__
    with database.short_write() as connection:
        for key_id, _ in notes[:2]:
            connection.execute(sa.update(table).where(table.c.id == key_id).values(wrapped=b"\x01" + bytes(60)))
    with with_keys(database, keys.rotated(Purpose.MASTER, "master-2")) as rewrapping:
        assert rewrap_all(rewrapping, batch=2) == [2, 1, 0]
        assert still_wrapped_under(rewrapping) == {"master-1": 2, "master-2": 3}


def test_unwrap_opens_a_row_that_was_read_without_its_session(session: Session) -> None:
    key_id, note = kept_note(session)
    row = session.get_one(CaseKey, key_id)
    assert unwrap(session.keys, row.master_id, key_id, row.wrapped).open(note) == STORY
    with pytest.raises(KeyDestroyed):
        unwrap(session.keys, row.master_id, key_id, None)


# ── tokens ───────────────────────────────────────────────────────────────────────────────────────


def test_a_text_opens_for_its_token_and_context_alone() -> None:
    sealed = seal_for_token("token", "draft 1", "K7M2-9QXT")
    assert open_for_token("token", "draft 1", sealed) == "K7M2-9QXT"
    assert b"K7M2" not in sealed
    for token, context in (("Token", "draft 1"), ("token", "draft 2"), ("", "draft 1")):
        with pytest.raises(Tampered):
            open_for_token(token, context, sealed)


def test_a_changed_or_cut_text_opens_for_no_token() -> None:
    sealed = seal_for_token("token", "draft 1", "K7M2-9QXT")
    for position in range(len(sealed)):
        flipped = bytearray(sealed)
        flipped[position] ^= 1
        with pytest.raises(Tampered):
            open_for_token("token", "draft 1", bytes(flipped))
        with pytest.raises(Tampered):
            open_for_token("token", "draft 1", sealed[:position])
