"""Stories of the desk in browsers, a customer's and officers' beside each other, in both languages."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from portal import clock
from portal.accounts.rules import OfficerRole
from portal.complaints.handed_in import Person
from portal.complaints.tasks import WATCH
from portal.db import uuid7
from portal.institution.loader import load
from portal.jobs.service import enqueue
from portal.sealing import KeyRing
from tests.browser.branches import REPRESENTED, walk
from tests.browser.conftest import Visit
from tests.browser.customer import Customer, Kept, at, fill, kept_from, send_button, sign_in
from tests.browser.seats import house_of, seat, sit_down
from tests.browser.server import Server, serving
from tests.complaints.cases import Case, file_case
from tests.evidence import files

LANGUAGES = pytest.mark.parametrize("lang", ["id", "en"])
SAID = {
    "id": {
        "missing": "Masih kurang",
        "accepted": "Diterima",
        "complete": "Dokumen Anda lengkap",
        "withdrawn": "Dianggap dicabut",
        "not_resolved": "Dicabut tidak sama dengan selesai.",
        "manager": "Di tangan manajer",
        "rejected": "Surat kuasanya kami tolak",
        "moved": "Ada yang sudah dikerjakan dalam kasus ini",
    },
    "en": {
        "missing": "Missing",
        "accepted": "Accepted",
        "complete": "Your documents are complete",
        "withdrawn": "Deemed withdrawn",
        "not_resolved": "Withdrawn is not the same as resolved.",
        "manager": "With the manager",
        "rejected": "We have rejected the power of attorney",
        "moved": "Somebody has done something in this case meanwhile.",
    },
}
REST = ("identity", "account_ownership", "chronology")


@pytest.fixture(scope="module")
def lender(run_folder: Path, sqlite_template: Path, keys: KeyRing) -> Iterator[Server]:
    """A portal of 360Kredi, whose topics have guides."""
    with serving(run_folder / "lender", sqlite_template, keys, PORTAL_INSTITUTION="kredi360") as server:
        yield server


@pytest.fixture
def officer(server: Server, visit: Visit, keys: KeyRing) -> Callable[..., Page]:
    """A browser in which somebody of the bank has signed in."""

    def sit(lang: str, name: str = "Ratna Wulandari", **how: Any) -> Page:
        page = visit(server, "/", **how)
        sit_down(page, seat(server, keys, load("muamalat"), OfficerRole.AGENT, name=name), lang)
        return page

    return sit


def case_at(page: Page, lang: str, case: Case) -> str:
    """Open the officer's page of a case; returns its path."""
    path = f"/{lang}/desk/cases/{case.complaint_id}"
    page.goto(path)
    return path


def act(page: Page, path: str, slug: str) -> None:
    """From the case to one of its acts."""
    page.goto(path)
    page.locator(f'[aria-labelledby="next"] a[href$="/{slug}"]').click()
    at(page, f"{path}/{slug}")


def bring(page: Page, lang: str, purpose: str) -> None:
    """The customer adds one document to the complaint, which goes up by itself."""
    page.goto(f"/{lang}/track/case/documents")
    page.locator('[name="purpose"]').select_option(purpose)
    before = page.locator("[data-kept] .file").count()
    page.locator('[name="files"]').set_input_files(
        {"name": f"{purpose}.pdf", "mimeType": "application/pdf", "buffer": files.pdf()}
    )
    expect(page.locator("[data-kept] .file")).to_have_count(before + 1)


@LANGUAGES
def test_a_written_complaint_with_a_missing_document_is_completed(
    server: Server, visit: Visit, keys: KeyRing, officer: Callable[..., Page], lang: str
) -> None:
    """SQ-16, BM-30: the checklist shows what is missing, the customer brings it, an officer accepts it."""
    said = SAID[lang]
    with house_of(server, keys) as house:
        case = file_case(house, load("muamalat"), now=clock.now(), given=REST)
    desk, mine = officer(lang), visit(server, "/")
    path = case_at(desk, lang, case)
    papers = desk.locator('[aria-labelledby="documents"]')
    expect(papers.locator(".tag-late")).to_have_text(said["missing"])
    sign_in(mine, lang, Kept(case.number, case.code))
    bring(mine, lang, "transaction_receipt")
    expect(mine.locator("[data-kept]")).to_contain_text(said["complete"])
    act(desk, path, "review")
    fill(desk, {"verdict": "yes"})
    send_button(desk).click()
    at(desk, path)
    expect(papers.locator(".tag-late")).to_have_count(0)
    expect(papers.locator(".file .tag-done").first).to_have_text(said["accepted"])
    expect(desk.locator('[aria-labelledby="due"] .due')).to_be_visible()


