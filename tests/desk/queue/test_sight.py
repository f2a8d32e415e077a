"""Who sees which cases in the queue."""

from datetime import date

from portal.accounts.rules import Officer, OfficerRole
from portal.db import Database
from portal.institution.models import Institution
from tests.complaints.cases import Case
from tests.desk.queue.lists import numbers, row, tabs
from tests.desk.queue_cases import a_case, pass_on, put
from tests.desk.seats import sit
from tests.page import Client


def test_a_division_sees_only_what_was_passed_to_it(
    client: Client, house: Database, profile: Institution, agent: Officer, many: dict[str, Case], lang: str
) -> None:
    """KF-19, K3-08: a report to a division opens this one complaint to it."""
    put(house, many["asked"], holder_id=agent.id)
    pass_on(house, many["asked"], "collection", agent, due_on=date(2026, 11, 24))
    sit(client, house, profile, OfficerRole.DIVISION_MEMBER, divisions=["payments"], name="Yohanes")
    page = client.get(f"/{lang}/desk")
    assert numbers(page) == [many["asked"].number]
    assert {"id": "Laporkan kembali paling lambat Sen 30", "en": "Report back by Mon 30"}[lang] in page.text
    assert profile.divisions["collection"].label[lang] not in row(page, many["asked"])
    assert tabs(page) == {"": "1", "asked=y": "1", "due=2": "0"}
    for query in ("status=all", "due=late", "topic=collection", "division=collection", "escalated=y", "holder=nobody"):
        assert {*numbers(client.get(f"/{lang}/desk?{query}"))} <= {many["asked"].number}, query
    # The filters do not tell of others' cases either.
    options = {node.get("value") for node in page.all("#division option")}
    assert options == {"", "payments"}
    assert {node.get("value") for node in page.all("#holder option")} == {"", "nobody", str(agent.id)}


def test_what_a_division_has_answered_stays_in_its_sight(
    client: Client, house: Database, profile: Institution, many: dict[str, Case], lang: str
) -> None:
    sit(client, house, profile, OfficerRole.DIVISION_MEMBER, divisions=["collection"])
    page = client.get(f"/{lang}/desk")
    assert numbers(page) == [many["reported"].number]
    assert {"id": "Divisi Anda sudah menjawab", "en": "Your division has answered"}[lang] in page.text
    assert client.get(f"/{lang}/desk?asked=y").has(".empty")


def test_an_auditor_reads_everything(
    client: Client, house: Database, profile: Institution, many: dict[str, Case]
) -> None:
    sit(client, house, profile, OfficerRole.AUDITOR)
    page = client.get("/en/desk")
    assert len(numbers(page)) == 14
    assert "holder=me" not in tabs(page)
    assert not page.has("tbody input")


def test_an_administrator_sees_no_case(
    client: Client, house: Database, profile: Institution, many: dict[str, Case], lang: str
) -> None:
    sit(client, house, profile, OfficerRole.ADMINISTRATOR)
    page = client.get(f"/{lang}/desk")
    assert not page.has("table")
    assert not page.has("form[role=search]")
    assert "Siti" not in page.text
    refused = client.get(f"/{lang}/desk/queue", status=403, htmx=True)
    assert "Siti" not in refused.text


def test_nobody_signed_in_is_asked_to(client: Client, clock: object, house: Database, profile: Institution) -> None:
    a_case(house, profile)
    for path in ("/en/desk", "/en/desk?topic=collection", "/en/desk/queue"):
        page = client.get(path)
        assert page.path == "/en/desk/sign-in"
        assert "Siti" not in page.text
