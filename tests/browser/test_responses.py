"""Our response in browsers: solved at first line, extended twice then answered, refused, a question, a payment.

Every page that an officer sees on the way is looked at by axe, each language in one scheme.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal import clock
from portal.accounts.rules import OfficerRole
from portal.db import Database
from portal.institution.loader import load
from portal.sealing import KeyRing
from tests.browser.conftest import WIDTHS, Visit
from tests.browser.customer import Kept, at, fill, refused, send_button, sign_in
from tests.browser.seats import house_of, seat, sit_down
from tests.browser.server import Server, serving
from tests.complaints.cases import Case, file_case

LANGUAGES = pytest.mark.parametrize("lang", ["id", "en"])
SCREENS = {"id": ("phone", "dark"), "en": ("desktop", "light")}
SAID = {
    "id": {
        "answered": "Dijawab",
        "refused": "Ditolak",
        "no_third": "Tidak ada dasar untuk memperpanjang lagi",
        "point": "Uang tidak keluar dari ATM",
        "explained": "Kami menjelaskan",
        "party": "Bank penerima",
        "booked": "Pembayaran dibukukan",
    },
    "en": {
        "answered": "Answered",
        "refused": "Refused",
        "no_third": "No ground lengthens the time further",
        "point": "Money did not come out of the machine",
        "explained": "We have explained",
        "party": "The receiving bank",
        "booked": "Payment booked",
    },
}
Audit = Callable[[Page], None]


def _serving(folder: Path, template: Path, keys: KeyRing, code: str) -> Iterator[Server]:
    with serving(folder / f"responses-{code}", template, keys, PORTAL_INSTITUTION=code) as server:
        yield server


@pytest.fixture(scope="module")
def lender(run_folder: Path, sqlite_template: Path, keys: KeyRing) -> Iterator[Server]:
    """A portal of 360Kredi, whose payments are confirmed by SMS."""
    yield from _serving(run_folder, sqlite_template, keys, "kredi360")


@pytest.fixture(scope="module")
def asked(run_folder: Path, sqlite_template: Path, keys: KeyRing) -> Iterator[Server]:
    """A portal of KrediFazz, which takes questions."""
    yield from _serving(run_folder, sqlite_template, keys, "kredifazz")


@pytest.fixture
def sit(visit: Visit, keys: KeyRing) -> Callable[[Server, str, str], Page]:
    """A browser in which an agent of an institution has signed in."""

    def begin(server: Server, code: str, lang: str) -> Page:
        screen, scheme = SCREENS[lang]
        page = visit(server, f"/{lang}/", width=WIDTHS[screen], scheme=scheme)
        sit_down(page, seat(server, keys, load(code), OfficerRole.AGENT, name="Ratna Wulandari"), lang)
        return page

    return begin


def a_case(server: Server, keys: KeyRing, code: str, **changes: object) -> Case:
    with house_of(server, keys) as house:
        return _filed(house, code, changes)


def _filed(house: Database, code: str, changes: dict[str, object]) -> Case:
    return file_case(house, load(code), now=clock.now(), **changes)


def act(page: Page, lang: str, case: Case, slug: str, audit: Audit) -> str:
    """Open an act of a case and look at its page; returns the case's path."""
    home = f"/{lang}/desk/cases/{case.complaint_id}"
    page.goto(f"{home}/{slug}")
    at(page, f"{home}/{slug}")
    audit(page)
    return home


def preview_and_send(page: Page, home: str, audit: Audit) -> None:
    """Look at the response as the customer will, then send it."""
    send_button(page).click()
    at(page, f"{home}/response")
    expect(page.locator("article.letter")).to_be_visible()
    audit(page)
    send_button(page).click()
    at(page, home)


@LANGUAGES
def test_a_simple_complaint_is_solved_at_first_line(
    server: Server, visit: Visit, keys: KeyRing, sit: Callable[..., Page], audit: Audit, lang: str
) -> None:
    """KF-18, KF-21: the solution at once, which the customer reads."""
    case, desk = a_case(server, keys, "muamalat"), sit(server, "muamalat", lang)
    home = act(desk, lang, case, "first-line", audit)
    refused(desk)
    audit(desk)
    fill(desk, {"words_id": "Uang sudah kembali ke rekening Anda hari ini."})
    preview_and_send(desk, home, audit)
    expect(desk.locator(".title-row")).to_contain_text(SAID[lang]["answered"])
    mine = visit(server, "/")
    sign_in(mine, lang, Kept(case.number, case.code))
    mine.goto(f"/{lang}/track/case/answer")
    expect(mine.locator("main")).to_contain_text("Uang sudah kembali ke rekening Anda hari ini.")


