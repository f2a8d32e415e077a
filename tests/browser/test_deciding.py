"""After the response, at all four institutions and in both languages: agree, object, take it further, or say nothing.

By the customer, and by who acts for them. What does not apply is not offered.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal.db import Database
from portal.institution.disputes import listed_by
from portal.institution.loader import load
from portal.institution.models import Institution
from portal.institution.rules import Path as Way
from portal.sealing import KeyRing
from tests.browser import deciding
from tests.browser.conftest import Visit
from tests.browser.deciding import an_answered_case, open_case
from tests.browser.seats import house_of
from tests.browser.server import Server, serving
from tests.evidence import papers

LANGUAGES = pytest.mark.parametrize("lang", ["id", "en"])
CODES = ("muamalat", "sequis_am", "kredifazz", "kredi360")
EVERYWHERE = pytest.mark.parametrize("code", CODES)
# Where there is more than complaints, and what is no complaint asks for no decision.
ASKED = pytest.mark.parametrize("code", [code for code in CODES if "question" in load(code).kinds])
DECISIONS = ("agree", "disagree", "objection")
SAID = {
    "id": {
        "agreed": "Selesai, disepakati",
        "rated": "Sangat puas",
        "repeat": "tidak dihitung: ini sudah Anda kirim pada",
        "needed": "Tambahkan setidaknya satu dokumen yang belum pernah Anda kirim",
        "promised": "Kami mencatatnya, dan menjawab paling lambat",
        "not_agreed": "Tanpa kesepakatan, pengaduan ini ditutup",
        "silent": "Itu bukan persetujuan.",
        "warned": "Menunggu balasan Anda",
        "closed": "Ditutup tanpa balasan",
        "mail_warned": "Ini bukan persetujuan.",
        "mail_closed": "Ini bukan persetujuan.",
        "may_object": "Anda masih boleh mengajukan keberatan",
        "forums": "Anda juga boleh membawanya ke luar",
        "by_you": "Oleh Anda, atas nama Siti Rahmawati",
        "hold": "Selama masih di sana, tidak ada yang kami hapus.",
        "settled": "Kami sudah menjawab pertanyaan ini, dan menutupnya pada",
        "nothing_asked": "tidak ada yang perlu Anda lakukan",
    },
    "en": {
        "agreed": "Completed, agreed",
        "rated": "Very satisfied",
        "repeat": "does not count: you sent this on",
        "needed": "Add at least one document that you have not sent us before",
        "promised": "We have recorded it and answer by",
        "not_agreed": "without agreement",
        "silent": "That is no agreement.",
        "warned": "Waiting for your reply",
        "closed": "Closed without a reply",
        "mail_warned": "That is no agreement.",
        "mail_closed": "That is no agreement.",
        "may_object": "You may still object",
        "forums": "You may also take it further, outside",
        "by_you": "By you, on behalf of Siti Rahmawati",
        "hold": "As long as it is there we delete nothing of it.",
        "settled": "was answered, and closed on",
        "nothing_asked": "nothing is asked of you",
    },
}


@dataclass(frozen=True)
class Portal:
    """An institution's portal, whose worker works when a test says so."""

    server: Server
    house: Database
    profile: Institution


@pytest.fixture(scope="module")
def portals(run_folder: Path, sqlite_template: Path, keys: KeyRing) -> Iterator[Callable[[str], Portal]]:
    """The portal of an institution, started when a test first asks for it."""
    running: dict[str, Portal] = {}
    with ExitStack() as stack:

        def of(code: str) -> Portal:
            if code not in running:
                folder = run_folder / f"deciding-{code}"
                given = serving(folder, sqlite_template, keys, worker=False, PORTAL_INSTITUTION=code)
                server = stack.enter_context(given)
                running[code] = Portal(server, stack.enter_context(house_of(server, keys)), load(code))
            return running[code]

        yield of


@pytest.fixture
def struk(tmp_path: Path) -> Path:
    """A receipt that was sent with the complaint."""
    file = tmp_path / "struk.png"
    file.write_bytes(papers.png(papers.receipt()))
    return file


