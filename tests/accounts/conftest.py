"""An officer, the profile of their institution, and a clock that stands until it is moved."""

from collections.abc import Iterator

import pytest
import time_machine

from portal.accounts.rules import OfficerRole
from portal.db import Database
from portal.institution.loader import load
from portal.institution.models import Institution
from tests.accounts.people import Known, an_officer
from tests.builders import NOW


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The time of the whole test, which stands until it is moved."""
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def profile() -> Institution:
    return load("muamalat")


@pytest.fixture
def agent(clock: object, database: Database, profile: Institution) -> Known:
    """An agent with an authenticator app and recovery codes."""
    return an_officer(database, profile, OfficerRole.AGENT)
