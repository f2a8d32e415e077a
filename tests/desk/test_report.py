"""The report on one case, on one page to print."""

import pytest

from portal.accounts.rules import OfficerRole
from portal.db import Database
from portal.institution.models import Institution
from tests.complaints.cases import file_case
from tests.desk.seats import sit
from tests.page import Client

TITLES = {"id": "Laporan kasus", "en": "Report on case"}
REASON = "Pelanggan belum menerima pemberitahuan angsuran."


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"PORTAL_INSTITUTION": "kredi360"}


def test_each_case_has_a_report_with_reason_checks_and_what_happened(
    clock: object, client: Client, house: Database, profile: Institution, lang: str
) -> None:
    """K3-04, K3-10, K3-14, K3-21, K3-25, K3-32, K3-39: one page for each case, whatever its topic."""
    sit(client, house, profile, OfficerRole.AGENT)
    for topic in ("collection", "disbursement", "payment_confirmation", "payment_method"):
        case = file_case(house, profile, topic=topic, capacity=next(iter(profile.parties), None))
        home = f"/{lang}/desk/cases/{case.complaint_id}"
        client.get(f"{home}/sort").form().fill(topic=topic, reason=REASON).submit()
        client.get(f"{home}/check").form().fill(system="Core banking", found="Status: tertunda").submit()
        page = client.get(home).follow(f"{home}/report")
        assert page.heading == f"{TITLES[lang]} {case.number}"
        for text in (REASON, "Core banking", "Status: tertunda", "Siti Rahmawati", profile.topics[topic].label[lang]):
            assert text in page.text, text
        # Paper shows nothing that can only be clicked.
        assert not page.has("main form")


def test_a_report_is_for_who_sees_the_case(
    clock: object, client: Client, house: Database, profile: Institution
) -> None:
    case = file_case(house, profile, capacity=next(iter(profile.parties), None))
    sit(client, house, profile, OfficerRole.DIVISION_MEMBER, divisions=["collection"])
    client.get(f"/en/desk/cases/{case.complaint_id}/report", status=404)
