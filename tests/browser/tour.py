"""Every page of the portal in every state that a customer can bring about, one after the other."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from playwright.sync_api import Page, expect

from tests.browser.customer import Customer, Kept, at, fill, kept_from, refused, send_button
from tests.browser.server import Server
from tests.intake.journey import ON, SLUGS

TODAY = date.today()
# What a customer answers whose transfer the bank has answered today, so that there is a last day ahead.
TRANSFER = (
    "elsewhere=no&standing=answered&sector=sharia_bank&matter=payment&sharia=yes&clause=unknown&amount=1250000"
    f"&agreement=unknown&answered_on-d={TODAY.day}&answered_on-m={TODAY.month}&answered_on-y={TODAY.year}"
)
SIX_DIGITS = re.compile(r"\b\d{6}\b")


def one_time_code(server: Server, customer: Customer) -> str:
    """The code in the mail that follows the receipt."""
    mail = server.mailbox.wait_for(customer.email, 2)
    found = SIX_DIGITS.search(mail.get_content())
    assert found, mail
    return found[0]


def tour(page: Page, server: Server, lang: str) -> Iterator[str]:
    """Bring the page from state to state; yields each state's name while it stands there.

    A name with a plus is a page that was shown before, in another state.
    """
    customer = Customer.new()
    yield from _public(page, lang)
    yield from _steps(page, lang, customer)
    send_button(page).click()
    at(page, f"/{lang}/file/sent")
    kept = kept_from(page)
    yield "sent"
    page.locator('form[action$="/kept"] button').first.click()
    at(page, f"/{lang}/track")
    yield "sign in"
    yield from _sign_in(page, lang, kept)
    yield from _new_code(page, server, lang, customer, kept)
    yield from _case(page, lang)
    page.goto(f"/{lang}/track/case")
    page.locator("form[data-leave] button").click()
    at(page, f"/{lang}/left")
    yield "left"


def _public(page: Page, lang: str) -> Iterator[str]:
    for name, path in (
        ("start", ""),
        ("customer service", "customer-service"),
        ("procedure", "procedure"),
        ("time limits", "service-levels"),
        ("how the date is counted", "service-levels/today"),
        ("conditions", "conditions"),
        ("forums", "forums"),
        ("a forum", "forums/bi"),
        ("forum finder", "forums/find"),
        ("forum finder + 422", "forums/found?standing=answered&answered_on-d=40"),
        ("forums found", f"forums/found?{TRANSFER}"),
        ("forums found + not yet", f"forums/found?{TRANSFER.replace('=answered', '=waiting')}"),
        ("forums found + pending", f"forums/found?{TRANSFER.replace('elsewhere=no', 'elsewhere=pending')}"),
        ("last day of a forum", f"forums/bi/last-day/{TODAY.isoformat()}"),
        ("privacy notice", "privacy"),
        ("accessibility", "accessibility"),
        ("404", "nothing-here"),
    ):
        page.goto(f"/{lang}/{path}")
        yield name


def _steps(page: Page, lang: str, customer: Customer) -> Iterator[str]:
    page.goto(f"/{lang}/file/privacy")
    for step, following in pairwise(SLUGS):
        yield f"step {step}"
        if step == "contact":
            # A whole sentence for each field: the longest summary there is.
            fill(page, {"email": "siti@", "phone": "12"})
        if step not in ON:
            refused(page)
            yield f"step {step} + 422"
        answers = customer.answers[step]
        if step == "story":
            answers = {"story": answers["story"] + "\n\nNomor kartu saya 4111 1111 1111 1111, PIN saya 123456."}
        fill(page, answers)
        send_button(page).click()
        at(page, f"/{lang}/file/{following}")
    yield "step check + exposed"
    page.goto(f"/{lang}/file/story")
    fill(page, customer.answers["story"])
    send_button(page).click()
    at(page, f"/{lang}/file/check")
    yield "step check"
    page.goto(f"/{lang}/file/privacy")
    yield "step privacy + begun"
    yield from _elsewhere(page, lang)
    page.goto(f"/{lang}/file/check")


def _elsewhere(page: Page, lang: str) -> Iterator[str]:
    page.goto(f"/{lang}/file/elsewhere")
    yield "elsewhere"
    send_button(page).click()
    expect(page.locator("#resume-code")).to_be_visible()
    yield "elsewhere + code"
    page.goto(f"/{lang}/file/resume")
    yield "resume"
    refused(page)
    yield "resume + 422"


def _sign_in(page: Page, lang: str, kept: Kept) -> Iterator[str]:
    for why in ("out", "ended"):
        page.goto(f"/{lang}/track?{why}=1")
        yield f"sign in + {why}"
    page.goto(f"/{lang}/track")
    refused(page)
    yield "sign in + 422"
    fill(page, {"number": kept.number, "code": "AAAA-AAAA-AAAA"})
    wait = page.locator(".notice-warn")
    for _ in range(20):
        page.evaluate("document.querySelector('.errors')?.remove()")
        send_button(page).click()
        expect(page.locator(".errors").or_(wait)).to_be_visible()
        if wait.count():
            break
        fill(page, {"code": "AAAA-AAAA-AAAA"})
    expect(wait).to_be_visible()
    yield "sign in + 429"


def _new_code(page: Page, server: Server, lang: str, customer: Customer, kept: Kept) -> Iterator[str]:
    page.goto(f"/{lang}/track/lost-code")
    yield "lost code"
    refused(page)
    yield "lost code + 422"
    page.goto(f"/{lang}/track/new-code")
    yield "new code"
    page.goto(f"/{lang}/track/lost-code")
    fill(page, {"number": kept.number})
    send_button(page).click()
    expect(page.locator('main .notice[role="status"]')).to_be_visible()
    yield "new code + asked"
    refused(page)
    yield "new code + 422"
    fill(page, {"code": one_time_code(server, customer)})
    send_button(page).click()
    at(page, f"/{lang}/track/case/code")
    yield "code"


def _case(page: Page, lang: str) -> Iterator[str]:
    page.goto(f"/{lang}/track/case")
    yield "case + new code"
    page.goto(f"/{lang}/track/case/code")
    send_button(page).click()
    at(page, f"/{lang}/track/case")
    yield "case"
    page.goto(f"/{lang}/track/case/deadline")
    yield "deadline"
    page.goto(f"/{lang}/track/case/file")
    yield "file"
    page.goto(f"/{lang}/track/case/withdraw")
    yield "withdraw"
    refused(page)
    yield "withdraw + 422"
    fill(page, {"sure": True})
    send_button(page).click()
    at(page, f"/{lang}/track/case")
    yield "case + withdrawn"
    page.evaluate("document.querySelector('form[action$=\"sign-out\"] [name=csrf_token]').value = ''")
    page.locator('form[action$="sign-out"] button').click()
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".ref")).to_have_count(0)
    yield "400"
