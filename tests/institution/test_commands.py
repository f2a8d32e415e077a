"""What operators ask on the command line: is this profile sound, and how is this date counted."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from portal.institution.commands import deadline, institution
from tests.institution.specimens import LUMBUNG

LEBARAN = "2026-03-13T10:00+07:00"


def check(*arguments: str | Path) -> Result:
    return CliRunner().invoke(institution, ["check", *map(str, arguments)])


def ask(*arguments: str) -> Result:
    return CliRunner().invoke(deadline, ["--institution", "muamalat", *arguments])


def asked(*arguments: str) -> dict[str, Any]:
    result = ask(*arguments, "--json")
    assert result.exit_code == 0, result.output
    facts: dict[str, Any] = json.loads(result.stdout)
    return facts


# ── institution check ────────────────────────────────────────────────────────────────────────────


def test_the_portals_own_profiles_are_checked_without_an_argument() -> None:
    result = check()
    assert result.exit_code == 0
    assert "muamalat: nothing wrong" in result.stdout
    assert "forums.toml: nothing wrong" in result.stdout


def test_a_file_of_ones_own_is_checked() -> None:
    assert check(LUMBUNG).exit_code == 0


def test_every_fault_is_printed_with_file_and_key_and_the_command_fails(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(LUMBUNG.read_text().replace("amount = 20", "amount = 0").replace('"Asia/Makassar"', '"Mars"'))
    result = check(mine)
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "mine.toml: zone: 'Mars' is not a time zone",
        "mine.toml: limits.promise.amount: must be at least 1, not 0",
    ]


def test_the_same_as_json(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(LUMBUNG.read_text().replace("amount = 20", "amount = 0"))
    result = check(mine, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        "ok": False,
        "profiles": [
            {
                "profile": str(mine),
                "problems": [
                    {"file": "mine.toml", "key": "limits.promise.amount", "wrong": "must be at least 1, not 0"}
                ],
            }
        ],
    }
    assert json.loads(check("--json").stdout)["ok"] is True


def test_a_file_that_is_not_there_fails() -> None:
    result = check("nowhere.toml")
    assert result.exit_code == 1
    assert "nowhere.toml: cannot be read" in result.stderr


# ── deadline ─────────────────────────────────────────────────────────────────────────────────────


def test_the_json_holds_the_date_and_everything_it_rests_on() -> None:
    """BM-30 over Lebaran 2026."""
    facts = asked("--channel", "portal", "--received", LEBARAN, "--complete", LEBARAN)
    assert (facts["counted_on"], facts["due_on"], facts["provisional"]) == ("2026-04-06", "2026-04-06", False)
    assert {key: facts["rule"][key] for key in ("key", "amount", "unit", "start", "basis", "confidence")} == {
        "key": "written", "amount": 10, "unit": "working", "start": "complete", "basis": "law", "confidence": "H",
    }  # fmt: skip
    assert set(facts["rule"]["source"]) == {"id", "en"}
    assert facts["calendar"]["code"] == "national_and_joint"
    assert facts["calendar"]["revision"].startswith("2027-")
    days = {day["date"]: day for day in facts["days"]}
    assert days["2026-03-13"] == {"date": "2026-03-13", "counted": 0, "reason": "start"}
    assert days["2026-03-16"] == {"date": "2026-03-16", "counted": 1, "reason": "counted"}
    assert days["2026-03-19"] == {
        "date": "2026-03-19", "counted": None, "reason": "holiday", "name": {"id": "Hari Suci Nyepi", "en": "Nyepi"},
    }  # fmt: skip
    assert days["2026-03-18"]["reason"] == "joint_leave"
    assert max(day["counted"] or 0 for day in facts["days"]) == 10
    assert facts["days"][-1]["date"] == facts["counted_on"]


def test_extensions_lengthen_it() -> None:
    facts = asked("--channel", "email", "--received", LEBARAN, "--complete", LEBARAN, "--extensions", "2")
    assert (facts["counted_on"], facts["rule"]["extensions"]) == ("2026-05-05", [10, 10])


def test_a_date_beyond_the_last_decree_is_provisional() -> None:
    late = "2027-12-27T10:00+07:00"
    assert asked("--channel", "portal", "--received", late, "--complete", late)["provisional"] is True


def test_the_channel_decides_between_verbal_and_written() -> None:
    """BM-09: the telephone is verbal, so its clock runs from receipt."""
    facts = asked("--channel", "contact_centre", "--received", LEBARAN)
    assert (facts["form"], facts["rule"]["key"], facts["counted_on"]) == ("verbal", "verbal", "2026-03-27")


def test_a_clock_that_has_not_started_has_no_date() -> None:
    facts = asked("--channel", "email", "--received", LEBARAN)
    assert (facts["counted_on"], facts["rule"], facts["days"]) == (None, None, [])
    assert facts["waiting"] == [{"key": "written", "start": "complete"}]


def test_several_clocks_are_listed_and_one_binds() -> None:
    facts = asked("--institution", str(LUMBUNG), "--channel", "website", "--received", LEBARAN, "--complete", LEBARAN)
    assert [(clock["key"], clock["counted_on"], clock["binding"]) for clock in facts["clocks"]] == [
        ("promise", "2026-04-02", True),
        ("law_written", "2026-04-06", False),
    ]


def test_what_comes_after_closing_time_is_received_where_the_profile_says_so() -> None:
    facts = asked("--institution", str(LUMBUNG), "--channel", "telephone", "--received", "2026-11-20T17:00+08:00")
    assert facts["received_at"] == "2026-11-23T08:00:00+08:00"


def test_in_words_each_day_stands_on_a_line() -> None:
    result = ask("--channel", "portal", "--received", LEBARAN, "--complete", LEBARAN, "--extensions", "1")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert "2026-03-13  Fri    0  Documents complete. Counting starts on the next working day" in lines
    assert "2026-03-18  Wed    –  Joint leave for Nyepi" in lines
    assert "Written complaint: 10\u00a0working days + 10\u00a0working days" in lines
    assert "Source: POJK\u00a022/2023 and Bank Muamalat’s complaint procedure" in lines
    assert lines[-1].replace("\u00a0", " ") == "Last day: Monday 20 April 2026"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_text_is_had_in_indonesian_too(app: Flask) -> None:
    with app.app_context():
        result = ask("--channel", "portal", "--received", LEBARAN, "--complete", LEBARAN, "--language", "id")
        waiting = ask("--channel", "email", "--received", LEBARAN, "--language", "id").stdout
    lines = result.stdout.replace("\u00a0", " ").splitlines()
    assert lines[0].endswith("(tertulis)")
    assert "Pengaduan tertulis: 10 hari kerja" in lines
    assert "2026-03-13  Jum    0  Dokumen lengkap. Hitungan mulai hari kerja berikutnya" in lines
    assert "2026-03-18  Rab    –  Cuti bersama Hari Suci Nyepi" in lines
    assert lines[-1] == "Batas waktu: Senin, 6 April 2026"
    assert "belum berjalan, mulai saat: Dokumen lengkap" in waiting


def test_in_words_the_binding_clock_and_a_waiting_one_are_named() -> None:
    both = ask("--institution", str(LUMBUNG), "--channel", "website", "--received", LEBARAN, "--complete", LEBARAN)
    assert "Last day: Thursday 2\u00a0April 2026\nIt ends first, so it binds.\n" in both.stdout
    assert (
        "not running yet, it starts when: Documents complete" in ask("--channel", "email", "--received", LEBARAN).stdout
    )
    late = "2027-12-27T10:00+07:00"
    assert "This date is provisional." in ask("--channel", "portal", "--received", late, "--complete", late).stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--channel", "fax", "--received", LEBARAN], "'fax' is none of portal, contact_centre"),
        (["--channel", "portal", "--kind", "praise", "--received", LEBARAN], "'praise' is none of complaint"),
        (["--channel", "portal", "--received", "2026-03-13T10:00"], "needs its offset from UTC"),
        (["--channel", "portal", "--received", "yesterday"], "'yesterday' is not a moment"),
        (
            ["--channel", "portal", "--received", LEBARAN, "--complete", "2026-03-12T10:00+07:00"],
            "cannot be complete before",
        ),
        (["--channel", "portal", "--received", LEBARAN, "--extensions", "3"], "at most 2 times"),
        (["--channel", "contact_centre", "--received", LEBARAN, "--extensions", "1"], "never extended"),
        (["--institution", "nobody", "--channel", "portal", "--received", LEBARAN], "known: "),
    ],
)
def test_what_cannot_be_answered_is_said_plainly(arguments: list[str], said: str) -> None:
    result = ask(*arguments)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())


def test_without_a_portal_around_it_the_institution_must_be_named() -> None:
    result = CliRunner().invoke(deadline, ["--channel", "portal", "--received", LEBARAN])
    assert result.exit_code == 2
    assert "--institution" in result.stderr
