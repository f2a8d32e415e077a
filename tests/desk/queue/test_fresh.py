"""The queue kept fresh while it stands open."""

from datetime import timedelta

from portal.accounts.rules import Officer, OfficerRole
from portal.db import Database
from portal.institution.models import Institution
from tests.builders import NOW
from tests.desk.queue.lists import in_order, numbers, tabs
from tests.desk.queue_cases import a_case, put
from tests.desk.seats import sit
from tests.page import Client, Page


def refresh_of(page: Page) -> str:
    return page.one("#queue")["hx-get"]


def test_nothing_new_is_nothing_sent(client: Client, house: Database, profile: Institution, agent: Officer) -> None:
    a_case(house, profile)
    page = client.get("/en/desk?topic=collection")
    assert client.get(refresh_of(page), status=204, htmx=True).source == ""


def test_news_bring_the_list_its_counts_and_a_word(
    client: Client, house: Database, profile: Institution, agent: Officer, lang: str
) -> None:
    first = a_case(house, profile)
    page = client.get(f"/{lang}/desk")
    second = a_case(house, profile)
    part = client.get(refresh_of(page), htmx=True)
    assert numbers(part) == in_order(first, second)
    assert tabs(part)[""] == "2"
    assert {"id": "Daftar ini berubah.", "en": "The list has changed."}[lang] in part.text
    assert client.get(refresh_of(part), status=204, htmx=True)


def test_a_change_beyond_the_page_or_of_a_row_is_news(
    client: Client, house: Database, profile: Institution, agent: Officer
) -> None:
    case = a_case(house, profile)
    page = client.get("/en/desk?escalated=y")
    put(house, case, holder_id=agent.id)
    assert tabs(client.get(refresh_of(page), htmx=True))["holder=me"] == "1"
    page = client.get("/en/desk")
    put(house, case, version=2)
    assert client.get(refresh_of(page), htmx=True)


def test_a_new_day_is_news(
    client: Client, clock: object, house: Database, profile: Institution, agent: Officer
) -> None:
    a_case(house, profile)
    page = client.get("/en/desk")
    clock.move_to(NOW + timedelta(days=1))
    sit(client, house, profile, OfficerRole.AGENT, name="Another")
    assert client.get(refresh_of(page), htmx=True).has("tbody")


def test_without_scripts_looking_for_news_is_the_page_itself(
    client: Client, house: Database, profile: Institution, agent: Officer
) -> None:
    case = a_case(house, profile, topic="collection")
    page = client.get("/en/desk?topic=collection").follow("Look for news")
    assert (page.path, numbers(page)) == ("/en/desk", [case.number])
    # An address that somebody copied out of the page leads to the page.
    again = client.get(refresh_of(page))
    assert (again.path, numbers(again)) == ("/en/desk", [case.number])
    assert "v=" not in again.url


def test_a_page_that_asks_by_itself_keeps_no_session_alive(
    client: Client, clock: object, house: Database, agent: Officer
) -> None:
    page = client.get("/en/desk")
    for _ in range(29):
        clock.shift(timedelta(seconds=60))
        client.get(refresh_of(page), htmx=True, status=204)
    clock.shift(timedelta(minutes=3))
    assert "/sign-in" in client.get("/en/desk").path
