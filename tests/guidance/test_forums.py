"""The forum guide and the finder, as a visitor reads and fills them in both languages, without a case or a script."""

from datetime import datetime
from decimal import Decimal
from urllib.parse import parse_qs, urlencode, urlsplit
from zoneinfo import ZoneInfo

import pytest
import time_machine

from portal.forums.finder import Answers
from portal.forums.loader import load as load_forums
from portal.forums.rules import Elsewhere, Known, Matter, Sector, Standing
from portal.institution import disputes
from portal.institution.loader import codes, load

# These pages read no table but the calendar's changes, so one kind of database is enough.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
JAKARTA = ZoneInfo("Asia/Jakarta")
APRIL = datetime(2026, 4, 10, 9, 0, tzinfo=JAKARTA)
ANSWERED = {"answered_on-d": "13", "answered_on-m": "3", "answered_on-y": "2026"}
TRANSFER = {
    "elsewhere": "no", "standing": "answered", "sector": "sharia_bank", "matter": "payment", "sharia": "yes",
    "clause": "none", "amount": "1.250.000", "agreement": "unknown", **ANSWERED,
}  # fmt: skip
LOAN = {
    "elsewhere": "no", "standing": "answered", "sector": "p2p_lending", "sharia": "no",
    "clause": "none", "amount": "300000000", "agreement": "unknown", **ANSWERED,
}  # fmt: skip


@pytest.fixture(params=["id", "en"])
def lang(request):
    return request.param


@pytest.fixture
def code():
    return "muamalat"


@pytest.fixture
def environment(environment, code):
    return environment | {"PORTAL_INSTITUTION": code}


@pytest.fixture
def april():
    with time_machine.travel(APRIL, tick=False) as traveller:
        yield traveller


def says(page, lang, *, id, en):
    own, other = (id, en) if lang == "id" else (en, id)
    assert own in page.text, own
    assert own == other or other not in page.text


def squeezed(text):
    return " ".join(text.split())


def ask(client, lang, **answers):
    return client.get(f"/{lang}/forums/found?{urlencode(answers)}")


def option(page, name):
    """The text of one forum's entry."""
    rows = [row.text for row in page.all(".forum") if row.one("h3").text.startswith(name)]
    assert len(rows) == 1, f"{name!r} among {[row.one('h3').text for row in page.all('.forum')]}"
    return rows[0]


def ranked(page):
    return [row.one("h3").text for row in page.all("ol.forums .forum")]


# ── the guide ────────────────────────────────────────────────────────────────────────────────────


def test_the_guide_names_the_banks_forums_and_lapspi_as_what_it_was(client, lang):
    """BM-41, SQ-34, SQ-35: out of court and through the court; one case, one forum."""
    page = client.get(f"/{lang}/procedure").follow(
        {"id": "Jika tidak sepakat: ke mana selanjutnya", "en": "If we do not agree: where to turn"}[lang]
    )
    says(
        page,
        lang,
        id="Jika Anda menolak jawaban kami, kami wajib memberi tahu upaya penyelesaian sengketa: di luar pengadilan",
        en="If you reject our answer, we are obliged to tell you how the dispute can be resolved: out of court",
    )
    names = [row.one("h3").text for row in page.all(".forum")]
    assert (
        names
        == {
            "id": [
                "Bank Indonesia",
                "Otoritas Jasa Keuangan (OJK)",
                "APPK, portal OJK",
                "LAPS SJK (dahulu LAPSPI untuk perbankan)",
                "Pengadilan Agama",
                "Basyarnas-MUI",
                "Pengadilan Negeri",
                "BPSK (Badan Penyelesaian Sengketa Konsumen)",
            ],
            "en": [
                "Bank Indonesia",
                "Financial Services Authority (OJK)",
                "APPK, OJK’s portal",
                "LAPS SJK (formerly LAPSPI for banks)",
                "Religious Court",
                "Basyarnas-MUI",
                "District Court",
                "BPSK (Consumer Dispute Settlement Body)",
            ],
        }[lang]
    )
    says(page, lang, id="Satu perkara, satu lembaga.", en="One case, one forum.")
    says(page, lang, id="baca dulu, baru pilih.", en="read first, then choose.")
    says(page, lang, id="Ini tawaran, bukan hak", en="It is an offer, not a right")


