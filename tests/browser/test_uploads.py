"""Documents with scripts: each goes up by itself, tells how far it is, and what broke off goes up again."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PATIENCE, WIDTHS, Visit
from tests.browser.customer import Customer, at, follow, send_button, walk_to
from tests.browser.server import Server, start
from tests.evidence import files

NOTHING_SLOW = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
WORDS = {
    "id": {
        "up": r"Mengunggah, \d+%",
        "waits": "Menunggu giliran",
        "saved": "Tersimpan",
        "chosen": "Berkas dipilih: 2",
        "half": "mutasi.png: separuhnya sudah diunggah",
        "is saved": "mutasi.png tersimpan",
        "done": "Tersimpan: 2. Belum tersimpan: 0.",
        "type": "nota.zip: kami menerima JPG, PNG, WebP, HEIC, dan PDF. Kirim fotonya, atau PDF",
        "empty": "kosong.pdf kosong. Pilih berkasnya sekali lagi",
        "size": "besar.png lebih besar dari 25 MB. Kirim dalam beberapa bagian, atau sebagai foto yang lebih kecil",
        "password": "rahasia.pdf memakai kata sandi. Simpan tanpa kata sandi, lalu unggah sekali lagi",
        "broken": "mutasi.png: unggahan terputus. Berkas ini belum tersimpan; unggah sekali lagi",
        "failed": "mutasi.png belum tersimpan. Unggah sekali lagi",
        "title": "Perlu diperbaiki: Dokumen pendukung – Bank Muamalat",
        "again": "Coba lagi mutasi.png",
        "cancel": "Batalkan mutasi.png",
        "remove": "Hapus ktp.jpg",
        "staying": "Kami lanjutkan begitu semuanya selesai diunggah.",
    },
    "en": {
        "up": r"Uploading, \d+%",
        "waits": "Waits its turn",
        "saved": "Saved",
        "chosen": "Files chosen: 2",
        "half": "mutasi.png: half of it is uploaded",
        "is saved": "mutasi.png is saved",
        "done": "Saved: 2. Not saved: 0.",
        "type": "nota.zip: we take JPG, PNG, WebP, HEIC and PDF. Send a photo of it, or a PDF",
        "empty": "kosong.pdf is empty. Choose the file once more",
        "size": "besar.png is larger than 25 MB. Send it in parts, or as a smaller photo",
        "password": "rahasia.pdf has a password. Save it without one, and upload it once more",
        "broken": "mutasi.png: the upload broke off. This file is not saved; upload it again",
        "failed": "mutasi.png was not saved. Upload it once more",
        "title": "To correct: Supporting documents – Bank Muamalat",
        "again": "Try again mutasi.png",
        "cancel": "Cancel mutasi.png",
        "remove": "Remove ktp.jpg",
        "staying": "We go on as soon as everything is uploaded.",
    },
}
both = pytest.mark.parametrize("lang", ["id", "en"])
LARGE = files.noise(400_000)


def a_file(name: str, content: bytes) -> dict[str, Any]:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


KTP, STATEMENT = a_file("ktp.jpg", files.picture()), a_file("mutasi.png", LARGE)


def choose(page: Page, *given: dict[str, Any]) -> None:
    # What is handed to the browser goes there in one message; 26 MB of it take a busy machine their time.
    page.locator("input[type=file]").set_input_files(list(given), timeout=4 * PATIENCE)


def under_way(page: Page) -> Locator:
    return page.locator("[data-under-way] .file")


def kept(page: Page) -> Locator:
    return page.locator("[data-kept] .file")


def line_of(page: Page, bytes_a_second: int) -> Callable[[dict[str, Any]], None]:
    """Make the page's line up so slow, and return the way to change it."""
    connection = page.context.new_cdp_session(page)
    connection.send("Network.enable")

    def change(conditions: dict[str, Any]) -> None:
        connection.send("Network.emulateNetworkConditions", NOTHING_SLOW | conditions)

    change({"uploadThroughput": bytes_a_second})
    return change


def listen(page: Page) -> Callable[[], Sequence[str]]:
    """Everything that the page's polite region says from now on."""
    page.evaluate(
        """() => {
            window.heard = [];
            const region = document.getElementById("status");
            new MutationObserver(() => window.heard.push(region.textContent)).observe(region, {childList: true});
        }"""
    )
    return lambda: page.evaluate("window.heard")  # type: ignore[no-any-return]


