"""Searching at the desk: what finds a complaint, what does not, and that nothing personal stands in an address."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from structlog.testing import capture_logs

from portal.accounts.rules import DESK_LONGEST, Officer, OfficerRole
from portal.complaints import search
from portal.complaints.handed_in import Person, Representation
from portal.complaints.models import Complaint
from portal.complaints.numbers import new_number
from portal.complaints.service import erase
from portal.config import Settings
from portal.db import Database, writing
from portal.desk.search import tasks
from portal.desk.search.forms import read_ask
from portal.desk.search.models import KeptSearch
from portal.institution.models import Institution
from portal.jobs.rules import Work
from tests.builders import NOW, an_id
from tests.complaints.cases import Case
from tests.desk.queue.lists import numbers
from tests.desk.queue_cases import a_case, pass_on
from tests.desk.seats import sit
from tests.page import Client, Page

ACCOUNT, PHONE = "TK0012345678", "+6281200004419"


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    """360Kredi has divisions."""
    return {**environment, "PORTAL_INSTITUTION": "kredi360"}


@pytest.fixture
def agent(client: Client, clock: object, house: Database, profile: Institution) -> Officer:
    """An agent at this desk."""
    return sit(client, house, profile, OfficerRole.AGENT)


def look_for(client: Client, text: str, lang: str = "en", *, status: int = 200) -> Page:
    """Type a text into the queue's search and send it."""
    return client.get(f"/{lang}/desk").form(f"/{lang}/desk/search").fill(q=text).submit(status=status)


def found(client: Client, text: str) -> set[str]:
    return set(numbers(look_for(client, text)))


def note(house: Database, case: Case, text: str) -> None:
    with house.session() as session:
        writing(session, session.get_one(Complaint, case.complaint_id))
        search.note_words(session, case.complaint_id, text)
        session.commit()


@pytest.fixture
def siti(house: Database, profile: Institution, agent: Officer) -> Case:
    person = Person("Siti Rahmawati", "id", "siti@example.id", PHONE)
    return a_case(house, profile, customer=person, account=ACCOUNT, topic="disbursement", story="Uangnya belum cair")


@pytest.fixture
def other(house: Database, profile: Institution, agent: Officer) -> Case:
    """Another complaint that shares one word of the name and nothing else."""
    person = Person("Siti Nurhayati", "id", "nur@example.id", "+6281200009999")
    return a_case(house, profile, customer=person, account="TK0099999999", topic="other")


# ── whole values ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [ACCOUNT, "tk 0012 3456 78", "TK-0012-3456-78", PHONE, "0812-0000-4419", "62 812 0000 4419", "siti@EXAMPLE.id"],
)
def test_a_whole_value_finds_its_complaint_however_it_is_written(
    client: Client, siti: Case, other: Case, text: str
) -> None:
    """BM-35, BM-36, K3-03: by account number or telephone number, whatever the channel."""
    assert found(client, text) == {siti.number}


def test_the_registration_number_opens_its_complaint(client: Client, siti: Case, other: Case) -> None:
    """BM-35: by the registration number, in any writing."""
    for text in (siti.number, siti.number.lower(), siti.number.replace("-", "  ")):
        assert look_for(client, text).path == f"/en/desk/cases/{siti.complaint_id}"
    assert found(client, new_number("TK", 2026).printed) == set()


def test_half_a_value_finds_nothing(client: Client, siti: Case) -> None:
    for text in (ACCOUNT[:-1], "0812-0000", "siti@example", "Rahma"):
        assert found(client, text) == set()


def test_a_typing_error_in_a_registration_number_is_said_at_once(client: Client, siti: Case, lang: str) -> None:
    wrong = siti.number[:-1] + ("A" if siti.number[-1] != "A" else "C")
    page = look_for(client, wrong, lang, status=422)
    assert page.errors[0].startswith(
        {"id": "Nomor registrasi ini salah ketik", "en": "This registration number has a typing error"}[lang]
    )
    assert page.form().values["q"] == wrong


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", {"id": "Tulis nomor, nama", "en": "Enter a number, a name"}),
        ("?", {"id": "Tulis nomor, nama", "en": "Enter a number, a name"}),
        ("x" * 201, {"id": "Kurangi katanya", "en": "Enter fewer words"}),
        ("satu dua tiga empat lima enam tujuh delapan sembilan", {"id": "Kurangi katanya", "en": "Enter fewer words"}),
    ],
)
def test_what_cannot_be_searched_is_said_and_stays(
    client: Client, agent: Officer, lang: str, text: str, fault: dict[str, str]
) -> None:
    page = look_for(client, text, lang, status=422)
    assert page.errors[0].startswith(fault[lang])
    assert page.form().values["q"] == text


# ── names and words ──────────────────────────────────────────────────────────────────────────────


def test_a_name_is_found_by_whole_words_that_must_all_fit(client: Client, siti: Case, other: Case) -> None:
    assert found(client, "siti") == {siti.number, other.number}
    assert found(client, "Rahmawati, Siti") == {siti.number}
    assert found(client, "Rahmawati Nurhayati") == set()