@pytest.mark.parametrize("code", codes())
def test_both_routes_stand_in_every_institutions_guide(client, code, lang):
    """SQ-35"""
    page = client.get(f"/{lang}/forums")
    outside, court = (page.one(f"section[aria-labelledby={each}]").text for each in ("outside", "court"))
    assert "LAPS SJK" in outside
    assert {"id": "Pengadilan", "en": "Court"}[lang] in court
    linked = [link["href"] for link in client.get(f"/{lang}/").all("footer a[href]")]
    assert f"/{lang}/forums" in linked


def test_each_forum_has_a_page_with_every_fact_its_source_and_its_date(client, lang):
    """SQ-34"""
    file = load_forums()
    for forum in file.forums.values():
        page = client.get(f"/{lang}/forums/{forum.code}")
        assert page.heading == squeezed(forum.label[lang])
        for key, fact in forum.facts():
            for text in (fact.text, *fact.points, file.sources[fact.source].label):
                assert squeezed(text[lang]) in page.text, (forum.code, key)
        checked = {"id": "Diperiksa pada 21 November 2026", "en": "Checked on 21 November 2026"}[lang]
        assert page.text.count(checked) >= 8
        for address in forum.contact.addresses:
            assert squeezed(address.text) in page.text
    client.get(f"/{lang}/forums/lapspi", status=404)


def test_no_link_leaves_the_portal_without_its_date(client, lang):
    seen = {"id": "(dibuka", "en": "(seen on"}[lang]
    for code in load_forums().forums:
        page = client.get(f"/{lang}/forums/{code}")
        for note in page.all("main .note"):
            if any(link["href"].startswith("https://") for link in note.all("a[href]")):
                assert seen in note.text
        contact = page.one("section[aria-labelledby=contact]")
        assert {"id": "Diperiksa pada", "en": "Checked on"}[lang] in contact.text


def test_a_fact_that_is_less_than_sure_says_so(client, lang):
    page = client.get(f"/{lang}/forums/ojk")
    says(
        page.one("section[aria-labelledby=when]"),
        lang,
        id="Hanya satu sumber yang baik. Tanyakan ke OJK.",
        en="One good source. Ask OJK.",
    )


def test_a_fact_older_than_a_year_is_softened(client, lang):
    """Of facts checked on 21 November 2026."""
    told = {
        "id": "Kami memeriksanya 21 November 2026. Tanyakan lagi ke BI.",
        "en": "We checked this on 21 November 2026. Check with BI.",
    }[lang]
    for day, there in ((21, False), (22, True)):
        with time_machine.travel(datetime(2027, 11, day, 9, 0, tzinfo=JAKARTA), tick=False):
            for path in ("forums", "forums/bi"):
                assert (told in client.get(f"/{lang}/{path}").text) is there
            above = {**TRANSFER, "amount": "501000000", "answered_on-d": "", "answered_on-m": "", "answered_on-y": ""}
            page = ask(client, lang, **above)
            assert ("Bank Indonesia" in ranked(page)) is there
            assert (told in option(page, "Bank Indonesia")) is there


# ── the finder ───────────────────────────────────────────────────────────────────────────────────


def test_nine_questions_lead_from_the_guide_to_a_ranked_result(client, lang, april):
    """BM-41: a transfer dispute; prefilled with what the bank is."""
    guide = client.get(f"/{lang}/forums")
    page = guide.follow({"id": "Cari lembaga yang cocok", "en": "Find the forum that fits"}[lang])
    form = page.form("#finder")
    assert form.node["method"].lower() == "get" and not [name for name in form.values if "csrf" in name]
    assert (form.values["sector"], form.values["sharia"]) == ("sharia_bank", "yes")
    assert len(page.all("main .field")) == 9
    form.fill({name: value for name, value in TRANSFER.items() if name not in ("sector", "sharia")})
    found = form.submit()
    assert (
        ranked(found)[:3]
        == {
            "id": ["Bank Indonesia", "LAPS SJK (dahulu LAPSPI untuk perbankan)", "Otoritas Jasa Keuangan (OJK)"],
            "en": ["Bank Indonesia", "LAPS SJK (formerly LAPSPI for banks)", "Financial Services Authority (OJK)"],
        }[lang]
    )
    bi = option(found, "Bank Indonesia")
    for said in {
        "id": [
            "tidak menyebut biaya",
            "Rp500 juta",
            "Rabu, 24 Juni 2026",
            "Pernyataan bermeterai",
            "Bank Muamalat sudah menjawab",
        ],
        "en": [
            "page names no fee",
            "Rp500 million",
            "Wednesday 24 June 2026",
            "stamped statement",
            "Bank Muamalat has answered",
        ],
    }[lang]:
        assert said in bi
    # That it is free is said in bold only where a source says so.
    free = {"id": "Gratis", "en": "Free"}[lang]
    assert free not in bi and free in option(found, {"id": "Otoritas", "en": "Financial"}[lang])
    says(found, lang, id="Satu perkara, satu lembaga.", en="One case, one forum.")
    says(found, lang, id="Tanggal ini hitungan kami", en="This date is our count")
    assert "Basyarnas-MUI" in found.one("section[aria-labelledby=closed-h]").text
    # Nothing is kept: the answers stand in the address and nowhere else.
    assert not found.response.headers.getlist("Set-Cookie")