@pytest.fixture
def step(visit: Visit, server: Server) -> Callable[..., Page]:
    """The step at which files come, in a browser of its own."""

    def opened(lang: str, on: Server = server, **context: Any) -> Page:
        page = visit(on, f"/{lang}/", **context)
        walk_to(page, "documents", lang, Customer.new())
        return page

    return opened


# ── going up ─────────────────────────────────────────────────────────────────────────────────────


@both
def test_several_files_go_up_one_by_one_and_tell_how_far_they_are(
    step: Callable[..., Page], lang: str, audit: Callable[[Page], None]
) -> None:
    words, page = WORDS[lang], step(lang, width=WIDTHS["phone"])
    heard = listen(page)
    change = line_of(page, 200_000)
    expect(page.locator("button[name=upload]")).to_be_hidden()
    choose(page, STATEMENT, KTP)
    first, second = under_way(page).nth(0), under_way(page).nth(1)
    expect(first.locator(".file-state")).to_have_text(re.compile(words["up"]))
    expect(first.locator("progress")).to_be_visible()
    expect(first.locator(".file-meta")).to_have_text(re.compile(r"\d+\u00a0kB|\d+[,.]\d\u00a0MB"))
    expect(second.locator(".file-state")).to_have_text(words["waits"])
    expect(second.locator("progress")).to_be_hidden()
    audit(page)
    expect(first.locator(".file-state")).to_have_text(re.compile(r"[6-8]\d%"))
    assert 50 < first.locator("progress").evaluate("bar => bar.value") < 100
    change({})
    expect(kept(page).locator(".file-name")).to_have_text(["mutasi.png", "ktp.jpg"])
    expect(kept(page).locator(".file-state")).to_have_text([words["saved"]] * 2)
    expect(under_way(page)).to_have_count(0)
    said = heard()
    for sentence in ("chosen", "half", "is saved", "done"):
        assert words[sentence] in said, said
    assert not any("%" in sentence for sentence in said), said
    # A reload shows the same: they are at the server.
    page.reload()
    expect(kept(page).locator(".file-name")).to_have_text(["mutasi.png", "ktp.jpg"])


@both
def test_what_is_dropped_onto_the_field_goes_up_and_what_falls_beside_it_opens_nothing(
    step: Callable[..., Page], lang: str
) -> None:
    page = step(lang)
    dropped = page.evaluate_handle(
        """bytes => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(bytes)], "ktp.jpg", {type: "image/jpeg"}));
            return data;
        }""",
        list(files.picture()),
    )
    field = page.locator(".drop")
    for kind in ("dragenter", "dragover"):
        field.dispatch_event(kind, {"dataTransfer": dropped})
    expect(field).to_have_class("drop drop-over")
    field.dispatch_event("drop", {"dataTransfer": dropped})
    expect(kept(page).locator(".file-name")).to_have_text(["ktp.jpg"])
    expect(field).to_have_class("drop")
    prevented = page.locator("h1").evaluate(
        """(beside, data) => !beside.dispatchEvent(
            new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true})
        )""",
        dropped,
    )
    assert prevented
    expect(under_way(page)).to_have_count(0)
    expect(kept(page)).to_have_count(1)


@pytest.mark.parametrize("lang", ["id"])
def test_continuing_waits_for_what_is_still_going_up(step: Callable[..., Page], lang: str) -> None:
    page = step(lang)
    change = line_of(page, 200_000)
    choose(page, STATEMENT, KTP)
    expect(under_way(page).nth(0).locator("progress")).to_be_visible()
    send_button(page).click()
    expect(page.locator("[data-staying]").filter(has_text=WORDS[lang]["staying"])).to_be_visible()
    change({})
    at(page, f"/{lang}/file/check")
    expect(page.locator(".file-name")).to_have_text(["mutasi.png", "ktp.jpg"])


# ── refused, broken off, taken back ──────────────────────────────────────────────────────────────


@both
def test_each_file_that_is_refused_says_why_and_costs_no_other(
    step: Callable[..., Page], lang: str, audit: Callable[[Page], None]
) -> None:
    words, page = WORDS[lang], step(lang)
    choose(
        page,
        a_file("nota.zip", files.archive()),
        KTP,
        a_file("kosong.pdf", b""),
        a_file("besar.png", bytes(26 * 1024 * 1024)),
        a_file("rahasia.pdf", files.pdf(password="x")),
    )
    faults = [words[fault] for fault in ("type", "empty", "size", "password")]
    expect(page.locator(".errors a")).to_have_text(faults)
    expect(under_way(page).locator(".wrong")).to_have_text(faults)
    expect(kept(page).locator(".file-name")).to_have_text(["ktp.jpg"])
    expect(page).to_have_title(words["title"])
    # What cannot be taken is not offered again.
    expect(page.locator("[data-do=again]:visible")).to_have_count(0)
    audit(page)
    page.locator(".errors a").nth(3).click()
    expect(under_way(page).nth(3)).to_be_focused()
    for left in (3, 2, 1, 0):
        under_way(page).nth(0).locator("[data-do=remove]").click()
        expect(page.locator(".errors a")).to_have_count(left)
        expect(page.locator("input[type=file]")).to_be_focused()
    expect(page.locator(".errors")).to_have_count(0)
    expect(page).to_have_title(re.compile("^(Dokumen pendukung|Supporting documents)"))


