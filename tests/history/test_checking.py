"""The check of a history: what it counts, what it lists, and what runs beside it."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from portal import history
from portal.db import Database, Session, writing
from portal.history import found
from portal.history.models import HistoryEntry
from tests.history import parcels
from tests.history.parcels import (
    Parcel,
    add,
    edit,
    make,
    names,
    row_of,
    sql,
    verify,
    verify_all,
)


def test_an_untouched_history_has_no_fault(parcel: Parcel, database: Database) -> None:
    with database.session() as session:
        report = history.verify_all(session, [Parcel])
    assert (report.subjects, report.entries, report.erased, report.found) == (4, 15, 0, 0)


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
