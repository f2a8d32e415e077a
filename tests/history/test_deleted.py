"""A history attacked in SQL: whatever is deleted from it is found, and named."""

import hmac
import secrets

from portal.db import Database, Session
from portal.history.rules import GENESIS, seal_parts
from portal.sealing import framed
from tests.history.parcels import (
    Crate,
    Parcel,
    add,
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


def test_a_deleted_entry_is_found(parcel: Parcel, database: Database) -> None:
    delete(database, parcel, 3)
    (fault,) = verify_all(database)
    assert (fault.kind, fault.subject_id, fault.seq, fault.last_seq) == ("deleted", parcel.id, 3, 3)


def test_several_deleted_entries_are_told_as_runs(parcel: Parcel, database: Database) -> None:
    delete(database, parcel, 1, 2, 4)
    assert [(fault.seq, fault.last_seq) for fault in verify_all(database)] == [(1, 2), (4, 4)]


def test_a_deleted_entry_is_found_when_the_rest_was_numbered_anew(parcel: Parcel, database: Database) -> None:
    delete(database, parcel, 2)
    for seq in (3, 4, 5):
        edit(database, parcel, seq, seq=seq - 1)
    faults = verify(database, parcel)
    assert names(faults) == [("deleted", 2), ("reordered", 2), ("reordered", 3), ("reordered", 4)]
    assert {fault.seq: fault.true_seq for fault in faults if fault.kind == "reordered"} == {2: 3, 3: 4, 4: 5}


def test_a_cut_tail_is_found(parcel: Parcel, database: Database) -> None:
    delete(database, parcel, 4, 5)
    (fault,) = verify_all(database)
    assert (fault.kind, fault.seq, fault.last_seq) == ("cut", 4, 5)


def test_a_cut_tail_is_found_when_count_and_head_were_set_back(parcel: Parcel, database: Database) -> None:
    head = columns_of(database, parcel, 4)["mac"]
    delete(database, parcel, 5)
    set_row(database, parcel, history_count=4, history_head=head)
    assert names(verify_all(database)) == [("unsealed", None)]


def test_a_cut_tail_is_found_when_the_seal_was_made_with_another_key(parcel: Parcel, database: Database) -> None:
    head = columns_of(database, parcel, 4)["mac"]
    delete(database, parcel, 5)
    wrong = hmac.digest(
        secrets.token_bytes(32), framed(*seal_parts("test_parcels", parcel.id.bytes, 4, head)), "sha256"
    )
    set_row(database, parcel, history_count=4, history_head=head, history_seal=wrong)
    assert names(verify_all(database)) == [("unsealed", None)]


def test_everything_deleted_and_the_row_set_back_to_the_beginning_is_found(parcel: Parcel, database: Database) -> None:
    delete(database, parcel, 1, 2, 3, 4, 5)
    set_row(database, parcel, history_count=0, history_head=GENESIS)
    assert names(verify_all(database)) == [("unsealed", None)]


def test_another_subjects_row_state_is_no_seal_for_this_one(
    parcel: Parcel, session: Session, database: Database
) -> None:
    other = make(session, entries=0)
    delete(database, parcel, 1, 2, 3, 4, 5)
    set_row(database, parcel, **row_of(database, other))
    assert names(verify_all(database)) == [("unsealed", None)]


def test_a_row_set_back_to_an_older_state_is_found_while_the_entries_are_there(
    session: Session, database: Database
) -> None:
    parcel = make(session, entries=3)
    older = row_of(database, parcel)
    add(session, parcel, 4, 5)
    set_row(database, parcel, **older)
    (fault,) = verify_all(database)
    assert (fault.kind, fault.seq, fault.last_seq) == ("replayed", 4, 5)


def test_a_deleted_row_leaves_orphans(parcel: Parcel, session: Session, database: Database) -> None:
    sql(database, "DELETE FROM test_parcels WHERE id = :id", id=parcel.id)
    (fault,) = verify_all(database)
    assert (fault.kind, fault.subject_id, fault.last_seq) == ("orphaned", parcel.id, 5)


def test_deleted_rows_are_found_at_both_ends(session: Session, database: Database) -> None:
    made = [make(session) for _ in range(5)]
    for gone in (made[0], made[4]):
        sql(database, "DELETE FROM test_parcels WHERE id = :id", id=gone.id)
    assert {fault.subject_id for fault in verify_all(database)} == {made[0].id, made[4].id}


def test_several_tables_of_subjects_share_the_entries(session: Session, database: Database) -> None:
    for _ in range(3):
        make(session, Crate, entries=2)
        make(session, entries=2)
    assert verify_all(database, Parcel, Crate) == []
    assert names(verify_all(database, Parcel)) == [("orphaned", None)] * 3