def test_a_representatives_name_finds_the_complaint_too(
    client: Client, house: Database, profile: Institution, siti: Case
) -> None:
    represented = a_case(
        house,
        profile,
        "Agus Setiawan",
        representation=Representation(Person("Maria Manurung", "id"), "daughter", "all", date(2026, 11, 1)),
    )
    assert found(client, "maria manurung") == found(client, "agus maria") == {represented.number}


def test_officers_words_and_topics_are_found_beside_names(
    client: Client, house: Database, profile: Institution, siti: Case, other: Case
) -> None:
    note(house, other, "Bank penerima: notaris belum menjawab, FT26112000417")
    assert found(client, "notaris") == found(client, "FT26112000417") == {other.number}
    assert found(client, "siti notaris") == {other.number}
    assert found(client, "rahmawati notaris") == set()
    # The topic in either language, and beside a name.
    for word in ("pencairan", "disbursement"):
        assert found(client, word) == found(client, f"siti {word}") == {siti.number}
    assert found(client, "nurhayati pencairan") == set()


def test_the_officers_sorting_counts_as_the_topic(
    client: Client, house: Database, profile: Institution, siti: Case, other: Case
) -> None:
    sorted_by_us = a_case(house, profile, "Agus", columns={"desk_topic": "disbursement"})
    assert found(client, "disbursement") == {siti.number, sorted_by_us.number}
    assert found(client, "agus disbursement") == {sorted_by_us.number}


@pytest.mark.parametrize("allowed", [False, True])
def test_the_customers_description_is_searched_only_where_the_profile_allows_it(
    app: Flask, client: Client, house: Database, profile: Institution, agent: Officer, siti: Case, allowed: bool
) -> None:
    """The index is plain: an institution decides for it, and by default none has it."""
    floor = app.extensions["aduan"]
    told = profile.model_copy(update={"search_descriptions": allowed})
    object.__setattr__(floor, "institution", told)
    case = a_case(house, told, "Agus", story="Dana belum cair sejak kemarin")
    assert found(client, "kemarin") == found(client, "agus cair") == ({case.number} if allowed else set())
    # What was indexed before the institution changed its mind is found no more.
    object.__setattr__(floor, "institution", profile)
    assert found(client, "kemarin") == set()


def test_an_erased_case_is_found_by_nothing(client: Client, house: Database, siti: Case, other: Case) -> None:
    note(house, siti, "notaris")
    with house.session() as session:
        erase(session, writing(session, session.get_one(Complaint, siti.complaint_id)), now=NOW)
        session.commit()
    for text in (ACCOUNT, PHONE, "siti@example.id", "rahmawati", "notaris"):
        assert found(client, text) == set()


# ── order, pages, counts ─────────────────────────────────────────────────────────────────────────


@pytest.fixture
def dozen(house: Database, profile: Institution, agent: Officer, clock: object) -> list[Case]:
    """Twelve complaints of people called Budi, every third of a Wijaya, the oldest first; each is told by its words."""
    cases = []
    for place in range(12):
        clock.shift(timedelta(milliseconds=5))
        name = "Budi Wijaya" if place % 3 == 0 else "Budi Santoso"
        cases.append(a_case(house, profile, name, columns={"due_on": date(2026, 12, 20 - place)}))
    return cases


def pages(page: Page) -> list[list[str]]:
    seen = [numbers(page)]
    while page.has("a[rel=next]"):
        page = page.follow("Next 50")
        seen.append(numbers(page))
    return seen


