"""What `doctor` says about a profile: addresses nobody has confirmed, and calendars that run out."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from portal import checks
from portal.checks import Level
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


def test_doctor_asks_both() -> None:
    assert {checks.addresses, checks.calendars} <= set(checks.EVERYTHING)
