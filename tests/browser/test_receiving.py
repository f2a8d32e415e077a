"""An officer receives complaints in a browser, in both languages: by telephone, at a branch, an e-mail to KrediFazz."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal.sealing import KeyRing
from tests.browser.conftest import Visit
from tests.browser.customer import Kept, at, fill, send_button, sign_in
from tests.browser.officer import add_officer, join, keep_codes
from tests.browser.receiving import begin, enter, go_on, receiving_tour, scan, told
from tests.browser.server import Server, serving
from tests.browser.test_every_page import OVERFLOW

LANGUAGES = pytest.mark.parametrize("lang", ["id", "en"])


@pytest.fixture(scope="module")
def kredifazz(run_folder: Path, sqlite_template: Path, keys: KeyRing) -> Iterator[Server]:
    with serving(run_folder / "kredifazz-desk", sqlite_template, keys, PORTAL_INSTITUTION="kredifazz") as server:
        yield server


def seated(server: Server, visit: Visit, lang: str, **how: object) -> Page:
    """A new agent at a browser of their own."""
    who = add_officer(server, "agent", lang=lang)
    page = visit(server, "/", **how)  # type: ignore[arg-type]
    join(page, who, lang)
    keep_codes(page, who, lang)
    return page


@LANGUAGES
def test_what_is_written_during_a_call_is_saved_by_itself(server: Server, visit: Visit, lang: str) -> None:
    page = seated(server, visit, lang)
    begin(page, lang, "contact_centre", "transfer")
    page.locator("#story-story").fill("Nasabah menelepon tentang transfer")
    saved = re.compile({"id": r"Tersimpan \d\d\.\d\d", "en": r"Saved \d\d:\d\d"}[lang])
    expect(page.locator("[data-saved]")).to_have_text(saved)
    page.reload()
    expect(page.locator("#story-story")).to_have_value("Nasabah menelepon tentang transfer")
    # The buttons do what they did: one row more, and nothing of it is a quarrel with oneself.
    page.locator("#story-story").fill("Nasabah menelepon tentang transfer yang tidak sampai")
    page.locator('[name="more"]').click()
    expect(page.locator('[name="transactions-2-type"]')).to_be_visible()
    expect(page.locator("#story-story")).to_have_value("Nasabah menelepon tentang transfer yang tidak sampai")


@LANGUAGES
def test_a_telephone_complaint_as_far_as_the_customers_page(server: Server, visit: Visit, lang: str) -> None:
    """BM-02, BM-09, BM-29: verbal, five working days; the customer fetches the code that no officer sees; then in
    writing, with a new clock."""
    page = seated(server, visit, lang)
    answers = told()
    begin(page, lang, "contact_centre", "transfer")
    enter(page, answers)
    go_on(page)
    go_on(page)
    days = {"id": "Kami menjawab paling lambat", "en": "We answer by"}[lang]
    expect(page.locator("[aria-labelledby=registering]")).to_contain_text(days)
    go_on(page)
    number = page.locator(".receipt .big").inner_text()
    expect(page.locator("body")).not_to_contain_text("Print the customer")
    page.locator('a[href*="/desk/cases/"]').click()
    case = page.url
    expect(page.locator("[aria-labelledby=due]")).to_contain_text({"id": "5 hari kerja", "en": "5 working days"}[lang])
    page.goto(f"/{lang}/desk")
    expect(page.locator("main")).to_contain_text(number)
    # The customer, on a telephone of their own.
    mine = visit(server, f"/{lang}/track/lost-code", width=360)
    fill(mine, {"number": number})
    send_button(mine).click()
    mail = server.mailbox.wait_for(answers["contact-email"], 2).get_content()
    digits = next(word for word in mail.replace("=\n", "").split() if word.isdigit() and len(word) == 6)
    mine.goto(f"/{lang}/track/new-code")
    fill(mine, {"number": number, "code": digits})
    send_button(mine).click()
    at(mine, f"/{lang}/track/case/code")
    mine.goto(f"/{lang}/track/case")
    said = {"id": "Dicatat oleh petugas. Masuk melalui:", "en": "An officer took it down. It came by:"}[lang]
    expect(mine.locator("main")).to_contain_text(said)
    page.goto(case)
    page.locator('form[action$="/written"] button').click()
    asked = {"id": "Diminta:", "en": "Asked for:"}[lang]
    expect(page.locator("[aria-labelledby=history]")).to_contain_text(asked)
    server.mailbox.wait_for(answers["contact-email"], 3)


@LANGUAGES
@pytest.mark.parametrize("javascript", [True, False])
def test_at_a_branch_papers_are_scanned_and_the_code_goes_along_on_paper(
    server: Server, visit: Visit, lang: str, javascript: bool
) -> None:
    """BM-04, KF-14, K3-24: also without scripts; the screen never shows the code, and the paper does."""
    page = seated(server, visit, lang, javascript=javascript)
    begin(page, lang, "branch", "transfer")
    enter(page, told())
    go_on(page)
    scan(page, 3)
    go_on(page)
    page.locator('[name="code"][value="counter"]').check()
    go_on(page)
    number = page.locator(".receipt .big").first.inner_text()
    page.locator('a[href$="/paper"]').click()
    hidden = page.locator(".only-print .big")
    expect(hidden).to_be_hidden()
    page.emulate_media(media="print")
    expect(hidden).to_be_visible()
    code = hidden.inner_text()
    page.emulate_media(media="screen")
    page.locator('form[action$="/handed-over"] button').click()
    expect(page.locator('a[href$="/paper"]')).to_have_count(0)
    mine = visit(server, "/", javascript=javascript)
    sign_in(mine, lang, Kept(number, code))
    expect(mine.locator("#case-facts")).to_contain_text({"id": "Kantor cabang", "en": "Branch office"}[lang])


@LANGUAGES
def test_an_email_to_kredifazz_whose_writer_is_asked_to_call(kredifazz: Server, visit: Visit, lang: str) -> None:
    """KF-23, KF-24, KF-30: nobody can be identified by an e-mail alone; the case keeps that, and what was asked."""
    page = seated(kredifazz, visit, lang)
    answers = told(**{"transactions-1-type": "repayment"})
    begin(page, lang, "email", "payment", **{"notice": "sent", "who-capacity": "borrower"})
    enter(page, answers)
    go_on(page)
    go_on(page)
    go_on(page)
    page.locator('a[href*="/desk/cases/"]').click()
    case = page.url
    page.locator('[aria-labelledby="next"] a[href$="/verify"]').click()
    page.locator('[name="compared"]').first.check()
    enter(page, {"agreed": "no", "remark": "Hanya nama lengkap, tanpa nomor KTP."})
    send_button(page).click()
    expect(page).to_have_url(case)
    page.locator('form[action$="/call-us"] button').click()
    asked = {"id": "Kami minta dihubungi lewat telepon", "en": "We asked for a call"}[lang]
    expect(page.locator("[aria-labelledby=history]")).to_contain_text(asked)
    mail = kredifazz.mailbox.wait_for(answers["contact-email"], 2).get_content()
    assert {"id": "telepon", "en": "call"}[lang] in mail.replace("=\n", "")


@LANGUAGES
@pytest.mark.parametrize("javascript", [True, False])
def test_two_windows_on_one_intake_show_both_texts_and_the_officer_chooses(
    server: Server,
    visit: Visit,
    audit: Callable[[Page], None],
    shot: Callable[[Page, str], Path],
    lang: str,
    javascript: bool,
) -> None:
    page = seated(server, visit, lang, javascript=javascript)
    begin(page, lang, "branch", "transfer")
    other = page.context.new_page()
    other.goto(page.url)
    answers = told()
    enter(page, answers)
    go_on(page)
    enter(other, answers | {"story-story": "Dari jendela kedua."})
    send_button(other).click()
    other.wait_for_url("**/texts")
    for text in ("Saya mengirim uang sewa.", "Dari jendela kedua."):
        expect(other.locator("main")).to_contain_text(text)
    for width in (320, 1280):
        other.set_viewport_size({"width": width, "height": 900})
        assert not other.evaluate(OVERFLOW)
        if javascript:
            audit(other)
    other.set_viewport_size({"width": 360, "height": 900})
    shot(other, f"desk-texts-{lang}")
    # The first window is led here too, and nothing is registered in the meantime.
    page.goto(page.url.removesuffix("/documents") + "/check")
    expect(page).to_have_url(other.url)
    other.locator('[value="joined"]').check()
    send_button(other).click()
    story = other.locator('[name="story-story"]')
    expect(story).to_have_value(f"{answers['story-story']}\n\nDari jendela kedua.")
    go_on(other)
    expect(other).to_have_url(re.compile("/documents$"))
    # What a window still writes when the other has registered it comes back to its officer.
    page.goto(re.sub("/documents$", "", other.url))
    go_on(other)
    other.locator('[name="code"][value="apart"]').check()
    go_on(other)
    enter(page, {"story-story": "Terlambat."})
    send_button(page).click()
    expect(page.locator("main")).to_contain_text("Terlambat.")
    page.locator('main a[href$="/registered"]').click()
    expect(page.locator(".receipt")).to_be_visible()


@LANGUAGES
def test_every_page_of_receiving_fits_and_axe_finds_nothing(
    server: Server, visit: Visit, audit: Callable[[Page], None], lang: str
) -> None:
    """Each page in both schemes, one on a phone and the other on a desk, by turns; none wider than 320 px."""
    page = seated(server, visit, lang)
    looks = [("light", 320), ("dark", 1280)], [("dark", 320), ("light", 1280)]
    faults = []
    for number, name in enumerate(receiving_tour(page, lang)):
        for scheme, width in looks[number % 2]:
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.set_viewport_size({"width": width, "height": 900})
            faults += [f"{name}, {width} px: {fault}" for fault in page.evaluate(OVERFLOW)]
            try:
                audit(page)
            except AssertionError as fault:
                faults.append(f"{name}, {scheme}, {width} px: {fault}")
    assert not faults, "\n".join(faults)
