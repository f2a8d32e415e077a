"""An officer at a browser who responds to a complaint, each page looked at, and its customer who reads it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from portal import clock
from portal.institution.loader import load
from portal.sealing import KeyRing
from tests.browser.customer import Kept, at, send_button, sign_in
from tests.browser.seats import house_of
from tests.browser.server import Server
from tests.complaints.cases import Case, file_case

LANGUAGES = pytest.mark.parametrize("lang", ["id", "en"])
# Each language on one kind of screen, in one scheme.
SCREENS = {"id": ("phone", "dark"), "en": ("desktop", "light")}
Audit = Callable[[Page], None]
# An officer of an institution signs in; returns their browser.
Sit = Callable[..., Page]


def a_case(server: Server, keys: KeyRing, code: str, **changes: object) -> Case:
    """A complaint that was filed just now, or at `now`, with all its documents unless `given` says which."""
    with house_of(server, keys) as house, server.its_time():
        return file_case(house, load(code), **{"now": clock.now(), **changes})  # type: ignore[arg-type]


def act(page: Page, lang: str, case: Case, slug: str, audit: Audit) -> str:
    """Open an act of a case and look at its page; returns the case's path."""
    home = f"/{lang}/desk/cases/{case.complaint_id}"
    page.goto(f"{home}/{slug}")
    at(page, f"{home}/{slug}")
    audit(page)
    return home


def preview(page: Page, home: str, audit: Audit) -> None:
    """From the form to the response as the customer will read it."""
    send_button(page).click()
    at(page, f"{home}/response")
    expect(page.locator("article.letter").first).to_be_visible()
    audit(page)


def preview_and_send(page: Page, home: str, audit: Audit) -> None:
    """Look at the response as the customer will, then send it."""
    preview(page, home, audit)
    send_button(page).click()
    at(page, home)


def open_answer(page: Page, lang: str, case: Case) -> None:
    """The customer signs in and opens the response."""
    sign_in(page, lang, Kept(case.number, case.code))
    page.goto(f"/{lang}/track/case/answer")
