"""Views and filters of the queue, and how many each holds."""

import pytest

from portal.accounts.rules import Officer
from portal.desk.queue import rules
from tests.complaints.cases import Case
from tests.desk.queue.lists import numbers, tabs
from tests.page import Client

OPEN_ONES = [
    *("plain", "question", "collection", "sorted", "by_phone", "mine", "overdue", "soon", "incomplete"),
    *("escalated", "answered", "asked", "reported", "older"),
]

# Whoever reports a complaint to a division has taken it up.
TAKEN_UP = ["mine", "asked", "reported"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", OPEN_ONES),
        ("status=received", [name for name in OPEN_ONES if name not in TAKEN_UP]),
        ("status=in_process", TAKEN_UP),
        ("status=withdrawn", ["closed"]),
        ("status=closed", ["closed"]),
        ("status=all", [*OPEN_ONES, "closed"]),
        ("kind=question", ["question"]),
        ("topic=collection", ["collection", "sorted"]),
        ("channel=call_centre", ["by_phone"]),
        ("holder=me", ["mine"]),
        ("holder=nobody", [name for name in OPEN_ONES if name != "mine"]),
        ("division=payments", ["asked"]),
        ("division=collection", ["reported"]),
        ("asked=y", ["asked"]),
        ("division=collection&asked=y", []),
        ("due=late", ["overdue"]),
        ("due=1", ["overdue"]),
        ("due=2", ["overdue", "soon"]),
        ("incomplete=y", ["incomplete"]),
        ("escalated=y", ["escalated"]),
        ("unanswered=y", [name for name in OPEN_ONES if name != "answered"]),
        ("received_to=2026-11-13", ["older"]),
        ("received_from=2026-11-13&received_to=2026-11-13", ["older"]),
        ("received_from=2026-11-14", [name for name in OPEN_ONES if name != "older"]),
        ("received_from=2026-11-14&received_to=2026-11-22", []),
        ("status=all&received_to=13+November+2026", ["older"]),
        ("topic=collection&holder=me", []),
        # A link that somebody changed narrows nothing.
        ("status=gone&topic=x&holder=x&due=99&division=x&kind=x&channel=x", OPEN_ONES),
    ],
)
def test_each_filter_leaves_what_it_says(
    client: Client, many: dict[str, Case], query: str, expected: list[str]
) -> None:
    page = client.get(f"/en/desk?{query}")
    assert sorted(numbers(page)) == sorted(many[name].number for name in expected)
    assert f"Complaints: {len(expected)}" in page.one(".pager").text


def test_the_filters_are_a_form_whose_answer_is_a_link(client: Client, many: dict[str, Case], agent: Officer) -> None:
    form = client.get("/en/desk").form("#filters")
    page = form.fill(topic="collection", received_from="2026-11-23", unanswered=True).submit()
    assert sorted(numbers(page)) == sorted((many["collection"].number, many["sorted"].number))
    assert "topic=collection" in page.url
    # It stands as it was sent, and the other language shows the same list.
    assert page.form("#filters").values["topic"] == "collection"
    assert numbers(page.follow("Indonesia")) == numbers(page)
    by_name = client.get("/en/desk").form("#filters").fill(holder=str(agent.id)).submit()
    assert numbers(by_name) == [many["mine"].number]


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("received_from=yesterday", {"id": "Tulis tanggal dengan tahunnya", "en": "Enter the day with its year"}),
        (
            "received_from=2026-11-20&received_to=2026-11-10",
            {"id": "Tanggal ini lebih awal", "en": "This day lies before the first one"},
        ),
    ],
)
def test_a_day_that_is_none_is_said_beside_the_field_and_loses_nothing(
    client: Client, many: dict[str, Case], lang: str, query: str, fault: dict[str, str]
) -> None:
    page = client.get(f"/{lang}/desk?topic=collection&{query}", status=422)
    assert any(error.startswith(fault[lang]) for error in page.errors)
    assert page.form("#filters").values["received_from"] == query.partition("=")[2].partition("&")[0]
    assert sorted(numbers(page)) == sorted((many["collection"].number, many["sorted"].number))


def test_ready_made_lists_show_how_many_they_hold(client: Client, many: dict[str, Case]) -> None:
    assert tabs(client.get("/en/desk")) == {
        "": "14",
        "holder=me": "1",
        "holder=nobody": "13",
        "due=2": "2",
        "incomplete=y": "1",
        "escalated=y": "1",
        "unanswered=y": "13",
        "asked=y": "1",
    }
    page = client.get("/en/desk?due=2")
    assert [node.text for node in page.all("#views [aria-current]")] == ["Due in 2 days 2"]
    assert numbers(page) == [many["overdue"].number, many["soon"].number]


def test_counting_ends_where_nobody_reads_on(
    client: Client, many: dict[str, Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("queries", "labels"):
        monkeypatch.setattr(f"portal.desk.queue.{module}.COUNTED", 10)
    counts = tabs(client.get("/en/desk"))
    assert (counts[""], counts["due=2"]) == ("10+", "2")
    assert rules.COUNTED == 1000


def test_an_empty_list_says_so_and_leads_back(client: Client, agent: Officer, lang: str) -> None:
    page = client.get(f"/{lang}/desk?escalated=y")
    assert {"id": "Tidak ada pengaduan di daftar ini.", "en": "No complaint stands in this list."}[lang] in page.text
    assert page.follow({"id": "Semua pengaduan terbuka", "en": "All open complaints"}[lang]).path == f"/{lang}/desk"
