"""A history attacked in SQL: whichever column of an entry is edited, it is found, and named."""

import secrets
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from portal.db import Database, Session, uuid7
from portal.history.models import HistoryEntry
from tests.history.parcels import (
    NOW,
    SQLITE,
    Parcel,
    columns_of,
    edit,
    insert,
    make,
    names,
    set_row,
    sql,
    verify,
    verify_all,
)

EDITS: dict[str, Any] = {
    "id": uuid4(),
    "key_id": uuid4(),
    "kind": "withdrawn",
    "actor_kind": "system",
    "actor_id": uuid4(),
    "behalf_id": uuid4(),
    "audience": "nobody",
    "commitment": secrets.token_bytes(32),
    "chain_key_id": "chain-9",
    "previous": secrets.token_bytes(32),
    "mac": secrets.token_bytes(32),
}


@pytest.mark.parametrize("seq", [1, 3, 5], ids=["first", "middle", "last"])
@pytest.mark.parametrize("column", EDITS)
def test_an_edited_column_is_found(parcel: Parcel, database: Database, column: str, seq: int) -> None:
    edit(database, parcel, seq, **{column: EDITS[column]})
    assert names(verify(database, parcel)) == [("edited", seq)]
    assert names(verify_all(database)) == [("edited", seq)]


@pytest.mark.parametrize("seq", [1, 3, 5], ids=["first", "middle", "last"])
def test_an_edited_moment_is_found(parcel: Parcel, database: Database, seq: int) -> None:
    later = NOW + timedelta(minutes=seq, microseconds=1)
    value = later.strftime("%Y-%m-%d %H:%M:%S.%f") if database.is_sqlite else later
    edit(database, parcel, seq, at=value)
    assert names(verify(database, parcel)) == [("edited", seq)]


@pytest.mark.parametrize("seq", [2, 5])
def test_an_actor_taken_away_is_found(parcel: Parcel, database: Database, seq: int) -> None:
    edit(database, parcel, seq, actor_id=None)
    assert names(verify(database, parcel)) == [("edited", seq)]


@pytest.mark.parametrize("seq", [1, 3, 5], ids=["first", "middle", "last"])
def test_edited_content_is_found(parcel: Parcel, database: Database, seq: int) -> None:
    sealed = columns_of(database, parcel, seq)["sealed"]
    edit(database, parcel, seq, sealed=sealed[:-1] + bytes([sealed[-1] ^ 1]))
    assert names(verify(database, parcel)) == [("content", seq)]


@pytest.mark.parametrize("seq", [1, 3, 5], ids=["first", "middle", "last"])
def test_an_entry_given_to_nobody_is_found(parcel: Parcel, database: Database, seq: int) -> None:
    stranger = uuid4()
    edit(database, parcel, seq, subject_id=stranger)
    missing = "cut" if seq == 5 else "deleted"
    assert names(verify(database, parcel)) == [(missing, seq)]
    assert names(verify_all(database)) == sorted([(missing, seq), ("orphaned", None)])


@SQLITE
@pytest.mark.parametrize("seq", [1, 3, 5])
@pytest.mark.parametrize(
    "assignment",
    [
        "id = 'no id'",
        "id = upper(id)",
        "id = x'00'",
        "key_id = 'no id'",
        "actor_id = 'no id'",
        "behalf_id = x'00'",
        "actor_kind = 'king'",
        "at = 'yesterday'",
        "at = substr(at, 1, 19)",
        "kind = CAST(x'ff' AS TEXT)",
        "kind = x'00'",
        "mac = 'text'",
        "previous = 'text'",
        "commitment = 7",
        "chain_key_id = CAST(x'ff' AS TEXT)",
    ],
)
def test_what_cannot_even_be_read_is_found_and_does_not_stop_the_rest(
    parcel: Parcel, database: Database, assignment: str, seq: int
) -> None:
    """SQLite keeps any value in any column."""
    sql(database, f"UPDATE history_entries SET {assignment} WHERE subject_id = :id AND seq = :s", id=parcel.id, s=seq)
    assert names(verify_all(database)) == [("edited", seq)]


@SQLITE
@pytest.mark.parametrize("value", ["'sealed'", "x''", "x'01'", "7", "x'0102030405060708'"])
def test_content_that_cannot_be_read_is_found(parcel: Parcel, database: Database, value: str) -> None:
    sql(database, f"UPDATE history_entries SET sealed = {value} WHERE subject_id = :id AND seq = 2", id=parcel.id)
    assert names(verify_all(database)) == [("content", 2)]


@SQLITE
@pytest.mark.parametrize("value", ["'nobody'", "x'00'", "upper(subject_id)"])
def test_a_subject_that_cannot_be_read_is_found(parcel: Parcel, database: Database, value: str) -> None:
    sql(database, f"UPDATE history_entries SET subject_id = {value} WHERE subject_id = :id AND seq = 2", id=parcel.id)
    assert names(verify_all(database)) == [("deleted", 2), ("orphaned", None)]


@SQLITE
@pytest.mark.parametrize("column", ["history_count", "history_head", "history_seal"])
def test_a_row_that_cannot_be_read_is_found(parcel: Parcel, database: Database, column: str) -> None:
    sql(database, f"UPDATE test_parcels SET {column} = 'text' WHERE id = :id", id=parcel.id)
    assert names(verify_all(database)) == [("unsealed", None)]


@SQLITE
def test_numbers_as_large_as_they_can_be_do_not_stop_the_check(
    parcel: Parcel, session: Session, database: Database
) -> None:
    other, largest = make(session), 2**63 - 1
    last = columns_of(database, parcel, 5)
    insert(database, HistoryEntry, **last | {"id": uuid7(), "seq": largest})
    edit(database, other, 5, subject_id=parcel.id, seq=6)
    for one in (parcel, other):
        set_row(database, one, history_count=largest)
    assert names(verify_all(database)) == [
        ("forged", largest),
        ("moved", 6),
        ("unsealed", None),
        ("unsealed", None),
    ]
