"""The journey with a keyboard alone: nothing is clicked, and what is typed goes to what has the focus."""

from itertools import pairwise

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.customer import Customer, at, kept_from, send_button
from tests.browser.keyboard import Keyboard, round_trip
from tests.browser.server import Server
from tests.browser.tour import tour
from tests.intake.journey import SLUGS


@pytest.mark.parametrize(("lang", "javascript"), [("id", True), ("en", False)], ids=["scripts", "no-scripts"])
def test_filing_and_following_by_keyboard_alone(server: Server, visit: Visit, lang: str, javascript: bool) -> None:
    """A complaint is told, corrected, sent, opened and left without a mouse."""
    page = visit(server, f"/{lang}/", javascript=javascript)
    keyboard, customer = Keyboard(page), Customer.new()
    keyboard.follow(page.locator('main a.button[href$="/file/privacy"]'))
    for step, following in pairwise(SLUGS):
        at(page, f"/{lang}/file/{step}")
        if step in ("identity", "topic", "transactions"):
            _correct(page, keyboard)
        keyboard.enter(customer.answers[step])
        if step in ("identity", "account", "transactions"):
            keyboard.press("Enter")
        else:
            keyboard.follow(send_button(page), "Space" if step == "topic" else "Enter")
        at(page, f"/{lang}/file/{following}")
    keyboard.follow(send_button(page))
    at(page, f"/{lang}/file/sent")
    kept = kept_from(page)
    keyboard.follow(page.locator('form[action$="/kept"] button[type="submit"]'))
    at(page, f"/{lang}/track")

    keyboard.enter({"number": kept.number, "code": "AAAA-AAAA-AAAA"})
    keyboard.press("Enter")
    _corrects(page, keyboard, page.locator('[name="code"]'))
    keyboard.enter({"code": kept.code})
    keyboard.press("Enter")
    at(page, f"/{lang}/track/case")
    keyboard.follow(page.locator("#timeline-again"))
    at(page, f"/{lang}/track/case")
    keyboard.follow(page.locator('form[action$="/sign-out"] button'))
    at(page, f"/{lang}/track")
    # Backwards too, all the way up to leaving.
    page.goto(f"/{lang}/")
    keyboard.to(page.locator(".foot a").last)
    keyboard.to(page.locator(".leave"), back=True)
    keyboard.press("Enter")
    at(page, f"/{lang}/left")


def _correct(page: Page, keyboard: Keyboard) -> None:
    """Send an empty step; the summary leads to its first field."""
    keyboard.follow(send_button(page))
    _corrects(page, keyboard, page.locator("main form.gap :is(input, textarea):not([type=hidden])").first)


def _corrects(page: Page, keyboard: Keyboard, field: Locator) -> None:
    summary = page.locator(".errors")
    expect(summary).to_be_focused()
    keyboard.follow(summary.locator("a").first)
    expect(field).to_be_focused()


def test_the_skip_link_comes_first_and_leads_to_the_content(server: Server, visit: Visit) -> None:
    page = visit(server, "/en/track")
    keyboard = Keyboard(page)
    skip = page.locator(".skip")
    expect(skip).not_to_be_in_viewport()
    keyboard.tab()
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    keyboard.tab()
    expect(page.locator('[name="number"]')).to_be_focused()


@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_tab_key_goes_through_every_page_in_the_order_of_reading(server: Server, visit: Visit, lang: str) -> None:
    """Every stop is framed, on the screen and large enough, and no page keeps the focus."""
    page = visit(server, f"/{lang}/", width=360)
    for name in tour(page, server, lang):
        if name != "left":
            round_trip(page)
