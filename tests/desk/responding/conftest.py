"""A case, and an agent who sits in front of it."""

import pytest

from portal.accounts.rules import Officer, OfficerRole
from portal.db import Database
from portal.institution.models import Institution
from tests.complaints.cases import Case, file_case
from tests.desk.seats import sit
from tests.page import Client


@pytest.fixture
def environment(environment: dict[str, str], request: pytest.FixtureRequest) -> dict[str, str]:
    """Bank Muamalat, unless a test says another institution by `@pytest.mark.institution`."""
    marker = request.node.get_closest_marker("institution")
    return environment | {"PORTAL_INSTITUTION": marker.args[0] if marker else "muamalat"}


@pytest.fixture
def case(clock: object, house: Database, profile: Institution) -> Case:
    return file_case(house, profile)


@pytest.fixture
def agent(clock: object, client: Client, house: Database, profile: Institution) -> Officer:
    """An agent who sits at `client`."""
    return sit(client, house, profile, OfficerRole.AGENT)