@pytest.fixture
def mutasi(tmp_path: Path) -> Path:
    """A statement that was not sent before."""
    file = tmp_path / "mutasi.jpg"
    file.write_bytes(papers.jpeg(papers.statement()))
    return file


def offered(page: Page, lang: str) -> list[str]:
    """Which of the decisions the page has a link to."""
    return [one for one in DECISIONS if page.locator(f'main a[href="/{lang}/track/case/{one}"]').count()]


@EVERYWHERE
@LANGUAGES
def test_a_customer_agrees_objects_or_takes_it_further(
    portals: Callable[[str], Portal], visit: Visit, struk: Path, mutasi: Path, code: str, lang: str
) -> None:
    """SQ-29, SQ-30, SQ-32, SQ-33, SQ-34, SQ-35, BM-37, BM-38, BM-39, BM-40, KF-04."""
    portal, said = portals(code), SAID[lang]
    page = visit(portal.server, f"/{lang}/")
    case = an_answered_case(portal.house, portal.profile, lang)
    open_case(page, lang, case)
    assert offered(page, lang) == list(DECISIONS)
    deciding.agree(page, lang)
    expect(page.locator("#case-facts")).to_contain_text(said["agreed"])
    expect(page.locator("#timeline")).to_contain_text(said["rated"])
    assert offered(page, lang) == []

    # The same file under another name is refused beside the earlier one; with it alone nothing is sent.
    open_case(page, lang, an_answered_case(portal.house, portal.profile, lang))
    deciding.bring(page, lang, struk)
    deciding.begin_objection(page, lang)
    renamed = struk.with_name("bukti-lain.png")
    renamed.write_bytes(struk.read_bytes())
    page.locator('input[type="file"]').set_input_files(renamed)
    expect(page.locator("[data-under-way]")).to_contain_text(said["repeat"])
    expect(page.locator("[data-under-way]")).to_contain_text("struk.png")
    page.reload()
    page.locator("#send").click()
    expect(page.locator(".errors")).to_contain_text(said["needed"])
    expect(page.locator('[name="words"]')).to_have_value(deciding.WORDS)
    deciding.attach(page, mutasi)
    deciding.send_objection(page, lang)
    expect(page.locator("#case-rounds")).to_contain_text(deciding.WORDS)
    expect(page.locator("#timeline")).to_contain_text(said["promised"])
    expect(page.locator(".due")).to_be_visible()

    open_case(page, lang, an_answered_case(portal.house, portal.profile, lang))
    deciding.disagree(page, lang)
    for forum in listed_by(portal.profile):
        expect(page.locator("main")).to_contain_text(forum.label[lang])
    deciding.tell_forum(page, lang, "ojk", "OJK-17")
    expect(page.locator("#case-closed")).to_contain_text(said["not_agreed"])
    expect(page.locator("#case-rounds")).to_contain_text("OJK-17")
    expect(page.locator("#case-rounds")).to_contain_text(said["hold"])
    # Not agreed takes no objection away.
    assert offered(page, lang) == ["objection"]


@EVERYWHERE
@LANGUAGES
def test_who_acts_for_the_customer_decides_once_their_power_is_accepted(
    portals: Callable[[str], Portal], visit: Visit, mutasi: Path, code: str, lang: str
) -> None:
    """SQ-18, SQ-31, BM-17, BM-38: before that nothing is offered, and no address leads there."""
    portal, said = portals(code), SAID[lang]
    page = visit(portal.server, f"/{lang}/")

    def acting() -> None:
        case = an_answered_case(portal.house, portal.profile, lang, representation=deciding.represented(lang))
        open_case(page, lang, case)
        assert offered(page, lang) == []
        for one in DECISIONS:
            page.goto(f"/{lang}/track/case/{one}")
            expect(page).to_have_url(f"{portal.server.url}/{lang}/track/case")
        deciding.accept_power(portal.house, portal.profile, case)
        page.reload()
        assert offered(page, lang) == list(DECISIONS)

    acting()
    deciding.agree(page, lang)
    expect(page.locator("#case-facts")).to_contain_text(said["agreed"])
    expect(page.locator("#timeline")).to_contain_text(said["by_you"])

    acting()
    deciding.begin_objection(page, lang)
    deciding.attach(page, mutasi)
    deciding.send_objection(page, lang)
    expect(page.locator("#timeline")).to_contain_text(said["promised"])
    expect(page.locator("#timeline")).to_contain_text(said["by_you"])

    acting()
    deciding.disagree(page, lang)
    deciding.tell_forum(page, lang, "laps_sjk", "LAPS-8")
    expect(page.locator("#case-rounds")).to_contain_text("LAPS-8")
    expect(page.locator("#timeline")).to_contain_text(said["by_you"])


