"""A browser in front of the desk, officers to sit at it, and a clock that stands until it is moved."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from flask import Flask

from portal.accounts.rules import OfficerRole
from portal.config import Settings
from portal.db import Database
from portal.institution.models import Institution
from tests.accounts.people import Known, an_officer
from tests.builders import NOW
from tests.page import Client


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The time of the whole test, which stands until it is moved."""
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def profile(app: Flask) -> Institution:
    return app.extensions["aduan"].institution


@pytest.fixture
def house(app: Flask) -> Database:
    """The app's own database."""
    return app.extensions["aduan"].database


@pytest.fixture
def agent(clock: object, house: Database, profile: Institution) -> Known:
    """An agent with an authenticator app."""
    return an_officer(house, profile, OfficerRole.AGENT)


@pytest.fixture
def administrator(clock: object, house: Database, profile: Institution) -> Known:
    """An administrator with an authenticator app."""
    return an_officer(house, profile, OfficerRole.ADMINISTRATOR)


@pytest.fixture
def another(app: Flask, settings: Settings) -> Callable[..., Client]:
    """Another device: it has no cookies of ours, and may be on another network."""

    def device(address: str = "127.0.0.1") -> Client:
        client = Client(app, settings.base_url)
        client.address = address
        return client

    return device


@pytest.fixture(params=["id", "en"])
def lang(request: pytest.FixtureRequest) -> str:
    """The language of the pages."""
    return str(request.param)
