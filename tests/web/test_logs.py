"""Logs: a request id and the route; never a path, name, number, code or complaint text."""

import json
import re
import subprocess
import sys
from typing import Any

import pytest
from flask import Flask

from portal.config import Settings
from portal.web.access import public
from tests.intake.journey import ANSWERS, number_and_code, send, walk_to
from tests.journeys.filing import sign_in
from tests.page import Client


def test_a_whole_journey_leaves_no_personal_word_in_the_logs(
    app: Flask, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    client = Client(app, settings.base_url)
    number, code = number_and_code(send(walk_to(client, "check", "en")))
    sign_in(client, "en", number, "WRONG-CODE-2345", status=422)
    sign_in(client, "en", number, code)
    client.get("/en/track/case?number=" + number)
    client.get(f"/en/nowhere/{number}", status=404)
    written = "".join(capsys.readouterr())
    assert "request" in written
    typed = [
        text
        for answers in ANSWERS.values()
        for text in answers.values()
        # The codes of a profile's lists are no personal words.
        if isinstance(text, str) and len(text) > 6 and not re.fullmatch("[a-z_]+", text)
    ]
    for secret in (number, number.replace("-", ""), code, code.replace("-", ""), "WRONG-CODE", *typed):
        assert secret not in written
    assert "/en/track/case" not in written
    assert str(client.cookie("aduan")) not in written


def test_every_answer_carries_its_request_id_and_takes_a_sound_one_over(app: Flask) -> None:
    client = app.test_client()
    made = client.get("/healthz", base_url="http://127.0.0.1:8000").headers["X-Request-Id"]
    assert re.fullmatch(r"[0-9a-f]{16}", made)
    given = client.get("/healthz", base_url="http://127.0.0.1:8000", headers={"X-Request-Id": "proxy-12345678"})
    assert given.headers["X-Request-Id"] == "proxy-12345678"
    forged = client.get("/healthz", base_url="http://127.0.0.1:8000", headers={"X-Request-Id": "a b<script>"})
    assert re.fullmatch(r"[0-9a-f]{16}", forged.headers["X-Request-Id"])


def test_a_failure_is_told_by_type_and_place_not_by_its_message(
    app: Flask, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: Any) -> None:
        raise ValueError("Siti Rahmawati, 3010047702")

    monkeypatch.setitem(app.view_functions, "guidance.start", public(fail))
    answer = app.test_client().get("/en/", base_url="http://127.0.0.1:8000")
    assert answer.status_code == 500
    assert "Siti" not in answer.text
    written = "".join(capsys.readouterr())
    assert "ValueError" in written
    assert "test_logs.py" in written
    assert "Siti" not in written and "3010047702" not in written


def test_production_writes_one_json_object_a_line() -> None:
    """In a process of its own, because loggers remember how they were first configured."""
    script = (
        "from portal.web.logs import configure_logs, log; configure_logs(json=True); "
        "log.info('request', id='abc', route='/<lang>/track', status=200); log.error('failure', route=None)"
    )
    written = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    first, second = map(json.loads, written.stderr.splitlines())
    assert (first["event"], first["route"], first["status"], first["level"]) == (
        "request",
        "/<lang>/track",
        200,
        "info",
    )
    assert (second["event"], second["level"]) == ("failure", "error")
    assert written.stdout == ""
