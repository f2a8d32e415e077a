"""A mail server for each test that asks for one, and a runner of this room's jobs."""

from collections.abc import Iterator, MutableMapping
from typing import Any

import pytest
from structlog.testing import capture_logs

from portal.config import Settings
from portal.db import Database
from portal.jobs.rules import Roster
from portal.jobs.runner import Runner
from portal.notices import tasks
from tests.notices.letters import a_profile
from tests.notices.mailserver import MailServer, serving


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[MutableMapping[str, Any]]]:
    """What was logged, instead of being printed."""
    with capture_logs() as entries:
        yield entries


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with serving(MailServer()) as server:
        yield server


@pytest.fixture
def smtp_settings(environment: dict[str, str], mail_server: MailServer) -> Settings:
    """A development server whose mails go to the test's mail server."""
    return Settings.from_environment(environment | {"PORTAL_SMTP_URL": f"smtp://127.0.0.1:{mail_server.port}"})


@pytest.fixture
def runner(database: Database, smtp_settings: Settings) -> Runner:
    return a_runner(database, smtp_settings)


def a_runner(database: Database, settings: Settings) -> Runner:
    return Runner(database, settings, Roster.of(tasks.TASKS), zone=a_profile().zone)
