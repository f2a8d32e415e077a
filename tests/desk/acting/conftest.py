"""A case at 360Kredi or where a test says, one that somebody else filed, and the manager."""

import pytest

from portal.accounts.rules import OfficerRole
from portal.db import Database
from portal.institution.models import Institution
from tests.accounts.people import Known, an_officer
from tests.complaints.cases import Case, file_case
from tests.desk.acting.doing import REPRESENTATIVE


@pytest.fixture
def environment(environment: dict[str, str], request: pytest.FixtureRequest) -> dict[str, str]:
    """360Kredi, unless a test says another institution by `@pytest.mark.institution`."""
    marker = request.node.get_closest_marker("institution")
    return environment | {"PORTAL_INSTITUTION": marker.args[0] if marker else "kredi360"}


@pytest.fixture
def case(clock: object, house: Database, profile: Institution) -> Case:
    return file_case(house, profile)


@pytest.fixture
def represented(clock: object, house: Database, profile: Institution) -> Case:
    return file_case(house, profile, representation=REPRESENTATIVE)


@pytest.fixture
def manager(clock: object, house: Database, profile: Institution) -> Known:
    return an_officer(house, profile, OfficerRole.CS_MANAGER, name="Dewi Lestari")
