"""The profile that the complaints of these tests are filed at, and one such complaint."""

import pytest

from portal.db import Database
from portal.institution.loader import load
from portal.institution.models import Institution
from tests.complaints.cases import Case, file_case


@pytest.fixture
def profile() -> Institution:
    return load("muamalat")


@pytest.fixture
def case(database: Database, profile: Institution) -> Case:
    """A complaint about a transfer, filed on Monday 23 November 2026 at 10.15."""
    return file_case(database, profile)
