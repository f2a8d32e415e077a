"""A filed complaint, and a browser in front of the portal."""

from collections.abc import Callable

import pytest
import time_machine
from flask import Flask

from portal.db import Database
from portal.institution.models import Institution
from tests.builders import NOW
from tests.complaints.cases import Case, file_case
from tests.page import Client, Page


@pytest.fixture
def clock():
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
def case(clock, house: Database, profile: Institution) -> Case:
    """A complaint about a transfer, filed on Monday 23 November 2026 at 10.15."""
    return file_case(house, profile)


@pytest.fixture
def sign_in(client: Client) -> Callable[..., Page]:
    """Give number and code at the sign-in page; returns the answer."""

    def give(number: str, code: str, *, lang: str = "en", status: int = 200, by: Client = client) -> Page:
        return (
            by.get(f"/{lang}/track")
            .form("/en/track" if lang == "en" else "/id/track")
            .fill(number=number, code=code)
            .submit(status=status)
        )

    return give
