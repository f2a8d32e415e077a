"""What operators can ask of the job table."""

import json
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from click.testing import Result
from flask import Flask

from portal import clock
from portal.config import Settings
from portal.db import Database
from portal.jobs import leases, service
from portal.jobs.commands import jobs
from portal.jobs.rules import Roster, Task
from portal.web.floor import Floor, init_floor

ROSTER = Roster.of([Task("test.one", lambda work: None)])


@pytest.fixture
def bare(settings: Settings, database: Database) -> Iterator[Flask]:
    """An app with nothing but its floor."""
    app = Flask("bare")
    init_floor(app, Floor(settings, database, None))
    yield app


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(jobs, arguments)


def bury(database: Database, notice: object) -> str:
    with database.session() as session:
        session.begin_write()
        # The database's clock may be a millisecond behind ours: what is due must be so by both.
        service.enqueue(session, "test.one", {"notice": notice}, now=clock.now() - timedelta(seconds=1))
        session.commit()
    claim = leases.claim(database, ROSTER, timedelta(seconds=60))
    assert claim is not None
    with database.short_write() as connection:
        leases.bury(connection, claim, "Refused", tries=1)
    return str(claim.job_id)


def test_status_says_how_the_queue_is(bare: Flask, database: Database) -> None:
    assert "dead     0" in run(bare, "status").output
    bury(database, 1)
    report = json.loads(run(bare, "status", "--json").output)
    assert report == {
        "jobs": {"waiting": 0, "running": 0, "done": 0, "dead": 1},
        "oldest_waiting_seconds": None,
        "last_done_seconds": None,
    }


def test_the_dead_are_listed_by_id_kind_and_class_of_failure(bare: Flask, database: Database) -> None:
    assert run(bare, "dead").output == "No job is dead.\n"
    notice = uuid4()
    job_id = bury(database, notice)
    assert f"{job_id}  " in run(bare, "dead").output
    assert "test.one  Refused after 1 tries" in run(bare, "dead").output
    (told,) = json.loads(run(bare, "dead", "--json").output)
    assert (told["id"], told["error"], told["payload"]) == (job_id, "Refused", {"notice": str(notice)})


def test_a_dead_job_is_revived_once(bare: Flask, database: Database) -> None:
    job_id = bury(database, 1)
    assert run(bare, "revive", job_id).exit_code == 0
    again = run(bare, "revive", job_id)
    assert (again.exit_code, again.output) == (1, "Error: There is no dead job with this id.\n")
    assert leases.claim(database, ROSTER, timedelta(seconds=60)) is not None


def test_all_dead_jobs_of_a_kind_are_revived(bare: Flask, database: Database) -> None:
    for number in (1, 2):
        bury(database, number)
    assert run(bare, "revive", "--kind", "test.one").output == "2 jobs will run again.\n"


def test_revive_wants_to_know_what(bare: Flask) -> None:
    assert run(bare, "revive").exit_code == 2
    assert run(bare, "revive", str(uuid4()), "--kind", "test.one").exit_code == 2
