"""A refusal on each ground in browsers: the bar where evidence is missing, then the evidence and the letter.

Every page on the way is looked at by axe, the customer's too.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from portal import clock
from portal.complaints.handed_in import Person
from portal.complaints.models import Complaint
from portal.complaints.rounds import end_round
from portal.complaints.rules import Status
from portal.complaints.states import RoundOutcome
from portal.db import writing
from portal.institution.loader import load
from portal.institution.rules import RefusalGround
from portal.sealing import KeyRing
from tests.browser.conftest import Visit
from tests.browser.customer import at, fill, refused, send_button
from tests.browser.responding import LANGUAGES, Audit, Sit, a_case, act, open_answer, preview
from tests.browser.seats import house_of
from tests.browser.server import Server
from tests.complaints.cases import Case

REASON = {"id": "Kami tidak dapat memprosesnya lagi.", "en": "We can take it no further."}
# What each ground says on the customer's letter, in the words of the institution's own page.
PLAIN = {
    "incomplete": {
        "id": "Dokumen yang kami minta tidak dilengkapi dalam 10 hari kerja.",
        "en": "The documents we asked for were not completed within 10 working days.",
    },
    "settled": {
        "id": "Pengaduan yang sama sudah kami selesaikan, dengan atau tanpa kesepakatan.",
        "en": "We have settled the same complaint before, with or without an agreement.",
    },
    "no_direct_loss": {
        "id": "materiil, wajar, dan langsung menurut perjanjian atau dokumen transaksi",
        "en": "material, reasonable and direct loss, or potential loss, under the agreement",
    },
    "not_ours": {
        "id": "Pengaduan tidak menyangkut transaksi keuangan yang diterbitkan Bank Muamalat.",
        "en": "The complaint is not about a financial transaction issued by Bank Muamalat.",
    },
}
SAID = {
    "id": {
        "refused": "Ditolak",
        "no_other": "pengaduan tidak ditolak dengan dasar lain",
        "running": "Waktu pengadu untuk melengkapi dokumen belum berakhir",
        "complete": "Tidak ada yang kurang: dokumen sudah lengkap",
        "receipt": "Tanda terima",
        "again": "Setelah dokumennya ada, Anda boleh mengajukannya lagi kapan saja, tanpa biaya.",
        "unknown": "Tidak ada pengaduan dengan nomor ini yang boleh Anda lihat",
        "foreign": "Pengaduan itu milik pengadu lain",
        "pending": "Pengaduan itu belum selesai.",
        "objection": "Keberatan atas tanggapan itu jalan yang lebih baik",
        "object": "ajukan keberatan dengan dokumen baru",
        "unchecked": "Tulis perjanjian atau transaksi yang Anda periksa, dan apa isinya",
        "service": "dapat ditangani sebagai masalah layanan",
        "as_service": "Masalah layanan sejak",
        "outside": "Anda dapat membawanya ke lembaga di luar Bank Muamalat atau ke pengadilan.",
    },
    "en": {
        "refused": "Refused",
        "no_other": "a complaint is refused on no other",
        "running": "The customer’s time to bring the documents is not over",
        "complete": "Nothing is missing: the documents are complete",
        "receipt": "Acknowledgement of receipt",
        "again": "Once you have the documents you may make it again at any time, free of charge.",
        "unknown": "No complaint that you may see has this number",
        "foreign": "That complaint is another customer’s",
        "pending": "That complaint is not resolved.",
        "objection": "An objection to that response is the better way",
        "object": "object with new documents",
        "unchecked": "Write which agreement or transaction you checked, and what it says",
        "service": "can be handled as a service matter",
        "as_service": "Service matter since",
        "outside": "You can take it further, to a body outside Bank Muamalat or to court.",
    },
}


def somebody(lang: str, serial: int = 0) -> Person:
    """A customer who reads this language. Those with different serials have nothing in common."""
    return Person(name="Siti Rahmawati", language=lang, email=f"siti.{lang}{serial}@example.id")


def filed(server: Server, keys: KeyRing, code: str, lang: str, serial: int = 0, **changes: object) -> Case:
    told = {"language": lang, "customer": somebody(lang, serial), "account": f"30177700{serial:02}{ord(lang[0])}"}
    return a_case(server, keys, code, **{**told, **changes})


def settled(server: Server, keys: KeyRing, case: Case) -> None:
    """The complaint ended without an agreement."""
    with house_of(server, keys) as house, house.session() as session:
        complaint = writing(session, session.get_one(Complaint, case.complaint_id))
        end_round(session, complaint, RoundOutcome.NOT_AGREED, now=clock.now())
        complaint.status, complaint.closed_at = Status.NOT_AGREED, clock.now()
        session.commit()


def send(page: Page, home: str, lang: str, audit: Audit) -> None:
    """From the letter to the refused case."""
    send_button(page).click()
    at(page, home)
    expect(page.locator(".title-row")).to_contain_text(SAID[lang]["refused"])
    audit(page)


def read(page: Page, lang: str, case: Case, audit: Audit, *sentences: str) -> None:
    """The customer reads the letter: these sentences, and where else they may turn."""
    open_answer(page, lang, case)
    letter = page.locator("article.letter")
    for sentence in (REASON[lang], *sentences):
        expect(letter).to_contain_text(sentence)
    audit(page)
    page.locator(f'main a[href="/{lang}/track/case/forums"]').click()
    expect(page.locator("main")).to_contain_text("LAPS SJK")


@LANGUAGES
def test_missing_documents_refuse_when_their_time_is_over_and_the_notices_stand(
    portal_of: Callable[[str], Server], visit: Visit, keys: KeyRing, sit: Sit, audit: Audit, lang: str
) -> None:
    """SQ-24, SQ-25: not while the documents may still come; then with what was missing and how it was told."""
    server, said, code = portal_of("sequis_am"), SAID[lang], "sequis_am"
    profile = load(code)
    desk = sit(server, code, lang)
    words = {"ground": "incomplete", f"words_{lang}": REASON[lang]}
    for given, bar in (((), said["running"]), (profile.documents, said["complete"])):
        act(desk, lang, filed(server, keys, code, lang, given=given), "refuse", audit)
        fill(desk, words)
        expect(refused(desk)).to_contain_text(bar)
        audit(desk)
    case = filed(server, keys, code, lang, given=(), now=clock.now() - timedelta(days=50))
    home = act(desk, lang, case, "refuse", audit)
    missing = profile.documents["identity"].label[lang]
    expect(desk.locator('[aria-labelledby="missing"]')).to_contain_text(missing)
    expect(desk.locator('[aria-labelledby="missing"]')).to_contain_text(said["receipt"])
    fill(desk, words)
    preview(desk, home, audit)
    expect(desk.locator('[aria-labelledby="evidence"]')).to_contain_text(missing)
    expect(desk.locator('[aria-labelledby="evidence"]')).to_contain_text(said["receipt"])
    send(desk, home, lang, audit)
    read(visit(server, "/"), lang, case, audit, PLAIN["incomplete"][lang], said["again"])


@LANGUAGES
def test_what_was_settled_before_is_refused_by_its_number_after_objection_was_offered(
    server: Server, visit: Visit, keys: KeyRing, sit: Sit, audit: Audit, lang: str
) -> None:
    """SQ-24, SQ-26, BM-18, BM-21, BM-22: the same customer's, and resolved; an objection is the better way."""
    said = SAID[lang]
    earlier, others, running, case = (
        filed(server, keys, "muamalat", lang, serial=21 + number) for number in (0, 1, 0, 0)
    )
    settled(server, keys, earlier)
    settled(server, keys, others)
    desk = sit(server, "muamalat", lang)
    home = act(desk, lang, case, "refuse", audit)
    instead = desk.locator('[aria-labelledby="instead"]')
    expect(instead).to_contain_text(said["objection"])
    expect(instead.locator(f'a[href="/{lang}/desk/cases/{earlier.complaint_id}"]')).to_contain_text(earlier.number)
    fill(desk, {"ground": "settled", f"words_{lang}": REASON[lang]})
    for number, bar in (("", said["unknown"]), (others.number, said["foreign"]), (running.number, said["pending"])):
        fill(desk, {"number": number})
        expect(refused(desk)).to_contain_text(bar)
    audit(desk)
    fill(desk, {"number": earlier.number})
    preview(desk, home, audit)
    expect(desk.locator('[aria-labelledby="evidence"] a')).to_contain_text(earlier.number)
    send(desk, home, lang, audit)
    read(visit(server, "/"), lang, case, audit, PLAIN["settled"][lang], said["object"], said["outside"])