@both
def test_a_server_that_dies_in_mid_upload_is_told_and_the_file_goes_up_again(
    step: Callable[..., Page], own_server: Server, lang: str, audit: Callable[[Page], None], meant: list[str]
) -> None:
    meant.append("net::ERR_")
    words, page = WORDS[lang], step(lang, own_server)
    heard = listen(page)
    change = line_of(page, 200_000)
    choose(page, KTP)
    expect(kept(page)).to_have_count(1)
    choose(page, STATEMENT)
    expect(under_way(page).locator(".file-state")).to_have_text(re.compile(r"[1-9]\d%"))
    own_server.kill()
    expect(under_way(page).locator(".wrong")).to_have_text(words["broken"])
    expect(page.locator(".errors a")).to_have_text([words["broken"]])
    assert words["broken"] in heard()
    audit(page)
    # Nothing that was saved is lost with it, and trying again while it is away says the same once more.
    expect(kept(page).locator(".file-name")).to_have_text(["ktp.jpg"])
    page.get_by_role("button", name=words["again"]).click()
    expect(under_way(page).locator(".wrong")).to_have_text(words["broken"])
    again = start(own_server.log.parent, own_server.environment, own_server.mailbox)
    try:
        change({})
        page.get_by_role("button", name=words["again"]).click()
        expect(kept(page).locator(".file-name")).to_have_text(["ktp.jpg", "mutasi.png"])
        expect(page.locator(".errors")).to_have_count(0)
        page.reload()
        expect(kept(page).locator(".file-name")).to_have_text(["ktp.jpg", "mutasi.png"])
    finally:
        again.stop()


def test_back_on_the_line_what_broke_off_goes_up_by_itself(step: Callable[..., Page], meant: list[str]) -> None:
    meant.append("net::ERR_INTERNET_DISCONNECTED")
    page = step("en")
    page.context.set_offline(True)
    choose(page, STATEMENT, KTP)
    expect(under_way(page).locator(".wrong")).to_have_count(2)
    page.context.set_offline(False)
    expect(kept(page).locator(".file-name")).to_have_text(["mutasi.png", "ktp.jpg"])
    expect(page.locator(".errors")).to_have_count(0)


@both
def test_a_failure_of_the_server_is_told_and_offered_again(
    step: Callable[..., Page], lang: str, meant: list[str]
) -> None:
    meant.append("status of 503")
    words, page = WORDS[lang], step(lang)
    page.route("**/file/documents", lambda route: route.fulfill(status=503, body="<h1>busy</h1>"))
    choose(page, STATEMENT)
    expect(under_way(page).locator(".wrong")).to_have_text(words["failed"])
    page.unroute("**/file/documents")
    page.get_by_role("button", name=words["again"]).click()
    expect(kept(page).locator(".file-name")).to_have_text(["mutasi.png"])


def test_what_came_through_though_its_answer_did_not_is_saved_when_it_is_sent_again(
    step: Callable[..., Page], meant: list[str]
) -> None:
    meant.append("net::ERR_FAILED")
    page = step("en")

    def swallow(route: Any) -> None:
        route.fetch()
        route.abort()

    page.route("**/file/documents", swallow)
    choose(page, STATEMENT)
    expect(under_way(page).locator(".wrong")).to_have_text(WORDS["en"]["broken"])
    page.unroute("**/file/documents")
    page.get_by_role("button", name=WORDS["en"]["again"]).click()
    expect(kept(page).locator(".file-name")).to_have_text(["mutasi.png"])
    expect(page.locator(".errors")).to_have_count(0)


def test_a_page_that_was_open_for_too_long_sends_its_file_with_one_click(step: Callable[..., Page]) -> None:
    page = step("en")
    page.locator("form[data-uploads] [name=csrf_token]").evaluate("field => { field.value = 'stale' }")
    choose(page, STATEMENT)
    expect(under_way(page).locator(".wrong")).to_have_count(1)
    page.get_by_role("button", name=WORDS["en"]["again"]).click()
    expect(kept(page).locator(".file-name")).to_have_text(["mutasi.png"])


