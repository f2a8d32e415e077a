"""An objection that brings only what was sent before, saved or scanned anew: received, doubted, judged by an officer.

Beside each other: a customer, who sees what each file repeats, and the desk, which sees both side by side.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from portal.accounts.rules import OfficerRole
from portal.institution.loader import load
from portal.sealing import KeyRing
from tests.browser import deciding
from tests.browser.conftest import WIDTHS, Visit
from tests.browser.customer import at, fill, send_button
from tests.browser.deciding import an_answered_case, open_case
from tests.browser.seats import house_of, seat, sit_down
from tests.browser.server import Server
from tests.browser.test_every_page import OVERFLOW
from tests.complaints.cases import Case
from tests.evidence import papers

LANGUAGES = pytest.mark.parametrize("lang", ["id", "en"])
# Each language on one kind of screen, in one scheme.
SCREENS = {"id": ("phone", "dark"), "en": ("desktop", "light")}
SAID = {
    "id": {
        "doubted": "Masih diperiksa apakah baru",
        "you_sent": "Ini sudah Anda kirim pada",
        "as": "sebagai {name}.",
        "runs": "Waktu kami untuk menjawab tetap berjalan.",
        "shows": "Memperlihatkan yang sudah pernah disampaikan",
        "confirmed": "Ditegaskan petugas",
        "examined": "Ada hal yang belum pernah disampaikan, dan sedang diperiksa.",
        "ended": "Keberatan diakhiri: tidak ada yang baru",
        "mail": "tidak menemukan apa pun yang belum pernah Anda kirim",
        "again": "Anda mengajukan keberatan lagi",
        "opened": "Membuka dokumen",
        "with": "Menyertai keberatan",
        "before": "Sebelumnya",
        "page": "halaman {page} dari {name}",
    },
    "en": {
        "doubted": "Whether it is new is still to be seen",
        "you_sent": "You sent this on",
        "as": "as {name}.",
        "runs": "Our time to answer runs all the same.",
        "shows": "Shows what was submitted before",
        "confirmed": "Confirmed by an officer",
        "examined": "It brought something that was not submitted before, and is being examined.",
        "ended": "Objection ended: nothing new",
        "mail": "we found nothing in it that you had not sent us before",
        "again": "You object again, with a document that you have not sent us before.",
        "opened": "Opened a document",
        "with": "With the objection",
        "before": "Before",
        "page": "page {page} of {name}",
    },
}
# What was sent with the complaint, and what it is when it comes once more.
SAVED_ANEW = ("struk.png", papers.png(papers.receipt())), ("foto-struk.jpg", papers.jpeg(papers.receipt(), 60))
_STATEMENT = papers.printed(papers.statement())
PRINTED_ANEW = ("rekening.pdf", _STATEMENT), ("cetak-ulang.pdf", papers.printed_again(_STATEMENT))
SCANNED_ANEW = ("rekening.pdf", _STATEMENT), ("pindai.pdf", papers.printed(papers.scanned(papers.statement())))
# The last and the first of three pages, put on a scanner.
_PAGES = [papers.statement(number) for number in (1, 2, 3)]
SOME_SCANNED = (
    ("rekening.pdf", papers.printed(*_PAGES)),
    ("dua-halaman.pdf", papers.printed(papers.scanned(_PAGES[2], degrees=-0.7), papers.scanned(_PAGES[0]))),
)
Look = Callable[[Page], None]


@pytest.fixture
def look(audit: Callable[[Page], None]) -> Look:
    """No finding of axe, and no word wider than the screen."""

    def check(page: Page) -> None:
        audit(page)
        assert page.evaluate(OVERFLOW) == []

    return check


@pytest.fixture
def desk(server: Server, visit: Visit, keys: KeyRing) -> Callable[[str], Page]:
    """A browser in which an officer of the bank has signed in who answers customers and may read the whole history."""

    def sit(lang: str) -> Page:
        screen, scheme = SCREENS[lang]
        page = visit(server, "/", width=WIDTHS[screen], scheme=scheme)
        who = seat(server, keys, load("muamalat"), OfficerRole.AGENT, OfficerRole.AUDITOR, name="Fajar Nugroho")
        sit_down(page, who, lang)
        return page

    return sit


def until_compared(page: Page, place: Locator, words: str) -> None:
    """Look again until the worker has compared the pages."""
    for _ in range(60):
        if words in place.inner_text():
            break
        page.wait_for_timeout(250)
        page.reload()
    expect(place).to_contain_text(words)


def object_with(
    server: Server, keys: KeyRing, page: Page, lang: str, files: tuple[tuple[str, bytes], ...], folder: Path
) -> tuple[Case, str]:
    """An answered complaint with one file, objected to with another; and where its customer's mails go."""
    sent, again = (folder / name for name, _ in files)
    for file, (_, content) in zip((sent, again), files, strict=True):
        file.write_bytes(content)
    customer = deciding.somebody(lang)
    assert customer.email
    with house_of(server, keys) as house:
        case = an_answered_case(house, load("muamalat"), lang, customer=customer)
    open_case(page, lang, case)
    deciding.bring(page, lang, sent)
    deciding.begin_objection(page, lang)
    deciding.attach(page, again)
    deciding.send_objection(page, lang)
    return case, customer.email


