"""What the customer sees when a decree has changed the calendar in mid-case: both dates, and why."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask

from portal import worker
from portal.config import Settings
from portal.db import Database
from portal.institution.models import Institution
from tests.complaints.cases import Case, file_case
from tests.page import Client, Page

SignIn = Callable[..., Page]

AUTHORITY = ("--decree", "Keppres 7/2026", "--reason", "General election", "--by", "sari")


def decree(app: Flask, settings: Settings, *arguments: str) -> None:
    """An operator enters it, and the worker does what there is to do."""
    done = app.test_cli_runner().invoke(args=["calendar", *arguments, *AUTHORITY])
    assert done.exit_code == 0, done.output
    database = Database(settings.database_url, settings.keys)
    # The database goes by its own clock, which stands still for nobody.
    worker.drain(database, settings, due_by=datetime.now(UTC))
    database.dispose()


def plain(page: Page) -> str:
    return page.text.replace("\u00a0", " ")


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
@pytest.mark.parametrize(
    ("lang", "promised", "counted", "skipped", "told"),
    [
        (
            "id",
            "Senin, 7 Desember 2026",
            "Menurut kalender yang sekarang, hari terakhirnya Selasa, 8 Desember 2026",
            "Pemilihan umum",
            "hari yang kami janjikan tetap Senin, 7 Desember 2026. "
            "Rabu, 2 Desember 2026 tidak dihitung: Pemilihan umum (Keppres 7/2026).",
        ),
        (
            "en",
            "Monday 7 December 2026",
            "By the calendar as it is now, the last day would be Tuesday 8 December 2026",
            "General election",
            "the day that we promised stays Monday 7 December 2026. "
            "Wednesday 2 December 2026 is not counted: General election (Keppres 7/2026).",
        ),
    ],
)
def test_a_holiday_decreed_in_mid_case_shows_both_dates(
    app: Flask,
    settings: Settings,
    client: Client,
    case: Case,
    clock: time_machine.Traveller,
    sign_in: SignIn,
    lang: str,
    promised: str,
    counted: str,
    skipped: str,
    told: str,
) -> None:
    names = ("--name-id", "Pemilihan umum", "--name-en", "General election")
    decree(app, settings, "add", "2026-12-02", "--kind", "holiday", *names)
    clock.shift(6)
    page = sign_in(case.number, case.code, lang=lang)
    assert page.one("#case-due .due").text.replace("\u00a0", " ") == promised
    assert told in plain(page)
    derivation = client.get(f"/{lang}/track/case/deadline")
    assert derivation.one(".due").text.replace("\u00a0", " ") == promised
    assert counted in plain(derivation)
    row = next(row for row in derivation.all("tbody tr") if skipped in row.text)
    assert [cell.text for cell in row.all("td")] == ["–", skipped]
    text = derivation.follow({"id": "Hal yang sama sebagai teks biasa", "en": "The same as plain text"}[lang])
    told_plainly = text.source.replace("\u00a0", " ")
    assert promised in told_plainly.splitlines()[1] and counted in told_plainly
    assert any(line.startswith("2026-12-02") and line.endswith(f"–  {skipped}") for line in told_plainly.splitlines())
    assert case.number not in told_plainly
    # What one puts into one's own calendar is the promise.
    assert (
        b"DTSTART;VALUE=DATE:20261207"
        in client.http.get(f"/{lang}/track/case/deadline.ics", base_url=settings.base_url).data
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("lang", "at", "due", "said"),
    [
        ("id", datetime(2026, 12, 16, 3, tzinfo=UTC), "Selasa, 29 Desember 2026", None),
        (
            "id",
            datetime(2026, 12, 29, 3, tzinfo=UTC),
            "Rabu, 30 Desember 2026",
            "Tanggal yang dihitung ulang tidak pernah jatuh sebelum hari kerja berikutnya",
        ),
        (
            "en",
            datetime(2026, 12, 29, 3, tzinfo=UTC),
            "Wednesday 30 December 2026",
            "the last day would be Tuesday 29 December 2026: a holiday was withdrawn after we promised. "
            "A date that is counted again never falls before the next working day after the change",
        ),
    ],
)
def test_a_holiday_withdrawn_brings_the_answer_forward_but_not_to_the_same_day(
    app: Flask,
    settings: Settings,
    client: Client,
    house: Database,
    profile: Institution,
    clock: time_machine.Traveller,
    sign_in: SignIn,
    lang: str,
    at: datetime,
    due: str,
    said: str | None,
) -> None:
    case = file_case(house, profile, now=datetime(2026, 12, 14, 3, 15, tzinfo=UTC))
    clock.move_to(at)
    decree(app, settings, "remove", "2026-12-24")
    clock.shift(6)
    sign_in(case.number, case.code, lang=lang)
    derivation = client.get(f"/{lang}/track/case/deadline")
    assert derivation.one(".due").text.replace("\u00a0", " ") == due
    if said:
        assert said in plain(derivation)
    else:
        assert "kalender yang sekarang" not in plain(derivation)
    opened = next(row for row in derivation.all("tbody tr") if "24" in row.one("th").text)
    assert "Keppres 7/2026" in opened.text
