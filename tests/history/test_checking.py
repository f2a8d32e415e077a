"""A history attacked in SQL: whatever is done to it is found, and named."""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from portal import history
from portal.db import Database, Session, uuid7, writing
from portal.history import found
from portal.history.models import HistoryEntry
from portal.history.rules import GENESIS, Link, link_parts, seal_parts
from portal.sealing import framed
from tests.history import parcels
from tests.history.parcels import (
    NOW,
    Crate,
    Parcel,
    add,
    columns_of,
    delete,
    edit,
    insert,
    make,
    names,
    row_of,
    set_row,
    sql,
    verify,
    verify_all,
)

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def parcel(session: Session) -> Parcel:
    """The subject under attack, among others that nobody touches."""
    make(session)
    target: Parcel = make(session)
    make(session)
    make(session, entries=0)
    return target


def test_an_untouched_history_has_no_fault(parcel: Parcel, database: Database) -> None:
    with database.session() as session:
        report = history.verify_all(session, [Parcel])
    assert (report.subjects, report.entries, report.erased, report.found) == (4, 15, 0, 0)


# ── one column of one entry ──────────────────────────────────────────────────────────────────────

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


# ── entries deleted ──────────────────────────────────────────────────────────────────────────────


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


# ── entries moved ────────────────────────────────────────────────────────────────────────────────


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


# ── entries made without the key ─────────────────────────────────────────────────────────────────


def forge(columns: dict[str, Any], key: bytes, **changes: Any) -> dict[str, Any]:
    """An entry recomputed by somebody who knows how we do it, but not our key."""
    made = columns | changes
    link = Link(
        id=made["id"].bytes,
        subject_id=made["subject_id"].bytes,
        key_id=made["key_id"].bytes,
        seq=made["seq"],
        kind=made["kind"],
        actor_kind=made["actor_kind"],
        actor_id=made["actor_id"].bytes if made["actor_id"] else b"",
        behalf_id=made["behalf_id"].bytes if made["behalf_id"] else b"",
        at=made["at"].strftime("%Y-%m-%d %H:%M:%S.%f"),
        audience=made["audience"],
        commitment=made["commitment"],
        chain_key_id=made["chain_key_id"],
        previous=made["previous"],
        mac=b"",
    )
    made["mac"] = hmac.digest(key, framed(*link_parts("history_entries", link)), hashlib.sha256)
    return made


def rewrite(database: Database, parcel: Parcel, first: int, **changes: Any) -> None:
    """Change an entry and recompute it and all that follow, and the row, with a key that is not ours."""
    key, count = secrets.token_bytes(32), row_of(database, parcel)["history_count"]
    previous = columns_of(database, parcel, first)["previous"]
    for seq in range(first, count + 1):
        made = forge(columns_of(database, parcel, seq), key, previous=previous, **(changes if seq == first else {}))
        edit(database, parcel, seq, **{name: made[name] for name in {"mac", "previous", *changes}})
        previous = made["mac"]
    seal = hmac.digest(key, framed(*seal_parts("test_parcels", parcel.id.bytes, count, previous)), hashlib.sha256)
    set_row(database, parcel, history_head=previous, history_seal=seal)


@pytest.mark.parametrize("first", [1, 3, 5])
def test_a_chain_recomputed_without_the_key_is_found(parcel: Parcel, database: Database, first: int) -> None:
    rewrite(database, parcel, first, kind="withdrawn")
    forged = [("forged", seq) for seq in range(first, 6)]
    assert names(verify_all(database)) == [*forged, ("unsealed", None)]


def test_a_forged_entry_at_the_end_is_found(parcel: Parcel, database: Database) -> None:
    last = columns_of(database, parcel, 5)
    insert(database, HistoryEntry, **forge(last, secrets.token_bytes(32), id=uuid7(), seq=6, previous=last["mac"]))
    assert names(verify_all(database)) == [("forged", 6)]


def test_a_forged_entry_with_the_row_moved_on_is_found(parcel: Parcel, database: Database) -> None:
    last = columns_of(database, parcel, 5)
    made = forge(last, secrets.token_bytes(32), id=uuid7(), seq=6, previous=last["mac"])
    insert(database, HistoryEntry, **made)
    set_row(database, parcel, history_count=6, history_head=made["mac"])
    assert names(verify_all(database)) == [("forged", 6), ("unsealed", None)]


