"""A complaint's whole way, as a customer goes it: told, sent, followed, its code lost, withdrawn, left behind."""

from itertools import islice

import pytest
from playwright.sync_api import Page, expect

from portal.complaints.numbers import Number, read_number
from tests.browser.conftest import Visit
from tests.browser.customer import Customer, Kept, at, bring_documents, fill, kept_from, send_button
from tests.browser.server import Server
from tests.browser.tour import one_time_code
from tests.browser.traces import look_back, nothing_of, secrets
from tests.intake.journey import SLUGS

HEADINGS = {
    "id": {
        "": "Sampaikan pengaduan",
        "file/privacy": "Sebelum mulai: data Anda",
        "file/who": "Siapa yang mengadu?",
        "file/identity": "Siapa Anda?",
        "file/contact": "Bagaimana kami menghubungi Anda?",
        "file/account": "Rekening atau akad yang mana?",
        "file/topic": "Masalahnya tentang apa?",
        "file/transactions": "Transaksi yang mana?",
        "file/story": "Apa yang terjadi?",
        "file/loss": "Apa kerugiannya, dan apa permintaan Anda?",
        "file/documents": "Dokumen pendukung",
        "file/check": "Periksa jawaban Anda",
        "file/sent": "Pengaduan Anda sudah kami terima",
        "track": "Pantau pengaduan Anda",
        "track/case": "Transfer terdebit, belum diterima",
        "track/case/deadline": "Bagaimana tanggal Anda dihitung",
        "track/lost-code": "Minta kode akses baru",
        "track/case/code": "Kode akses baru Anda",
        "track/case/withdraw": "Cabut pengaduan Anda",
    },
    "en": {
        "": "Make a complaint",
        "file/privacy": "Before you begin: your data",
        "file/who": "Who complains?",
        "file/identity": "Who are you?",
        "file/contact": "How can we reach you?",
        "file/account": "Which account or contract is it about?",
        "file/topic": "What is it about?",
        "file/transactions": "Which transaction?",
        "file/story": "What happened?",
        "file/loss": "What did it cost, and what do you ask of us?",
        "file/documents": "Supporting documents",
        "file/check": "Check your answers",
        "file/sent": "We have received your complaint",
        "track": "Follow your complaint",
        "track/case": "Transfer: debited, not received",
        "track/case/deadline": "How your date was counted",
        "track/lost-code": "Get a new access code",
        "track/case/code": "Your new access code",
        "track/case/withdraw": "Withdraw your complaint",
    },
}
WORDS = {
    "id": {
        "start": "Mulai pengaduan",
        "copy": "Salin kode akses",
        "copied": "Kode akses tersalin",
        "kept": "Kode sudah saya simpan",
        "received": "Diterima, sedang diperiksa",
        "news": "Lihat apakah ada kabar baru",
        "deadline": "Bagaimana tanggal ini dihitung",
        "back": "Kembali ke pengaduan Anda",
        "no match": "Nomor dan kode ini tidak cocok. Periksa tanda terima Anda",
        "lost": "Kode akses saya hilang",
        "one-time": "Masukkan kode sekali pakai",
        "withdraw": "Cabut pengaduan ini",
        "withdrawn": "Dicabut",
        "out": "Keluar",
        "amount": "Rp7.654.321",
    },
    "en": {
        "start": "Start a complaint",
        "copy": "Copy the access code",
        "copied": "Access code copied",
        "kept": "I have kept the code",
        "received": "Received, being looked into",
        "news": "Look for news",
        "deadline": "How this date is counted",
        "back": "Back to your complaint",
        "no match": "This number and code do not match. Check your receipt",
        "lost": "I no longer have the access code",
        "one-time": "Enter the one‑time code",
        "withdraw": "Withdraw this complaint",
        "withdrawn": "Withdrawn",
        "out": "Sign out",
        "amount": "Rp7,654,321",
    },
}


