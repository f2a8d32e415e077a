"""What somebody types is saved by itself, on every way out of the page, and stays when the line is dead."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.customer import Customer, at, fill, send_button, walk_to
from tests.browser.server import Server

SAVED = {"id": re.compile(r"Tersimpan \d\d\.\d\d"), "en": re.compile(r"Saved \d\d:\d\d")}
AWAY = {"id": "Belum tersimpan: tidak ada sambungan.", "en": "Not saved: there is no connection."}
UNSENT = {"id": "Belum terkirim: tidak ada sambungan.", "en": "Not sent: there is no connection."}
CUT = "ERR_INTERNET_DISCONNECTED"
languages = pytest.mark.parametrize("lang", ["id", "en"])


def story_of(page: Page, lang: str) -> str:
    """The story as the draft holds it, looked at in another tab."""
    other = page.context.new_page()
    other.goto(f"/{lang}/file/story")
    text = other.locator('[name="story"]').input_value()
    other.close()
    return text


def note(page: Page) -> str:
    return page.locator("[data-saved]").inner_text()


@languages
def test_it_is_saved_two_seconds_after_the_last_key_and_said_politely(server: Server, visit: Visit, lang: str) -> None:
    page = visit(server, f"/{lang}/", width=360)
    walk_to(page, "story", lang, Customer.new())
    expect(page.locator("[data-saved]")).to_be_hidden()
    page.locator('[name="story"]').press_sequentially("Saya mengirim uang sewa")
    expect(page.locator("[data-saved]")).to_have_text(SAVED[lang])
    # One region in the page is read aloud, and it was there from the start.
    expect(page.get_by_role("status")).to_have_text(SAVED[lang])
    assert story_of(page, lang) == "Saya mengirim uang sewa"
    # Without htmx and without leaving the page.
    at(page, f"/{lang}/file/story")


@pytest.mark.parametrize("way", ["link", "reload", "back", "close"])
def test_every_way_out_of_the_page_saves_first(server: Server, visit: Visit, way: str) -> None:
    page = visit(server, "/en/")
    walk_to(page, "story", "en", Customer.new())
    page.locator('[name="story"]').fill(f"Left by {way}")
    other = page.context.new_page()
    if way == "link":
        page.get_by_role("link", name="Back").click()
    elif way == "reload":
        page.reload()
    elif way == "back":
        page.go_back()
    else:
        page.close(run_before_unload=True)
    for _ in range(50):
        other.goto("/en/file/story")
        if other.locator('[name="story"]').input_value() == f"Left by {way}":
            break
        other.wait_for_timeout(100)
    expect(other.locator('[name="story"]')).to_have_value(f"Left by {way}")


def test_a_text_longer_than_a_beacon_is_saved_while_it_is_written(server: Server, visit: Visit) -> None:
    page = visit(server, "/id/")
    walk_to(page, "story", "id", Customer.new())
    page.locator('[name="story"]').fill("é" * 70_000)
    expect(page.locator("[data-saved]")).to_have_text(SAVED["id"])
    assert len(story_of(page, "id")) == 70_000


@languages
def test_the_language_button_takes_the_text_along(server: Server, visit: Visit, lang: str) -> None:
    other = {"id": "en", "en": "id"}[lang]
    for javascript in (True, False):
        page = visit(server, f"/{lang}/", javascript=javascript)
        walk_to(page, "story", lang, Customer.new())
        page.locator('[name="story"]').fill("Setengah kalimat")
        page.locator(f'button[name="switch"][value="{other}"]').click()
        at(page, f"/{other}/file/story")
        expect(page.locator('[name="story"]')).to_have_value("Setengah kalimat")


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
def test_the_enter_key_goes_on(server: Server, visit: Visit, javascript: bool) -> None:
    page, customer = visit(server, "/en/", javascript=javascript), Customer.new()
    walk_to(page, "account", "en", customer)
    fill(page, customer.answers["account"])
    page.locator('[name="account"]').press("Enter")
    at(page, "/en/file/topic")


# ── a dead line ──────────────────────────────────────────────────────────────────────────────────


@languages
def test_without_a_line_the_page_stays_with_everything_in_it(
    server: Server, visit: Visit, meant: list[str], lang: str
) -> None:
    meant.append(CUT)
    page, customer = visit(server, f"/{lang}/", width=360), Customer.new()
    walk_to(page, "story", lang, customer)
    page.context.set_offline(True)
    page.locator('[name="story"]').fill(customer.answers["story"]["story"])
    send_button(page).click()
    expect(page.locator("[data-saved]")).to_contain_text(UNSENT[lang])
    expect(page.get_by_role("status")).to_contain_text(UNSENT[lang])
    at(page, f"/{lang}/file/story")
    expect(page.locator('[name="story"]')).to_have_value(customer.answers["story"]["story"])
    page.context.set_offline(False)
    # As soon as there is a line it is saved, and one click sends it.
    expect(page.locator("[data-saved]")).to_have_text(SAVED[lang])
    assert story_of(page, lang) == customer.answers["story"]["story"]
    send_button(page).click()
    at(page, f"/{lang}/file/loss")


@languages
def test_typing_without_a_line_says_so(server: Server, visit: Visit, meant: list[str], lang: str) -> None:
    meant.append(CUT)
    page = visit(server, f"/{lang}/")
    walk_to(page, "story", lang, Customer.new())
    page.context.set_offline(True)
    page.locator('[name="story"]').fill("x")
    expect(page.locator("[data-saved]")).to_contain_text(AWAY[lang])
    page.context.set_offline(False)
    expect(page.locator("[data-saved]")).to_have_text(SAVED[lang])


def test_somebody_elses_answer_is_like_a_dead_line(server: Server, visit: Visit) -> None:
    page = visit(server, "/en/")
    walk_to(page, "story", "en", Customer.new())
    page.route("**/file/story", lambda route: route.fulfill(body="<h1>Sign in to this Wi-Fi</h1>"))
    page.locator('[name="story"]').fill("Still here")
    send_button(page).click()
    expect(page.locator("[data-saved]")).to_contain_text(UNSENT["en"])
    expect(page.locator('[name="story"]')).to_have_value("Still here")
    page.unroute("**/file/story")
    send_button(page).click()
    at(page, "/en/file/loss")


def test_a_double_click_on_a_slow_line_goes_on_once(server: Server, visit: Visit) -> None:
    page, customer = visit(server, "/id/"), Customer.new()
    walk_to(page, "story", "id", customer)
    fill(page, customer.answers["story"])
    send_button(page).dblclick()
    at(page, "/id/file/loss")
    assert story_of(page, "id") == customer.answers["story"]["story"]


# ── two tabs ─────────────────────────────────────────────────────────────────────────────────────


@languages
def test_two_tabs_with_different_texts_show_both_and_the_customer_chooses(
    server: Server,
    visit: Visit,
    audit: Callable[[Page], None],
    shot: Callable[[Page, str], Path],
    lang: str,
) -> None:
    page = visit(server, f"/{lang}/", width=360, scheme={"id": "light", "en": "dark"}[lang])
    walk_to(page, "story", lang, Customer.new())
    other = page.context.new_page()
    other.goto(f"/{lang}/file/story")
    page.locator('[name="story"]').fill("Dari tab pertama.\n\nSelesai.")
    expect(page.locator("[data-saved]")).to_have_text(SAVED[lang])
    other.locator('[name="story"]').fill("Dari tab kedua.")
    link = other.locator("[data-saved] a")
    expect(link).to_be_visible()
    shot(other, f"quarrel-{lang}")
    audit(other)
    link.click()
    at(other, f"/{lang}/file/texts/story")
    expect(other.locator("main")).to_contain_text("Dari tab pertama.")
    expect(other.locator("main")).to_contain_text("Dari tab kedua.")
    audit(other)
    shot(other, f"texts-{lang}")
    other.locator('[value="joined"]').check()
    send_button(other).click()
    at(other, f"/{lang}/file/story")
    expect(other.locator('[name="story"]')).to_have_value("Dari tab pertama.\n\nSelesai.\n\nDari tab kedua.")
    send_button(other).click()
    at(other, f"/{lang}/file/loss")


@languages
def test_a_draft_that_was_deleted_in_another_tab_gives_the_text_back(
    server: Server,
    visit: Visit,
    audit: Callable[[Page], None],
    shot: Callable[[Page, str], Path],
    lang: str,
) -> None:
    page = visit(server, f"/{lang}/", width=360)
    walk_to(page, "story", lang, Customer.new())
    other = page.context.new_page()
    other.goto(f"/{lang}/file/privacy")
    page.locator('[name="story"]').fill("Satu halaman penuh.")
    other.locator('form[action$="/discard"] button').click()
    send_button(page).click()
    expect(page.locator("main")).to_contain_text("Satu halaman penuh.")
    audit(page)
    shot(page, f"gone-{lang}")
    page.locator('[name="acknowledged"]').check()
    send_button(page).click()
    at(page, f"/{lang}/file/who")
    assert story_after(page, lang) == "Satu halaman penuh."


def story_after(page: Page, lang: str) -> str:
    """The story once the steps before it are answered."""
    walk_on(page, lang)
    return page.locator('[name="story"]').input_value()


def walk_on(page: Page, lang: str) -> None:
    customer = Customer.new()
    for step, following in (
        ("who", "identity"),
        ("identity", "contact"),
        ("contact", "account"),
        ("account", "topic"),
        ("topic", "transactions/1"),
        ("transactions", "story"),
    ):
        fill(page, customer.answers[step])
        send_button(page).click()
        at(page, f"/{lang}/file/{following}" if following != "transactions/1" else f"/{lang}/file/transactions")
