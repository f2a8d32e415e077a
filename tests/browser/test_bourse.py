"""A Sequis AM complaint over the bourse's holidays in browsers, with a portal whose clock stands in January 2027.

The dates are the rulebook's: complete on Monday 21 December 2026, 10 working days of the exchange end on 11 January
2027; 24 December is joint leave, 25 December Christmas, 31 December an exchange holiday and 1 January New Year.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal import clock
from portal.complaints.handed_in import Person
from portal.config import Settings
from portal.sealing import KeyRing
from portal.worker import drain
from tests.browser.conftest import Visit
from tests.browser.customer import Kept, at, fill, send_button, sign_in
from tests.browser.responding import LANGUAGES, Audit, Sit, a_case, act, preview_and_send
from tests.browser.seats import house_of
from tests.browser.server import Server, serving

SEQUIS = "sequis_am"
# Monday 21 December 2026 and Monday 4 January 2027, at ten in the morning in Jakarta.
COMPLETE, TODAY = datetime(2026, 12, 21, 3, 0, tzinfo=UTC), datetime(2027, 1, 4, 3, 0, tzinfo=UTC)
SAID = {
    "id": {
        "due": "Senin, 11 Januari 2027",
        "extended": "Senin, 25 Januari 2027",
        "progress": "Hari ini hari kerja ke-6 dari 10",
        "left": "Tersisa 4 hari kerja",
        "days": {
            "Kamis 24 Desember": "tidak dihitung: Cuti bersama Hari Raya Natal",
            "Jumat 25 Desember": "tidak dihitung: Hari Raya Natal",
            "Rabu 30 Desember": "hari kerja ke-5",
            "Kamis 31 Desember": "tidak dihitung: Libur bursa",
            "Jumat 1 Januari": "tidak dihitung: Tahun Baru Masehi",
            "Senin 4 Januari": "hari kerja ke-6",
            "Senin 11 Januari": "hari kerja ke-10",
        },
        "ground": "Perlu penelitian khusus atas dokumen perusahaan",
        "spent": "Tidak ada dasar untuk memperpanjang lagi",
        "answer": "Unit Anda sudah kami bukukan dengan harga 30 Desember.",
    },
    "en": {
        "due": "Monday 11 January 2027",
        "extended": "Monday 25 January 2027",
        "progress": "Today is working day 6 of 10",
        "left": "Left: 4 working days",
        "days": {
            "Thursday 24 December": "not counted: Joint leave for Christmas",
            "Friday 25 December": "not counted: Christmas Day",
            "Wednesday 30 December": "working day 5",
            "Thursday 31 December": "not counted: Exchange holiday",
            "Friday 1 January": "not counted: New Year’s Day",
            "Monday 4 January": "working day 6",
            "Monday 11 January": "working day 10",
        },
        "ground": "Our documents need a special examination",
        "spent": "No ground lengthens the time further",
        "answer": "We have booked your units at the price of 30 December.",
    },
}


@pytest.fixture(scope="module")
def january(run_folder: Path, sqlite_template: Path, keys: KeyRing) -> Iterator[Server]:
    """A portal of Sequis AM on a Monday in January 2027."""
    with serving(run_folder / "january", sqlite_template, keys, at=TODAY, PORTAL_INSTITUTION=SEQUIS) as server:
        yield server


def work_off(server: Server, keys: KeyRing) -> None:
    """Send what waits to be sent at the portal's time."""
    with house_of(server, keys) as house, server.its_time():
        drain(house, Settings.from_environment(server.environment), due_by=clock.now())


def counted(page: Page, lang: str) -> None:
    """The page counts day by day, and says of each closed day why."""
    for day, said in SAID[lang]["days"].items():  # type: ignore[attr-defined]
        cell = page.locator("ol.days .day", has=page.locator(".hidden-text", has_text=f"{day}:"))
        expect(cell).to_have_count(1)
        expect(cell.locator(".hidden-text")).to_contain_text(said)


@LANGUAGES
def test_a_complaint_over_a_bourse_holiday_is_counted_extended_and_answered(
    january: Server, visit: Visit, keys: KeyRing, sit: Sit, audit: Audit, lang: str
) -> None:
    """SQ-23, SQ-G1: customer and officer see the same day, and how it is counted; ten more bourse days follow it."""
    said = SAID[lang]
    somebody = Person(name="Siti Rahmawati", language=lang, email=f"siti.{lang}@example.id")
    case = a_case(january, keys, SEQUIS, now=COMPLETE, language=lang, customer=somebody)
    mine, desk = visit(january, "/"), sit(january, SEQUIS, lang)

    # Customer and officer read the day and its derivation.
    sign_in(mine, lang, Kept(case.number, case.code))
    for text in ("due", "progress", "left"):
        expect(mine.locator(".deadline")).to_contain_text(said[text])
    audit(mine)
    mine.goto(f"/{lang}/track/case/deadline")
    counted(mine, lang)
    audit(mine)
    home = f"/{lang}/desk/cases/{case.complaint_id}"
    desk.goto(home)
    due = desk.locator('[aria-labelledby="due"]')
    expect(due).to_contain_text(said["due"])
    expect(due).to_contain_text(said["progress"])
    due.locator("summary").click()
    counted(desk, lang)
    audit(desk)

    # The extension shows the new day before it is done, and the customer is told of both.
    act(desk, lang, case, "extend", audit)
    expect(desk.locator("main")).to_contain_text(said["due"])
    expect(desk.locator("main")).to_contain_text(said["extended"])
    counted_more = desk.locator("ol.days .day-due .hidden-text")
    expect(counted_more).to_contain_text("20")
    fill(desk, {"ground": "special_examination"})
    send_button(desk).click()
    at(desk, home)
    expect(due).to_contain_text(said["extended"])
    expect(due).to_contain_text(said["spent"])
    audit(desk)
    work_off(january, keys)
    letter = january.mailbox.wait_for(f"siti.{lang}@example.id", count=2).get_content().replace("\u00a0", " ")
    assert said["due"] in letter and said["extended"] in letter and said["ground"] in letter
    mine.goto(f"/{lang}/track/case")
    expect(mine.locator(".deadline")).to_contain_text(said["extended"])
    for text in ("ground", "due", "extended"):
        expect(mine.locator("#timeline")).to_contain_text(said[text])
    audit(mine)

    # And the answer.
    act(desk, lang, case, "first-line", audit)
    fill(desk, {f"words_{lang}": said["answer"]})
    preview_and_send(desk, home, audit)
    mine.goto(f"/{lang}/track/case/answer")
    expect(mine.locator("article.letter")).to_contain_text(said["answer"])