@LANGUAGES
def test_a_complaint_whose_documents_never_come_is_deemed_withdrawn(
    server: Server, visit: Visit, keys: KeyRing, officer: Callable[..., Page], lang: str
) -> None:
    """BM-20: filed weeks ago; what the worker does in the night it does now, and both sides are told."""
    said = SAID[lang]
    now = clock.now()
    with house_of(server, keys) as house:
        case = file_case(house, load("muamalat"), now=now - timedelta(days=50), given=REST)
        with house.session() as session:
            session.begin_write()
            enqueue(session, WATCH, {}, now=now, key=f"watch:{uuid7()}")
            session.commit()
    desk, mine = officer(lang), visit(server, "/")
    sign_in(mine, lang, Kept(case.number, case.code))
    notice = mine.locator(".notice")
    for _ in range(40):
        if notice.count():
            break
        mine.wait_for_timeout(250)
        mine.reload()
    expect(notice).to_contain_text(said["not_resolved"])
    case_at(desk, lang, case)
    expect(desk.locator(".title-row .tag")).to_have_text(said["withdrawn"])
    expect(desk.locator('[aria-labelledby="letters"]')).to_be_visible()


@LANGUAGES
def test_a_payment_that_is_not_confirmed_after_two_hours_comes_to_the_manager(
    lender: Server, visit: Visit, keys: KeyRing, lang: str
) -> None:
    """K3-28: the customer says that it still stands open after two hours; the manager has it from the beginning."""
    profile = load("kredi360")
    answers = Customer.new().answers | {"topic": {"topic": "payment_confirmation"}, "kind": {"kind": "complaint"}}
    answers["transactions"]["type"] = next(iter(profile.transaction_types))
    mine = visit(lender, "/")
    for _ in walk(mine, lang, answers, ()):
        pass
    send_button(mine).click()
    at(mine, f"/{lang}/file/sent")
    number = kept_from(mine).number
    desk = visit(lender, "/")
    sit_down(desk, seat(lender, keys, profile, OfficerRole.CS_MANAGER, name="Dewi Lestari"), lang)
    desk.locator("#views a", has_text=SAID[lang]["manager"]).click()
    row = desk.locator("tbody tr", has_text=number)
    expect(row).to_contain_text(SAID[lang]["manager"])
    row.locator("a[data-row]").click()
    expect(desk.locator("h1")).to_have_text(profile.topics["payment_confirmation"].label[lang])


@LANGUAGES
def test_a_power_of_attorney_is_rejected_mended_and_accepted(
    server: Server, visit: Visit, keys: KeyRing, officer: Callable[..., Page], lang: str
) -> None:
    """SQ-18, BM-17: the representative reads what would mend it, brings another, and may then read everything."""
    with house_of(server, keys) as house:
        case = file_case(house, load("muamalat"), now=clock.now(), given=(), representation=REPRESENTED)
    desk, theirs = officer(lang), visit(server, "/")
    path = case_at(desk, lang, case)
    act(desk, path, "power")
    fill(desk, {"decision": "no", "mending": "Tanda tangan pemberi kuasa tidak ada."})
    send_button(desk).click()
    at(desk, path)
    sign_in(theirs, lang, Kept(case.number, case.code))
    expect(theirs.locator("#timeline")).to_contain_text("Tanda tangan pemberi kuasa tidak ada.")
    bring(theirs, lang, "power_of_attorney")
    act(desk, path, "power")
    for box in desk.locator('[name="points"]').all():
        box.check()
    fill(desk, {"decision": "yes"})
    send_button(desk).click()
    at(desk, path)
    expect(desk.locator('[aria-labelledby="power"] .tag-done')).to_have_text(SAID[lang]["accepted"])
    theirs.goto(f"/{lang}/track/case")
    expect(theirs.locator("#case-acting .tag-done")).to_be_visible()
    expect(theirs.locator("#case-acting .notice-warn")).to_have_count(0)


