"""Our response in browsers: solved at first line, extended twice then answered, a question, a payment.

Every page that an officer sees on the way is looked at by axe, each language in one scheme.
"""

from collections.abc import Callable

from playwright.sync_api import expect

from portal.sealing import KeyRing
from tests.browser.conftest import Visit
from tests.browser.customer import Kept, at, fill, refused, send_button, sign_in
from tests.browser.responding import LANGUAGES, Audit, Sit, a_case, act, open_answer, preview_and_send
from tests.browser.server import Server

SAID = {
    "id": {
        "answered": "Dijawab",
        "no_third": "Tidak ada dasar untuk memperpanjang lagi",
        "point": "Uang tidak keluar dari ATM",
        "explained": "Kami menjelaskan",
        "party": "Bank penerima",
        "booked": "Pembayaran dibukukan",
    },
    "en": {
        "answered": "Answered",
        "no_third": "No ground lengthens the time further",
        "point": "Money did not come out of the machine",
        "explained": "We have explained",
        "party": "The receiving bank",
        "booked": "Payment booked",
    },
}


@LANGUAGES
def test_a_simple_complaint_is_solved_at_first_line(
    server: Server, visit: Visit, keys: KeyRing, sit: Sit, audit: Audit, lang: str
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
    open_answer(mine, lang, case)
    expect(mine.locator("main")).to_contain_text("Uang sudah kembali ke rekening Anda hari ini.")


@LANGUAGES
def test_a_complaint_is_extended_twice_with_an_outside_party_and_then_answered(
    server: Server, visit: Visit, keys: KeyRing, sit: Sit, audit: Audit, lang: str
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
def test_a_question_is_answered_and_asks_for_no_decision(
    portal_of: Callable[[str], Server], visit: Visit, keys: KeyRing, sit: Sit, audit: Audit, lang: str
) -> None:
    """KF-02, KF-18: an information request has its answer at once, and is never refused."""
    asked = portal_of("kredifazz")
    short: dict[str, object] = {"kind": "question", "account": None, "transactions": ()}
    case, desk = a_case(asked, keys, "kredifazz", **short), sit(asked, "kredifazz", lang)
    home = act(desk, lang, case, "first-line", audit)
    fill(desk, {"words_id": "Bunga dihitung harian, dan tertera di aplikasi."})
    preview_and_send(desk, home, audit)
    desk.goto(f"{home}/refuse")
    expect(desk.locator("main")).not_to_contain_text("Bunga dihitung harian, dan tertera di aplikasi.", timeout=1000)
    mine = visit(asked, "/")
    open_answer(mine, lang, case)
    expect(mine.locator("main")).to_contain_text("Bunga dihitung harian, dan tertera di aplikasi.")


@LANGUAGES
def test_a_payment_is_booked_and_told_to_the_registered_number(
    portal_of: Callable[[str], Server], visit: Visit, keys: KeyRing, sit: Sit, audit: Audit, lang: str
) -> None:
    """K3-26, K3-27, K3-30: received, then booked with an SMS to the number in the institution's own records."""
    lender = portal_of("kredi360")
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
