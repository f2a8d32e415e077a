"""The public pages of Bank Muamalat, read as a visitor reads them, in both languages."""

import re
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
import time_machine

# These pages read no table, so one kind of database is enough.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

JAKARTA = ZoneInfo("Asia/Jakarta")
FRIDAY_BEFORE_LEBARAN = datetime(2026, 3, 13, 10, 0, tzinfo=JAKARTA)
SUNDAY = datetime(2026, 4, 5, 6, 30, tzinfo=JAKARTA)


@pytest.fixture(params=["id", "en"])
def lang(request):
    return request.param


@pytest.fixture
def start(client, lang):
    return client.get(f"/{lang}/")


def says(page, lang, *, id, en):
    """The page says this sentence in its language, and not the other language's."""
    own, other = (id, en) if lang == "id" else (en, id)
    assert own in page.text
    assert own == other or other not in page.text


def channel(page, label):
    """The row of one channel, as text."""
    rows = [row.text for row in page.all(".channels div") if row.text.startswith(label)]
    assert len(rows) == 1, f"{len(rows)} rows begin with {label!r}"
    return rows[0]


# ── what it is for ───────────────────────────────────────────────────────────────────────────────


def test_it_says_whose_products_and_services_it_is_for(start, lang):
    """SQ-03"""
    says(
        start,
        lang,
        id="Layanan ini untuk pengaduan tentang produk dan layanan Bank Muamalat.",
        en="This service is for complaints about the products and services of Bank Muamalat.",
    )


def test_it_says_that_complaining_is_free(start, lang):
    says(start, lang, id="Pengaduan tidak dipungut biaya", en="Making a complaint is free of charge")


def test_it_says_what_to_have_at_hand_and_asks_for_no_upload(start, lang):
    says(
        start,
        lang,
        id="Nomor rekening atau nomor akad pembiayaan",
        en="Your account number or financing contract number",
    )
    says(start, lang, id="Tanggal, jam, dan jumlah transaksi", en="The date, time and amount of the transaction")
    assert not re.search(r"unggah|upload|lampir|attach", start.text, re.I)


def test_it_says_whom_to_call_when_it_is_urgent(start, lang):
    says(
        start,
        lang,
        id="Kartu hilang, atau uang sedang keluar dari rekening Anda?",
        en="Card lost, or money leaving your account right now?",
    )
    assert [link["href"] for link in start.all(".notice-warn a")] == ["tel:1500016", "tel:+622180668000"]


def test_the_way_in_and_the_way_back_lead_to_pages_that_work(start, lang):
    begun = start.follow({"id": "Mulai pengaduan", "en": "Start a complaint"}[lang])
    assert begun.path == f"/{lang}/file/privacy"
    followed = start.follow(
        {"id": "Pantau pengaduan yang sudah dikirim", "en": "Follow a complaint you have sent"}[lang]
    )
    assert followed.path == f"/{lang}/track"


# ── what happens then ────────────────────────────────────────────────────────────────────────────


def test_a_registration_number_and_the_date_of_receipt_come_at_once(start, lang):
    """BM-10, BM-11"""
    says(start, lang, id="Anda langsung menerima nomor registrasi", en="You get a registration number at once")
    says(start, lang, id="Beserta tanggal penerimaan.", en="Together with the date of receipt.")


def test_the_limits_are_published(start, lang):
    """BM-28, BM-29, BM-30"""
    says(
        start,
        lang,
        id="Pengaduan tertulis paling lama 10 hari kerja sejak diterima dengan dokumen lengkap",
        en="A written complaint within 10 working days of its receipt with complete documents",
    )
    says(
        start,
        lang,
        id="pengaduan lisan paling lama 5 hari kerja sejak diterima",
        en="a verbal one within 5 working days of its receipt",
    )