def sees_the_earlier_file(page: Page, lang: str, files: tuple[tuple[str, bytes], ...]) -> None:
    """The customer's page: received and doubted, beside what was sent before; our time runs."""
    said, ((sent, _), (again, _)) = SAID[lang], files
    rounds = page.locator("#case-rounds")
    until_compared(page, rounds, said["you_sent"])
    for sentence in (said["doubted"], again, said["as"].format(name=sent), said["runs"], deciding.WORDS):
        expect(rounds).to_contain_text(sentence)
    expect(page.locator(".due")).to_be_visible()


def pictures_are_shown(place: Locator, expected: dict[str, int]) -> None:
    """Exactly these pictures, by their texts, each as wide as is told here once somebody scrolls to it."""
    pictures = place.locator("img").all()
    assert [picture.get_attribute("alt") for picture in pictures] == list(expected)
    for picture, width in zip(pictures, expected.values(), strict=True):
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("image => image.naturalWidth") == width


@LANGUAGES
def test_the_pages_that_look_the_same_stand_side_by_side_and_open_larger(
    server: Server,
    visit: Visit,
    keys: KeyRing,
    desk: Callable[[str], Page],
    look: Look,
    meant: list[str],
    tmp_path: Path,
    lang: str,
) -> None:
    """BM-40, SQ-30: an officer sees each page beside the one that it repeats, wherever that one stood."""
    # Chromium styles a picture that stands alone; the sandbox in which ours are given keeps that out too.
    meant.append("Applying inline style")
    said, (screen, scheme) = SAID[lang], SCREENS[lang]
    mine = visit(server, "/", width=WIDTHS[screen], scheme=scheme)
    case, _ = object_with(server, keys, mine, lang, SOME_SCANNED, tmp_path)
    sees_the_earlier_file(mine, lang, SOME_SCANNED)

    officer = desk(lang)
    officer.goto(f"/{lang}/desk/cases/{case.complaint_id}")
    brought = officer.locator("[aria-labelledby=rounds] .files")
    brought.locator("summary").click()
    pairs = ((1, 3), (2, 1))
    both = ("with", "dua-halaman.pdf"), ("before", "rekening.pdf")
    pictures_are_shown(
        brought,
        {
            f"{said[side]}: {said['page'].format(page=page, name=name)}": 849
            for pair in pairs
            for page, (side, name) in zip(pair, both, strict=True)
        },
    )
    # The file is named and opened once on each side, not above each of its pages.
    expect(brought.locator("figure a[download]")).to_have_text([name for _, name in both])
    places = [figure.bounding_box() for figure in brought.locator("figure a[target]").all()]
    for left, right in zip(places[::2], places[1::2], strict=True):
        assert left and right
        assert (left["y"] == right["y"] and left["x"] < right["x"]) == (screen == "desktop")
    look(officer)
    with officer.expect_popup() as larger:
        brought.locator("figure a[target]").last.click()
    picture = larger.value.locator("img")
    expect(picture).to_have_js_property("naturalHeight", 1200)
    assert larger.value.url.endswith("?page=1")


