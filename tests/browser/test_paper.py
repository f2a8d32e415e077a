"""On paper: the letter stands for itself, without anything that can be pressed."""

import pytest
from playwright.sync_api import Page, expect

from portal.complaints.numbers import SPELLED
from tests.browser.conftest import Visit
from tests.browser.customer import Customer, file, sign_in
from tests.browser.server import Server


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_receipt_and_case_print_as_letters(server: Server, visit: Visit, scheme: str) -> None:
    """BM-11: letterhead, facts and contacts stay; controls go; black on white whatever the screen shows."""
    page, customer = visit(server, "/en/", scheme=scheme), Customer.new()
    kept = file(page, "en", customer)
    _is_a_letter(page, kept.number, kept.code, "SalaMuamalat by telephone 1500016")
    sign_in(page, "en", kept)
    _is_a_letter(page, kept.number, customer.name, "As it stood on")


def _is_a_letter(page: Page, *facts: str) -> None:
    page.emulate_media(media="print")
    expect(page.locator(".kop-name")).to_be_visible()
    for fact in facts:
        expect(page.get_by_text(fact).filter(visible=True).first, fact).to_be_visible()
    expect(page.locator("button, input, nav, .actions, .back, .skip").filter(visible=True)).to_have_count(0)
    ink, paper = page.evaluate(
        "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
    )
    assert (ink, paper) == ("rgb(0, 0, 0)", "rgb(255, 255, 255)")
    page.emulate_media(media="screen")


def test_the_receipt_fits_on_two_sheets(server: Server, visit: Visit) -> None:
    """Also with the number that takes longest to spell, and every document still missing."""
    page = visit(server, "/id/")
    kept = file(page, "id", Customer.new())
    longest = max(SPELLED["id"].values(), key=len)
    page.locator(".spelled").evaluate("(e, text) => { e.textContent = text; }", ", ".join([longest] * len(kept.number)))
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") <= 2
