"""The open case: news come by themselves, and nothing else on the page moves."""

from playwright.sync_api import Page, Response, expect

from tests.browser.conftest import Visit
from tests.browser.customer import Customer, at, fill, follow, send_button
from tests.browser.server import Server


def is_refresh(answer: Response) -> bool:
    return "/track/case/timeline" in answer.url


def a_minute_later(page: Page) -> Response:
    """Let the page's clock go on until it has asked for news; returns the answer."""
    # The clock of a minute is started by a script, again after each change of the page.
    page.wait_for_load_state()
    expect(page.locator(".htmx-request, .htmx-added, .htmx-settling")).to_have_count(0)
    with page.expect_response(is_refresh) as answer:
        page.clock.run_for(61_000)
    return answer.value


def test_news_come_by_themselves_and_leave_the_focus_where_it_was(server: Server, visit: Visit) -> None:
    page = visit(server, "/en/")
    page.clock.install()
    follow(page, "en", Customer.new())
    assert a_minute_later(page).status == 204
    expect(page.locator(".timeline li")).to_have_count(1)

    other = page.context.new_page()
    other.goto("/en/track/case/withdraw")
    fill(other, {"sure": True})
    send_button(other).click()
    at(other, "/en/track/case")

    again = page.locator("#timeline-again")
    again.focus()
    assert a_minute_later(page).status == 200
    expect(page.locator(".timeline h3").first).to_have_text("Complaint withdrawn")
    expect(page.locator(".timeline li")).to_have_count(2)
    # What hangs on the same version comes along: the status, and that no date runs any more.
    expect(page.locator("#case-facts")).to_contain_text("Withdrawn")
    expect(page.locator("#case-due")).to_contain_text("No answer is due any more.")
    expect(page.get_by_role("status")).to_have_text("There is news in what has happened.")
    expect(again).to_be_focused()
    assert a_minute_later(page).status == 204


def test_a_case_left_open_is_closed_by_signing_out_elsewhere(server: Server, visit: Visit) -> None:
    page = visit(server, "/en/")
    page.clock.install()
    kept = follow(page, "en", Customer.new())
    page.wait_for_load_state()
    other = page.context.new_page()
    other.goto("/en/track/case")
    other.get_by_role("button", name="Sign out").click()
    at(other, "/en/track")
    page.clock.run_for(61_000)
    at(page, "/en/track")
    expect(page.locator("body")).not_to_contain_text(kept.number)
