"""The queue as it is served: what it shows, in what order, narrowed, counted, kept fresh, and to whom."""

from datetime import date, timedelta

import pytest
from flask import Flask

from portal.accounts.rules import Officer, OfficerRole
from portal.complaints.models import Complaint
from portal.complaints.rules import Status
from portal.complaints.service import erase
from portal.db import Database, writing
from portal.desk.queue import rules
from portal.institution.models import Institution
from tests.builders import NOW
from tests.complaints.cases import Case
from tests.desk.queue_cases import INCOMPLETE, a_case, pass_on, put
from tests.desk.seats import sit
from tests.page import Client, Page

WORDS = {
    "id": {
        "take_up": "Tangani",
        "answer": "Jawab paling lambat",
        "late": "Terlambat 2 hari kerja",
        "soon": "Segera jatuh tempo, 2 hari kerja",
        "today": "Jatuh tempo hari ini",
        "waiting": "Menunggu dokumen sampai",
        "check": "Periksa dokumen",
        "not_begun": "Hitungan belum mulai",
        "erased": "Terhapus",
    },
    "en": {
        "take_up": "Take it up",
        "answer": "Answer by",
        "late": "Overdue by 2 working days",
        "soon": "Due soon, 2 working days",
        "today": "Due today",
        "waiting": "Waiting for documents until",
        "check": "Check the documents",
        "not_begun": "Count not begun",
        "erased": "Erased",
    },
}


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    """360Kredi has divisions, kinds and a guide."""
    return {**environment, "PORTAL_INSTITUTION": "kredi360"}


@pytest.fixture
def agent(client: Client, clock: object, house: Database, profile: Institution) -> Officer:
    """An agent at this desk."""
    return sit(client, house, profile, OfficerRole.AGENT)


def numbers(page: Page) -> list[str]:
    """The registration numbers of a list, in its order."""
    return [node.text for node in page.all("tbody .code")]


def in_order(*cases: Case) -> list[str]:
    """The numbers of complaints that are due on one day: their ids decide. With the clock standing these are random."""
    return [case.number for case in sorted(cases, key=lambda case: case.complaint_id)]


def row(page: Page, case: Case) -> str:
    """What a list says of one complaint."""
    (found,) = (node.text for node in page.all("tbody tr") if case.number in node.text)
    return found


def tabs(page: Page) -> dict[str, str]:
    """The ready-made lists with their counts."""
    return {node["href"].partition("?")[2]: node.one(".n").text for node in page.all("#views a")}


# ── what a row says ──────────────────────────────────────────────────────────────────────────────


def test_a_row_tells_who_what_when_and_by_whom(
    client: Client, house: Database, profile: Institution, agent: Officer, lang: str
) -> None:
    """KF-16, K3-12: kind and topic; BM-09: verbal or written by the channel."""
    case = a_case(
        house, profile, "Nurhayati", topic="disbursement", columns={"holder_id": agent.id, "status": "in_process"}
    )
    told = row(client.get(f"/{lang}/desk"), case)
    topic, channel = profile.topics["disbursement"].label[lang], profile.channels[profile.own_channel].label[lang]
    for said in ("Nurhayati", topic, channel, profile.kinds["complaint"].label[lang], agent.name):
        assert said in told
    assert {"id": "Tertulis", "en": "Written"}[lang] in told
    assert {"id": "Sen 23 November", "en": "Mon 23 November"}[lang] in told
    # Ten working days by the calendar of national holidays.
    assert {"id": "Jawab paling lambat Sen 7 Desember", "en": "Answer by Mon 7 December"}[lang] in told
    assert {"id": "10 hari kerja", "en": "10 working days"}[lang] in told


@pytest.mark.parametrize(
    ("on", "said", "mark"),
    [
        (date(2026, 11, 19), "late", "late"),
        (date(2026, 11, 23), "today", "soon"),
        (date(2026, 11, 25), "soon", "soon"),
        (date(2026, 11, 26), None, ""),
    ],
)
def test_overdue_and_soon_are_told_by_word_and_shape(
    client: Client, house: Database, profile: Institution, agent: Officer, lang: str, on: date, said: str, mark: str
) -> None:
    case = a_case(house, profile, columns={"due_on": on})
    page = client.get(f"/{lang}/desk")
    (told,) = page.all("tbody tr")
    assert told.get("class") == mark
    shapes = [node.text for node in told.all(".tag")]
    assert shapes == ([WORDS[lang][said]] if said else [])
    assert case.number in told.text


