"""The desk by its keys: they move, open, search and explain themselves, rest while one writes, and can be off."""

import pytest
from playwright.sync_api import Page, expect

from portal import clock
from portal.accounts.rules import OfficerRole
from portal.institution.loader import load
from portal.sealing import KeyRing
from tests.browser.conftest import Visit
from tests.browser.customer import at
from tests.browser.seats import house_of, seat, sit_down
from tests.browser.server import Server
from tests.complaints.cases import file_case

LANGUAGES = pytest.mark.parametrize("queue", ["id", "en"], indirect=True)
WORDS = {"id": "Pengaduan berikutnya dan sebelumnya dalam daftar", "en": "Next and previous complaint of a list"}


@pytest.fixture
def queue(server: Server, visit: Visit, keys: KeyRing, request: pytest.FixtureRequest) -> Page:
    """A queue of at least three complaints, before an agent."""
    profile = load("muamalat")
    with house_of(server, keys) as house:
        for _ in range(3):
            file_case(house, profile, now=clock.now())
    page = visit(server, "/")
    sit_down(page, seat(server, keys, profile, OfficerRole.AGENT, name="Ratna Wulandari"), request.param)
    return page


@LANGUAGES
def test_keys_move_open_search_and_explain(queue: Page, request: pytest.FixtureRequest) -> None:
    page, lang = queue, request.node.callspec.params["queue"]
    rows = page.locator("a[data-row]")
    page.keyboard.press("k")
    expect(rows.nth(0)).to_be_focused()
    for _ in range(2):
        page.keyboard.press("j")
    expect(rows.nth(2)).to_be_focused()
    page.keyboard.press("k")
    expect(rows.nth(1)).to_be_focused()
    # The keys explained come and go, and the focus is where it was.
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text(WORDS[lang])
    expect(page.locator("#keys")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    expect(rows.nth(1)).to_be_focused()
    target = rows.nth(1).get_attribute("href") or ""
    page.keyboard.press("Enter")
    at(page, target)
    # A page without a search leads to it.
    page.keyboard.press("/")
    at(page, f"/{lang}/desk/search")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    # While one writes a key is a letter.
    page.keyboard.type("j/k?")
    expect(page.locator("#search")).to_have_value("j/k?")
    expect(page.locator("#keys")).to_be_hidden()


@LANGUAGES
def test_keys_lose_nothing_that_was_written_and_can_be_switched_off(
    queue: Page, request: pytest.FixtureRequest
) -> None:
    page, lang = queue, request.node.callspec.params["queue"]
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.locator('a[href$="/note"]').click()
    page.locator("textarea").fill("Sudah saya telepon")
    page.locator("textarea").blur()
    page.keyboard.press("/")
    expect(page.locator("textarea")).to_have_value("Sudah saya telepon")
    page.goto(f"/{lang}/desk/account")
    page.locator('form[action$="/account/shortcuts"] input[type="checkbox"]').uncheck()
    page.locator('form[action$="/account/shortcuts"] button').click()
    page.goto(f"/{lang}/desk")
    for key in ("j", "?"):
        page.keyboard.press(key)
    expect(page.locator("a[data-row]").first).not_to_be_focused()
    expect(page.locator("#keys")).to_be_hidden()
    # The link stays.
    page.locator(".desk-foot a").click()
    at(page, f"/{lang}/desk/keys")