@EVERYWHERE
@LANGUAGES
def test_silence_is_announced_and_closed_and_takes_no_right(
    portals: Callable[[str], Portal], visit: Visit, mutasi: Path, code: str, lang: str
) -> None:
    """Nobody reacts for weeks: one letter before, one after; then the customer objects all the same."""
    portal, said = portals(code), SAID[lang]
    customer = deciding.somebody(lang)
    case = an_answered_case(portal.house, portal.profile, lang, filed_ago=timedelta(days=90), customer=customer)
    last = deciding.decides_by(portal.house, case)
    announced = last - timedelta(days=portal.profile.responses.announced_days)
    assert customer.email is not None
    deciding.nights(portal.server, portal.house, portal.profile, [announced - timedelta(days=1)])
    before = len(portal.server.mailbox.to(customer.email))
    deciding.nights(portal.server, portal.house, portal.profile, [announced, last])
    (warning,) = portal.server.mailbox.to(customer.email)[before:]
    assert said["mail_warned"] in warning.get_content()
    page = visit(portal.server, f"/{lang}/")
    open_case(page, lang, case)
    assert offered(page, lang) == list(DECISIONS)

    deciding.nights(portal.server, portal.house, portal.profile, [last + timedelta(days=1)])
    closing = portal.server.mailbox.to(customer.email)[-1]
    for sentence in ("mail_closed", "may_object", "forums"):
        assert said[sentence] in closing.get_content()
    assert f"/{lang}/forums" in closing.get_content()
    page.reload()
    expect(page.locator("#case-closed")).to_contain_text(said["silent"])
    assert offered(page, lang) == ["objection"]
    expect(page.locator(f'#case-closed a[href="/{lang}/track/case/forums"]')).to_be_visible()
    # Both letters can be read again where the case is.
    expect(page.locator("#case-letters")).to_contain_text(said["warned"])
    page.locator("#case-letters a", has_text=said["closed"]).click()
    expect(page.locator("main")).to_contain_text(said["may_object"])

    page.goto(f"/{lang}/track/case")
    deciding.begin_objection(page, lang)
    deciding.attach(page, mutasi)
    deciding.send_objection(page, lang)
    expect(page.locator("#timeline")).to_contain_text(said["promised"])
    expect(page.locator("#case-closed .notice")).to_have_count(0)


@ASKED
@LANGUAGES
def test_an_answer_to_a_question_asks_for_no_decision_and_is_settled_in_silence(
    portals: Callable[[str], Portal], visit: Visit, code: str, lang: str
) -> None:
    """KF-18: nothing to agree with, to object to or to take further is offered."""
    portal, said = portals(code), SAID[lang]
    case = an_answered_case(
        portal.house, portal.profile, lang, filed_ago=timedelta(days=90), kind="question", transactions=()
    )
    assert portal.profile.kinds["question"].path is Way.SHORT
    page = visit(portal.server, f"/{lang}/")
    open_case(page, lang, case)
    expect(page.locator("#case-asked")).to_contain_text(said["nothing_asked"])
    assert offered(page, lang) == []
    for one in DECISIONS:
        page.goto(f"/{lang}/track/case/{one}")
        expect(page).to_have_url(f"{portal.server.url}/{lang}/track/case")
    last = deciding.decides_by(portal.house, case)
    deciding.nights(portal.server, portal.house, portal.profile, [last + timedelta(days=1)])
    page.reload()
    expect(page.locator("#case-closed")).to_contain_text(said["settled"])
    assert offered(page, lang) == []