def arrived(page: Page, lang: str, place: str) -> None:
    """The page at this place has come, in this language, with its own heading and title."""
    at(page, f"/{lang}/{place}")
    heading = HEADINGS[lang][place]
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    expect(page).to_have_title(f"{heading} – Bank Muamalat")
    expect(page.locator("html")).to_have_attribute("lang", lang)


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_whole_way_of_a_complaint(server: Server, visit: Visit, lang: str, javascript: bool) -> None:
    """BM-10, BM-11, BM-30, BM-34, SQ-21: from the start page to a withdrawn complaint that nobody finds here."""
    customer, words = Customer.new(), WORDS[lang]
    options = {"permissions": ["clipboard-read", "clipboard-write"]} if javascript else {}
    page = visit(server, f"/{lang}/", javascript=javascript, **options)
    arrived(page, lang, "")
    page.get_by_role("link", name=words["start"]).click()

    first = _file(page, lang, customer)
    _check_receipt(page, server, lang, customer, first, javascript=javascript)
    due = page.locator(".ref dd").last.inner_text()
    page.get_by_role("button", name=words["kept"]).click()
    arrived(page, lang, "track")

    fill(page, {"number": first.number.lower().replace("-", " "), "code": first.code.lower()})
    send_button(page).click()
    arrived(page, lang, "track/case")
    expect(page.locator(".ref")).to_contain_text(words["received"])
    expect(page.locator("#case-due .due")).to_have_text(due)
    with page.expect_response(lambda answer: answer.url.endswith("/track/case")):
        page.get_by_role("link", name=words["news"]).click()
    arrived(page, lang, "track/case")
    page.get_by_role("link", name=words["deadline"]).click()
    arrived(page, lang, "track/case/deadline")
    expect(page.locator(".due")).to_have_text(due)
    expect(page.locator("tbody tr").last).to_contain_text("10")
    page.get_by_role("link", name=words["back"]).first.click()
    arrived(page, lang, "track/case")
    page.get_by_role("button", name=words["out"], exact=True).click()
    arrived(page, lang, "track")

    second = _renew_code(page, server, lang, customer, first)
    other = visit(server, f"/{lang}/track", javascript=javascript)
    fill(other, {"number": first.number, "code": first.code})
    send_button(other).click()
    expect(other.locator(".errors a")).to_have_text(words["no match"])

    page.get_by_role("link", name=words["withdraw"]).click()
    arrived(page, lang, "track/case/withdraw")
    fill(page, {"sure": True})
    send_button(page).click()
    arrived(page, lang, "track/case")
    expect(page.locator(".ref")).to_contain_text(words["withdrawn"])
    page.get_by_role("button", name=words["out"], exact=True).click()
    arrived(page, lang, "track")
    assert nothing_of(islice(look_back(page), 8), secrets(customer, first, second)) == 8


def _file(page: Page, lang: str, customer: Customer) -> Kept:
    for step in SLUGS[:-1]:
        arrived(page, lang, f"file/{step}")
        fill(page, customer.answers[step])
        if step == "documents":
            bring_documents(page)
        send_button(page).click()
    arrived(page, lang, "file/check")
    for shown in (customer.name, customer.email, "0812-3456-7890", customer.account[-4:], WORDS[lang]["amount"]):
        expect(page.locator("main")).to_contain_text(shown)
    # From here on only its end is shown.
    expect(page.locator("main")).not_to_contain_text(customer.account)
    send_button(page).click()
    arrived(page, lang, "file/sent")
    return kept_from(page)


def _check_receipt(page: Page, server: Server, lang: str, customer: Customer, kept: Kept, *, javascript: bool) -> None:
    number = read_number(kept.number, "BM")
    assert isinstance(number, Number) and number.printed == kept.number
    words = page.locator(".spelled").inner_text().split(", ")
    assert len(words) == len(number.canonical), words
    copy = page.get_by_role("button", name=WORDS[lang]["copy"])
    if javascript:
        copy.click()
        expect(page.get_by_role("status")).to_have_text(WORDS[lang]["copied"])
        assert page.evaluate("navigator.clipboard.readText()") == kept.code
        expect(page.locator("[data-print]")).to_be_visible()
    else:
        # What only a script could do is not offered.
        expect(copy).to_be_hidden()
        expect(page.locator("[data-print]")).to_be_hidden()
    mail = server.mailbox.wait_for(customer.email)
    text = f"{mail['Subject']}\n{mail.get_content()}"
    assert kept.number in text and kept.code not in text


def _renew_code(page: Page, server: Server, lang: str, customer: Customer, lost: Kept) -> Kept:
    words = WORDS[lang]
    page.get_by_role("link", name=words["lost"]).click()
    arrived(page, lang, "track/lost-code")
    fill(page, {"number": lost.number})
    send_button(page).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(words["one-time"])
    expect(page.locator('[name="number"]')).to_have_value(lost.number)
    fill(page, {"code": one_time_code(server, customer)})
    send_button(page).click()
    arrived(page, lang, "track/case/code")
    kept = kept_from(page)
    assert kept.number == lost.number and kept.code != lost.code
    page.reload()
    assert kept_from(page) == kept
    send_button(page).click()
    arrived(page, lang, "track/case")
    return kept