def test_the_extension_its_reason_and_its_notice_are_published(start, lang):
    """BM-31, BM-32, BM-33"""
    says(
        start,
        lang,
        id="dapat diperpanjang 10 hari kerja, paling banyak 2 kali",
        en="can be extended by 10 working days, 2 times at most",
    )
    says(
        start,
        lang,
        id="penyelidikan lanjutan dan koordinasi dengan pihak luar",
        en="further investigation and coordination with outside parties",
    )
    says(start, lang, id="Anda kami beri tahu secara tertulis", en="we tell you in writing")


def test_the_next_forums_are_named_and_lapspi_is_a_former_name(start, lang):
    """BM-39, BM-40, BM-41"""
    says(start, lang, id="ajukan keberatan dengan dokumen baru", en="object with new documents")
    says(
        start,
        lang,
        id="Bank Indonesia, OJK, LAPS SJK (dahulu LAPSPI untuk perbankan), atau Pengadilan Agama",
        en="Bank Indonesia, OJK, LAPS SJK (formerly LAPSPI for banks) or the Religious Court",
    )


def test_progress_can_be_asked_by_either_number(start, lang):
    """BM-34, BM-35"""
    says(
        start,
        lang,
        id="dengan menyebut nomor registrasi atau nomor rekening",
        en="by stating the registration number or the account number",
    )


def test_the_date_of_the_answer_is_told_before_anything_is_filed(client, lang):
    """BM-30: ten working days from Friday 13 March 2026, over Nyepi and Lebaran."""
    with time_machine.travel(FRIDAY_BEFORE_LEBARAN, tick=False):
        start = client.get(f"/{lang}/")
    says(start, lang, id="Senin, 6 April 2026", en="Monday 6 April 2026")
    assert start.one(".due time")["datetime"] == "2026-04-06"
    says(
        start,
        lang,
        id="Itu 10 hari kerja, dihitung mulai hari kerja berikutnya.",
        en="That is 10 working days, counted from the next working day.",
    )


def test_no_date_is_promised_beyond_the_decreed_calendar(client, lang):
    # Joint leave of the year after the last decreed one is unknown.
    with time_machine.travel(datetime(2035, 6, 1, 9, 0, tzinfo=JAKARTA), tick=False):
        start = client.get(f"/{lang}/")
    assert not start.has(".due")
    says(start, lang, id="10 hari kerja", en="10 working days")


# ── the other ways ───────────────────────────────────────────────────────────────────────────────


def test_the_contact_centre_is_verbal_and_open_day_and_night(start, lang):
    """BM-02, BM-03, BM-09, BM-26"""
    row = channel(start, {"id": "Telepon SalaMuamalat", "en": "SalaMuamalat by telephone"}[lang])
    assert {"id": "Lisan", "en": "Verbal"}[lang] in row
    assert f"1500016, {dict(id='dari luar negeri', en='from abroad')[lang]} +62 21 8066 8000" in row
    assert {"id": "Buka sekarang, 24 jam", "en": "Open now, 24 hours"}[lang] in row


@pytest.mark.parametrize(
    ("label", "address"),
    [
        ({"id": "Surel", "en": "E-mail"}, "salamuamalat@bankmuamalat.co.id"),
        ({"id": "WhatsApp SALMA Live Chat", "en": "WhatsApp SALMA Live Chat"}, "0812-8065-1800"),
        (
            {"id": "Digital Customer Care di Muamalat DIN", "en": "Digital Customer Care in Muamalat DIN"},
            "headset",
        ),
        ({"id": "Situs Bank Muamalat", "en": "Bank Muamalat’s website"}, "www.bankmuamalat.co.id"),
    ],
)
def test_the_digital_channels_are_written_and_open_day_and_night(start, lang, label, address):
    """BM-05, BM-06, BM-07, BM-08, BM-09, BM-27"""
    row = channel(start, label[lang])
    assert address in row
    assert {"id": "Tertulis", "en": "Written"}[lang] in row
    assert {"id": "Buka sekarang, 24 jam", "en": "Open now, 24 hours"}[lang] in row


