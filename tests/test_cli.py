"""The operators' commands, as an operator runs them."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from click.testing import Result
from flask import Flask

from portal import clock
from portal.app import create_app
from portal.checks import QUEUE_PATIENCE
from portal.complaints.models import Complaint, SearchTerm
from portal.config import Settings
from portal.db import Database, uuid7
from portal.jobs.models import Job
from portal.jobs.rules import JobState
from portal.sealing import CaseKey, KeyRing, Purpose
from tests.journeys.filing import follow_a_case, sign_in
from tests.page import Client


@pytest.fixture
def run(app: Flask) -> Any:
    def command(*arguments: str) -> Result:
        return app.test_cli_runner().invoke(args=[str(argument) for argument in arguments])

    return command


def test_migrate_says_what_it_did_and_may_be_repeated(run: Any) -> None:
    first = run("migrate")
    assert (first.exit_code, first.output) == (0, "The database is up to date.\n")


def test_demo_files_believable_cases_in_both_languages_once(run: Any, database: Database) -> None:
    first = run("demo", "--json")
    cases = json.loads(first.output)
    assert {case["language"] for case in cases} == {"id", "en"}
    second = run("demo", "--json")
    assert json.loads(second.output) == cases
    with database.session() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Complaint)) == len(cases)
        # Nobody is written to: these customers do not exist.
        assert session.scalar(sa.select(sa.func.count()).select_from(Job).where(Job.kind == "notice.send")) == 0


def test_demo_tells_how_to_follow_each_case(run: Any, app: Flask, settings: Settings) -> None:
    for case in json.loads(run("demo", "--json").output)[:3]:
        client = Client(app, settings.base_url)
        page = sign_in(client, case["language"], case["number"], case["access_code"])
        assert page.path == f"/{case['language']}/track/case"
        assert case["number"] in page.text


def test_demo_makes_many_complaints_that_are_as_good_as_one(run: Any, database: Database) -> None:
    report = json.loads(run("demo", "--complaints", "30", "--json").output)
    assert report["complaints"] == 30
    assert run("history", "verify").exit_code == 0
    with database.session() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Complaint)) == 30


def test_doctor_finds_a_fit_deployment(run: Any) -> None:
    # On a day on which the calendars are known for long enough, and what is known of the forums is fresh.
    with time_machine.travel(datetime(2026, 12, 1, tzinfo=UTC)):
        report = run("doctor", "--json")
    assert report.exit_code == 0
    told = json.loads(report.output)
    assert {finding["check"]: finding["level"] for finding in told["findings"]} == {
        "database": "ok",
        "storage": "ok",
        "queue": "ok",
        "scanner": "ok",
        "keys": "ok",
        "addresses": "ok",
        "calendars": "ok",
        "forums": "ok",
    }
    assert told["settings"]["institution"] == "muamalat"


def test_doctor_names_a_queue_without_a_worker_and_exits_with_1(run: Any, database: Database) -> None:
    with database.short_write() as connection:
        connection.execute(sa.insert(Job).values(**a_job(run_at=clock.now() - 2 * QUEUE_PATIENCE)))
    report = run("doctor")
    assert report.exit_code == 1
    assert "fault    queue: a job has been due for" in report.output


def test_doctor_hides_passwords(settings: Settings) -> None:
    app = create_app(replace(settings, smtp_url="smtp://aduan:geheim@mail.example:587"))
    report = app.test_cli_runner().invoke(args=["doctor", "--json"])
    app.extensions["aduan"].database.dispose()
    assert json.loads(report.output)["settings"]["smtp"] == "mail.example"
    assert "geheim" not in report.output


def test_keys_new_writes_a_ring_once_for_its_owner_only(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "ring.json"
    assert run("keys", "new", str(path)).exit_code == 0
    assert path.stat().st_mode & 0o777 == 0o600
    written = path.read_text()
    KeyRing.from_json(written)
    again = run("keys", "new", str(path))
    assert again.exit_code == 1
    assert "exists already" in again.output
    assert path.read_text() == written


@pytest.mark.parametrize("purpose", list(Purpose))
def test_rotating_one_purpose_never_touches_another(run: Any, tmp_path: Path, purpose: Purpose) -> None:
    path = tmp_path / "ring.json"
    run("keys", "new", str(path))
    before = KeyRing.from_json(path.read_text())
    assert run("keys", "rotate", purpose, "second", "--file", str(path)).exit_code == 0
    after = KeyRing.from_json(path.read_text())
    assert after.current_id(purpose) == "second"
    assert after.key(purpose, before.current_id(purpose)) == before.key(purpose)
    for other in set(Purpose) - {purpose}:
        assert after.ids(other) == before.ids(other)
        assert after.key(other) == before.key(other)
    assert run("keys", "rotate", purpose, "second", "--file", str(path)).exit_code == 1


def test_rewrapping_frees_the_old_master_key(app: Flask, settings: Settings, database: Database, keys: KeyRing) -> None:
    """After `keys rewrap` every case opens with the new master key alone."""
    case = follow_a_case(Client(app, settings.base_url), "en")
    turned = app.extensions["aduan"].database
    turned.keys = keys.rotated(Purpose.MASTER, "second")
    done = app.test_cli_runner().invoke(args=["keys", "rewrap"])
    assert done.output == "1 data keys were wrapped anew.\nNo case needs an older master key any more.\n"
    with database.session() as session:
        assert set(session.scalars(sa.select(CaseKey.master_id))) == {"second"}
    assert case.number in sign_in(Client(app, settings.base_url), "en", case.number, case.access_code).text
    turned.keys = keys


def test_erasing_a_complaint_leaves_its_chain_and_nothing_to_read(
    run: Any, app: Flask, settings: Settings, database: Database
) -> None:
    client = Client(app, settings.base_url)
    case = follow_a_case(client, "en")
    mistyped = case.number[:-1] + ("C" if case.number[-1] != "C" else "D")
    assert "mistyped" in run("complaints", "erase", mistyped, "--yes").output
    assert run("complaints", "erase", case.number, "--yes").output == "Erased.\n"
    assert client.get("/en/track/case").path == "/en/track"
    sign_in(Client(app, settings.base_url), "en", case.number, case.access_code, status=422)
    assert run("history", "verify", "--case", case.number).exit_code == 0
    with database.session() as session:
        assert session.scalars(sa.select(CaseKey.wrapped)).all() == [None]
        assert session.scalar(sa.select(sa.func.count()).select_from(SearchTerm)) == 0
        assert session.scalar(sa.select(sa.func.count()).select_from(Complaint)) == 1


def test_the_worker_does_what_is_due_and_ends(app: Flask, settings: Settings, database: Database) -> None:
    follow_a_case(Client(app, settings.base_url), "en")
    assert app.test_cli_runner().invoke(args=["worker", "--once"]).exit_code == 0
    with database.session() as session:
        states = set(session.scalars(sa.select(Job.state).where(Job.kind == "notice.send")))
    assert states == {JobState.DONE}


def a_job(**values: Any) -> dict[str, Any]:
    """A waiting job's columns."""
    now = clock.now()
    return {
        "id": uuid7(),
        "kind": "jobs.sweep",
        "payload": {},
        "state": JobState.WAITING,
        "run_at": now,
        "tries": 0,
        "created_at": now,
        **values,
    }
