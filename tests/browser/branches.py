"""The ways that branch off a customer's tour, and the desk's pages: state after state, as the tour shows them."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pyotp
from playwright.sync_api import Page, expect

from portal import clock
from portal.accounts.rules import OfficerRole
from portal.complaints.handed_in import Person, Representation, Transaction
from portal.db import Database
from portal.institution.loader import load
from portal.sealing import KeyRing
from tests.accounts.people import PASSWORD, an_invitation, an_officer
from tests.browser.customer import Customer, Kept, at, fill, kept_from, refused, send_button, sign_in, walk_to
from tests.browser.seats import sit_down
from tests.browser.server import Server
from tests.complaints.cases import Case, file_case
from tests.evidence import files
from tests.intake.journey import ELSEWHERE, ON, fitting

Branch = Callable[[Page, Server, KeyRing, str], Iterator[str]]
# What makes a step refuse where nothing at all would do.
WRONG: Mapping[str, Mapping[str, str]] = {"customer-contact": {"email": "ibu@", "phone": "12"}}
# Steps that refuse nothing.
TAKES_ALL = {*ON, "advice"}
REPRESENTED = Representation(
    person=Person(name="Bambang Sutrisno", language="id", email="bambang@example.id"),
    relation="Anak",
    scope="Mengurus pengaduan tentang transfer ini sampai selesai.",
    given_on=date(2026, 3, 2),
)


# ── filing in other ways ─────────────────────────────────────────────────────────────────────────


def representative(page: Page, server: Server, keys: KeyRing, lang: str) -> Iterator[str]:
    """Somebody files for the customer about two transactions, without a document, and follows the complaint."""
    customer = Customer.new()
    answers = customer.answers | {"who": {"role": "representative"}}
    shown = {"identity", "representative", "authority", "contact", "customer-contact"}
    yield from walk(page, lang, answers, shown)
    page.goto(f"/{lang}/file/transactions/2")
    refused(page)
    yield "second transaction"
    _enter(page, answers["transactions"])
    _go_on(page)
    page.goto(f"/{lang}/file/transactions")
    expect(page.locator(".files .file")).to_have_count(2)
    yield "transactions"
    page.goto(f"/{lang}/file")
    expect(page.locator("main .tasks")).to_be_visible()
    yield "tasks"
    page.goto(f"/{lang}/file/check")
    yield "check"
    yield from _sent_and_followed(page, lang)
    page.goto(f"/{lang}/track/case/documents")
    yield "documents"


def short(page: Page, server: Server, keys: KeyRing, lang: str) -> Iterator[str]:
    """A question instead of a complaint."""
    answers = Customer.new().answers | fitting(load("kredifazz"), kind="question", transaction=None)
    yield from walk(page, lang, answers, {"kind", "story", "contact"})
    yield "check"
    yield from _sent_and_followed(page, lang)


def guided(page: Page, server: Server, keys: KeyRing, lang: str) -> Iterator[str]:
    """A topic with a guide: its questions, its advice when the time is over, while it runs, and with a warning."""
    profile, answers = load("kredi360"), Customer.new().answers
    answers |= {"topic": {"topic": "payment_confirmation"}, "kind": {"kind": "complaint"}}
    answers["transactions"]["type"] = next(iter(profile.transaction_types))
    yield from walk(page, lang, answers, {"kind", "who", "guide", "advice"})
    page.goto(f"/{lang}/file/guide")
    _enter(page, _moment(clock.now().astimezone(profile.zone) - timedelta(minutes=1)))
    _go_on(page)
    page.goto(f"/{lang}/file/advice")
    yield "advice + time left"
    page.goto(f"/{lang}/file/topic")
    fill(page, {"topic": "payment_method"})
    _go_on(page)
    page.goto(f"/{lang}/file/advice")
    yield "advice + warning"


def saving(page: Page, server: Server, keys: KeyRing, lang: str) -> Iterator[str]:
    """What is typed is saved by itself; two texts for one question; what came after sending or deleting."""
    customer, story = Customer.new(), page.locator('[name="story"]')
    walk_to(page, "story", lang, customer)
    story.fill("Dari tab pertama.\n\nSelesai.")
    note = page.locator("[data-saved]")
    expect(note).to_be_visible()
    yield "story + saved"
    other = page.context.new_page()
    other.goto(f"/{lang}/file/story")
    story.fill("Dari tab pertama, sekali lagi.")
    _saved_as(page, lang, "Dari tab pertama, sekali lagi.")
    other.locator('[name="story"]').fill("Dari tab kedua.")
    send_button(other).click()
    at(other, f"/{lang}/file/texts/story")
    page.goto(f"/{lang}/file/texts/story")
    yield "two texts"
    refused(page)
    yield "two texts + 422"
    page.locator('[value="joined"]').check()
    send_button(page).click()
    at(page, f"/{lang}/file/story")
    send_button(page).click()
    for step in ("loss", "documents"):
        at(page, f"/{lang}/file/{step}")
        fill(page, customer.answers[step])
        send_button(page).click()
    at(page, f"/{lang}/file/check")
    other.goto(f"/{lang}/file/check")
    page.goto(f"/{lang}/file/story")
    send_button(other).click()
    at(other, f"/{lang}/file/sent")
    other.close()
    story.fill("Satu hal lagi.")
    send_button(page).click()
    expect(page.locator("main")).to_contain_text("Satu hal lagi.")
    expect(story).to_have_count(0)
    yield "after sending"
    page.context.clear_cookies()
    walk_to(page, "story", lang, customer)
    story.fill("Satu halaman penuh.")
    page.context.clear_cookies()
    send_button(page).click()
    expect(page.locator("main")).to_contain_text("Satu halaman penuh.")
    yield "draft gone"


def _saved_as(page: Page, lang: str, text: str) -> None:
    """Wait until this is what the draft holds."""
    other = page.context.new_page()
    for _ in range(50):
        other.goto(f"/{lang}/file/story")
        if other.locator('[name="story"]').input_value() == text:
            break
        other.wait_for_timeout(200)
    other.close()


def walk(page: Page, lang: str, answers: Mapping[str, Mapping[str, Any]], shown: Collection[str]) -> Iterator[str]:
    """Answer every step up to the check; yields those to be shown: as it refuses, with the longest page it can be."""
    page.goto(f"/{lang}/file/privacy")
    while (step := page.url.partition("/file/")[2]) != "check":
        if step in shown:
            if step not in TAKES_ALL:
                fill(page, WRONG.get(step, {}))
                refused(page)
            yield f"step {step}"
        _enter(page, {**answers[step], **ELSEWHERE.get(step, {})})
        _go_on(page)


def _enter(page: Page, values: Mapping[str, Any]) -> None:
    """Answer what the page asks of this; institutions ask for different parts."""
    fill(page, {name: value for name, value in values.items() if page.locator(f'main [name="{name}"]').count()})


def _go_on(page: Page) -> None:
    before = page.url
    send_button(page).click()
    expect(page).not_to_have_url(before)


def _moment(at: datetime) -> dict[str, str]:
    return {"on-d": str(at.day), "on-m": str(at.month), "on-y": str(at.year), "at": f"{at:%H.%M}"}


def _sent_and_followed(page: Page, lang: str) -> Iterator[str]:
    send_button(page).click()
    at(page, f"/{lang}/file/sent")
    kept = kept_from(page)
    yield "sent"
    sign_in(page, lang, kept)
    yield "case"


def unbroken(page: Page, server: Server, keys: KeyRing, lang: str) -> Iterator[str]:
    """Everything that a customer can type without a space, as their own pages and the desk show it."""
    profile, word = load("kredi360"), "pertanggungjawabankebertanggungjawaban" * 2
    house = Database(server.database_url, keys)
    manager = an_officer(house, profile, OfficerRole.CS_MANAGER)
    moved = Transaction(type=next(iter(profile.transaction_types)), on=date(2026, 3, 2), reference=word)
    case = file_case(
        house,
        profile,
        now=clock.now(),
        customer=Person(name=word, language=lang, email=f"{word[:60]}@example.id", needs=word),
        account=word[:30],
        transactions=(moved,),
        story=word * 3,
        wish=word,
    )
    house.dispose()
    sign_in(page, lang, Kept(case.number, case.code))
    yield "case"
    page.goto(f"/{lang}/track/case/file")
    yield "file"
    page.context.clear_cookies()
    sit_down(page, manager, lang)
    yield "desk"
    for act in ("", "/report", "/refuse", "/sort"):
        page.goto(f"/{lang}/desk/cases/{case.complaint_id}{act}")
        yield f"desk case{act}"


# ── the desk ─────────────────────────────────────────────────────────────────────────────────────


def desk(page: Page, server: Server, keys: KeyRing, lang: str) -> Iterator[str]:
    """An administrator joins, then a manager looks into a case that a representative has filed."""
    profile = load("kredi360")
    house = Database(server.database_url, keys)
    _, link = an_invitation(house, profile, OfficerRole.ADMINISTRATOR, language=lang)
    manager = an_officer(house, profile, OfficerRole.CS_MANAGER)
    case = file_case(house, profile, now=clock.now(), given=(), representation=REPRESENTED)
    house.dispose()
    yield from _joining(page, lang, link.rpartition("/")[2])
    yield from _account(page, lang)
    yield from _people(page, lang)
    page.context.clear_cookies()
    page.goto(f"/{lang}/desk/sign-in")
    refused(page)
    yield "desk sign in"
    fill(page, {"email": manager.email, "password": manager.password})
    send_button(page).click()
    at(page, f"/{lang}/desk/sign-in/code")
    refused(page)
    yield "second factor"
    page.goto(f"/{lang}/desk/sign-in/recovery-code")
    yield "recovery code"
    page.goto(f"/{lang}/desk/sign-in/code")
    fill(page, {"code": manager.code()})
    send_button(page).click()
    at(page, f"/{lang}/desk")
    yield "desk"
    yield from _views_and_keys(page, lang)
    yield from _desk_case(page, lang, case)
    yield from _written_with_files(page, lang, case)
    sign_in(page, lang, Kept(case.number, case.code))
    yield "case of a representative"


def _joining(page: Page, lang: str, token: str) -> Iterator[str]:
    page.goto(f"/{lang}/desk/invitation/{token}")
    refused(page)
    yield "invitation"
    fill(page, {"password": PASSWORD, "again": PASSWORD})
    send_button(page).click()
    at(page, f"/{lang}/desk/sign-in/set-up")
    refused(page)
    yield "set up"
    secret = page.locator("#secret").inner_text().replace(" ", "")
    fill(page, {"code": pyotp.TOTP(secret).now()})
    send_button(page).click()
    at(page, f"/{lang}/desk/recovery-codes")
    yield "recovery codes"
    send_button(page).click()
    at(page, f"/{lang}/desk")


def _account(page: Page, lang: str) -> Iterator[str]:
    page.goto(f"/{lang}/desk/account")
    yield "account"
    page.goto(f"/{lang}/desk/account/confirm")
    yield "confirm"
    page.goto(f"/{lang}/desk/account/password")
    refused(page)
    yield "password"


def _people(page: Page, lang: str) -> Iterator[str]:
    page.goto(f"/{lang}/desk/people/history")
    yield "people history"
    page.goto(f"/{lang}/desk/people")
    yield "people"
    person = page.locator('main a[href*="/desk/people/"]:not([href$="/new"])').last.get_attribute("href")
    page.goto(f"/{lang}/desk/people/new")
    refused(page)
    yield "new person"
    page.goto(person or "")
    yield "person"
    page.goto(f"/{lang}/desk/cases/01890000-0000-7000-8000-000000000000")
    yield "forbidden"


def _views_and_keys(page: Page, lang: str) -> Iterator[str]:
    page.goto(f"/{lang}/desk?due=10&incomplete=y")
    page.goto(f"/{lang}/desk/views/new?due=10&incomplete=y&received_from=2026-01-05")
    refused(page)
    yield "save view"
    fill(page, {"name": "Menunggu dokumen pekan ini"})
    send_button(page).click()
    expect(page.locator("#views [aria-current]")).to_contain_text("Menunggu dokumen pekan ini")
    yield "desk + own view"
    page.goto(f"/{lang}/desk/views")
    yield "own views"
    page.locator('main a[href*="/desk/views/"]').first.click()
    fill(page, {"name": ""})
    refused(page)
    yield "rename view"
    page.goto(f"/{lang}/desk")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    yield "desk + keys"
    page.goto(f"/{lang}/desk/keys")
    yield "keys"
    page.goto(f"/{lang}/desk/search")
    refused(page)
    yield "desk search"


def _written_with_files(page: Page, lang: str, case: Case) -> Iterator[str]:
    path = f"/{lang}/desk/cases/{case.complaint_id}"
    page.goto(f"{path}/write")
    page.locator('[name="files"]').set_input_files(
        {"name": "mutasi-rekening-november-2026.zip", "mimeType": "application/zip", "buffer": files.archive()}
    )
    refused(page)
    yield "act write"
    fill(page, {"text": "Terlampir surat kami.\nMohon dibaca."})
    page.locator('[name="files"]').set_input_files(
        {"name": "surat-penjelasan-dari-bank.pdf", "mimeType": "application/pdf", "buffer": files.pdf()}
    )
    send_button(page).click()
    at(page, path)
    expect(page.locator("[aria-labelledby=messages] .file")).to_have_count(1)
    yield "desk case + message with a file"


def _desk_case(page: Page, lang: str, case: Case) -> Iterator[str]:
    path = f"/{lang}/desk/cases/{case.complaint_id}"
    page.goto(path)
    yield "desk case"
    page.goto(f"{path}/sort")
    yield "act sort"
    for act in ("verify", "contact", "power", "pass-on"):
        page.goto(f"{path}/{act}")
        refused(page)
        yield f"act {act}"
    page.goto(f"{path}/ask")
    page.locator('main [name="codes"]').first.check()
    send_button(page).click()
    at(page, path)
    yield "desk case + documents asked for"


BRANCHES: Mapping[str, tuple[str, Branch]] = {
    "representative": ("muamalat", representative),
    "short": ("kredifazz", short),
    "guided": ("kredi360", guided),
    "saving": ("muamalat", saving),
    "desk": ("kredi360", desk),
    "unbroken": ("kredi360", unbroken),
}
