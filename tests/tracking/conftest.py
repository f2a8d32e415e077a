"""A filed complaint, a browser in front of the portal, and a clock that stands until it is moved."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from flask import Flask

from portal.config import Settings
from portal.db import Database
from portal.institution.models import Institution
from tests.builders import NOW
from tests.complaints.cases import Case, file_case
from tests.page import Client, Page
from tests.tracking.one_time import newest_code


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
def case(clock: object, house: Database, profile: Institution) -> Case:
    """A complaint about a transfer, filed on Monday 23 November 2026 at 10.15."""
    return file_case(house, profile)


@pytest.fixture
def another(app: Flask, settings: Settings) -> Callable[..., Client]:
    """Another device: it has no cookies of ours, and may be on another network."""

    def device(address: str = "127.0.0.1") -> Client:
        client = Client(app, settings.base_url)
        client.address = address
        return client

    return device


@pytest.fixture
def one_time_code(house: Database, settings: Settings) -> Callable[[], str | None]:
    """Do what the page for a lost code has enqueued, and read the customer's newest message."""
    return lambda: newest_code(house, settings)


@pytest.fixture
def sign_in(client: Client) -> Callable[..., Page]:
    """Give number and code at the sign-in page; returns the answer."""

    def give(number: str, code: str, *, lang: str = "en", status: int = 200, by: Client = client) -> Page:
        form = by.get(f"/{lang}/track").form(f"/{lang}/track")
        return form.fill(number=number, code=code).submit(status=status)

    return give
