"""A complaint that an officer receives for a customer: by telephone, at a counter, in writing (K3-24, KF-12, BM-04)."""

from portal.accounts.rules import OfficerRole
from portal.db import Database
from portal.institution.models import Institution
from tests.desk.intake import receive
from tests.desk.seats import sit
from tests.page import Client


def test_x(client: Client, clock: object, house: Database, profile: Institution) -> None:
    sit(client, house, profile, OfficerRole.AGENT)
    page = receive(client, profile, "contact_centre")
    print(page.text)
    page = page.follow("Open the case")
    print(page.text)
    assert 0