@LANGUAGES
@pytest.mark.parametrize("ground", [RefusalGround.NO_DIRECT_LOSS, RefusalGround.NOT_OURS])
def test_the_other_grounds_need_what_was_checked_and_service_is_offered_first(
    server: Server, visit: Visit, keys: KeyRing, sit: Sit, audit: Audit, lang: str, ground: RefusalGround
) -> None:
    """SQ-24, SQ-27, SQ-28, SQ-34, BM-18, BM-23, BM-24: the finding stays with the officers."""
    said, finding = SAID[lang], "Mutasi rekening tidak memuat transaksi itu."
    case, desk = filed(server, keys, "muamalat", lang, serial=31), sit(server, "muamalat", lang)
    home = act(desk, lang, case, "refuse", audit)
    expect(desk.locator('[aria-labelledby="instead"]')).to_contain_text(said["service"])
    expect(desk.locator('[name="ground"][value="incomplete"]')).to_have_count(0)
    expect(refused(desk)).to_contain_text(said["no_other"])
    audit(desk)
    fill(desk, {"ground": ground.value, f"words_{lang}": REASON[lang], "checked": "Mutasi 20 November"})
    expect(refused(desk)).to_contain_text(said["unchecked"])
    audit(desk)
    fill(desk, {"finding": finding})
    preview(desk, home, audit)
    expect(desk.locator('[aria-labelledby="evidence"]')).to_contain_text(finding)
    send(desk, home, lang, audit)
    mine = visit(server, "/")
    read(mine, lang, case, audit, PLAIN[ground][lang], said["object"], said["outside"])
    mine.goto(f"/{lang}/track/case/answer")
    expect(mine.locator("main")).not_to_contain_text(finding)


