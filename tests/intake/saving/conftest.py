"""A time that stands until it is moved, and further windows of one browser."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from flask import Flask

from tests.builders import NOW
from tests.intake.journey import same_browser
from tests.page import Client


@pytest.fixture(autouse=True)
def travel() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def tab(app: Flask, client: Client) -> Callable[[], Client]:
    """Another tab of the same browser."""
    return lambda: same_browser(app, client)
