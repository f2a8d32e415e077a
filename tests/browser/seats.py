"""Officers at browsers whose accounts are there already: made by the room's own services, signed in as a person is."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from playwright.sync_api import Page

from portal.accounts.rules import OfficerRole
from portal.db import Database
from portal.institution.models import Institution
from portal.sealing import KeyRing
from tests.accounts.people import Known, an_officer
from tests.browser.customer import at, fill, send_button
from tests.browser.server import Server


@contextmanager
def house_of(server: Server, keys: KeyRing) -> Iterator[Database]:
    """The running portal's own database."""
    house = Database(server.database_url, keys)
    try:
        yield house
    finally:
        house.dispose()


def seat(server: Server, keys: KeyRing, profile: Institution, *roles: OfficerRole, name: str) -> Known:
    """An officer with these parts who has a password and an authenticator app."""
    with house_of(server, keys) as house, server.its_time():
        return an_officer(house, profile, *roles, name=name)


def sit_down(page: Page, who: Known, lang: str, server: Server | None = None) -> None:
    """Sign in with password and app; the page shows the queue. `server`: whose clock the app follows, if not ours."""
    page.goto(f"/{lang}/desk/sign-in")
    fill(page, {"email": who.email, "password": who.password})
    send_button(page).click()
    at(page, f"/{lang}/desk/sign-in/code")
    with server.its_time() if server else nullcontext():
        code = _fresh(who)
    fill(page, {"code": code})
    send_button(page).click()
    at(page, f"/{lang}/desk")


def _fresh(who: Known) -> str:
    """A code that is still good when it arrives: not one of the step's last two seconds."""
    left = 30 - time.time() % 30
    return who.code(1) if left < 2 else who.code()
