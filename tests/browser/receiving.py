"""An officer at a browser who receives complaints: what they write down, and each page of their way."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import count
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.customer import at, refused, send_button
from tests.evidence import files

_serial = count(1)


def enter(page: Page, values: Mapping[str, Any]) -> None:
    """Enter values by the fields' names, as far as the page asks them; lists are chosen from."""
    for name, value in values.items():
        controls = page.locator(f'main [name="{name}"]')
        if not controls.count():
            continue
        tag = controls.first.evaluate("node => node.tagName")
        if tag == "SELECT":
            controls.select_option(value)
        elif controls.first.get_attribute("type") == "radio":
            page.locator(f'main [name="{name}"][value="{value}"]').check()
        else:
            controls.fill(value)


def told(**more: Any) -> dict[str, Any]:
    """What somebody tells who is new to every other test."""
    serial = next(_serial)
    on = date.today() - timedelta(days=20)
    return {
        "identity-name": f"Nur Halimah {serial}",
        "identity-proof": "ktp",
        "identity-number": "3174 0152 0388 0007",
        "contact-email": f"nur.{serial}@halimah.example.id",
        "contact-phone": "0812-3456-7890",
        "account-account": f"302888{serial:04}",
        "transactions-1-type": "transfer",
        "transactions-1-on-d": str(on.day),
        "transactions-1-on-m": str(on.month),
        "transactions-1-on-y": str(on.year),
        "transactions-1-at": "14.30",
        "transactions-1-amount": "1250000",
        "story-story": "Saya mengirim uang sewa.\nSampai hari ini belum sampai.",
        "loss-amount": "1250000",
        "loss-wish": "Kembalikan uang saya.",
        **more,
    }


def begin(page: Page, lang: str, channel: str, topic: str, **more: str) -> None:
    """The first page: how it came."""
    page.goto(f"/{lang}/desk/receive")
    enter(page, {"channel": channel, "language": lang, "notice": "read_out", "topic-topic": topic, **more})
    send_button(page).click()
    expect(page.locator("#story-story")).to_be_visible()


def go_on(page: Page) -> None:
    """Send the page's form by the button that goes on."""
    before = page.url
    send_button(page).click()
    page.wait_for_url(lambda url: url != before)


def scan(page: Page, count: int) -> None:
    """Scan a paper for each of the first purposes of the list."""
    codes = page.locator('[name="purpose"] option').evaluate_all("options => options.map((option) => option.value)")
    upload = page.locator('[name="upload"]')
    for number, code in enumerate(codes[:count], start=1):
        page.locator('[name="purpose"]').select_option(code)
        page.locator('[name="files"]').set_input_files(
            {"name": f"{code}.pdf", "mimeType": "application/pdf", "buffer": files.pdf(number)}
        )
        if upload.is_visible():
            upload.click()
        expect(page.locator("[data-kept] .file")).to_have_count(number)


def receiving_tour(page: Page, lang: str) -> Iterator[str]:
    """Bring the page of a signed-in agent from state to state; yields each state's name while it stands there."""
    page.goto(f"/{lang}/desk/receive")
    refused(page)
    yield "desk receive + 422"
    begin(page, lang, "branch", "transfer")
    yield "desk receive told"
    refused(page)
    yield "desk receive told + 422"
    enter(page, told())
    page.locator('[name="more"]').click()
    expect(page.locator('[name="transactions-2-type"]')).to_be_visible()
    yield "desk receive told + two"
    page.goto(f"/{lang}/desk/receive")
    yield "desk receive + unfinished"
    page.locator("[aria-labelledby=unfinished] a").first.click()
    go_on(page)
    scan(page, 1)
    yield "desk receive documents"
    go_on(page)
    yield "desk receive check"
    page.locator('[name="code"][value="counter"]').check()
    send_button(page).click()
    expect(page.locator(".receipt")).to_be_visible()
    yield "desk received"
    page.locator('a[href$="/paper"]').click()
    at(page, page.url.split(page.url.split("/")[2])[1])
    yield "desk counter paper"
    page.locator('form[action$="/handed-over"] button').click()
    page.locator('a[href*="/desk/cases/"]').click()
    page.locator('a[href$="/papers"]').click()
    refused(page)
    yield "desk papers + 422"