def test_ojks_last_day_is_asked_for_and_its_source_told(client, lang, april):
    page = ask(client, lang, **TRANSFER)
    ojk = option(page, {"id": "Otoritas", "en": "Financial"}[lang])
    for said in {
        "id": ["Tanyakan ke OJK", "Menurut hitungan kami: Rabu, 24 Juni 2026", "Keterangan OJK Sumatera Barat"],
        "en": ["Ask OJK", "By our count: Wednesday 24 June 2026", "A statement of OJK West Sumatra"],
    }[lang]:
        assert said in ojk
    assert {"id": "APPK, portal OJK", "en": "APPK, OJK’s portal"}[lang] in ojk


def test_the_day_after_the_last_day(client, lang):
    for day, open_ in ((24, True), (25, False)):
        with time_machine.travel(datetime(2026, 6, day, 23, 0, tzinfo=JAKARTA), tick=False):
            page = ask(client, lang, **TRANSFER)
        assert ("Bank Indonesia" in ranked(page)) is open_
        told = {
            True: {"id": "Menurut hitungan kami hari ini hari terakhir", "en": "Today is the last day by our count"},
            False: {"id": "hari terakhirnya Rabu, 24 Juni 2026", "en": "its last day was Wednesday 24 June 2026"},
        }[open_][lang]
        assert told in option(page, "Bank Indonesia")
        assert "LAPS SJK" in " ".join(ranked(page)) and {"id": "Otoritas", "en": "Financial"}[lang] in page.text


def test_the_last_day_is_derived_day_by_day(client, lang, april):
    page = ask(client, lang, **TRANSFER)
    derived = page.follow({"id": "Hitungan kami untuk BI, hari demi hari", "en": "Our count, day by day, for BI"}[lang])
    assert derived.one(".due time")["datetime"] == "2026-06-24"
    counted = [row.all("td")[0].text for row in derived.all("tbody tr")]
    assert [number for number in counted if number.isdigit()] == [str(number) for number in range(61)]
    assert counted.count("–") == 103 - 60
    says(derived, lang, id="Cuti bersama", en="Joint leave")
    says(derived, lang, id="Tanggal ini hitungan kami", en="This date is our count")
    for wrong in ("laps_sjk/last-day/2026-03-13", "bi/last-day/2026-04-11", "bi/last-day/1999-01-01", "bi/last-day/x"):
        client.get(f"/{lang}/forums/{wrong}", status=404)


@pytest.mark.parametrize("code", ["kredifazz"])
def test_three_hundred_million_with_a_lender_is_free_at_ojk_and_not_at_laps_sjk(client, lang, april):
    """The payment question is not asked where no forum of the institution asks it."""
    assert len(client.get(f"/{lang}/forums/find").all("main .field")) == 8
    page = ask(client, lang, **LOAN)
    laps = option(page, "LAPS SJK")
    assert {"id": "gratis sampai Rp200 juta", "en": "free up to Rp200 million"}[lang] in laps
    assert {"id": "Di atas nilai itu mediasi dikenai biaya", "en": "Above that amount mediation costs fees"}[
        lang
    ] in laps
    assert ranked(page)[0] == {"id": "Otoritas Jasa Keuangan (OJK)", "en": "Financial Services Authority (OJK)"}[lang]
    says(page, lang, id="tawaran OJK, bukan hak Anda", en="an offer by OJK, not your right")
    assert {"id": "layanan KrediFazz tidak termasuk", "en": "that is not KrediFazz’s service"}[lang] in page.text


def test_a_financing_dispute_is_shown_as_closed_at_bank_indonesia(client, lang, april):
    page = ask(client, lang, **{**TRANSFER, "matter": "other"})
    shut = page.one("section[aria-labelledby=closed-h]").text
    assert {"id": "Ini bukan masalah yang ditangani BI", "en": "This is not a matter that BI takes"}[lang] in shut


