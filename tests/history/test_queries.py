"""Reading a history: each audience its own, opened, newest first, and what an erasure leaves."""

import pytest

from portal import history
from portal.db import Database, Session, writing
from portal.history.rules import Audience
from portal.sealing import Tampered, destroy_key
from tests.history import parcels
from tests.history.parcels import NOW, make, verify


def test_the_customer_reads_what_is_for_customers_and_officers_read_all(session: Session) -> None:
    make(session)
    parcel = make(session)
    for_customer = history.entries(session, parcel, audience=Audience.CUSTOMER)
    assert [told.seq for told in for_customer] == [5, 3, 1]
    assert {told.audience for told in for_customer} == {Audience.CUSTOMER}
    for_officers = history.entries(session, parcel, audience=Audience.OFFICERS, newest_first=False)
    assert [told.seq for told in for_officers] == [1, 2, 3, 4, 5]
    assert for_officers[1].actor == parcels.OFFICER
    assert for_officers[1].payload == {"number": 2, "words": "uang saya belum kembali – 12.500 €"}
    assert for_officers[-1].mac == parcel.history_head


def test_after_an_erasure_payloads_read_as_erased_and_the_chain_verifies(session: Session, database: Database) -> None:
    parcel = make(session)
    writing(session, parcel)
    destroy_key(session, parcel.key_id, now=NOW)
    session.commit()
    told = history.entries(session, parcel, audience=Audience.OFFICERS)
    assert [entry.payload for entry in told] == [None] * 5
    assert all(entry.is_erased for entry in told)
    assert [entry.kind for entry in told] == ["noted"] * 5
    assert verify(database, parcel) == []
    report = history.verify_all(session, [parcels.Parcel])
    assert (report.subjects, report.entries, report.erased, report.found) == (1, 5, 1, 0)


def test_a_payload_that_was_exchanged_is_not_shown(session: Session, database: Database) -> None:
    parcel = make(session)
    parcels.edit(database, parcel, 2, sealed=parcels.columns_of(database, parcel, 4)["sealed"])
    with pytest.raises(Tampered):
        history.entries(session, parcel, audience=Audience.OFFICERS)
    assert len(history.entries(session, parcel, audience=Audience.CUSTOMER)) == 3


def test_what_was_appended_and_not_yet_flushed_is_told_too(session: Session) -> None:
    parcel = make(session, entries=2)
    writing(session, parcel)
    parcels.note(session, parcel, 3)
    assert [told.seq for told in history.entries(session, parcel, audience=Audience.OFFICERS)] == [3, 2, 1]
