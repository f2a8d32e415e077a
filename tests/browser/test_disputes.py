"""After the response, in a browser: agree; object with the same file renamed, then with a new page; take it further."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal.db import Database
from portal.institution.loader import load
from portal.sealing import KeyRing
from tests.browser.conftest import WIDTHS, Visit
from tests.browser.customer import at, fill, send_button
from tests.browser.deciding import an_answered_case, open_case
from tests.browser.seats import house_of
from tests.browser.server import Server
from tests.browser.test_every_page import OVERFLOW
from tests.evidence import papers

SAME = {"id": "tidak dihitung: ini sudah Anda kirim pada", "en": "does not count: you sent this on"}
KEPT = {"id": "Tersimpan", "en": "Saved"}
# Each language on one kind of screen, in one scheme.
SCREENS = {"id": ("phone", "dark"), "en": ("desktop", "light")}


@pytest.fixture
def house(server: Server, keys: KeyRing) -> Iterator[Database]:
    """The server's database, as its officers' own process would open it."""
    with house_of(server, keys) as house:
        yield house


@pytest.mark.parametrize("lang", ["id", "en"])
def test_what_follows_a_response(
    server: Server, visit: Visit, audit: Callable[[Page], None], house: Database, tmp_path: Path, lang: str
) -> None:
    """BM-38, BM-40, SQ-30, SQ-34: every state without a finding of axe, and no word wider than the screen."""
    screen, scheme = SCREENS[lang]
    page = visit(server, f"/{lang}/", width=WIDTHS[screen], scheme=scheme)

    def look() -> None:
        audit(page)
        assert page.evaluate(OVERFLOW) == []

    receipt, statement = tmp_path / "struk.png", tmp_path / "mutasi.jpg"
    receipt.write_bytes(papers.png(papers.receipt()))
    statement.write_bytes(papers.jpeg(papers.statement()))
    renamed = tmp_path / "bukti-lain.png"
    renamed.write_bytes(receipt.read_bytes())

    # Object: the same file under another name does not count, a page that was not sent before does.
    open_case(page, lang, an_answered_case(house, load("muamalat"), lang))
    look()
    page.goto(f"/{lang}/track/case/answer")
    look()
    page.goto(f"/{lang}/track/case/documents")
    page.locator("input[type=file]").set_input_files(receipt)
    expect(page.locator("[data-kept] .file-name")).to_have_text("struk.png")
    page.goto(f"/{lang}/track/case/objection")
    page.locator("[name=words]").fill("Uangnya belum kembali.")
    page.locator("input[type=file]").set_input_files(renamed)
    expect(page.locator("[data-under-way]")).to_contain_text(SAME[lang])
    look()
    page.locator("input[type=file]").set_input_files(statement)
    expect(page.locator("[data-kept] .file-name")).to_have_text("mutasi.jpg")
    expect(page.locator("[data-kept] .file-state")).to_have_text(KEPT[lang])
    send_button(page).click()
    at(page, f"/{lang}/track/case")
    expect(page.locator("#case-rounds")).to_contain_text("Uangnya belum kembali.")
    look()
    page.locator('#case-rounds a[href$="/rounds/2"]').click()
    expect(page.locator(".letter")).to_contain_text("Uangnya belum kembali.")
    look()
    page.goto(f"/{lang}/track/case/file")
    look()

    # Do not agree: the forums at once, and what the customer tells of them.
    open_case(page, lang, an_answered_case(house, load("muamalat"), lang))
    page.goto(f"/{lang}/track/case/disagree")
    look()
    fill(page, {"sure": True})
    send_button(page).click()
    at(page, f"/{lang}/track/case/forums")
    look()
    page.goto(f"/{lang}/track/case/forums/told")
    look()
    fill(page, {"forum": "bi", "reference": "BI-17"})
    send_button(page).click()
    at(page, f"/{lang}/track/case")
    expect(page.locator("#case-rounds")).to_contain_text("BI-17")
    look()

    # Agree, and say how content.
    open_case(page, lang, an_answered_case(house, load("muamalat"), lang))
    page.goto(f"/{lang}/track/case/agree")
    fill(page, {"sure": True})
    send_button(page).click()
    at(page, f"/{lang}/track/case/rating")
    look()
    fill(page, {"satisfaction": "5"})
    send_button(page).click()
    at(page, f"/{lang}/track/case")
    look()