@LANGUAGES
def test_a_grievance_is_handled_as_a_service_matter_instead_of_being_refused(
    server: Server, keys: KeyRing, sit: Sit, audit: Audit, lang: str
) -> None:
    """SQ-27, BM-23: it still gets an answer, and the offer is not made twice."""
    case, desk = filed(server, keys, "muamalat", lang, serial=41), sit(server, "muamalat", lang)
    home = act(desk, lang, case, "refuse", audit)
    desk.locator(f'form[action="{home}/as-service"] button').click()
    at(desk, home)
    expect(desk.locator('[aria-labelledby="facts"]')).to_contain_text(SAID[lang]["as_service"])
    audit(desk)
    act(desk, lang, case, "refuse", audit)
    expect(desk.locator(f'form[action="{home}/as-service"]')).to_have_count(0)


@LANGUAGES
@pytest.mark.parametrize("code", ["kredifazz", "kredi360"])
def test_an_institution_without_grounds_offers_no_refusal(
    portal_of: Callable[[str], Server], keys: KeyRing, sit: Sit, code: str, lang: str
) -> None:
    """Every question and complaint is served there; nobody finds a way to refuse one."""
    server = portal_of(code)
    desk, case = sit(server, code, lang), filed(server, keys, code, lang)
    home = f"/{lang}/desk/cases/{case.complaint_id}"
    desk.goto(home)
    expect(desk.locator('[aria-labelledby="next"]')).to_be_visible()
    expect(desk.locator(f'a[href="{home}/refuse"]')).to_have_count(0)
    told = desk.goto(f"{home}/refuse")
    assert told is not None and told.status == 404
