"""The daily anchor as a job: its slot's day, its copy in the evidence storage, its row."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
import time_machine

from portal.config import Settings
from portal.db import Database, Session
from portal.history import tasks
from portal.history.models import Anchor
from portal.history.shelf import Shelf
from portal.jobs.rules import PermanentFailure, Roster, Work
from portal.jobs.runner import Runner
from tests.history.parcels import NOW, make, verify_all

JAKARTA = ZoneInfo("Asia/Jakarta")


def work(session: Session, settings: Settings, slot: str) -> Work:
    return Work(session, {"slot": slot}, NOW, settings, uuid4(), 1)


def anchors(database: Database) -> list[Any]:
    with database.session() as session:
        return list(session.scalars(sa.select(Anchor).order_by(Anchor.anchored_on)))


def test_the_job_keeps_the_copy_and_adds_the_row(session: Session, settings: Settings, database: Database) -> None:
    make(session)
    tasks.anchor(work(session, settings, "2026-03-13T00:05:00+07:00"))
    session.commit()
    assert Shelf.at(settings.evidence_url).names() == ["2026-03-13.txt"]
    assert [row.anchored_on for row in anchors(database)] == [date(2026, 3, 13)]
    assert verify_all(database, shelf=Shelf.at(settings.evidence_url)) == []


def test_the_copy_is_kept_before_anything_is_written(
    session: Session, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No storage is waited for while the database's write lock is held."""
    writing: list[bool] = []
    keep = Shelf.keep

    def watched(self: Shelf, name: str, content: bytes) -> None:
        writing.append(session.is_writing)
        keep(self, name, content)

    monkeypatch.setattr(Shelf, "keep", watched)
    tasks.anchor(work(session, settings, "2026-03-13T00:05:00+07:00"))
    assert writing == [False]
    assert session.is_writing


def test_a_slot_tried_again_after_a_death_takes_its_copy_over(
    session: Session, settings: Settings, database: Database
) -> None:
    make(session)
    tasks.anchor(work(session, settings, "2026-03-13T00:05:00+07:00"))
    session.rollback()
    make(session)
    for _ in range(2):
        tasks.anchor(work(session, settings, "2026-03-13T00:05:00+07:00"))
        session.commit()
    assert [row.streams for row in anchors(database)] == [1]
    assert verify_all(database, shelf=Shelf.at(settings.evidence_url)) == []


def test_what_is_not_ours_ends_the_job_for_good(session: Session, settings: Settings) -> None:
    Shelf.at(settings.evidence_url).keep("2026-03-13.txt", b"something else")
    with pytest.raises(PermanentFailure):
        tasks.anchor(work(session, settings, "2026-03-13T00:05:00+07:00"))


def test_the_clock_on_the_wall_anchors_each_day(session: Session, settings: Settings, database: Database) -> None:
    make(session)
    runner = Runner(database, settings, Roster.of(tasks.TASKS, tasks.CRONS), zone=JAKARTA)
    for day in (13, 14):
        with time_machine.travel(datetime(2026, 3, day, 17, 6, tzinfo=UTC), tick=True):
            runner.tick()
            runner.tick()
        runner.drain()
    assert [row.anchored_on for row in anchors(database)] == [date(2026, 3, 14), date(2026, 3, 15)]
    assert verify_all(database, shelf=Shelf.at(settings.evidence_url)) == []


def test_a_store_in_memory_is_one_for_all_who_name_it(session: Session, settings: Settings, database: Database) -> None:
    here = replace(settings, evidence_url=f"memory:///{uuid4()}")
    tasks.anchor(work(session, here, "2026-03-13T00:05:00+07:00"))
    session.commit()
    assert verify_all(database, shelf=Shelf.at(here.evidence_url)) == []
