"""What load balancers and operators ask: does the process live, may it be sent customers?"""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import checks, clock
from portal.app import create_app
from portal.config import Settings
from portal.db import Database
from portal.jobs.models import Job
from portal.sealing import KeyRing, Purpose, new_box
from tests.test_cli import a_job


def ask(app: Flask, path: str) -> tuple[int, dict[str, object]]:
    answer = app.test_client().get(path, base_url="http://127.0.0.1:8000")
    return answer.status_code, answer.get_json()


def test_the_process_answers(app: Flask) -> None:
    assert ask(app, "/healthz") == (200, {"status": "ok"})


def test_a_fit_deployment_is_ready(app: Flask) -> None:
    assert ask(app, "/readyz") == (
        200,
        {"status": "ok", "checks": {"database": "ok", "storage": "ok", "queue": "ok", "scanner": "ok"}},
    )


def test_a_queue_without_a_worker_is_not_ready(app: Flask, database: Database) -> None:
    with database.short_write() as connection:
        connection.execute(
            sa.insert(Job).values(**a_job(run_at=clock.now() - checks.QUEUE_PATIENCE - timedelta(minutes=1)))
        )
    status, told = ask(app, "/readyz")
    assert status == 503
    assert told["checks"] == {"database": "ok", "storage": "ok", "queue": "fault", "scanner": "ok"}


def test_a_database_without_its_migrations_is_not_ready(tmp_path: Path) -> None:
    settings = Settings.from_environment({"PORTAL_INSTANCE": str(tmp_path)})
    app = create_app(settings)
    status, told = ask(app, "/readyz")
    app.extensions["aduan"].database.dispose()
    assert status == 503
    assert told["checks"] == {"database": "fault", "storage": "ok", "queue": "fault", "scanner": "ok"}


def test_storage_that_cannot_be_written_is_not_ready(tmp_path: Path, settings: Settings) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    app = create_app(replace(settings, evidence_url=f"file://{blocked}/evidence"))
    status, told = ask(app, "/readyz")
    app.extensions["aduan"].database.dispose()
    assert status == 503
    assert told["checks"] == {"database": "ok", "storage": "fault", "queue": "ok", "scanner": "ok"}


def test_data_keys_under_a_lost_master_key_are_a_fault(app: Flask, database: Database) -> None:
    with database.session() as session:
        session.begin_write()
        new_box(session, now=clock.now())
        session.commit()
    floor = app.extensions["aduan"]
    assert checks.keys(floor, clock.now()).level is checks.Level.OK
    turned = floor.settings.keys.rotated(Purpose.MASTER, "master-2")
    waiting = checks.keys(replace(floor, settings=replace(floor.settings, keys=turned)), clock.now())
    assert (waiting.level, waiting.detail) == (
        checks.Level.WARNING,
        "1 data keys wait for `flask --app wsgi keys rewrap`",
    )
    ring = json.loads(turned.to_json())
    del ring["master"]["keys"]["master-1"]
    cut = KeyRing.from_json(json.dumps(ring))
    lost = checks.keys(replace(floor, settings=replace(floor.settings, keys=cut)), clock.now())
    assert (lost.level, lost.detail) == (
        checks.Level.FAULT,
        "cases are wrapped by master keys that are missing: master-1",
    )


def test_a_key_that_grows_old_is_named_a_month_before(app: Flask) -> None:
    floor, now = app.extensions["aduan"], clock.now()
    for days, level in ((334, checks.Level.OK), (335, checks.Level.WARNING)):
        made = (now - timedelta(days=days)).astimezone(floor.institution.zone).date()
        ring = KeyRing.from_json(floor.settings.keys.rotated(Purpose.SESSION, "session-9", made).to_json())
        found = checks.keys(replace(floor, settings=replace(floor.settings, keys=ring)), now)
        assert found.level is level, days
    assert found.detail == (
        f"the session key is in use since {made}: `flask --app wsgi keys rotate` before {made + timedelta(days=365)}"
    )


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_nobody_keeps_the_answer(app: Flask, path: str) -> None:
    answer = app.test_client().get(path, base_url="http://127.0.0.1:8000")
    assert answer.headers["Cache-Control"] == "no-store"