def test_a_branch_is_open_on_working_days(client, lang):
    """BM-04, BM-25"""
    with time_machine.travel(FRIDAY_BEFORE_LEBARAN, tick=False):
        row = channel(client.get(f"/{lang}/"), {"id": "Kantor cabang", "en": "Branch office"}[lang])
    assert {"id": "Pada hari kerja.", "en": "On working days."}[lang] in row
    assert {"id": "Buka hari ini", "en": "Open today"}[lang] in row


def test_a_closed_branch_says_when_it_opens(client, lang):
    """BM-25: Easter Sunday in Jakarta, still Saturday evening in UTC."""
    with time_machine.travel(SUNDAY, tick=False):
        page = client.get(f"/{lang}/")
    row = channel(page, {"id": "Kantor cabang", "en": "Branch office"}[lang])
    assert {"id": "Tutup hari ini, buka Senin 6 April", "en": "Closed today, opens Monday 6 April"}[lang] in row
    says(page, lang, id="Minggu, 5 April 2026, 06.30 WIB", en="Sunday 5 April 2026, 06:30 WIB")


# ── the frame of every page ──────────────────────────────────────────────────────────────────────

PAGES = ("/", "/privacy", "/accessibility")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_contact_warning_and_supervision(client, lang, path):
    page = client.get(f"/{lang}{path}")
    foot = page.one("footer").text
    assert "1500016" in foot and "+62 21 8066 8000" in foot
    assert {
        "id": "Petugas kami tidak pernah meminta PIN, OTP, CVV, atau kata sandi.",
        "en": "Our officers never ask for a PIN, OTP, CVV or password.",
    }[lang] in foot
    assert {"id": "diawasi oleh Otoritas Jasa Keuangan", "en": "supervised by the Financial Services"}[lang] in foot


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_there_in_the_other_language(client, lang, path):
    page = client.get(f"/{lang}{path}")
    alternates = {link["hreflang"]: urlsplit(link["href"]) for link in page.all("head link[rel=alternate]")}
    assert {code: url.path for code, url in alternates.items()} == {"id": f"/id{path}", "en": f"/en{path}"}
    assert all(url.scheme and url.netloc for url in alternates.values())
    other = page.follow({"id": "English", "en": "Indonesia"}[lang])
    assert other.path == alternates[{"id": "en", "en": "id"}[lang]].path
    assert other.one(".langs [aria-current]").text == {"id": "English", "en": "Indonesia"}[lang]


@pytest.mark.parametrize("path", PAGES)
def test_no_link_of_a_page_is_dead(client, lang, path):
    page = client.get(f"/{lang}{path}")
    for link in {node["href"] for node in page.all("a[href]") if node["href"].startswith("/")}:
        client.get(link)


# ── privacy, accessibility ───────────────────────────────────────────────────────────────────────


def test_the_privacy_notice_stands_whole_with_its_version(client, app, lang):
    """KX-16"""
    page = client.get(f"/{lang}/privacy")
    notice = app.extensions["aduan"].institution.privacy
    assert page.heading == {"id": "Pemberitahuan privasi", "en": "Privacy notice"}[lang]
    says(
        page,
        lang,
        id=f"Versi {notice.version}, berlaku sejak",
        en=f"Version {notice.version}, in force since",
    )
    headings = [node.text for node in page.all("main h2")]
    assert headings == [" ".join(section.heading[lang].split()) for section in notice.sections.values()]
    for section in notice.sections.values():
        for text in (*section.paragraphs, *section.points):
            assert " ".join(text[lang].split()) in page.text


def test_the_indonesian_text_prevails(client, lang):
    says(
        client.get(f"/{lang}/privacy"),
        lang,
        id="teks Indonesia yang berlaku",
        en="the Indonesian text prevails",
    )


def test_the_accessibility_statement_names_its_limits_and_whom_to_tell(client, lang):
    page = client.get(f"/{lang}/accessibility")
    assert "WCAG" in page.text and "2.2" in page.text
    says(page, lang, id="Belum diperiksa", en="Not yet checked")
    assert "tel:1500016" in [link["href"] for link in page.all("main a")]