def test_arbitration_in_the_contract_shuts_the_courts(client, lang, april):
    page = ask(client, lang, **{**TRANSFER, "clause": "basyarnas"})
    assert ranked(page)[0] == "Basyarnas-MUI"
    shut = page.one("section[aria-labelledby=closed-h]").text
    assert {"id": "pengadilan tidak berwenang", "en": "the courts have no power"}[lang] in shut


def test_a_pending_matter_is_warned_of_and_everything_else_is_closed(client, lang, april):
    page = ask(client, lang, **{**TRANSFER, "elsewhere": "pending"})
    assert not ranked(page)
    says(
        page,
        lang,
        id="Selesaikan di sana dulu, atau tanyakan ke lembaga itu",
        en="Finish there first, or ask that forum",
    )
    says(page, lang, id="Menurut jawaban ini tidak ada lembaga yang terbuka", en="By these answers no forum is open")


def test_who_has_not_complained_yet_is_led_to_the_institution(client, lang, april):
    page = ask(client, lang, **{**TRANSFER, "standing": "not_yet"})
    assert not ranked(page)
    begun = page.follow({"id": "Mengadu ke Bank Muamalat", "en": "Complain to Bank Muamalat"}[lang])
    assert begun.path == f"/{lang}/"
    waiting = ask(client, lang, **{**TRANSFER, "standing": "waiting"})
    says(waiting, lang, id="Tunggu jawaban Bank Muamalat", en="Wait for the answer of Bank Muamalat")


# ── nothing typed is lost ────────────────────────────────────────────────────────────────────────


def test_what_is_missing_or_wrong_is_told_and_what_was_typed_stays(client, lang, april):
    wrong = {"standing": "maybe", "amount": "banyak", "clause": "none", "answered_on-d": "40", "answered_on-m": "x"}
    page = client.get(f"/{lang}/forums/found?{urlencode(wrong)}", status=422)
    told = page.one(".errors").text
    for said in {
        "id": ["apakah perkaranya sudah dibawa", "apakah pengaduannya sudah dijawab", "Tulis tanggal", "dengan angka"],
        "en": ["whether the matter was taken", "whether the complaint was answered", "Write the date", "in digits"],
    }[lang]:
        assert said in told
    values = page.form("#finder").values
    assert (values["amount"], values["clause"], values["answered_on-d"], values["answered_on-m"]) == (
        "banyak", "none", "40", "x",
    )  # fmt: skip
    future = client.get(
        f"/{lang}/forums/found?{urlencode({**TRANSFER, 'answered_on-d': '11', 'answered_on-m': '4'})}", status=422
    )
    says(future, lang, id="Tanggal ini belum tiba", en="This day is still to come")


def test_the_answers_can_be_changed_and_go_along_into_the_other_language(client, lang, april):
    page = ask(client, lang, **TRANSFER)
    form = page.follow({"id": "Ubah jawaban", "en": "Change the answers"}[lang]).form("#finder")
    assert {name: form.values[name] for name in TRANSFER} == TRANSFER
    other = {"id": "en", "en": "id"}[lang]
    switched = form.fill(amount="2,5 juta").submit(f"switch={other}")
    assert switched.path == f"/{other}/forums/find"
    assert {name: switched.form("#finder").values[name] for name in TRANSFER} == {**TRANSFER, "amount": "2,5 juta"}


def test_a_result_without_answers_leads_to_the_questions(client, lang):
    assert client.get(f"/{lang}/forums/found").path == f"/{lang}/forums/find"


def test_what_a_case_knows_is_what_the_finder_reads(client, lang, april):
    """A case's page may lead here with its answers filled in."""
    profile = load("muamalat")
    answers = disputes.prefilled(
        profile, standing=Standing.ANSWERED, topic="card", amount=Decimal(750000), answered_on=APRIL.date()
    )
    query = disputes.as_query(answers)
    page = client.get(f"/{lang}/forums/find?{urlencode(query)}")
    found = page.form("#finder").submit()
    assert {name: parts[0] for name, parts in parse_qs(urlsplit(found.url).query).items()} == query
    assert answers == Answers(
        elsewhere=Elsewhere.NO,
        standing=Standing.ANSWERED,
        sector=Sector.SHARIA_BANK,
        matter=Matter.PAYMENT,
        sharia=Known.YES,
        amount=Decimal(750000),
        answered_on=APRIL.date(),
    )
    assert "Rp750.000" in found.text or "Rp750,000" in found.text
