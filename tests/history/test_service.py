"""Appending: who may, what it writes, and what it refuses."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from portal import history
from portal.db import Database, NotHeld, Session, writing
from portal.history.models import AppendOnly, HistoryEntry
from portal.history.rules import GENESIS, Audience
from portal.history.service import BrokenHistory
from portal.sealing import KeyDestroyed, KeyRing, Purpose, destroy_key, new_box
from tests.history import parcels
from tests.history.parcels import NOW, Parcel, Reading, make, note, set_row, verify


def test_an_entry_says_who_did_what_when_for_whom(session: Session) -> None:
    parcel = make(session, entries=2)
    first, second = session.scalars(sa.select(HistoryEntry).order_by(HistoryEntry.seq))
    assert (first.seq, first.kind, first.at, first.audience) == (1, "noted", NOW + timedelta(minutes=1), "customer")
    assert (second.actor_kind, second.actor_id, second.behalf_id) == ("officer", UUID(int=8), UUID(int=7))
    assert (first.previous, second.previous) == (GENESIS, first.mac)
    assert (parcel.history_count, parcel.history_head) == (2, second.mac)
    assert len(first.mac) == len(first.commitment) == len(parcel.history_seal) == 32


def test_nothing_of_the_payload_is_readable_in_the_database(session: Session, database: Database) -> None:
    make(session)
    with database.reader.connect() as connection:
        rows = connection.execute(sa.select(HistoryEntry.__table__)).all()
    assert len(rows) == 5
    assert "uang saya" not in str(rows)


def test_equal_payloads_have_different_commitments(session: Session) -> None:
    """The salt: who knows what could have been written cannot find out by hashing it."""
    session.begin_write()
    parcel = Parcel(key_id=new_box(session, now=NOW).id)
    session.add(parcel)
    one, other = note(session, parcel, 1), note(session, parcel, 1)
    assert one.commitment != other.commitment


def test_a_row_that_was_not_re_read_under_its_lock_is_refused(session: Session, database: Database) -> None:
    parcel = make(session)
    with pytest.raises(NotHeld):
        note(session, parcel, 6)
    session.begin_write()
    with pytest.raises(NotHeld):
        note(session, parcel, 6)
    session.rollback()
    writing(session, parcel)
    note(session, parcel, 6)
    session.rollback()
    with pytest.raises(NotHeld):
        note(session, parcel, 6)


def test_a_new_row_may_be_flushed_before_its_first_entry(session: Session, database: Database) -> None:
    session.begin_write()
    parcel = Parcel(key_id=new_box(session, now=NOW).id)
    session.add(parcel)
    session.flush()
    note(session, parcel, 1)
    session.commit()
    assert verify(database, parcel) == []


def test_a_subject_without_entries_is_sealed_too(session: Session, database: Database) -> None:
    parcel = make(session, entries=0)
    assert (parcel.history_count, parcel.history_head) == (0, GENESIS)
    assert verify(database, parcel) == []
    set_row(database, parcel, history_seal=bytes(32))
    assert parcels.names(verify(database, parcel)) == [("unsealed", None)]


def test_order_is_the_order_of_appending_when_the_clock_goes_backwards(session: Session, database: Database) -> None:
    parcel = make(session, entries=1)
    writing(session, parcel)
    note(session, parcel, 2, at=NOW - timedelta(days=400))
    note(session, parcel, 3, at=NOW - timedelta(days=800))
    session.commit()
    told = history.entries(session, parcel, audience=Audience.OFFICERS, newest_first=False)
    assert [entry.seq for entry in told] == [1, 2, 3]
    assert [entry.payload["number"] for entry in told if entry.payload] == [1, 2, 3]
    assert verify(database, parcel) == []


@pytest.mark.parametrize("column", ["history_count", "history_head", "history_seal"])
def test_a_damaged_row_gets_no_further_entry_that_would_make_it_look_genuine(
    session: Session, database: Database, column: str
) -> None:
    parcel = make(session)
    set_row(database, parcel, **{column: 4 if column == "history_count" else bytes(32)})
    writing(session, parcel)
    with pytest.raises(BrokenHistory):
        note(session, parcel, 6)


def test_a_row_set_back_to_an_empty_history_gets_no_entry(session: Session, database: Database) -> None:
    parcel = make(session)
    parcels.delete(database, parcel, 1, 2, 3, 4, 5)
    set_row(database, parcel, history_count=0, history_head=GENESIS, history_seal=b"")
    writing(session, parcel)
    with pytest.raises(BrokenHistory):
        note(session, parcel, 1)


def test_a_rolled_back_entry_leaves_no_trace(session: Session, database: Database) -> None:
    parcel = make(session)
    writing(session, parcel)
    note(session, parcel, 6)
    session.flush()
    session.rollback()
    assert verify(database, parcel) == []
    parcels.add(session, parcel, 6)
    assert verify(database, parcel) == []


def test_nothing_is_appended_after_an_erasure(session: Session) -> None:
    parcel = make(session)
    writing(session, parcel)
    destroy_key(session, parcel.key_id, now=NOW)
    session.commit()
    writing(session, parcel)
    with pytest.raises(KeyDestroyed):
        note(session, parcel, 6)


@pytest.mark.parametrize("payload", [{"at": NOW}, {"number": float("nan")}])
def test_a_payload_that_json_cannot_hold_is_refused(session: Session, payload: dict[str, object]) -> None:
    parcel = make(session)
    writing(session, parcel)
    with pytest.raises((TypeError, ValueError)):
        note(session, parcel, 6, payload=payload)


def test_our_own_code_can_neither_change_nor_delete_an_entry(session: Session) -> None:
    make(session)
    session.begin_write()
    entry = session.scalars(sa.select(HistoryEntry)).first()
    assert entry is not None
    entry.kind = "something else"
    with pytest.raises(AppendOnly):
        session.flush()
    session.rollback()
    session.begin_write()
    session.delete(entry)
    with pytest.raises(AppendOnly):
        session.flush()


def test_after_the_chain_key_was_rotated_old_and_new_entries_verify(database: Database, keys: KeyRing) -> None:
    with database.session() as session:
        parcel = make(session, entries=2)
    rotated = Database(database.url.render_as_string(hide_password=False), keys.rotated(Purpose.CHAIN, "chain-2"))
    with rotated.session() as session:
        again = session.get_one(Parcel, parcel.id)
        parcels.add(session, again, 3, 4)
        assert history.verify(session, again) == []
    rotated.dispose()
    # A ring without the new key says which one it lacks.
    assert {fault.name for fault in verify(database, parcel) if fault.kind == "chain-key"} == {"chain-2"}


def test_a_second_table_of_entries_has_chains_of_its_own(session: Session, database: Database) -> None:
    reading, parcel = make(session, Reading, entries=3), make(session, entries=2)
    assert history.verify_all(session, [Reading, Parcel]).faults == []
    assert [told.seq for told in history.entries(session, reading, audience=Audience.OFFICERS)] == [3, 2, 1]
    # An entry carried over into the other table is not genuine there, even under its own subject's id.
    carried = parcels.columns_of(database, reading, 3)
    parcels.insert(database, HistoryEntry, **carried | {"subject_id": parcel.id, "seq": 3})
    assert parcels.names(verify(database, parcel)) == [("forged", 3)]
