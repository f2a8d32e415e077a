"""Four eyes in browsers: one officer writes and proposes, another sends it back, then sends it."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from portal.accounts.rules import OfficerRole
from portal.complaints.handed_in import Person
from portal.sealing import KeyRing
from tests.browser.conftest import Visit
from tests.browser.customer import Kept, at, fill, refused, send_button, sign_in
from tests.browser.responding import LANGUAGES, Audit, Sit, a_case, act, preview
from tests.browser.server import Server
from tests.institution.specimens import LUMBUNG

# Its profile asks for four eyes, and for responses in both languages.
HOUSE = str(LUMBUNG)
AUTHOR, SECOND = "Ratna Wulandari", "Bambang Susilo"
SAID = {
    "id": {
        "lacks": "Jawab pokok ini dalam bahasa Inggris",
        "two": "Lembaga ini meminta empat mata",
        "waits": "Menunggu petugas lain",
        "before": "Menunggu petugas kedua",
        "why": "Tulis apa yang perlu diubah",
        "back": f"{SECOND} mengembalikannya",
        "approved": f"disetujui oleh {SECOND}",
        "answered": "Dijawab",
    },
    "en": {
        "lacks": "Answer this point in English",
        "two": "This institution asks for four eyes",
        "waits": "It waits for another officer",
        "before": "Before a second officer",
        "why": "Write what is to be changed",
        "back": f"{SECOND} sent it back",
        "approved": f"approved by {SECOND}",
        "answered": "Answered",
    },
}
PROPOSE, SEND, BACK = (f'[name="do"][value="{one}"]' for one in ("propose", "send", "send_back"))


def answer_point(page: Page, *languages: str) -> None:
    """Answer the one point, say what was found and apologise, in these languages."""
    replies = {
        "id": "Petugas itu kami tegur, dan tidak lagi menagih.",
        "en": "We warned the collector and took them off.",
    }
    found = {"id": "Petugas menelepon pukul 22.40.", "en": "The collector telephoned at 22:40."}
    for one in languages:
        page.locator(f'[name^="reply_"][name$="_{one}"]').fill(replies[one])
        fill(page, {f"findings_{one}": found[one]})
    page.locator('[name^="treat_"][value="answered"]').check()
    page.locator('[name="outcomes"][value="apology"]').check()


@LANGUAGES
def test_an_answer_is_written_by_one_officer_and_sent_by_another(
    portal_of: Callable[[str], Server], visit: Visit, keys: KeyRing, sit: Sit, audit: Audit, lang: str
) -> None:
    """BM-37, KF-05: it goes out in both languages, and only when a second officer has approved it."""
    said, server = SAID[lang], portal_of(HOUSE)
    somebody = Person(name="Siti Rahmawati", language=lang, email="siti@example.id", phone="+6281200004419")
    case = a_case(server, keys, HOUSE, language=lang, customer=somebody)
    author = sit(server, HOUSE, lang, name=AUTHOR)
    second = sit(server, HOUSE, lang, OfficerRole.CS_MANAGER, name=SECOND)
    mine = visit(server, "/")
    sign_in(mine, lang, Kept(case.number, case.code))

    def the_customer_reads_nothing_yet() -> None:
        mine.goto(f"/{lang}/track/case/answer")
        expect(mine.locator("article.letter")).to_have_count(0)
        expect(mine.locator("body")).not_to_contain_text("22.40")

    # The author writes; a language that is missing is told, and then they may propose but not send.
    home = act(author, lang, case, "points", audit)
    fill(author, {"more_0": "Penagih menelepon malam hari"})
    send_button(author).click()
    at(author, home)
    act(author, lang, case, "answer", audit)
    answer_point(author, "id")
    expect(refused(author)).to_contain_text(said["lacks"])
    audit(author)
    answer_point(author, "en")
    preview(author, home, audit)
    expect(author.locator("article.letter")).to_have_count(2)
    expect(author.locator("main")).to_contain_text(said["two"])
    expect(author.locator(SEND)).to_have_count(0)
    author.locator(PROPOSE).click()
    at(author, home)
    audit(author)

    # Who wrote it cannot send it, not even by the form that another officer has.
    author.goto(f"{home}/response")
    expect(author.locator("main")).to_contain_text(said["waits"])
    expect(author.locator(f"{SEND}, {BACK}, {PROPOSE}")).to_have_count(0)
    audit(author)
    the_customer_reads_nothing_yet()

    # The second officer finds it, and sends it back, which takes a reason.
    second.goto(f"/{lang}/desk")
    second.locator("#views a", has_text=said["before"]).click()
    audit(second)
    second.locator("tbody tr", has_text=case.number).locator("a[data-row]").click()
    at(second, home)
    audit(second)
    second.goto(f"{home}/response")
    audit(second)
    second.locator(BACK).click()
    expect(second.locator(".errors")).to_contain_text(said["why"])
    audit(second)
    fill(second, {"reason": "Sebut pula tanggal telepon itu."})
    second.locator(BACK).click()
    at(second, home)

    # The author reads why, mends it and proposes it again.
    author.goto(home)
    expect(author.locator("main")).to_contain_text(said["back"])
    expect(author.locator('[aria-labelledby="response"]')).to_contain_text("Sebut pula tanggal telepon itu.")
    audit(author)
    act(author, lang, case, "answer", audit)
    expect(author.locator("main")).to_contain_text("Sebut pula tanggal telepon itu.")
    fill(author, {"findings_id": "Petugas menelepon pada 20 November pukul 22.40."})
    preview(author, home, audit)
    author.locator(PROPOSE).click()
    at(author, home)
    the_customer_reads_nothing_yet()

    # Another officer sends it, and now the customer reads it.
    second.goto(f"{home}/response")
    send_button(second).click()
    at(second, home)
    expect(second.locator(".title-row")).to_contain_text(said["answered"])
    second.goto(f"{home}/response")
    expect(second.locator("main")).to_contain_text(said["approved"])
    audit(second)
    mine.goto(f"/{lang}/track/case/answer")
    expect(mine.locator("article.letter")).to_have_count(2)
    expect(mine.locator("main")).to_contain_text("Petugas menelepon pada 20 November pukul 22.40.")
    expect(mine.locator("main")).to_contain_text("The collector telephoned at 22:40.")
    expect(mine.locator("main")).not_to_contain_text("Sebut pula tanggal telepon itu.")
    audit(mine)
