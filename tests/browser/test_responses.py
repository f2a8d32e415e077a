"""Our response in browsers: solved at first line, extended twice then answered, not extended, a question, a payment.

Every page that an officer sees on the way is looked at by axe, each language in one scheme.
"""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import expect

from portal import clock
from portal.sealing import KeyRing
from tests.browser.conftest import Visit
from tests.browser.customer import Kept, at, fill, refused, send_button, sign_in
from tests.browser.responding import LANGUAGES, Audit, Sit, a_case, act, open_answer, preview_and_send
from tests.browser.server import Server

SAID = {
    "id": {
        "answered": "Dijawab",
        "no_third": "Tidak ada dasar untuk memperpanjang lagi",
        "no_ground": "tidak ada dasar lain yang memperpanjang batas waktu ini",
        "late": "Batas waktunya sudah berakhir. Perpanjangan diberitahukan sebelum hari terakhir lewat",
        "overdue": "Kami berutang jawaban kepada Anda.",
        "point": "Uang tidak keluar dari ATM",
        "explained": "Kami menjelaskan",
        "party": "Bank penerima",
        "booked": "Pembayaran dibukukan",
    },
    "en": {
        "answered": "Answered",
        "no_third": "No ground lengthens the time further",
        "no_ground": "no other lengthens this limit",
        "late": "The limit has ended. An extension is told before its last day is over, or not at all",
        "overdue": "We owe you an answer.",
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
def test_a_late_extension_and_one_without_a_ground_are_refused_with_the_rule(
    server: Server, visit: Visit, keys: KeyRing, sit: Sit, audit: Audit, lang: str
) -> None:
    """BM-31, BM-33: no other ground than the listed one moves the day, and nothing does once it is over."""
    said, desk = SAID[lang], sit(server, "muamalat", lang)
    case = a_case(server, keys, "muamalat")
    home = act(desk, lang, case, "extend", audit)
    grounds = desk.locator('[name="ground"]')
    expect(grounds).to_have_count(1)
    before = desk.locator(".ref").inner_text()
    expect(refused(desk)).to_contain_text(said["no_ground"])
    audit(desk)
    # Whoever writes another ground into the page is told the same.
    grounds.evaluate("box => { box.value = 'we_are_busy'; box.checked = true }")
    expect(refused(desk)).to_contain_text(said["no_ground"])
    assert desk.locator(".ref").inner_text() == before
    late = a_case(server, keys, "muamalat", now=clock.now() - timedelta(days=40))
    home = act(desk, lang, late, "extend", audit)
    expect(desk.locator(".notice-warn")).to_contain_text(said["late"])
    expect(send_button(desk)).to_have_count(0)
    desk.goto(home)
    expect(desk.locator('[aria-labelledby="due"]')).to_contain_text(said["late"])
    expect(desk.locator(f'a[href="{home}/extend"]')).to_have_count(0)
    audit(desk)
    mine = visit(server, "/")
    sign_in(mine, lang, Kept(late.number, late.code))
    expect(mine.locator(".deadline")).to_contain_text(said["overdue"])


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
