"""The demo's officers: one for each role, with known ways in, and never in production."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from click.testing import Result
from flask import Flask

from portal import clock as portal_clock
from portal.accounts.rules import OfficerRole
from portal.app import create_app
from portal.config import Settings
from portal.demo import officers
from tests.accounts.people import Known, sign_in
from tests.builders import NOW
from tests.page import Client


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def demo(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["demo", *arguments])


def known(email: str) -> Known:
    return Known(None, "", email, officers.PASSWORD, officers.SECRET, [])  # type: ignore[arg-type]


@pytest.mark.parametrize("institution", ["muamalat", "kredifazz"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_each_role_of_the_institution_can_be_signed_in_as(environment: dict[str, str], institution: str) -> None:
    app = create_app(Settings.from_environment(environment | {"PORTAL_INSTITUTION": institution}))
    floor: Any = app.extensions["aduan"]
    found = officers.load(floor, now=portal_clock.now())
    assert {each.role for each in found} >= set(OfficerRole) - {OfficerRole.DIVISION_MEMBER}
    assert (OfficerRole.DIVISION_MEMBER in {each.role for each in found}) == bool(floor.institution.divisions)
    for each in found:
        page = sign_in(Client(app, "http://127.0.0.1:8000"), known(each.email))
        assert page.path == "/en/desk" and each.name in page.text
    assert officers.load(floor, now=portal_clock.now()) == found
    assert len(app.test_cli_runner().invoke(args=["officer", "list"]).output.splitlines()) == len(found)
    floor.database.dispose()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_printed_is_enough_to_sign_in(app: Flask, client: Client) -> None:
    said = demo(app).output
    assert "http://127.0.0.1:8000/id/desk" in said
    for told in (officers.PASSWORD, officers.SECRET, "auditor@demo.invalid", "flask --app wsgi demo --code"):
        assert told in said
    code = demo(app, "--code").output.strip()
    page = client.get("/id/desk/sign-in").form("/id/desk/sign-in")
    page = page.fill(email="auditor@demo.invalid", password=officers.PASSWORD).submit()
    assert page.form().fill(code=code).submit().path == "/id/desk"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("argument", ["--json", "--code"])
def test_production_has_no_demo(settings: Settings, argument: str) -> None:
    app = create_app(replace(settings, production=True, base_url="https://pengaduan.example.co.id"))
    done = demo(app, argument)
    assert done.exit_code == 1 and "production" in done.output
    with pytest.raises(RuntimeError):
        officers.load(app.extensions["aduan"], now=portal_clock.now())
    assert app.test_cli_runner().invoke(args=["officer", "list"]).output == ""
    app.extensions["aduan"].database.dispose()