@pytest.mark.parametrize("text", ["budi", "budi wijaya", "wijaya lainnya", "budi lainnya", "lainnya"])
def test_the_newest_come_first_page_by_page(
    client: Client, dozen: list[Case], text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("queue.queries", "search.queries", "search.views"):
        monkeypatch.setattr(f"portal.desk.{module}.PAGE", 3)
    seen = pages(look_for(client, text))
    fitting = [case.number for place, case in enumerate(dozen) if "wijaya" not in text or place % 3 == 0]
    assert [number for part in seen for number in part] == fitting[::-1]
    assert {len(part) for part in seen[:-1]} <= {3}


def test_counting_ends_where_nobody_reads_on(
    client: Client, dozen: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    def count(text: str) -> str:
        return look_for(client, text).one(".pager p").text

    assert count("budi") == "Complaints: 12"
    assert count("budi wijaya") == "Complaints: 4"
    for module in ("queue.queries", "search.queries", "search.views"):
        monkeypatch.setattr(f"portal.desk.{module}.PAGE", 3)
    monkeypatch.setattr("portal.desk.search.queries.COUNTED", 10)
    assert count("budi") == "Complaints: 10+"
    # Of two common words no more than so many complaints are looked through for a count, but all for the list.
    monkeypatch.setattr("portal.desk.search.queries.LOOKED_THROUGH", 3)
    assert count("budi wijaya") == "Complaints: 3+"
    assert sum(map(len, pages(look_for(client, "budi wijaya")))) == 4


def test_nothing_found_says_what_may_help(client: Client, agent: Officer, lang: str) -> None:
    page = look_for(client, "nobody", lang)
    assert {"id": "Tidak ada yang ditemukan.", "en": "Nothing was found."}[lang] in page.text
    assert page.follow({"id": "Ke antrean", "en": "To the queue"}[lang]).path == f"/{lang}/desk"


# ── whose eyes ───────────────────────────────────────────────────────────────────────────────────


def test_a_division_finds_only_what_was_passed_to_it(
    client: Client, house: Database, profile: Institution, siti: Case, other: Case, agent: Officer
) -> None:
    for case in (siti, other):
        note(house, case, "notaris")
    pass_on(house, siti, "payments", agent)
    pass_on(house, other, "collection", agent)
    sit(client, house, profile, OfficerRole.DIVISION_MEMBER, divisions=["payments"])
    assert look_for(client, siti.number).path == f"/en/desk/cases/{siti.complaint_id}"
    for text in ("siti", "notaris", "siti notaris", ACCOUNT, "disbursement", "siti disbursement"):
        page = look_for(client, text)
        assert (numbers(page), page.one(".pager p").text) == ([siti.number], "Complaints: 1"), text
    for text in (other.number, "TK0099999999", "nurhayati", "siti nurhayati"):
        page = look_for(client, text)
        assert (numbers(page), page.one(".pager p").text) == ([], "Complaints: 0"), text


def test_an_auditor_finds_everything(
    client: Client, house: Database, profile: Institution, siti: Case, other: Case
) -> None:
    sit(client, house, profile, OfficerRole.AUDITOR)
    assert found(client, "siti") == {siti.number, other.number}


def test_an_administrator_finds_nothing(
    client: Client, house: Database, profile: Institution, siti: Case, agent: Officer
) -> None:
    kept = look_for(client, "siti").path
    sit(client, house, profile, OfficerRole.ADMINISTRATOR)
    for path in ("/en/desk/search", kept):
        assert siti.number not in client.get(path, status=403).text


# ── nothing personal in an address ───────────────────────────────────────────────────────────────


def test_neither_address_nor_log_nor_table_holds_what_was_searched(client: Client, house: Database, siti: Case) -> None:
    with capture_logs() as logs:
        page = look_for(client, "Rahmawati")
    assert "ahmawati" not in page.url
    assert all("ahmawati" not in str(hop.headers) for hop in page.hops)
    assert "ahmawati" not in str(logs)
    with house.session() as session:
        (row,) = session.scalars(sa.select(KeptSearch)).all()
    assert b"ahmawati" not in row.sealed
    # It can be looked at again, and in the other language.
    assert numbers(client.get(page.path)) == [siti.number]
    indonesian = page.follow("Indonesia")
    assert (numbers(indonesian), indonesian.form().values["q"]) == ([siti.number], "Rahmawati")


def test_a_kept_search_is_its_officers_alone(
    client: Client,
    another: Callable[[], Client],
    house: Database,
    profile: Institution,
    siti: Case,
) -> None:
    kept = look_for(client, "Rahmawati").path
    elsewhere = another()
    sit(elsewhere, house, profile, OfficerRole.CS_MANAGER)
    page = elsewhere.get(kept)
    assert page.path == "/en/desk/search"
    assert "Rahmawati" not in page.text
    assert client.get(f"/en/desk/search/{'0' * 8}-0000-0000-0000-{'0' * 12}").path == "/en/desk/search"


def test_a_kept_search_lives_no_longer_than_a_session(
    client: Client, settings: Settings, house: Database, siti: Case
) -> None:
    look_for(client, "Rahmawati")
    assert [cron.every for cron in tasks.CRONS] == [timedelta(hours=1)]
    for later, left in ((DESK_LONGEST - timedelta(minutes=1), 1), (DESK_LONGEST, 0)):
        with house.session() as session:
            tasks.purge(Work(session, {}, NOW + later, settings, an_id(), attempt=1))
            assert len(session.scalars(sa.select(KeptSearch)).all()) == left
            session.commit()


def test_a_forged_search_is_none(client: Client, siti: Case) -> None:
    page = client.get("/en/desk")
    refused = page.form("/en/desk/search").fill(q="siti").tamper(csrf_token="forged").submit(status=422)
    assert siti.number not in refused.text
    assert refused.form().values["q"] == "siti"


# ── what a text means ────────────────────────────────────────────────────────────────────────────


def test_digits_may_be_several_things_at_once() -> None:
    ask = read_ask("0812 0000 4419", "TK")
    assert (ask.phone, ask.account, ask.words) == ("+6281200004419", "081200004419", ("0000", "0812", "4419"))
    assert read_ask("Siti", "TK").account is None
    assert "siti" not in repr(read_ask("siti@example.id", "TK"))
