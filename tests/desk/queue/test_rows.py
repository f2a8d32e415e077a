"""What a row of the queue says, in which order rows stand, and what a long list costs."""

from datetime import date, timedelta

import pytest
from flask import Flask

from portal.accounts.rules import Officer
from portal.complaints.models import Complaint
from portal.complaints.rules import Status
from portal.complaints.service import erase
from portal.db import Database, writing
from portal.institution.models import Institution
from tests.builders import NOW
from tests.desk.queue.lists import in_order, numbers, row
from tests.desk.queue_cases import INCOMPLETE, a_case, pass_on, put
from tests.page import Client

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
