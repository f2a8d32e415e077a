"""What `doctor` says: addresses nobody has confirmed, calendars that run out, facts about forums grown old."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from portal import checks
from portal.checks import Level
from portal.forums.loader import FILE, read
from portal.web.floor import Floor

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NOW = datetime(2026, 3, 13, 3, 0, tzinfo=UTC)


@pytest.fixture
def code() -> str:
    return "muamalat"


@pytest.fixture
def environment(environment: dict[str, str], code: str) -> dict[str, str]:
    return environment | {"PORTAL_INSTITUTION": code}


@pytest.fixture
def floor(app: Flask) -> Floor:
    found: Floor = app.extensions["aduan"]
    return found


@sqlite_only
@pytest.mark.parametrize("code", ["kredi360"])
def test_addresses_that_nobody_confirmed_are_named(floor: Floor) -> None:
    """KX-03, KX-05"""
    found = checks.addresses(floor, NOW)
    assert found.level is Level.WARNING
    assert found.detail == (
        "not confirmed as the institution's own: call_centre 0878-7484-7807, whatsapp +62\u00a0813-7397-4798"
    )


@sqlite_only
def test_confirmed_addresses_are_no_finding(floor: Floor) -> None:
    assert checks.addresses(floor, NOW).level is Level.OK


@sqlite_only
@pytest.mark.parametrize(
    ("at", "level", "said"),
    [
        # In Jakarta a day begins at 17:00 UTC.
        (datetime(2027, 10, 1, 16, 59, tzinfo=UTC), Level.OK, "known until 2027-12-31"),
        (datetime(2027, 10, 1, 17, 0, tzinfo=UTC), Level.WARNING, "run out on 2027-12-31, in 90 days"),
        (datetime(2027, 12, 31, 17, 0, tzinfo=UTC), Level.WARNING, "ran out on 2027-12-31"),
    ],
)
def test_a_calendar_that_runs_out_is_told_ninety_days_before(
    floor: Floor, at: datetime, level: Level, said: str
) -> None:
    found = checks.calendars(floor, at)
    assert (found.level, found.detail[: len(said)]) == (level, said)


@sqlite_only
def test_facts_about_forums_are_named_when_they_are_a_year_old(floor: Floor) -> None:
    """Each by its key and date, the links in their sources too."""
    assert checks.forums(floor, datetime(2027, 11, 21, 16, 59, tzinfo=UTC)).level is Level.OK
    # In Jakarta it is the day after the year.
    found = checks.forums(floor, datetime(2027, 11, 21, 17, 0, tzinfo=UTC))
    assert found.level is Level.WARNING
    assert "forums.bi.deadline (checked on 2026-11-21)" in found.detail
    assert "forums.laps_sjk.tiers.0 (checked on 2026-11-21)" in found.detail
    assert "sources.bi_page (link last seen on 2026-11-21)" in found.detail
    assert "forums.basyarnas.contact" not in found.detail


@sqlite_only
def test_dates_that_cannot_be_are_named(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    content = FILE.read_text().replace("[forums.bi.deadline]\n", "[forums.bi.deadline]\nuntil = 2026-12-31\n")
    changed = read(content, file=FILE.name)
    monkeypatch.setattr(checks, "load_forums", lambda: changed)
    assert checks.forums(floor, datetime(2026, 12, 31, tzinfo=UTC)).level is Level.OK
    assert (
        "forums.bi.deadline (known until 2026-12-31)" in checks.forums(floor, datetime(2027, 1, 1, tzinfo=UTC)).detail
    )
    early = checks.forums(floor, datetime(2026, 11, 1, tzinfo=UTC))
    assert "forums.bi.takes (checked on 2026-11-21, which is still to come)" in early.detail


def test_doctor_asks_them_all() -> None:
    assert {checks.addresses, checks.calendars, checks.forums} <= set(checks.EVERYTHING)
