"""The worker of the whole house: it knows every room's jobs and runs from the command line."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

import portal
from portal import clock, worker
from portal.db import Database
from portal.evidence.service import FINGERPRINT, SCAN
from portal.jobs import leases, queries, service
from portal.jobs.rules import JobState
from portal.notices.service import SEND

ROOT = Path(__file__).parents[2]


def test_no_room_with_jobs_is_forgotten() -> None:
    root = Path(portal.__path__[0])
    rooms = {".".join(("portal", *path.relative_to(root).with_suffix("").parts)) for path in root.rglob("tasks.py")}
    assert {room.__name__ for room in worker.ROOMS} == rooms


def test_the_rooms_together_make_one_roster() -> None:
    roster = worker.roster()
    assert "jobs.sweep" in roster.tasks
    assert {cron.kind for cron in roster.crons} <= set(roster.tasks)


def test_a_notice_goes_first_although_many_documents_wait_to_be_compared(database: Database) -> None:
    """They came earlier, and each can hold a worker for minutes; the customer's notice waits for none of them."""
    with database.session() as session:
        session.begin_write()
        for _ in range(500):
            service.enqueue(session, FINGERPRINT, {"document": uuid4()}, now=clock.now() - timedelta(hours=1))
        service.enqueue(session, SCAN, {"document": uuid4()}, now=clock.now())
        service.enqueue(session, SEND, {"notice": uuid4()}, now=clock.now())
        session.commit()
    claims = [leases.claim(database, worker.roster(), timedelta(minutes=1)) for _ in range(3)]
    assert [claim and claim.kind for claim in claims] == [SCAN, SEND, FINGERPRINT]


def worker_command(environment: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    return subprocess.run(
        [sys.executable, "-m", "portal.worker", *arguments],
        cwd=ROOT,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_once_does_what_is_due_and_ends(environment: dict[str, str], database: Database) -> None:
    with database.session() as session:
        session.begin_write()
        service.enqueue(session, "jobs.sweep", {}, now=clock.now())
        session.commit()
    assert worker_command(environment, "--once").returncode == 0
    with database.session() as session:
        assert queries.counts(session)[JobState.DONE] == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_worker_that_cannot_start_names_the_variable(environment: dict[str, str]) -> None:
    refused = worker_command(environment | {"PORTAL_PROXIES": "many"})
    assert refused.returncode == 2
    assert "PORTAL_PROXIES" in refused.stderr
    assert worker_command(environment, "--threads", "0").returncode == 2