def test_what_is_next_is_told_in_plain_words(
    client: Client, house: Database, profile: Institution, agent: Officer, lang: str
) -> None:
    mine = {"holder_id": agent.id, "status": Status.IN_PROCESS}
    fresh = a_case(house, profile)
    incomplete = a_case(house, profile, columns=mine | INCOMPLETE)
    asked = a_case(house, profile, columns=mine)
    pass_on(house, asked, "payments", agent, due_on=date(2026, 11, 27))
    late = a_case(house, profile, columns=mine | INCOMPLETE | {"documents_due_on": date(2026, 11, 20)})
    answered = a_case(
        house, profile, columns=mine | {"status": Status.ANSWERED, "due_on": None, "decide_by": date(2026, 12, 21)}
    )
    withdrawn = a_case(
        house,
        profile,
        columns={"status": Status.WITHDRAWN, "closed_at": NOW, "escalated_at": NOW, "due_on": None},
    )
    page = client.get(f"/{lang}/desk?status=all")
    assert WORDS[lang]["take_up"] in row(page, fresh)
    assert WORDS[lang]["waiting"] in row(page, incomplete)
    assert WORDS[lang]["not_begun"] in row(page, incomplete)
    division = profile.divisions["payments"].label[lang]
    assert {
        "id": f"{division} menjawab paling lambat Jum 27 November",
        "en": f"{division} answers by Fri 27 November",
    }[lang] in row(page, asked)
    assert {
        "id": "Dokumen tidak lengkap sampai Jum 20 November: putuskan",
        "en": "Documents not complete by Fri 20 November: decide",
    }[lang] in row(page, late)
    assert {"id": "Dicabut", "en": "Withdrawn"}[lang] in row(page, withdrawn)
    # Where nothing is due any more, no count can begin either, and no manager has anything to do.
    assert {"id": "Dijawab", "en": "Answered"}[lang] in row(page, answered)
    for case in (answered, withdrawn):
        assert WORDS[lang]["not_begun"] not in row(page, case)
    assert {"id": "Di tangan manajer", "en": "With the manager"}[lang] not in row(page, withdrawn)


def test_an_erased_case_and_a_spoilt_value_leave_the_list_standing(
    client: Client, house: Database, profile: Institution, agent: Officer, lang: str
) -> None:
    erased, spoilt, whole = a_case(house, profile), a_case(house, profile), a_case(house, profile, "Nurhayati")
    with house.session() as session:
        erase(session, writing(session, session.get_one(Complaint, erased.complaint_id)), now=NOW)
        session.execute(
            Complaint.parties.property.mapper.class_.__table__.update()
            .where(Complaint.parties.property.mapper.class_.id == spoilt.party_id)
            .values(sealed=b"\x01spoilt, and long enough to be a value")
        )
        session.commit()
    page = client.get(f"/{lang}/desk")
    assert WORDS[lang]["erased"] in row(page, erased)
    assert "Siti" not in page.text
    assert "Nurhayati" in row(page, whole)


# ── order and pages ──────────────────────────────────────────────────────────────────────────────


def test_the_earliest_due_date_comes_first_and_what_has_none_last(
    client: Client, house: Database, profile: Institution, agent: Officer
) -> None:
    late, none, soon, other = (a_case(house, profile) for _ in range(4))
    for case, on in ((late, date(2026, 12, 9)), (none, None), (soon, date(2026, 11, 24)), (other, date(2026, 12, 9))):
        put(house, case, due_on=on)
    closed = a_case(house, profile, columns={"status": Status.WITHDRAWN, "closed_at": NOW, "due_on": None})
    page = client.get("/en/desk")
    assert numbers(page) == [soon.number, *in_order(late, other), none.number]
    assert closed.number not in page.text


