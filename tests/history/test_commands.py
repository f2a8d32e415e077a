"""`history verify`, as an operator runs it."""

import json
from collections.abc import Callable
from datetime import date
from uuid import uuid4

import click
import pytest
from click.testing import Result
from flask import Flask

from portal.config import Settings
from portal.db import Database, Session
from portal.history import anchors, commands
from portal.history.models import every_subject
from portal.history.rules import Fault, FaultKind
from portal.history.shelf import Shelf
from portal.web.floor import Floor, init_floor
from tests.history.parcels import NOW, Parcel, delete, edit, make, sql


def bare_app(settings: Settings, database: Database, group: click.Group) -> Callable[..., Result]:
    """Runs `history …` in an app that has nothing but its floor."""
    app = Flask("bare")
    init_floor(app, Floor(settings, database, None))
    app.cli.add_command(group)
    return lambda *arguments: app.test_cli_runner().invoke(args=["history", *arguments])


@pytest.fixture
def run(settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setattr(commands, "every_subject", lambda: [Parcel])
    return bare_app(settings, database, commands.history)


def test_untouched_histories_are_said_to_be_so(
    run: Callable[..., Result], session: Session, settings: Settings
) -> None:
    make(session)
    make(session, entries=2)
    shelf = Shelf.at(settings.evidence_url)
    (drawn,) = anchors.draw(session, shelf, on=date(2026, 3, 13), now=NOW)
    session.begin_write()
    anchors.record(session, drawn)
    session.commit()
    result = run("verify")
    assert result.exit_code == 0
    assert result.output == "2 histories, 7 entries, 1 anchor, the last of 2026-03-13: nothing was changed.\n"


def test_each_fault_is_a_line_and_the_exit_code_says_so(
    run: Callable[..., Result], session: Session, database: Database
) -> None:
    one, other = make(session), make(session)
    edit(database, one, 2, kind="withdrawn")
    delete(database, other, 4, 5)
    result = run("verify")
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        f"{one.id}: entry 2 was edited after it was written.",
        f"{other.id}: the tail was cut: entries 4 to 5 were deleted.",
        "2 histories, 8 entries, 0 anchors: 2 faults.",
    ]


def test_a_report_for_programs(run: Callable[..., Result], session: Session, database: Database) -> None:
    parcel = make(session)
    delete(database, parcel, 3)
    result = run("verify", "--json")
    assert result.exit_code == 1
    assert json.loads(result.output) == {
        "subjects": 1,
        "entries": 4,
        "erased": 0,
        "anchors": 0,
        "anchored_on": None,
        "found": 1,
        "faults": [
            {
                "kind": "deleted",
                "subject_id": str(parcel.id),
                "seq": 3,
                "last_seq": 3,
                "says": "entry 3 was deleted",
            }
        ],
    }


def test_one_case_alone(run: Callable[..., Result], session: Session, database: Database) -> None:
    one, other = make(session), make(session)
    edit(database, one, 2, kind="withdrawn")
    assert run("verify", "--case", str(other.id)).exit_code == 0
    result = run("verify", "--case", str(one.id))
    assert result.exit_code == 1
    assert "entry 2 was edited" in result.output


def test_a_case_whose_row_is_gone_is_still_found_by_its_id(
    run: Callable[..., Result], session: Session, database: Database
) -> None:
    parcel = make(session)
    sql(database, "DELETE FROM test_parcels WHERE id = :id", id=parcel.id)
    result = run("verify", "--case", str(parcel.id))
    assert result.exit_code == 1
    assert "the row is gone, but its history (5 entries) is still there" in result.output


@pytest.mark.parametrize("named", ["01a20051-5652-7d3f-ad2e-cc290fa22f20", "no id"])
def test_a_case_that_there_is_not(run: Callable[..., Result], named: str) -> None:
    result = run("verify", "--case", named)
    assert result.exit_code == 1
    assert result.output == "Error: There is no such case.\n"


def test_the_roof_may_read_other_names_for_a_case(
    session: Session, settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    parcel = make(session)
    monkeypatch.setattr(commands, "every_subject", lambda: [Parcel])
    group = commands.commands(lambda session, named: parcel.id if named == "BM-1" else None)
    run = bare_app(settings, database, group)
    assert run("verify", "--case", "BM-1").output.startswith("1 history, 5 entries")
    assert run("verify", "--case", "BM-2").exit_code == 1


@pytest.mark.parametrize("kind", FaultKind)
def test_every_fault_has_its_sentence(kind: FaultKind) -> None:
    fault = Fault(kind, uuid4(), seq=3, last_seq=5, true_seq=4, other=uuid4(), anchor=date(2026, 3, 13), name="x")
    assert "None" not in commands.says(fault)
    assert "{" not in commands.says(fault)


def test_tables_of_tests_are_not_taken_for_the_portals_own() -> None:
    assert Parcel not in every_subject()
