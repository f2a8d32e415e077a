"""A network that misbehaves: its browser works a sum out by itself, without JavaScript its user waits; no puzzle."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.customer import at, send_button
from tests.browser.server import Server

HEADING = {"id": "Mohon tunggu sebentar", "en": "One moment, please"}


def fall_into_the_trap(page: Page, lang: str) -> None:
    """Do what a machine does: fill in every field there is."""
    page.goto(f"/{lang}/file/privacy")
    page.locator('[name="acknowledged"]').check()
    page.locator('[name="subject"]').evaluate("field => { field.value = 'Cheap loans'; }")
    send_button(page).click()


def misbehave(page: Page, lang: str) -> None:
    fall_into_the_trap(page, lang)
    at(page, f"/{lang}/file/who")
    page.context.clear_cookies()
    fall_into_the_trap(page, lang)


@pytest.mark.parametrize("lang", ["id", "en"])
def test_a_browser_works_it_out_by_itself(server: Server, visit: Visit, lang: str) -> None:
    page = visit(server, f"/{lang}/")
    misbehave(page, lang)
    at(page, f"/{lang}/file/who")


@pytest.mark.parametrize("lang", ["id", "en"])
def test_without_javascript_the_button_goes_on_after_a_while(server: Server, visit: Visit, lang: str) -> None:
    page = visit(server, f"/{lang}/", javascript=False, width=360)
    # Without scripts nothing can be put into the trap, but a forged moment is a sign as well.
    for _ in range(9):
        page.request.post(f"/{lang}/file/privacy", form=_sent(page, lang))
    page.context.clear_cookies()
    page.goto(f"/{lang}/file/privacy")
    page.locator('[name="acknowledged"]').check()
    send_button(page).click()
    button = page.locator("form[data-bits] button")
    expect(page.get_by_role("heading", level=1)).to_have_text(HEADING[lang])
    button.click()
    seconds = re.search(r"\d+", page.locator(".notice-warn").inner_text())
    assert seconds and int(seconds[0]) <= 20
    page.wait_for_timeout(int(seconds[0]) * 1000)
    button.click()
    at(page, f"/{lang}/file/who")


def _sent(page: Page, lang: str) -> dict[str, str]:
    page.context.clear_cookies()
    page.goto(f"/{lang}/file/privacy")
    token = page.locator('main [name="csrf_token"]').get_attribute("value") or ""
    return {"csrf_token": token, "acknowledged": "y"}


@pytest.mark.parametrize(("lang", "scheme", "width"), [("id", "light", 360), ("en", "dark", 1280)])
def test_the_page_of_the_challenge_is_accessible(
    server: Server,
    visit: Visit,
    audit: Callable[[Page], None],
    shot: Callable[[Page, str], Path],
    lang: str,
    scheme: str,
    width: int,
) -> None:
    page = visit(server, f"/{lang}/", scheme=scheme, width=width)
    # So that it stays.
    page.route("**/js/proof.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    misbehave(page, lang)
    expect(page.get_by_role("heading", level=1)).to_have_text(HEADING[lang])
    audit(page)
    shot(page, f"challenge-{lang}-{scheme}")
    page.locator("form[data-bits] button").click()
    expect(page.locator(".notice-warn")).to_be_focused()
    audit(page)