def test_a_forged_entry_in_the_middle_is_found(parcel: Parcel, database: Database) -> None:
    before = columns_of(database, parcel, 2)
    for seq in (5, 4, 3):
        edit(database, parcel, seq, seq=seq + 1)
    insert(database, HistoryEntry, **forge(before, secrets.token_bytes(32), id=uuid7(), seq=3, previous=before["mac"]))
    assert names(verify_all(database)) == [("forged", 3), ("reordered", 4), ("reordered", 5), ("reordered", 6)]


def test_a_copied_entry_is_found(parcel: Parcel, session: Session, database: Database) -> None:
    other = make(session)
    taken = columns_of(database, other, 5)
    insert(database, HistoryEntry, **taken | {"id": uuid7(), "subject_id": parcel.id, "seq": 6})
    assert names(verify_all(database)) == [("forged", 6)]


def test_an_entry_for_a_subject_that_never_was_is_found(parcel: Parcel, database: Database) -> None:
    first = columns_of(database, parcel, 1)
    insert(database, HistoryEntry, **first | {"id": uuid7(), "subject_id": uuid4()})
    assert names(verify_all(database)) == [("orphaned", None)]


def test_two_genuine_branches_cannot_be_spliced(session: Session, database: Database) -> None:
    """The row is set back, life goes on, and then an entry of the older life is put back."""
    parcel = make(session, entries=2)
    older = row_of(database, parcel)
    add(session, parcel, 3, 4)
    fourth = columns_of(database, parcel, 4)
    delete(database, parcel, 3, 4)
    set_row(database, parcel, **older)
    add(session, session.get_one(Parcel, parcel.id), 3, 4)
    delete(database, parcel, 4)
    insert(database, HistoryEntry, **fourth)
    assert names(verify_all(database)) == [("spliced", 4)]


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_data_key_that_was_deleted_or_exchanged_is_found(
    parcel: Parcel, session: Session, database: Database
) -> None:
    other = make(session)
    sql(
        database,
        "UPDATE case_keys SET wrapped = (SELECT wrapped FROM case_keys WHERE id = :other) WHERE id = :id",
        id=parcel.key_id,
        other=other.key_id,
    )
    (fault,) = verify_all(database)
    assert (fault.kind, fault.subject_id, fault.name) == ("data-key", parcel.id, str(parcel.key_id))
    sql(database, "DELETE FROM case_keys WHERE id = :id", id=parcel.key_id)
    assert names(verify_all(database)) == [("data-key", None)]


def test_a_row_that_names_another_data_key_is_found(parcel: Parcel, database: Database) -> None:
    set_row(database, parcel, key_id=uuid4())
    assert names(verify_all(database)) == [("data-key", None)]


# ── the check itself ─────────────────────────────────────────────────────────────────────────────


def test_a_session_that_writes_checks_what_it_has_not_committed_yet(session: Session, database: Database) -> None:
    parcel = make(session)
    writing(session, parcel)
    parcels.note(session, parcel, 6)
    assert history.verify(session, parcel) == []
    session.connection().execute(sa.delete(HistoryEntry.__table__).where(HistoryEntry.__table__.c.seq == 6))
    assert names(history.verify(session, parcel)) == [("cut", 6)]
    session.rollback()
    assert verify(database, parcel) == []


def test_entries_appended_while_a_check_runs_are_no_fault(
    session: Session, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [make(session) for _ in range(3)]
    subjects = found.subjects

    def interrupted(*arguments: Any) -> Iterator[Any]:
        # Between any two rows that the check reads, somebody appends to every history.
        for number, row in enumerate(subjects(*arguments)):
            for parcel in made:
                add(session, parcel, number)
            yield row

    monkeypatch.setattr(found, "subjects", interrupted)
    assert verify_all(database) == []
    assert row_of(database, made[2])["history_count"] == 8


def test_a_report_lists_the_first_faults_and_counts_all(
    session: Session, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.history.checking.LISTED", 2)
    for _ in range(4):
        make(session, entries=2)
    sql(database, "UPDATE history_entries SET kind = 'x' WHERE seq = 1")
    with database.session() as fresh:
        report = history.verify_all(fresh, [Parcel])
    assert (len(report.faults), report.found, report.subjects) == (2, 4, 4)


def test_one_case_is_checked_alone(parcel: Parcel, session: Session, database: Database) -> None:
    other = make(session)
    edit(database, other, 1, kind="x")
    assert verify(database, parcel) == []
    assert names(verify(database, other)) == [("edited", 1)]


def test_ids_in_faults_are_the_subjects_own(parcel: Parcel, database: Database) -> None:
    edit(database, parcel, 2, kind="x")
    (fault,) = verify_all(database)
    assert isinstance(fault.subject_id, UUID)
    assert fault.subject_id == parcel.id
