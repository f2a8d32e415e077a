"""Who uses the browser afterwards learns nothing: not by the back button, an address, a cookie or a log."""

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from tests.browser.chromium import find
from tests.browser.conftest import ARGUMENTS, Visit
from tests.browser.customer import Customer, Kept, at, file, fill, follow, send_button, sign_in, walk_to
from tests.browser.server import Server
from tests.browser.tour import one_time_code
from tests.browser.traces import Addresses, everything, look_back, nothing_of, secrets

scripts = pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])


def leave(page: Page, lang: str) -> None:
    page.locator(".leave").click()
    at(page, f"/{lang}/left")
    expect(page.locator("header, footer, nav, a")).to_have_count(0)


@scripts
def test_the_back_button_shows_nothing_after_signing_out(server: Server, visit: Visit, javascript: bool) -> None:
    page, customer = visit(server, "/id/", javascript=javascript), Customer.new()
    kept = follow(page, "id", customer)
    page.locator('form[action$="/sign-out"] button').click()
    at(page, "/id/track")
    # The receipt too, though nobody said that they had kept its code.
    assert nothing_of(look_back(page), secrets(customer, kept)) > 10
    page.goto("/id/file/sent")
    at(page, "/id/file/privacy")


def test_signing_out_of_one_complaint_keeps_the_draft_of_another(server: Server, visit: Visit) -> None:
    page = visit(server, "/en/")
    kept = file(page, "en", Customer.new())
    page.get_by_role("button", name="I have kept the code").click()
    at(page, "/en/track")
    customer = Customer.new()
    walk_to(page, "contact", "en", customer)
    sign_in(page, "en", kept)
    page.get_by_role("button", name="Sign out").click()
    at(page, "/en/track")
    page.goto("/en/file/identity")
    expect(page.locator('[name="name"]')).to_have_value(customer.name)


def test_a_browser_that_keeps_pages_alive_shows_nothing_either(browser: Browser, server: Server) -> None:
    """A page in the back-forward cache would come back as it was, without a request; leaving drops it."""
    # Playwright switches the cache off, as no test expects a page to come back to life.
    own = browser.browser_type.launch(
        executable_path=find(), args=ARGUMENTS, ignore_default_args=["--disable-back-forward-cache"]
    )
    context = own.new_context(base_url=server.url)
    context.add_init_script("addEventListener('pageshow', (event) => { window.revived = event.persisted; })")
    for leaving in (".leave", 'form[action$="/sign-out"] button'):
        page, customer = context.new_page(), Customer.new()
        kept = follow(page, "en", customer)
        page.goto("/en/track/case/withdraw")
        page.goto("/en/track/case")
        _back(page)
        assert page.evaluate("window.revived"), "this browser keeps no page alive, so this test shows nothing"
        page.goto("/en/track/case")
        page.locator(leaving).click()
        expect(page.locator(leaving)).to_have_count(0)
        for _ in range(page.evaluate("history.length") - 2):
            _back(page)
            nothing_of([everything(page)], secrets(customer, kept))
        page.close()
    own.close()


def _back(page: Page) -> None:
    with page.expect_event("framenavigated"):
        page.evaluate("history.back()")
    # A page that came back to life is loaded already and says so to nobody; any other has its end last.
    expect(page.locator("footer nav, body > main:only-child")).to_have_count(1)


@scripts
def test_leaving_in_the_middle_of_the_form_leaves_nothing(server: Server, visit: Visit, javascript: bool) -> None:
    page, customer = visit(server, "/en/", javascript=javascript), Customer.new()
    walk_to(page, "story", "en", customer)
    fill(page, customer.answers["story"])
    leave(page, "en")
    assert page.context.cookies() == []
    assert nothing_of(look_back(page), secrets(customer)) > 6
    page.goto("/en/file/story")
    at(page, "/en/file/privacy")


@scripts
def test_leaving_an_open_case_leaves_nothing(server: Server, visit: Visit, javascript: bool) -> None:
    page, customer = visit(server, "/en/", javascript=javascript), Customer.new()
    kept = follow(page, "en", customer)
    page.goto("/en/track/case/deadline")
    stolen = page.context.cookies()
    leave(page, "en")
    assert page.context.cookies() == []
    assert nothing_of(look_back(page), secrets(customer, kept)) > 10
    # Nor does what somebody copied from the browser before: the login has ended on the server.
    page.context.add_cookies([each for each in stolen if each["name"] == "aduan"])  # type: ignore[arg-type, misc]
    page.goto("/en/track/case")
    at(page, "/en/track")
    nothing_of([everything(page)], secrets(customer, kept))


def test_leaving_hides_the_page_before_the_line_answers(server: Server, visit: Visit) -> None:
    """However slow the line is, what was on the screen is gone at once, and so is the tab's title."""
    page, customer = visit(server, "/en/"), Customer.new()
    kept = follow(page, "en", customer)
    # Without its script the button works too, but cannot do this.
    page.wait_for_load_state()
    held = []
    page.route("**/leave", lambda route: held.append(route))
    page.locator(".leave").click()
    expect(page.locator("body")).to_be_hidden()
    expect(page).to_have_title("")
    assert len(held) == 1
    held[0].continue_()
    at(page, "/en/left")
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    assert nothing_of(look_back(page), secrets(customer, kept)) > 10


def test_no_address_referrer_cookie_or_log_holds_a_number_a_code_or_a_name(server: Server, visit: Visit) -> None:
    """From the first page to a renewed code: only bodies of requests carry what is told."""
    page, customer = visit(server, "/en/"), Customer.new()
    addresses, documents = Addresses(page), []
    page.on("response", lambda answer: documents.append(answer) if _is_page(answer) else None)
    first = follow(page, "en", customer)
    page.get_by_role("button", name="Sign out").click()
    at(page, "/en/track")
    second = _renew(page, server, customer, first)
    sign_out_elsewhere = visit(server, "/en/track")
    sign_in(sign_out_elsewhere, "en", second)

    hidden = secrets(customer, first, second)
    assert nothing_of(addresses.asked, hidden) > 40
    assert addresses.referrers == []
    assert page.evaluate("document.referrer") == ""
    entries = page.context.new_cdp_session(page).send("Page.getNavigationHistory")["entries"]
    assert nothing_of((f"{entry['url']} {entry['title']}" for entry in entries), hidden) > 10
    assert nothing_of([f"{each['name']}={each['value']}" for each in page.context.cookies()], hidden) == 1
    # All that scripts can read: of htmx, on which page it was last.
    assert page.evaluate("[localStorage.length, document.cookie]") == [0, ""]
    assert page.evaluate("Object.values(sessionStorage)") == ["/en/track/case"]
    nothing_of([server.log.read_text()], hidden)
    assert len(documents) > 15
    for answer in documents:
        assert answer.headers["cache-control"] == "no-store", answer.url
        assert answer.headers["referrer-policy"] == "no-referrer", answer.url


def _is_page(answer: Response) -> bool:
    return answer.headers.get("content-type", "").startswith("text/html")


def _renew(page: Page, server: Server, customer: Customer, lost: Kept) -> Kept:
    page.get_by_role("link", name="I no longer have the access code").click()
    fill(page, {"number": lost.number})
    send_button(page).click()
    expect(page.locator('[name="code"]')).to_be_visible()
    fill(page, {"code": one_time_code(server, customer)})
    send_button(page).click()
    at(page, "/en/track/case/code")
    number, code = page.locator(".receipt .big").all_inner_texts()
    return Kept(number, code)
