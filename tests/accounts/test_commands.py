"""The operators' commands on officers, as an operator runs them."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from portal.accounts.rules import OfficerRole
from portal.app import create_app
from portal.config import Settings
from portal.db import Database
from portal.institution.models import Institution
from portal.notices.models import Notice
from tests.accounts.people import PASSWORD, an_officer, give_password, sign_in
from tests.page import Client

LINK = re.compile(r"http://127\.0\.0\.1:8000(/(?:id|en)/desk/invitation/\S+)")
Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask, clock: object) -> Run:
    return lambda *arguments: app.test_cli_runner().invoke(args=["officer", *arguments])


def add(run: Run, *more: str, email: str = "Made@Bank.Example.id", role: str = "administrator") -> Result:
    return run("add", "--email", email, "--name", "Made  Artawan", "--role", role, *more)


def test_the_first_administrator_is_added_and_gets_in(run: Run, client: Client) -> None:
    done = add(run, "--language", "en")
    assert done.exit_code == 0, done.output
    assert "It works once, within 72 hours" in done.output
    link = LINK.search(done.output)
    assert link
    page = client.get(link[1]).form().fill(password=PASSWORD, again=PASSWORD).submit()
    assert page.path == "/en/desk/sign-in/set-up"
    assert run("list").output == "made@bank.example.id  Made Artawan  administrator  invited\n"


def test_roles_are_several(run: Run) -> None:
    assert add(run, "--role", "agent").exit_code == 0
    assert "agent, administrator  invited" in run("list").output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--division", "payments"), "A --division goes only with --role division_member."),
        (("--role", "division_member"), "A division_member needs at least one --division."),
        (("--role", "division_member", "--division", "treasury"), "The institution's profile has no such division."),
        (("--email", "made"), "made is not an e-mail address."),
        (("--name", " "), "The officer needs a name."),
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_added(run: Run, arguments: tuple[str, ...], sentence: str) -> None:
    done = add(run, *arguments)
    assert done.exit_code == 1 and sentence in done.output
    assert run("list").output == ""


def test_an_address_belongs_to_one(run: Run) -> None:
    add(run)
    done = add(run, email="made@bank.example.id")
    assert done.exit_code == 1 and "Another officer has this e-mail address." in done.output


def test_with_a_mail_server_the_link_is_mailed_too(settings: Settings, database: Database, clock: object) -> None:
    app = create_app(replace(settings, smtp_url="smtp://127.0.0.1:2525?from=pengaduan@bank.example.id"))
    done = app.test_cli_runner().invoke(
        args=["officer", "add", "--email", "a@b.example", "--name", "A", "--role", "agent"]
    )
    assert done.exit_code == 0 and LINK.search(done.output)
    with database.session() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Notice)) == 1
    app.extensions["aduan"].database.dispose()


def test_who_is_disabled_is_out_at_once(run: Run, client: Client, database: Database, profile: Institution) -> None:
    an_officer(database, profile, OfficerRole.ADMINISTRATOR)
    agent = an_officer(database, profile)
    sign_in(client, agent)
    assert run("disable", agent.email.upper()).output == "Disabled.\n"
    assert client.get("/en/desk").path == "/en/desk/sign-in"


def test_the_last_administrator_stays(run: Run, database: Database, profile: Institution) -> None:
    who = an_officer(database, profile, OfficerRole.ADMINISTRATOR)
    done = run("disable", who.email)
    assert done.exit_code == 1 and "This is the last administrator." in done.output


def test_a_lost_second_factor_is_reset(run: Run, client: Client, database: Database, profile: Institution) -> None:
    agent = an_officer(database, profile)
    done = run("reset-second-factor", agent.email)
    link = LINK.search(done.output)
    assert link
    page = client.get(link[1]).form().fill(password=PASSWORD, again=PASSWORD).submit()
    assert page.path == "/en/desk/sign-in/set-up"
    assert give_password(client, agent).path == "/en/desk/sign-in/set-up"


@pytest.mark.parametrize("command", ["disable", "reset-second-factor"])
def test_nobody_is_nobody(run: Run, command: str) -> None:
    done = run(command, "nobody@bank.example.id")
    assert done.exit_code == 1 and "There is no officer with this e-mail address." in done.output
