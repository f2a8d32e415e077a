"""A history attacked in SQL: whatever is moved or exchanged in it is found, and named."""

from uuid import uuid4

import pytest

from portal.db import Database, Session
from tests.history.parcels import (
    Parcel,
    columns_of,
    delete,
    edit,
    make,
    names,
    row_of,
    set_row,
    sql,
    verify,
    verify_all,
)


def swap(database: Database, parcel: Parcel, one: int, other: int) -> None:
    edit(database, parcel, one, seq=1000)
    edit(database, parcel, other, seq=one)
    edit(database, parcel, 1000, seq=other)


@pytest.mark.parametrize(("one", "other"), [(1, 2), (2, 4), (4, 5), (1, 5)])
def test_reordered_entries_are_found(parcel: Parcel, database: Database, one: int, other: int) -> None:
    swap(database, parcel, one, other)
    faults = verify_all(database)
    assert names(faults) == [("reordered", one), ("reordered", other)]
    assert {fault.seq: fault.true_seq for fault in faults} == {one: other, other: one}


def test_entries_reordered_over_a_long_way_are_found(session: Session, database: Database) -> None:
    parcel = make(session, entries=60)
    swap(database, parcel, 3, 57)
    faults = verify_all(database)
    assert {(fault.kind, fault.seq, fault.true_seq) for fault in faults} == {("reordered", 3, 57), ("reordered", 57, 3)}


def test_an_entry_put_far_behind_the_end_is_found(parcel: Parcel, database: Database) -> None:
    edit(database, parcel, 3, seq=1_000_000)
    assert names(verify_all(database)) == [("reordered", 1_000_000)]


@pytest.mark.parametrize("columns", [("sealed",), ("sealed", "commitment")])
def test_content_exchanged_between_entries_is_found(
    parcel: Parcel, database: Database, columns: tuple[str, ...]
) -> None:
    two, four = columns_of(database, parcel, 2), columns_of(database, parcel, 4)
    edit(database, parcel, 2, **{name: four[name] for name in columns})
    edit(database, parcel, 4, **{name: two[name] for name in columns})
    kind = "content" if columns == ("sealed",) else "edited"
    assert names(verify_all(database)) == [(kind, 2), (kind, 4)]


@pytest.mark.parametrize("columns", [("commitment",), ("mac",), ("previous",), ("mac", "previous")])
def test_bytes_exchanged_between_entries_are_found(
    parcel: Parcel, database: Database, columns: tuple[str, ...]
) -> None:
    two, four = columns_of(database, parcel, 2), columns_of(database, parcel, 4)
    edit(database, parcel, 2, **{name: four[name] for name in columns})
    edit(database, parcel, 4, **{name: two[name] for name in columns})
    faults = names(verify_all(database))
    assert [seq for _, seq in faults] == [2, 4]
    assert {kind for kind, _ in faults} <= {"edited", "forged"}


@pytest.mark.parametrize(
    "columns", [("sealed",), ("commitment",), ("mac",), ("sealed", "commitment"), ("sealed", "commitment", "mac")]
)
def test_bytes_of_another_subjects_entry_are_found(
    parcel: Parcel, session: Session, database: Database, columns: tuple[str, ...]
) -> None:
    other = make(session)
    taken = columns_of(database, other, 3)
    edit(database, parcel, 3, **{name: taken[name] for name in columns})
    kind = {("sealed",): "content", ("sealed", "commitment", "mac"): "forged"}.get(columns, "edited")
    assert names(verify_all(database)) == [(kind, 3)]


def test_an_entry_moved_from_another_subject_is_named_with_it(
    parcel: Parcel, session: Session, database: Database
) -> None:
    other = make(session, entries=7)
    delete(database, parcel, 3)
    edit(database, other, 6, subject_id=parcel.id, seq=3)
    faults = verify_all(database)
    assert {(fault.kind, fault.subject_id, fault.seq, fault.other) for fault in faults} == {
        ("moved", parcel.id, 3, other.id),
        ("deleted", parcel.id, 3, None),
        ("deleted", other.id, 6, None),
    }


def test_an_entry_appended_from_another_subject_is_found(parcel: Parcel, session: Session, database: Database) -> None:
    other = make(session)
    edit(database, other, 5, subject_id=parcel.id, seq=6)
    assert names(verify(database, parcel)) == [("moved", 6)]
    assert names(verify(database, other)) == [("cut", 5)]


def test_whole_histories_exchanged_between_subjects_are_found(
    parcel: Parcel, session: Session, database: Database
) -> None:
    other, nobody = make(session), uuid4()
    move = "UPDATE history_entries SET subject_id = :new WHERE subject_id = :old"
    for old, new in ((parcel.id, nobody), (other.id, parcel.id), (nobody, other.id)):
        sql(database, move, old=old, new=new)
    rows = row_of(database, parcel), row_of(database, other)
    set_row(database, parcel, **rows[1])
    set_row(database, other, **rows[0])
    faults = verify(database, parcel)
    assert ("unsealed", None) in names(faults)
    assert [fault.other for fault in faults if fault.kind == "moved"] == [other.id] * 5
