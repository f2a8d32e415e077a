"""An officer at a browser: invited, signed in, and on every page of their way in, their account and the people."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

import pyotp
from playwright.sync_api import Locator, Page, expect

from tests.browser.customer import at, fill, refused, send_button
from tests.browser.server import ROOT, Server

PASSWORD = "kuda hijau minum kopi"
LINK = re.compile(r"https?://\S+/desk/invitation/\S+")
_serial = count(1)


@dataclass
class Officer:
    """Who works at the desk, and what they have to get in."""

    name: str
    email: str
    link: str
    secret: str = ""
    codes: list[str] = field(default_factory=list)
    last_step: int = 0

    def code(self) -> str:
        """A code of their app that was not used yet; the app may run half a minute fast."""
        step = max(int(time.time()) // 30, self.last_step + 1)
        self.last_step = step
        return pyotp.TOTP(self.secret).generate_otp(step)


def add_officer(server: Server, *roles: str, lang: str = "en") -> Officer:
    """An officer as an operator adds one: by the command, which prints the link."""
    serial = next(_serial)
    name, email = f"Ratna Wulandari {serial}", f"added.{serial}@bank.example.id"
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "officer", "add", "--email", email, "--name", name]
    for role in roles:
        command += ["--role", role]
    done = subprocess.run(
        [*command, "--language", lang], cwd=ROOT, env=server.environment, capture_output=True, text=True, check=True
    )
    found = LINK.search(done.stdout)
    assert found, done.stdout
    return Officer(name, email, found[0])


def join(page: Page, who: Officer, lang: str) -> None:
    """Accept the invitation and set up an authenticator app; the page shows the recovery codes."""
    open_invitation(page, who, lang)
    scan(page, who)
    fill(page, {"code": who.code()})
    send_button(page).click()
    at(page, f"/{lang}/desk/recovery-codes")


def open_invitation(page: Page, who: Officer, lang: str) -> None:
    """Choose a password; the page shows how to set up the second factor."""
    page.goto(re.sub(r"^https?://[^/]+", "", who.link))
    fill(page, {"password": PASSWORD, "again": PASSWORD})
    send_button(page).click()
    at(page, f"/{lang}/desk/sign-in/set-up")


def scan(page: Page, who: Officer) -> None:
    """Take the key that the page shows into the app."""
    who.secret = page.locator("#secret").inner_text().replace(" ", "")
    who.last_step = 0


def keep_codes(page: Page, who: Officer, lang: str) -> None:
    """Write down the recovery codes that the page shows."""
    who.codes = page.locator(".kept-codes .code").all_inner_texts()
    send_button(page).click()
    at(page, f"/{lang}/desk")


def sign_out(page: Page, lang: str) -> None:
    page.locator('form[action$="/desk/sign-out"] button').click()
    at(page, f"/{lang}/desk/sign-in")


def give_password(page: Page, who: Officer, lang: str) -> None:
    """Address and password; the page asks for the second factor."""
    page.goto(f"/{lang}/desk/sign-in")
    fill(page, {"email": who.email, "password": PASSWORD})
    send_button(page).click()
    at(page, f"/{lang}/desk/sign-in/code")


def act(page: Page, action: str) -> Locator:
    """The button whose form goes to this address."""
    return page.locator(f'form[action$="{action}"] button')


def desk_tour(page: Page, server: Server, lang: str) -> Iterator[str]:
    """Bring the page from state to state; yields each state's name while it stands there."""
    who = add_officer(server, "administrator", "agent", lang=lang)
    page.goto(f"/{lang}/desk/invitation/nobody-sent-this")
    yield "desk invitation gone"
    page.goto(re.sub(r"^https?://[^/]+", "", who.link))
    yield "desk invitation"
    refused(page)
    yield "desk invitation + 422"
    open_invitation(page, who, lang)
    yield "desk set-up"
    refused(page)
    yield "desk set-up + 422"
    scan(page, who)
    fill(page, {"code": who.code()})
    send_button(page).click()
    at(page, f"/{lang}/desk/recovery-codes")
    yield "desk recovery codes"
    keep_codes(page, who, lang)
    yield "desk home"
    yield from _account(page, lang)
    yield from _people(page, lang)
    for name in ("outbox", "health"):
        page.goto(f"/{lang}/desk/{name}")
        yield f"desk {name}"
    sign_out(page, lang)
    yield "desk sign in + out"
    refused(page)
    yield "desk sign in + 422"
    page.goto(f"/{lang}/desk/account")
    yield "desk sign in + next"
    give_password(page, who, lang)
    yield "desk second factor"
    refused(page)
    yield "desk second factor + 422"
    page.goto(f"/{lang}/desk/sign-in/recovery-code")
    yield "desk recovery code"
    refused(page)
    yield "desk recovery code + 422"
    fill(page, {"code": who.codes[0]})
    send_button(page).click()
    at(page, f"/{lang}/desk")


def _account(page: Page, lang: str) -> Iterator[str]:
    page.goto(f"/{lang}/desk/account")
    yield "desk account"
    act(page, "/account/authenticator/remove").click()
    expect(page.locator(".errors")).to_be_visible()
    yield "desk account + 422"
    page.goto(f"/{lang}/desk/account/confirm")
    yield "desk confirm"
    page.goto(f"/{lang}/desk/account/password")
    refused(page)
    yield "desk password + 422"
    page.goto(f"/{lang}/desk/account")
    act(page, "/account/authenticator/new").click()
    at(page, f"/{lang}/desk/account/authenticator")
    yield "desk authenticator"
    if page.url.startswith("http://localhost"):
        page.goto(f"/{lang}/desk/account/passkeys")
        yield "desk passkey"


def _people(page: Page, lang: str) -> Iterator[str]:
    page.goto(f"/{lang}/desk/people/new")
    refused(page)
    yield "desk new person + 422"
    fill(page, {"name": "Fajar Nugroho", "email": f"fajar.{next(_serial)}@bank.example.id"})
    page.locator('[name="roles"][value="auditor"]').check()
    send_button(page).click()
    expect(page.locator(".notice-good")).to_be_visible()
    yield "desk person"
    act(page, "/disable").click()
    expect(page.locator(".notice-good")).to_be_visible()
    yield "desk person + disabled"
    page.goto(f"/{lang}/desk/people")
    yield "desk people"