@pytest.mark.parametrize("lang", ["id"])
def test_a_file_is_taken_back_on_its_way_and_afterwards(step: Callable[..., Page], lang: str) -> None:
    words, page = WORDS[lang], step(lang)
    change = line_of(page, 50_000)
    choose(page, STATEMENT, KTP)
    expect(under_way(page).nth(0).locator("progress")).to_be_visible()
    page.get_by_role("button", name=words["cancel"]).press("Enter")
    expect(page.locator("input[type=file]")).to_be_focused()
    change({})
    expect(kept(page).locator(".file-name")).to_have_text(["ktp.jpg"])
    page.get_by_role("button", name=words["remove"]).press("Enter")
    expect(kept(page)).to_have_count(0)
    expect(page.locator("input[type=file]")).to_be_focused()
    page.reload()
    expect(kept(page)).to_have_count(0)


def test_names_that_pretend_are_shown_harmless_before_they_are_sent_too(step: Callable[..., Page]) -> None:
    page = step("en")
    line_of(page, 20_000)
    choose(page, a_file("nota\u202egpj.png", LARGE))
    expect(under_way(page).locator(".file-name")).to_have_text("nota\ufffdgpj.png")


def test_leaving_quickly_asks_nothing_while_a_file_goes_up(step: Callable[..., Page]) -> None:
    page = step("en")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    line_of(page, 20_000)
    choose(page, STATEMENT)
    expect(under_way(page).locator("progress")).to_be_visible()
    page.get_by_role("button", name="Leave quickly").click()
    at(page, "/en/left")
    assert asked == []


# ── following, and without scripts ───────────────────────────────────────────────────────────────


@both
def test_later_documents_go_up_by_themselves_too(
    visit: Visit, server: Server, lang: str, audit: Callable[[Page], None], shot: Callable[[Page, str], Any]
) -> None:
    page = visit(server, f"/{lang}/", scheme="dark", width=WIDTHS["phone"])
    follow(page, lang, Customer.new())
    page.goto(f"/{lang}/track/case/documents")
    choose(page, KTP, a_file("nota.zip", files.archive()), STATEMENT)
    expect(kept(page).locator(".file-name")).to_have_text(["ktp.jpg", "mutasi.png"])
    expect(page.locator(".errors a")).to_have_text([WORDS[lang]["type"]])
    audit(page)
    shot(page, f"uploads-{lang}")
    page.goto(f"/{lang}/track/case")
    expect(page.locator(".file-name")).to_have_text(["ktp.jpg", "mutasi.png"])


def test_files_that_are_chosen_together_are_confirmed_together(visit: Visit, server: Server) -> None:
    """SQ-23: three files in three requests; one mail after the receipt's, and one line of what has happened."""
    page, customer = visit(server, "/en/"), Customer.new()
    follow(page, "en", customer)
    page.goto("/en/track/case/documents")
    choose(page, KTP, STATEMENT, a_file("nota.pdf", files.pdf()))
    expect(kept(page).locator(".file-name")).to_have_count(3)
    expect(under_way(page)).to_be_hidden()
    mail = server.mailbox.wait_for(customer.email, 2)
    assert "We have received 3 documents for your complaint." in mail.get_content()
    page.goto("/en/track/case")
    expect(page.locator(".timeline h3", has_text="Documents received")).to_have_count(1)
    expect(page.locator(".timeline p", has_text="We have received 3 files.")).to_have_count(1)


def test_a_login_that_has_ended_leads_to_the_sign_in(visit: Visit, server: Server) -> None:
    page = visit(server, "/en/")
    follow(page, "en", Customer.new())
    page.goto("/en/track/case/documents")
    other = page.context.new_page()
    other.goto("/en/track/case")
    other.get_by_role("button", name="Sign out").click()
    at(other, "/en/track")
    choose(page, KTP)
    at(page, "/en/track")


@both
def test_without_scripts_the_same_form_takes_the_same_files(step: Callable[..., Page], lang: str) -> None:
    page = step(lang, javascript=False)
    expect(page.locator("[data-under-way]")).to_be_hidden()
    choose(page, STATEMENT, a_file("nota.zip", files.archive()), KTP)
    page.locator("button[name=upload]").click()
    expect(page.locator(".errors a")).to_have_text([WORDS[lang]["type"]])
    expect(kept(page).locator(".file-name")).to_have_text(["mutasi.png", "ktp.jpg"])
