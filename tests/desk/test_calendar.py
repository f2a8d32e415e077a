"""The calendars at the desk: a decree is entered after a look at the dates that it would move."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
import time_machine

from portal.accounts.rules import OfficerRole
from portal.db import Database
from portal.institution.calendars.models import CalendarOverride
from portal.institution.models import Institution
from portal.jobs.models import Job
from tests.complaints.cases import file_case
from tests.desk.seats import sit
from tests.desk.test_sign_in import LANGUAGES
from tests.page import Client, Page

# Friday 13 March 2026, 10:00 WIB.
FILED = datetime(2026, 3, 13, 3, 0, tzinfo=UTC)
WORDS = {
    "id": {
        "moves": "1 tanggal berubah.",
        "done": "Sudah dimasukkan.",
        "stays": "tetap 6 April 2026",
        "weekend": "Hari ini akhir pekan, dan akhir pekan tidak pernah dibuka",
        "missing": "Tulis nomor dan tanggal keputusannya",
        "none": "Tidak ada tanggal yang berubah.",
        "year": "Tulis tahun dengan empat angka, misalnya 2028",
        "race": "Orang lain baru saja mengubah kalender. Lihat dulu, lalu kirim lagi",
    },
    "en": {
        "moves": "1 date moves.",
        "done": "Entered.",
        "stays": "stays 6 April 2026",
        "weekend": "This day is a weekend, and a weekend is never opened",
        "missing": "Write the number and date of the decree",
        "none": "No open date moves.",
        "year": "Write the year with four digits, for example 2028",
        "race": "Somebody else has changed the calendars at this moment. Look at them, then send this again",
    },
}
CLOSING = {
    "act": "close",
    "on-d": "30",
    "on-m": "3",
    "on-y": "2026",
    "kind": "joint_leave",
    "name_id": "Cuti bersama tambahan",
    "name_en": "Additional joint leave",
    "decree": "SKB 3 Menteri 12/2026",
    "reason": "Decreed late",
}


@pytest.fixture(autouse=True)
def _then() -> Iterator[None]:
    with time_machine.travel(FILED, tick=False):
        yield


@pytest.fixture
def office(client: Client, house: Database, profile: Institution) -> Client:
    sit(client, house, profile, OfficerRole.ADMINISTRATOR, OfficerRole.AUDITOR, name="Sari Utami")
    return client


def enter(office: Client, lang: str, *, status: int = 200, **values: str) -> Page:
    page = office.get(f"/{lang}/desk/calendar").follow(f"/{lang}/desk/calendar/change")
    return page.form().fill(CLOSING | values).submit(status=status)


@LANGUAGES
def test_a_decree_is_entered_after_a_look_at_what_it_moves(
    office: Client, house: Database, profile: Institution, lang: str
) -> None:
    """BM-30: the promise of 6 April stands although the day counted becomes 7 April."""
    case = file_case(house, profile, now=FILED)
    page = enter(office, lang)
    assert WORDS[lang]["moves"] in page.text
    assert WORDS[lang]["stays"] in page.text
    assert "7 April 2026" in page.text and case.number in page.text
    with house.session() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(CalendarOverride)) == 0
    page = page.form(f"/{lang}/desk/calendar/do").submit()
    assert WORDS[lang]["done"] in page.text
    assert "SKB 3 Menteri 12/2026: Decreed late" in page.text
    assert {"id": "Cuti bersama tambahan", "en": "Additional joint leave"}[lang] in page.text
    assert "Sari Utami" in page.text
    with house.session() as session:
        (change,) = session.scalars(sa.select(CalendarOverride))
        assert (change.decree, change.author, change.name_en) == (
            "SKB 3 Menteri 12/2026",
            "Sari Utami",
            "Additional joint leave",
        )
        assert session.scalar(sa.select(sa.func.count()).select_from(Job).where(Job.kind == "calendar.changed")) == 1


@LANGUAGES
def test_what_cannot_be_is_said_next_to_its_field_and_nothing_typed_is_lost(office: Client, lang: str) -> None:
    page = enter(office, lang, decree="", status=422)
    assert WORDS[lang]["missing"] in page.text
    assert page.one("[name=name_en]")["value"] == "Additional joint leave"
    page = enter(office, lang, act="open", **{"on-d": "29"}, status=422)
    assert WORDS[lang]["weekend"] in page.text
    page = enter(office, lang, act="know", year="soon", status=422)
    assert WORDS[lang]["year"] in page.text
    assert page.one("[name=year]")["value"] == "soon"


@LANGUAGES
def test_a_decree_that_moves_nothing_says_so_and_a_known_year_moves_nothing(office: Client, lang: str) -> None:
    assert WORDS[lang]["none"] in enter(office, lang).text
    page = enter(office, lang, act="know", year="2028")
    page = page.form(f"/{lang}/desk/calendar/do").submit()
    assert {"id": "31 Desember 2028", "en": "31 December 2028"}[lang] in page.text


@LANGUAGES
def test_who_is_second_looks_again(office: Client, another: Callable[..., Client], lang: str) -> None:
    first, second = enter(office, lang), enter(office, lang, decree="SKB 3 Menteri 13/2026", **{"on-d": "31"})
    first.form(f"/{lang}/desk/calendar/do").submit()
    page = second.form(f"/{lang}/desk/calendar/do").submit(status=422)
    assert WORDS[lang]["race"] in page.text
    assert page.one("[name=decree]")["value"] == "SKB 3 Menteri 13/2026"


def test_an_agent_changes_no_calendar_and_a_manager_only_looks(
    client: Client, another: Callable[..., Client], house: Database, profile: Institution
) -> None:
    sit(client, house, profile, OfficerRole.AGENT)
    client.get("/en/desk/calendar", status=403)
    manager = another()
    sit(manager, house, profile, OfficerRole.CS_MANAGER, name="Budi Santoso")
    page = manager.get("/en/desk/calendar")
    assert not page.has('a[href="/en/desk/calendar/change"]')
    manager.get("/en/desk/calendar/change", status=403)