@LANGUAGES
def test_a_picture_that_was_saved_anew_is_confirmed_by_an_officer_and_the_history_says_why(
    server: Server,
    visit: Visit,
    keys: KeyRing,
    desk: Callable[[str], Page],
    look: Look,
    tmp_path: Path,
    lang: str,
) -> None:
    """BM-40, SQ-30: shown beside the earlier file, its clock runs; the override stands in the history."""
    said, (screen, scheme) = SAID[lang], SCREENS[lang]
    mine = visit(server, "/", width=WIDTHS[screen], scheme=scheme)
    case, _ = object_with(server, keys, mine, lang, SAVED_ANEW, tmp_path)
    sees_the_earlier_file(mine, lang, SAVED_ANEW)
    look(mine)

    officer, path = desk(lang), f"/{lang}/desk/cases/{case.complaint_id}"
    officer.goto(path)
    brought = officer.locator("[aria-labelledby=rounds] .files")
    expect(brought).to_contain_text(said["shows"])
    officer.goto(f"/{lang}/desk/audit/{case.complaint_id}")
    expect(officer.locator("[aria-labelledby=read]")).not_to_contain_text(said["opened"])
    officer.goto(path)
    brought.locator("summary").click()
    pictures_are_shown(brought, {f"{said['with']}: foto-struk.jpg": 900, f"{said['before']}: struk.png": 900})
    look(officer)

    officer.locator('[aria-labelledby="next"] a[href$="/confirm-objection"]').click()
    fill(officer, {"reason": "Di foto yang baru terbaca nomor referensinya."})
    send_button(officer).click()
    at(officer, path)
    expect(officer.locator("[aria-labelledby=rounds]")).to_contain_text(said["confirmed"])
    officer.goto(f"/{lang}/desk/audit/{case.complaint_id}")
    done = officer.locator("[aria-labelledby=done] li", has_text="Di foto yang baru terbaca nomor referensinya.")
    expect(done).to_contain_text("Fajar Nugroho")
    # That both pictures were looked at stands in the reading log, which the customer may ask about.
    read = officer.locator("[aria-labelledby=read]")
    for name, _ in SAVED_ANEW:
        expect(read.locator("li", has_text=name)).to_contain_text(said["opened"])
    look(officer)
    mine.reload()
    expect(mine.locator("#timeline")).to_contain_text(said["examined"])
    expect(mine.locator("#case-rounds")).not_to_contain_text(said["you_sent"])


@LANGUAGES
@pytest.mark.parametrize("files", [PRINTED_ANEW, SCANNED_ANEW], ids=["printed anew", "scanned anew"])
def test_pages_that_came_once_more_are_ended_with_the_reason_and_the_customer_may_object_again(
    server: Server,
    visit: Visit,
    keys: KeyRing,
    desk: Callable[[str], Page],
    look: Look,
    tmp_path: Path,
    lang: str,
    files: tuple[tuple[str, bytes], ...],
) -> None:
    """BM-40, SQ-34: told with the reason and where next; the objection that was ended takes no right."""
    said, (screen, scheme) = SAID[lang], SCREENS[lang]
    mine = visit(server, "/", width=WIDTHS[screen], scheme=scheme)
    case, address = object_with(server, keys, mine, lang, files, tmp_path)
    sees_the_earlier_file(mine, lang, files)

    officer, path = desk(lang), f"/{lang}/desk/cases/{case.complaint_id}"
    officer.goto(path)
    brought = officer.locator("[aria-labelledby=rounds] .files")
    brought.locator("summary").click()
    shown = [f"{said[side]}: {said['page']}" for side in ("with", "before")]
    names = [name for name, _ in reversed(files)]
    pictures_are_shown(brought, {alt.format(page=1, name=name): 849 for alt, name in zip(shown, names, strict=True)})
    expect(brought.locator("figure a[download]")).to_have_text(names)
    look(officer)
    officer.locator('[aria-labelledby="next"] a[href$="/end-objection"]').click()
    fill(officer, {"reason": "Rekening koran ini sama dengan yang sudah ada."})
    send_button(officer).click()
    at(officer, path)
    expect(officer.locator("[aria-labelledby=letters]")).to_contain_text(said["ended"])
    officer.goto(f"/{lang}/desk/audit/{case.complaint_id}")
    done = officer.locator("[aria-labelledby=done] li", has_text="Rekening koran ini sama dengan yang sudah ada.")
    expect(done).to_contain_text("Fajar Nugroho")

    ended = server.mailbox.wait_for(address, saying=said["mail"]).get_content()
    assert said["again"] in ended and f"/{lang}/forums" in ended
    mine.reload()
    expect(mine.locator("#timeline")).to_contain_text("Rekening koran ini sama dengan yang sudah ada.")
    expect(mine.locator("#case-letters")).to_contain_text(said["ended"])
    expect(mine.locator(f'#case-closed a[href="/{lang}/track/case/forums"]')).to_be_visible()
    look(mine)
    deciding.begin_objection(mine, lang, "Ini bukti yang baru.")
    new = tmp_path / "foto.jpg"
    new.write_bytes(papers.jpeg(papers.photograph()))
    deciding.attach(mine, new)
    deciding.send_objection(mine, lang)
    expect(mine.locator("#case-rounds")).to_contain_text("Ini bukti yang baru.")
    expect(mine.locator(".due")).to_be_visible()
