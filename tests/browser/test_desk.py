"""The desk in a browser: the way in with an app and with a passkey, and what must hold on each of its pages."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal.sealing import KeyRing
from tests.browser.conftest import Visit
from tests.browser.customer import at, fill, send_button
from tests.browser.officer import (
    add_officer,
    desk_tour,
    give_password,
    join,
    keep_codes,
    open_invitation,
    scan,
    sign_out,
)
from tests.browser.server import Server, free_port, serving
from tests.browser.test_every_page import OVERFLOW

LANGUAGES = pytest.mark.parametrize("lang", ["id", "en"])


@pytest.fixture(scope="module")
def desk(run_folder: Path, sqlite_template: Path, keys: KeyRing) -> Iterator[Server]:
    """A server under a name: no browser makes a passkey for a bare address."""
    url = f"http://localhost:{free_port()}"
    with serving(run_folder / "desk", sqlite_template, keys, PORTAL_BASE_URL=url) as server:
        yield server


def a_security_key(page: Page) -> None:
    """A security key that is always at hand and always touched."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
    options |= {"automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


@LANGUAGES
def test_an_invitation_an_app_and_the_way_back_in(desk: Server, visit: Visit, lang: str) -> None:
    who = add_officer(desk, "agent", lang=lang)
    # The command prints the link, and the mail has the same.
    mail = desk.mailbox.wait_for(who.email)
    assert who.link in mail.get_content().replace("=\n", "")
    page = visit(desk, "/")
    join(page, who, lang)
    keep_codes(page, who, lang)
    sign_out(page, lang)
    give_password(page, who, lang)
    fill(page, {"code": who.code()})
    send_button(page).click()
    at(page, f"/{lang}/desk")


@LANGUAGES
def test_a_passkey_is_the_first_factor_and_opens_the_desk(desk: Server, visit: Visit, lang: str) -> None:
    who = add_officer(desk, "auditor", lang=lang)
    page = visit(desk, "/")
    a_security_key(page)
    open_invitation(page, who, lang)
    place = page.locator('[data-passkey="create"]')
    expect(place.locator("form")).to_be_visible()
    place.locator('[name="name"]').fill("Laptop")
    place.locator("button").click()
    at(page, f"/{lang}/desk/recovery-codes")
    keep_codes(page, who, lang)
    sign_out(page, lang)
    give_password(page, who, lang)
    expect(page.locator('[name="code"]')).to_have_count(0)
    page.locator('[data-passkey="get"] button').click()
    at(page, f"/{lang}/desk")


def test_a_passkey_is_added_to_an_app_and_a_second_one_of_the_same_key_is_not(desk: Server, visit: Visit) -> None:
    who = add_officer(desk, "agent")
    page = visit(desk, "/")
    a_security_key(page)
    join(page, who, "en")
    keep_codes(page, who, "en")
    for name in ("Laptop", "Laptop again"):
        page.goto("/en/desk/account/passkeys")
        page.locator('[name="name"]').fill(name)
        page.locator('[data-passkey="create"] button').click()
        if name == "Laptop":
            at(page, "/en/desk/account")
    expect(page.locator("[data-passkey-failed]")).to_be_visible()
    expect(page.locator("#status")).to_have_text("The passkey was not used. Try it once more.")
    page.goto("/en/desk/account")
    expect(page.get_by_text("Laptop again")).to_have_count(0)


def test_without_scripts_an_app_does_everything(desk: Server, visit: Visit) -> None:
    who = add_officer(desk, "agent")
    page = visit(desk, "/", javascript=False)
    open_invitation(page, who, "en")
    place = page.locator('[data-passkey="create"]')
    expect(place.locator("form")).to_be_hidden()
    expect(place).to_contain_text("This browser cannot use passkeys, or scripts are switched off in it.")
    scan(page, who)
    fill(page, {"code": who.code()})
    send_button(page).click()
    at(page, "/en/desk/recovery-codes")
    keep_codes(page, who, "en")
    sign_out(page, "en")


@LANGUAGES
def test_axe_finds_nothing_on_the_desk(desk: Server, visit: Visit, audit: Callable[[Page], None], lang: str) -> None:
    """Every rule of axe on each page in both schemes, one on a phone and the other on a desk, by turns."""
    page = visit(desk, f"/{lang}/desk/sign-in")
    looks = [("light", 360), ("dark", 1280)], [("dark", 360), ("light", 1280)]
    faults = []
    for number, name in enumerate(desk_tour(page, desk, lang)):
        for scheme, width in looks[number % 2]:
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.set_viewport_size({"width": width, "height": 900})
            try:
                audit(page)
            except AssertionError as fault:
                faults.append(f"{name}, {scheme}, {width} px: {fault}")
    assert not faults, "\n".join(faults)


@LANGUAGES
def test_no_page_of_the_desk_is_wider_than_a_narrow_screen(desk: Server, visit: Visit, lang: str) -> None:
    """320 px, with letters of the usual size and twice as large (WCAG 1.4.4, 1.4.10)."""
    page = visit(desk, f"/{lang}/desk/sign-in", width=320)
    devtools = page.context.new_cdp_session(page)
    faults = []
    for name in desk_tour(page, desk, lang):
        for size in (16, 32):
            devtools.send("Page.setFontSizes", {"fontSizes": {"standard": size, "fixed": size * 13 // 16}})
            faults += [f"{name}, {size} px letters: {fault}" for fault in page.evaluate(OVERFLOW)]
        devtools.send("Page.setFontSizes", {"fontSizes": {"standard": 16, "fixed": 13}})
    assert not faults, "\n".join(faults)


def test_keys_alone_lead_in(desk: Server, visit: Visit) -> None:
    """From the address bar to the desk without a mouse, the focus always where the next thing is."""
    who = add_officer(desk, "agent")
    page = visit(desk, "/")
    join(page, who, "en")
    keep_codes(page, who, "en")
    sign_out(page, "en")
    page.locator("#email").focus()
    page.keyboard.type(who.email)
    page.keyboard.press("Tab")
    page.keyboard.type("kuda hijau minum kopi")
    page.keyboard.press("Enter")
    at(page, "/en/desk/sign-in/code")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#code")).to_be_focused()
    page.keyboard.type(who.code())
    page.keyboard.press("Enter")
    at(page, "/en/desk")
    assert re.search(r"Ratna Wulandari \d+", page.locator("header").inner_text())