def test_pages_follow_each_other_without_gap_or_repetition(
    client: Client, house: Database, profile: Institution, agent: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.desk.queue.queries.PAGE", 3)
    cases = [a_case(house, profile) for _ in range(11)]
    for place, case in enumerate(cases):
        # Two on each day, three without one: a page ends among equals, and where the dated end.
        put(house, case, due_on=None if place >= 8 else date(2026, 12, 1 + place // 2))
    seen, page = [], client.get("/en/desk")
    while True:
        seen.append(numbers(page))
        if not page.has("a[rel=next]"):
            break
        page = page.follow("Next 50")
    assert [len(part) for part in seen] == [3, 3, 3, 2]
    days = [cases[place : place + 2] for place in range(0, 8, 2)]
    assert [number for part in seen for number in part] == [
        number for equals in (*days, cases[8:]) for number in in_order(*equals)
    ]
    assert numbers(page.follow("To the beginning")) == seen[0]


def test_what_is_closed_stands_newest_first_page_by_page(
    client: Client, house: Database, profile: Institution, agent: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.desk.queue.queries.PAGE", 2)
    closed = {"status": Status.WITHDRAWN, "closed_at": NOW, "due_on": None}
    cases = [a_case(house, profile, now=NOW - timedelta(days=days), columns=closed) for days in (3, 1, 2)]
    still_open = a_case(house, profile)
    first = client.get("/en/desk?status=closed")
    assert numbers(first) == [cases[1].number, cases[2].number]
    assert numbers(first.follow("Next 50")) == [cases[0].number]
    both = client.get("/en/desk?status=all")
    assert numbers(both) + numbers(both.follow("Next 50")) == [
        still_open.number, cases[1].number, cases[2].number, cases[0].number
    ]  # fmt: skip


def test_an_old_or_foreign_link_shows_the_first_page(
    client: Client, house: Database, profile: Institution, agent: Officer
) -> None:
    case = a_case(house, profile)
    for after in ("x", "2026-99-01~0", f"2026-11-01T00:00:00+00:00~{'0' * 32}"):
        assert numbers(client.get("/en/desk", headers={}).client.get(f"/en/desk?after={after}")) == [case.number]


# ── filters ──────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def many(house: Database, profile: Institution, agent: Officer) -> dict[str, Case]:
    """One complaint for each filter, so that a forgotten condition shows one too many."""
    holder = {"holder_id": agent.id, "status": Status.IN_PROCESS}
    cases = {
        "plain": a_case(house, profile),
        "question": a_case(house, profile, kind="question"),
        "collection": a_case(house, profile, topic="collection"),
        "sorted": a_case(house, profile, columns={"desk_topic": "collection"}),
        "by_phone": a_case(house, profile, channel="call_centre"),
        "mine": a_case(house, profile, columns=holder),
        "overdue": a_case(house, profile, columns={"due_on": date(2026, 11, 20)}),
        "soon": a_case(house, profile, columns={"due_on": date(2026, 11, 25)}),
        "incomplete": a_case(house, profile, columns=INCOMPLETE),
        "escalated": a_case(house, profile, columns={"escalated_at": NOW}),
        "answered": a_case(house, profile, columns={"first_response_at": NOW}),
        "asked": a_case(house, profile),
        "reported": a_case(house, profile),
        "older": a_case(house, profile, now=NOW - timedelta(days=10)),
        "closed": a_case(house, profile, columns={"status": Status.WITHDRAWN, "closed_at": NOW, "due_on": None}),
    }
    pass_on(house, cases["asked"], "payments", agent)
    pass_on(house, cases["reported"], "collection", agent, answered=True)
    return cases


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


# ── what it costs ────────────────────────────────────────────────────────────────────────────────


def test_a_longer_list_takes_no_more_statements(
    app: Flask, client: Client, house: Database, profile: Institution, agent: Officer
) -> None:
    import sqlalchemy as sa

    asked: list[str] = []

    def count(*details: object) -> None:
        asked.append(str(details[2]))

    def statements() -> int:
        client.get("/en/desk")
        asked.clear()
        client.get("/en/desk")
        return len(asked)

    sa.event.listen(house.engine, "before_cursor_execute", count)
    few = statements()
    for _ in range(6):
        pass_on(house, a_case(house, profile), "payments", agent)
    many = statements()
    sa.event.remove(house.engine, "before_cursor_execute", count)
    assert many <= few + 1
    # The first page's complaints with keys and sealed names come in one of them.
    assert sum("LIMIT" in one and "wrapped" in one for one in asked) == 1


# ── kept fresh ───────────────────────────────────────────────────────────────────────────────────


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


# ── whose eyes ───────────────────────────────────────────────────────────────────────────────────


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
