"""Decrees by the command line, and what doctor and `flask deadline` make of them."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from click.testing import Result
from flask import Flask

from portal import checks
from portal.checks import Level
from portal.db import Database, Session
from portal.institution.calendars.models import CalendarOverride
from portal.institution.calendars.queries import FRESH, read
from portal.web.floor import Floor
from portal.workdays import seed
from tests.institution.decrees import IDX, JOINT, LEAVE, close, known

# ── the commands ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def run(app: Flask) -> Any:
    def command(*arguments: str) -> Result:
        return app.test_cli_runner().invoke(args=["calendar", *arguments])

    return command


AUTHORITY = ("--decree", "SKB 5/2026", "--reason", "General election", "--by", "sari")
ELECTION = ("add", "2026-12-02", "--kind", "holiday", "--name-id", "Pemilihan umum", "--name-en", "General election")


def test_a_day_is_added_with_its_authority(run: Any, session: Session) -> None:
    done = run(*ELECTION, *AUTHORITY)
    assert done.exit_code == 0, done.output
    plain = seed.calendar(JOINT).revision
    assert done.output.splitlines()[0] == "2026-12-02 Wed closed as holiday: General election / Pemilihan umum"
    assert f"national_and_joint: revision {plain} became {read(session).of(JOINT).revision}" in done.output
    assert "The worker counts every open time limit again" in done.output
    row = session.scalars(sa.select(CalendarOverride)).one()
    assert (row.decree, row.reason, row.author) == ("SKB 5/2026", "General election", "sari")


def test_adding_twice_says_so_and_changes_nothing(run: Any, session: Session) -> None:
    run(*ELECTION, *AUTHORITY)
    again = run(*ELECTION, *AUTHORITY)
    assert (again.exit_code, again.output) == (
        1,
        "Error: It is closed already: General election / Pemilihan umum. Nothing was changed.\n",
    )
    assert session.scalar(sa.select(sa.func.count()).select_from(CalendarOverride)) == 1


def test_the_changes_are_reported_as_json(run: Any) -> None:
    added = json.loads(run(*ELECTION, *AUTHORITY, "--json").output)
    assert added["changes"][0] | {"at": None} == {
        "number": 1,
        "act": "close",
        "on": "2026-12-02",
        "kind": "holiday",
        "calendars": None,
        "name": {"id": "Pemilihan umum", "en": "General election"},
        "decree": "SKB 5/2026",
        "reason": "General election",
        "author": "sari",
        "at": None,
    }
    assert set(added["revisions"]) == {"national_and_joint", "national", "idx"}
    assert added["revisions"]["idx"]["before"] == seed.calendar(IDX).revision
    removed = json.loads(run("remove", "2026-12-02", *AUTHORITY, "--json").output)
    assert removed["revisions"]["idx"]["after"] == seed.calendar(IDX).revision
    run("remove", "2026-12-24", "--calendar", "idx", *AUTHORITY)
    listed = json.loads(run("list", "--json").output)
    assert [(row["number"], row["act"], row["doubt"]) for row in listed["changes"]] == [
        (1, "close", None),
        (2, "open", None),
        (3, "open", None),
    ]
    assert (listed["changes"][2]["calendars"], listed["known_until"]) == (["idx"], "2027-12-31")


def test_a_calendar_is_shown_as_it_is_counted(run: Any) -> None:
    run(*ELECTION, *AUTHORITY)
    shown = run("show", "national_and_joint", "--year", "2026")
    assert "2026-12-02  Wed  holiday         General election  (SKB 5/2026)" in shown.output
    assert "2026-12-24  Thu  joint_leave     Christmas" in shown.output
    assert "2027-" not in shown.output.split("\n", 1)[1]
    told = json.loads(run("show", "national", "--year", "2027", "--json").output)
    days = {day["date"]: day for day in told["closed"]}
    assert days["2027-03-10"] == {
        "date": "2027-03-10",
        "kind": "holiday",
        "name": {"id": "Hari Raya Idul Fitri", "en": "Eid al-Fitr"},
        "estimated": True,
        "decree": None,
    }
    assert "2027-03-09" not in days
    assert (told["calendar"], told["known_until"]) == ("national", "2027-12-31")


def test_in_words_the_changes_are_listed_with_decree_author_and_what_is_odd(run: Any) -> None:
    assert "Nothing was changed" in run("list").output
    run("add", "2026-12-25", "--kind", "joint_leave", "--name-id", "a", "--name-en", "b", *AUTHORITY)
    run("known", "2028", *AUTHORITY)
    lines = run("list").output.splitlines()
    assert lines[0] == "   1  2026-12-25 Fri closed as joint leave: b / a  [other kind]"
    assert lines[1].startswith("      SKB 5/2026: General election (sari, 20")
    assert lines[2] == "   2  Known until 2028-12-31"
    assert lines[-1] == "Everything is known until 2028-12-31."


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("remove", "2026-12-02", *AUTHORITY), 1, "It is not closed."),
        (("remove", "2026-12-26", *AUTHORITY), 1, "a weekend is never opened"),
        (("add", "2026-12-02", "--kind", "holiday", *AUTHORITY), 1, "Say what the day is called"),
        (("add", "2026-12-02", "--kind", "holiday", "--name-id", "a", *AUTHORITY), 2, "its name in both languages"),
        (("add", "2 December", "--kind", "holiday", *AUTHORITY), 2, "is not a day, for example 2027-08-18"),
        (("add", "2026-12-02", "--kind", "feast", *AUTHORITY), 2, "'feast' is not one of"),
        (("add", "2026-12-02", "--kind", "holiday", "--decree", "SKB"), 2, "Missing option '--reason'"),
        (("remove", "2026-12-24", "--decree", " ", "--reason", "x"), 2, "says nothing"),
        (("known", "2027", *AUTHORITY), 1, "known until 2027-12-31 already"),
        (("known", "2030", *AUTHORITY), 1, "enter the years between first"),
    ],
    ids=lambda value: None if isinstance(value, int) else str(value)[:40],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_cannot_be_done_is_said_plainly(run: Any, arguments: tuple[str, ...], code: int, said: str) -> None:
    refused = run(*arguments)
    assert (refused.exit_code, said in " ".join(refused.output.split())) == (code, True), refused.output


# ── doctor, and the dates that rest on them ──────────────────────────────────────────────────────


def test_doctor_counts_a_year_entered_by_hand_and_names_contradictions(app: Flask, session: Session) -> None:
    floor: Floor = app.extensions["aduan"]
    late = datetime(2027, 12, 1, tzinfo=UTC)
    assert checks.calendars(floor, late).level is Level.WARNING
    known(session, 2028)
    found = checks.calendars(floor, late)
    assert (found.level, found.detail) == (Level.OK, "known until 2028-12-31")
    close(session, date(2026, 12, 25), kind=LEAVE)
    found = checks.calendars(floor, late)
    assert (found.level, found.detail) == (
        Level.WARNING,
        "change 2 closes 2026-12-25 as something else than is published: see `flask --app wsgi calendar list`",
    )


def test_flask_deadline_counts_by_the_deployments_calendars(app: Flask, run: Any) -> None:
    asked = ("deadline", "--channel", "portal", "--received", "2026-11-23T10:15+07:00")
    asked += ("--complete", "2026-11-23T10:15+07:00", "--json")
    with app.app_context():
        before = json.loads(app.test_cli_runner().invoke(args=asked).output)
    assert before["counted_on"] == "2026-12-07"
    run(*ELECTION, *AUTHORITY)
    with time_machine.travel(datetime.now(UTC) + FRESH), app.app_context():
        after = json.loads(app.test_cli_runner().invoke(args=asked).output)
    assert after["counted_on"] == "2026-12-08"
    assert after["calendar"]["revision"] != before["calendar"]["revision"]
    skipped = next(day for day in after["days"] if day["date"] == "2026-12-02")
    assert skipped["name"]["en"] == "General election"


def test_flask_deadline_says_when_the_database_cannot_be_asked(app: Flask, database: Database) -> None:
    session = database.session()
    session.begin_write()
    session.connection().exec_driver_sql("DROP TABLE calendar_overrides")
    session.commit()
    asked = ["deadline", "--channel", "contact_centre", "--received", "2026-03-13T10:00+07:00", "--json"]
    with app.app_context():
        told = app.test_cli_runner().invoke(args=asked)
    assert told.stderr == "The database does not answer: only the published holidays are counted.\n"
    assert json.loads(told.stdout)["counted_on"] == "2026-03-27"