@LANGUAGES
def test_two_officers_at_once_lose_nothing_and_overwrite_nothing(
    server: Server, keys: KeyRing, officer: Callable[..., Page], lang: str
) -> None:
    with house_of(server, keys) as house:
        case = file_case(house, load("muamalat"), now=clock.now())
    first, second = officer(lang, "Fajar Nugroho"), officer(lang, "Dewi Lestari")
    path = case_at(first, lang, case)
    act(second, path, "write")
    fill(second, {"text": "Kami telusuri ke bank penerima."})
    act(first, path, "note")
    fill(first, {"text": "Sudah saya telepon."})
    send_button(first).click()
    at(first, path)
    send_button(second).click()
    told = second.locator(".notice-warn")
    expect(told).to_contain_text(SAID[lang]["moved"])
    expect(told).to_contain_text("Fajar Nugroho")
    expect(told).to_contain_text("Sudah saya telepon.")
    expect(told).to_be_focused()
    expect(second.locator("textarea")).to_have_value("Kami telusuri ke bank penerima.")
    send_button(second).click()
    at(second, path)
    expect(second.locator('[aria-labelledby="messages"]')).to_contain_text("Kami telusuri ke bank penerima.")


@LANGUAGES
def test_without_scripts_a_case_is_found_given_and_worked(
    server: Server, visit: Visit, keys: KeyRing, officer: Callable[..., Page], lang: str
) -> None:
    """Filters, search, bulk assignment with its preview, acts with and without questions, a message with a file."""
    profile, name = load("muamalat"), f"Wulan Anggraini {lang}"
    with house_of(server, keys) as house:
        case = file_case(house, profile, now=clock.now(), customer=Person(name, "id", "w@example.id", None))
    seat(server, keys, profile, OfficerRole.AGENT, name=f"Bayu Prakoso {lang}")
    desk = visit(server, "/", javascript=False, width=360)
    sit_down(desk, seat(server, keys, profile, OfficerRole.CS_MANAGER, name="Dewi Lestari"), lang)
    desk.locator("#search").fill(name)
    desk.locator('form[role="search"] button').click()
    row = desk.locator("tbody tr", has_text=case.number)
    expect(row).to_have_count(1)
    desk.goto(f"/{lang}/desk")
    desk.locator('#filters [name="status"]').select_option("received")
    desk.locator("#filters button").click()
    expect(desk).to_have_url(re.compile("status=received"))
    desk.locator("tbody tr", has_text=case.number).locator(".pick").check()
    desk.locator("#to").select_option(label=f"Bayu Prakoso {lang}")
    desk.locator('#choose button[type="submit"]').click()
    expect(desk.locator("#give")).to_contain_text(case.number)
    desk.locator("#give #send").click()
    expect(desk.locator(".notice-good")).to_be_visible()
    path = case_at(desk, lang, case)
    act(desk, path, "note")
    fill(desk, {"text": "Sudah saya telepon."})
    send_button(desk).click()
    at(desk, path)
    act(desk, path, "write")
    fill(desk, {"text": "Kami lampirkan salinannya."})
    desk.locator('[name="files"]').set_input_files(
        {"name": "salinan.pdf", "mimeType": "application/pdf", "buffer": files.pdf()}
    )
    send_button(desk).click()
    at(desk, path)
    messages = desk.locator('[aria-labelledby="messages"]')
    expect(messages).to_contain_text("Kami lampirkan salinannya.")
    expect(messages).to_contain_text("salinan.pdf")
    expect(desk.locator('[aria-labelledby="history"]')).to_contain_text(f"Bayu Prakoso {lang}")
