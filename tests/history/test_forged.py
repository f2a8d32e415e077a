"""A history attacked in SQL: what is written into it without the keys is found, and named."""

import hashlib
import hmac
import secrets
from typing import Any
from uuid import uuid4

import pytest

from portal.db import Database, Session, uuid7
from portal.history.models import HistoryEntry
from portal.history.rules import Link, link_parts, seal_parts
from portal.sealing import framed
from tests.history.parcels import (
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
    verify_all,
)

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
