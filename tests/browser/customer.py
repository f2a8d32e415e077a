"""A customer at a browser: what they answer, what they must keep, and each leg of their way."""

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, pairwise
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.evidence import files
from tests.intake.journey import ANSWERS, SLUGS

_serial = count(1)


@dataclass(frozen=True)
class Kept:
    """The two lines of a receipt."""

    number: str
    code: str


@dataclass(frozen=True)
class Customer:
    """Who complains."""

    name: str
    email: str
    account: str

    @classmethod
    def new(cls) -> "Customer":
        """Somebody whom no other test knows, though all share one server and one mailbox."""
        serial = next(_serial)
        return cls(
            f"Siti Rahmawati Kusumaningrum {serial}", f"siti.{serial}@rahmawati.example.id", f"301777{serial:04}"
        )

    @property
    def answers(self) -> dict[str, dict[str, Any]]:
        """Their answers by step; whatever has a date was a month ago."""
        on = date.today() - timedelta(days=30)
        day, month, year = str(on.day), str(on.month), str(on.year)
        answers = deepcopy(ANSWERS)
        answers["identity"]["name"] = self.name
        answers["contact"]["email"] = self.email
        answers["account"]["account"] = self.account
        answers["authority"] |= {"given_on-d": day, "given_on-m": month, "given_on-y": year}
        for step in ("guide", "transactions"):
            answers[step] |= {"on-d": day, "on-m": month, "on-y": year}
        return answers

    @property
    def secrets(self) -> list[str]:
        """What nobody may find who comes to the browser after them."""
        story = self.answers["story"]["story"].split(".")[0]
        return [self.name, self.email, self.account, ANSWERS["contact"]["phone"], "7.654.321", "7,654,321", story]


# ── pages ────────────────────────────────────────────────────────────────────────────────────────


def at(page: Page, path: str) -> None:
    """Wait until the page at this path has come."""
    expect(page).to_have_url(re.compile(rf"://[^/]+{re.escape(path)}([?#].*)?$"))


def send_button(page: Page) -> Locator:
    """The button that sends a page's form."""
    return page.locator("#send")


def fill(page: Page, values: Mapping[str, Any]) -> None:
    """Enter values by the fields' names: text, a radio's value, True for a box."""
    for name, value in values.items():
        controls = page.locator(f'main [name="{name}"]')
        kind = controls.first.get_attribute("type")
        if kind == "radio":
            page.locator(f'main [name="{name}"][value="{value}"]').check()
        elif kind == "checkbox":
            controls.set_checked(value)
        else:
            controls.fill(value)


def refused(page: Page) -> Locator:
    """Send the form as it stands and wait for the error summary."""
    # An earlier summary would answer at once.
    page.evaluate("document.querySelector('.errors')?.remove()")
    send_button(page).click()
    summary = page.locator(".errors")
    expect(summary).to_be_visible()
    return summary


# ── filing ───────────────────────────────────────────────────────────────────────────────────────


def walk_to(page: Page, slug: str, lang: str, customer: Customer) -> None:
    """Answer every step before this one."""
    page.goto(f"/{lang}/file/privacy")
    for step, following in pairwise(SLUGS):
        if step == slug:
            return
        fill(page, customer.answers[step])
        send_button(page).click()
        at(page, f"/{lang}/file/{following}")


def bring_documents(page: Page) -> None:
    """At the step for documents: every one that its list asks for. With scripts each goes up by itself."""
    upload = page.locator('[name="upload"]')
    codes = page.locator('[name="purpose"] option').evaluate_all("options => options.map((option) => option.value)")
    for number, code in enumerate(codes[: page.locator(".tasks li").count()], start=1):
        page.locator('[name="purpose"]').select_option(code)
        file = {"name": f"{code}.pdf", "mimeType": "application/pdf", "buffer": files.pdf(number)}
        page.locator('[name="files"]').set_input_files(file)
        if upload.is_visible():
            upload.click()
        expect(page.locator("[data-kept] .file")).to_have_count(number)
    expect(page.locator(".tasks .tag-wait")).to_have_count(0)


def kept_from(page: Page) -> Kept:
    """Number and code, as the page shows them to be kept."""
    expect(page.locator(".receipt .big")).to_have_count(2)
    number, code = page.locator(".receipt .big").all_inner_texts()
    return Kept(number, code)


def file(page: Page, lang: str, customer: Customer, *, complete: bool = False) -> Kept:
    """File a complaint and return its receipt's two lines; the page shows the receipt.

    `complete`: with every document that is asked for, so that its answer has a date.
    """
    if complete:
        walk_to(page, "documents", lang, customer)
        bring_documents(page)
        send_button(page).click()
        at(page, f"/{lang}/file/check")
    else:
        walk_to(page, "check", lang, customer)
    send_button(page).click()
    at(page, f"/{lang}/file/sent")
    return kept_from(page)


# ── following ────────────────────────────────────────────────────────────────────────────────────


def sign_in(page: Page, lang: str, kept: Kept) -> None:
    """Open the case with number and code."""
    page.goto(f"/{lang}/track")
    fill(page, {"number": kept.number, "code": kept.code})
    send_button(page).click()
    at(page, f"/{lang}/track/case")


def follow(page: Page, lang: str, customer: Customer) -> Kept:
    """File a complaint and open it."""
    kept = file(page, lang, customer)
    sign_in(page, lang, kept)
    return kept
