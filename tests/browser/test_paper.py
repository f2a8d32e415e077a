"""On paper: the letter stands for itself, without anything that can be pressed."""

import pytest
from playwright.sync_api import Page, expect

from portal.complaints.numbers import SPELLED
from tests.browser.conftest import Visit
from tests.browser.customer import Customer, file, sign_in
from tests.browser.server import Server


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_receipt_case_deadline_and_file_print_as_letters(server: Server, visit: Visit, scheme: str) -> None:
    """BM-11: letterhead, facts and contacts stay; controls go; black on white whatever the screen shows."""
    page, customer = visit(server, "/en/", scheme=scheme), Customer.new()
    kept = file(page, "en", customer, complete=True)
    _is_a_letter(page, kept.number, kept.code, "Answer by", "SalaMuamalat by telephone 1500016")
    sign_in(page, "en", kept)
    _is_a_letter(page, kept.number, customer.name, "As it stood on", "Received, being looked into")
    page.goto("/en/track/case/deadline")
    _is_a_letter(page, kept.number, "As it stood on", "POJK 22/2023", "Weekend", "The last day for our answer")
    page.goto("/en/track/case/file")
    _is_a_letter(page, kept.number, customer.name, "As it stood on", "The last day for our answer", "Receipt of your")


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


@pytest.mark.parametrize(("complete", "sheets"), [(True, 1), (False, 2)])
def test_the_receipt_fits_on_one_sheet(server: Server, visit: Visit, complete: bool, sheets: int) -> None:
    """Also with the number that takes longest to spell; the list of what is missing may go on to a second one."""
    page = visit(server, "/id/")
    kept = file(page, "id", Customer.new(), complete=complete)
    longest = max(SPELLED["id"].values(), key=len)
    page.locator(".spelled").evaluate("(e, text) => { e.textContent = text; }", ", ".join([longest] * len(kept.number)))
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == sheets


@pytest.mark.parametrize("lang", ["id", "en"])
def test_a_count_of_many_weeks_wastes_no_sheet(server: Server, visit: Visit, lang: str) -> None:
    """Sixty working days, drawn and listed, begin on the first sheet under the date that they lead to."""
    page = visit(server, f"/{lang}/forums/bi/last-day/2026-11-30")
    expect(page.locator(".days .day")).to_have_count(92)
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 4