@LANGUAGES
def test_a_complaint_is_extended_twice_with_an_outside_party_and_then_answered(
    server: Server, visit: Visit, keys: KeyRing, sit: Callable[..., Page], audit: Audit, lang: str
) -> None:
    """BM-31, BM-32, BM-33, BM-37: a third extension is refused with the rule; each point is answered."""
    said = SAID[lang]
    case, desk = a_case(server, keys, "muamalat"), sit(server, "muamalat", lang)
    for _ in range(2):
        home = act(desk, lang, case, "extend", audit)
        fill(desk, {"ground": "external_party", "party": said["party"]})
        send_button(desk).click()
        at(desk, home)
    expect(desk.locator("main")).to_contain_text(said["no_third"])
    home = act(desk, lang, case, "points", audit)
    fill(desk, {"more_0": said["point"]})
    send_button(desk).click()
    at(desk, home)
    act(desk, lang, case, "answer", audit)
    reply = desk.locator('[name^="reply_"]').first
    reply.fill("Bank penerima sudah mengembalikannya.")
    desk.locator('[name^="treat_"][value="answered"]').check()
    desk.locator('[name="outcomes"][value="explanation"]').check()
    fill(desk, {"findings_id": "Mesin gagal menghitung."})
    preview_and_send(desk, home, audit)
    mine = visit(server, "/")
    sign_in(mine, lang, Kept(case.number, case.code))
    expect(mine.locator("#timeline")).to_contain_text(said["party"])
    mine.goto(f"/{lang}/track/case/answer")
    expect(mine.locator("article.letter")).to_contain_text("Bank penerima sudah mengembalikannya.")


@LANGUAGES
def test_a_complaint_is_refused_on_a_listed_ground(
    server: Server, visit: Visit, keys: KeyRing, sit: Callable[..., Page], audit: Audit, lang: str
) -> None:
    """SQ-24, SQ-28, BM-18, BM-24, SQ-34: with what was checked; the customer reads why, and what they can do."""
    case, desk = a_case(server, keys, "muamalat"), sit(server, "muamalat", lang)
    home = act(desk, lang, case, "refuse", audit)
    refused(desk)
    audit(desk)
    told = {
        "checked": "Mutasi 20 November",
        "finding": "Tidak ada transaksi.",
        "words_id": "Transaksi ini bukan milik kami.",
    }
    fill(desk, {"ground": "not_ours", **told})
    preview_and_send(desk, home, audit)
    expect(desk.locator(".title-row")).to_contain_text(SAID[lang]["refused"])
    mine = visit(server, "/")
    sign_in(mine, lang, Kept(case.number, case.code))
    mine.goto(f"/{lang}/track/case/answer")
    expect(mine.locator("main")).to_contain_text("Transaksi ini bukan milik kami.")
    expect(mine.locator("main")).not_to_contain_text("Tidak ada transaksi.")
    mine.goto(f"/{lang}/track/case/forums")
    expect(mine.locator("main")).to_contain_text("LAPS")


@LANGUAGES
def test_a_question_is_answered_and_asks_for_no_decision(
    asked: Server, visit: Visit, keys: KeyRing, sit: Callable[..., Page], audit: Audit, lang: str
) -> None:
    """KF-02, KF-18: an information request has its answer at once, and is never refused."""
    short: dict[str, object] = {"kind": "question", "account": None, "transactions": ()}
    case, desk = a_case(asked, keys, "kredifazz", **short), sit(asked, "kredifazz", lang)
    home = act(desk, lang, case, "first-line", audit)
    fill(desk, {"words_id": "Bunga dihitung harian, dan tertera di aplikasi."})
    preview_and_send(desk, home, audit)
    desk.goto(f"{home}/refuse")
    expect(desk.locator("main")).not_to_contain_text("Bunga dihitung harian, dan tertera di aplikasi.", timeout=1000)
    mine = visit(asked, "/")
    sign_in(mine, lang, Kept(case.number, case.code))
    mine.goto(f"/{lang}/track/case/answer")
    expect(mine.locator("main")).to_contain_text("Bunga dihitung harian, dan tertera di aplikasi.")


@LANGUAGES
def test_a_payment_is_booked_and_told_to_the_registered_number(
    lender: Server, visit: Visit, keys: KeyRing, sit: Callable[..., Page], audit: Audit, lang: str
) -> None:
    """K3-26, K3-27, K3-30: received, then booked with an SMS to the number in the institution's own records."""
    case = a_case(lender, keys, "kredi360", topic="payment_confirmation")
    desk = sit(lender, "kredi360", lang)
    home = f"/{lang}/desk/cases/{case.complaint_id}"
    desk.goto(home)
    desk.locator(f'form[action="{home}/payment-received"] button').click()
    at(desk, home)
    act(desk, lang, case, "payment-booked", audit)
    fill(desk, {"phone": "0813 1111 2222", "confirmed": True})
    send_button(desk).click()
    at(desk, home)
    expect(desk.locator("main")).to_contain_text(SAID[lang]["booked"])
    expect(desk.locator("main")).to_contain_text("•••2222")
    mine = visit(lender, "/")
    sign_in(mine, lang, Kept(case.number, case.code))
    expect(mine.locator("#timeline")).to_contain_text(SAID[lang]["booked"])
