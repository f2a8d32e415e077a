"""The way from the privacy notice to the confirmation, in both languages and on both databases."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from portal.complaints.codes import find_by_code
from portal.complaints.handed_in import Person, Preference, Proof
from portal.complaints.models import Acknowledgement, Complaint, ComplaintTransaction, Party
from portal.complaints.numbers import read_number
from portal.complaints.queries import person_in
from portal.config import Settings
from portal.db import Base, Database, Session
from portal.filing import service
from portal.filing.models import Draft
from portal.institution.loader import load
from portal.notices.models import Notice
from portal.sealing import CaseKey, open_box
from tests.builders import NOW
from tests.intake.journey import (
    ANSWERS,
    SLUGS,
    answer,
    asked,
    number_and_code,
    same_browser,
    send,
    walk_to,
    with_documents,
)
from tests.page import Client

PROFILE = load("muamalat")
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NO_TRANSACTION_TOPIC = next(topic.code for topic in PROFILE.topics.values() if not topic.transaction)


@pytest.fixture(autouse=True)
def travel() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW) as traveller:
        yield traveller


def drafts(session: Session) -> list[Draft]:
    session.rollback()
    return list(session.scalars(sa.select(Draft).execution_options(populate_existing=True)))


def complaints(session: Session) -> list[Complaint]:
    session.rollback()
    return list(session.scalars(sa.select(Complaint).execution_options(populate_existing=True)))


# ── the whole way ────────────────────────────────────────────────────────────────────────────────

HEADINGS = {
    "id": (
        "Sebelum mulai: data Anda",
        "Siapa yang mengadu?",
        "Siapa Anda?",
        "Bagaimana kami menghubungi Anda?",
        "Rekening atau akad yang mana?",
        "Masalahnya tentang apa?",
        "Transaksi yang mana?",
        "Apa yang terjadi?",
        "Apa kerugiannya, dan apa permintaan Anda?",
        "Dokumen pendukung",
        "Periksa jawaban Anda",
        "Pengaduan Anda sudah kami terima",
    ),
    "en": (
        "Before you begin: your data",
        "Who complains?",
        "Who are you?",
        "How can we reach you?",
        "Which account or contract is it about?",
        "What is it about?",
        "Which transaction?",
        "What happened?",
        "What did it cost, and what do you ask of us?",
        "Supporting documents",
        "Check your answers",
        "We have received your complaint",
    ),
}


@pytest.mark.parametrize("lang", ["id", "en"])
def test_a_complaint_goes_all_the_way(client: Client, session: Session, lang: str) -> None:
    """SQ-08, SQ-11, SQ-19, SQ-20, SQ-21, BM-10, BM-11: told step by step, recorded, and confirmed."""
    page = client.get(f"/{lang}/file/privacy")
    headings = [page.heading]
    for slug in SLUGS[:-1]:
        page = answer(page, slug)
        headings.append(page.heading)
    page = send(page)
    assert (*headings, page.heading) == HEADINGS[lang]
    assert page.path == f"/{lang}/file/sent"

    (complaint,) = complaints(session)
    number, code = number_and_code(page)
    read = read_number(number, PROFILE.prefix)
    assert read is not None and read.canonical == complaint.registration
    assert find_by_code(session, number=read, account="", code=code) is not None

    box = open_box(session, complaint.key_id)
    assert (complaint.topic, complaint.channel, complaint.form, complaint.language) == (
        "transfer",
        "portal",
        "written",
        lang,
    )
    assert complaint.received_at.replace(microsecond=0) >= NOW
    assert box.open(complaint) == {
        "account": "3017777702",
        "story": ANSWERS["story"]["story"],
        "loss": "7654321",
        "wish": "Kembalikan uang saya.",
        "guided": None,
    }
    (party,) = session.scalars(sa.select(Party))
    assert person_in(box, party) == Person(
        "Siti Rahmawati Kusumaningrum",
        lang,
        "siti.rahmawati@example.id",
        "+6281234567890",
        proof=Proof("ktp", "3174015203880007"),
        needs="Juru bahasa isyarat.",
        prefers=Preference.CALL,
    )
    (transaction,) = session.scalars(sa.select(ComplaintTransaction))
    assert transaction.type == "transfer" and box.open(transaction) == {
        "on": "2026-03-09",
        "at": "09:12",
        "amount": "7654321",
        "reference": "TRX/2026/0309-88",
    }
    (acknowledged,) = session.scalars(sa.select(Acknowledgement))
    assert (acknowledged.version, acknowledged.language) == (PROFILE.privacy.version, lang)
    assert session.scalar(sa.select(sa.func.count()).select_from(Notice)) == 1


@sqlite_only
@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_whole_notice_is_read_before_anything_is_asked_or_kept(client: Client, session: Session, lang: str) -> None:
    """KX-16; UU 27/2022 art. 21: purpose, data, disclosure, keeping and rights are told first."""
    page = client.get(f"/{lang}/file/privacy")
    for section in PROFILE.privacy.sections.values():
        for text in (section.heading, *section.paragraphs, *section.points):
            assert " ".join(text[lang].split()) in page.text
    assert list(page.form().values) == ["acknowledged"]
    assert client.cookie("draft") is None and drafts(session) == []
    days = {"id": "14 hari kalender", "en": "14 calendar days"}[lang]
    assert days in page.text.replace("\u00a0", " ")


@sqlite_only
@pytest.mark.parametrize("slug", SLUGS[1:])
def test_no_step_opens_before_the_notice_was_acknowledged(client: Client, slug: str) -> None:
    assert client.get(f"/id/file/{slug}").path == "/id/file/privacy"


@sqlite_only
@pytest.mark.parametrize("slug", ["nothing", "Privacy", "step", "sent.html"])
def test_there_is_no_other_step(client: Client, slug: str) -> None:
    client.get(f"/id/file/{slug}", status=404)


@sqlite_only
def test_a_step_after_a_gap_leads_to_the_gap(client: Client) -> None:
    walk_to(client, "account")
    for slug in ("topic", "transactions", "transactions/1", "story", "loss", "documents", "check", "send", "sent"):
        assert client.get(f"/id/file/{slug}").path == "/id/file/account"


@sqlite_only
def test_an_earlier_step_may_be_visited_and_shows_what_was_said(client: Client) -> None:
    page = walk_to(client, "story")
    page = page.follow("Kembali")
    assert page.heading == "1 transaksi sejauh ini"
    for slug in ("topic", "account", "contact", "identity", "who"):
        page = page.follow("Kembali")
        assert page.path == f"/id/file/{slug}"
        values, said = page.form().values, asked(page, slug)
        assert said and {name: values[name] for name in said} == said
    assert client.get("/id/file/transactions/1").form().values == ANSWERS["transactions"]


@sqlite_only
def test_whoever_changes_an_answer_comes_straight_back_to_the_check(client: Client) -> None:
    page = walk_to(client, "check")
    assert "Siti Rahmawati Kusumaningrum" in page.text
    changes = {
        "Nama lengkap": {"name": "Siti R."},
        "Transaksi": {"amount": "8.000.000"},
        "Yang terjadi": {"story": "Sudah sampai sebagian."},
    }
    for row, change in changes.items():
        page = page.follow(f"Ubah {row}").form().fill(change).submit()
        assert page.path == "/id/file/check"
    for said in ("Siti R.", "Rp8.000.000", "Sudah sampai sebagian."):
        assert said in page.text
    assert "Kusumaningrum" not in page.text


@sqlite_only
def test_a_topic_that_is_not_about_transactions_asks_for_none(client: Client, session: Session) -> None:
    page = walk_to(client, "topic").form().fill(topic=NO_TRANSACTION_TOPIC).submit()
    assert page.path == "/id/file/story"
    for address in ("transactions", "transactions/1"):
        assert client.get(f"/id/file/{address}").path == "/id/file/story"
    send(answer(answer(answer(page, "story"), "loss"), "documents"))
    assert len(complaints(session)) == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(ComplaintTransaction)) == 0


@sqlite_only
def test_who_has_no_transaction_to_name_need_not_invent_one(client: Client, session: Session) -> None:
    none = {"type": "no-transaction", "at": "kapan-kapan"}
    page = walk_to(client, "transactions").form().fill(none).submit("more")
    # None is no one to which another could be added.
    assert page.path == "/id/file/story"
    page = answer(answer(answer(page, "story"), "loss"), "documents")
    assert "Tidak menyangkut transaksi tertentu" in page.text
    send(page)
    assert len(complaints(session)) == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(ComplaintTransaction)) == 0


# ── the check ────────────────────────────────────────────────────────────────────────────────────

SUMMARY = {
    "id": [
        ("Anda mengadu untuk siapa?", "Untuk diri sendiri"),
        ("Nama lengkap", "Siti Rahmawati Kusumaningrum"),
        ("Dokumen identitas", "KTP, berakhiran 0007"),
        ("Alamat surel", "siti.rahmawati@example.id"),
        ("Nomor telepon", "0812-3456-7890"),
        ("Bahasa surat", "Bahasa Indonesia"),
        ("Jika ada pertanyaan, kami menghubungi Anda", "Lewat telepon"),
        ("Yang memudahkan Anda berurusan dengan kami", "Juru bahasa isyarat."),
        ("Nomor rekening atau nomor akad pembiayaan", "berakhiran 7702"),
        ("Perihal", "Transfer terdebit, belum diterima"),
        (
            "Transaksi",
            "Transfer, Senin, 9 Maret 2026, 09.12 WIB Rp7.654.321 Nomor referensi TRX/2026/0309-88",
        ),
        ("Yang terjadi", "Saya mengirim uang sewa. Sampai hari ini belum sampai."),
        ("Jumlah kerugian", "Rp7.654.321"),
        ("Permintaan Anda", "Kembalikan uang saya."),
    ],
    "en": [
        ("For whom do you complain?", "For myself"),
        ("Full name", "Siti Rahmawati Kusumaningrum"),
        ("Identity document", "KTP (Indonesian identity card), ending 0007"),
        ("E-mail address", "siti.rahmawati@example.id"),
        ("Phone number", "0812-3456-7890"),
        ("Letters in", "English"),
        ("If we have a question, we reach you", "By telephone call"),
        ("What helps you to deal with us", "Juru bahasa isyarat."),
        ("Account number or financing contract number", "ending 7702"),
        ("What it is about", "Transfer: debited, not received"),
        (
            "Transaction",
            "Transfer, Monday 9 March 2026, 09:12 WIB Rp7,654,321 Reference number TRX/2026/0309-88",
        ),
        ("What happened", "Saya mengirim uang sewa. Sampai hari ini belum sampai."),
        ("Amount of the loss", "Rp7,654,321"),
        ("What you ask of us", "Kembalikan uang saya."),
    ],
}


@sqlite_only
@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_check_shows_every_answer_with_the_way_back(client: Client, lang: str) -> None:
    page = walk_to(client, "check", lang)
    rows = [row for row in page.all(".summary div")]
    assert [(row.one("dt").text, row.all("dd")[0].text) for row in rows] == SUMMARY[lang]
    for number in ("3017777702", "301-777", "3174015203880007", "3174 0152"):
        assert number not in page.source
    for row in rows:
        link = row.one(".change a")
        assert link["href"].startswith(f"/{lang}/file/") and row.one("dt").text in link.text
    # The documents that it needs are missing, so no date can be named yet.
    begins = {
        "id": "10 hari kerja kami dihitung sejak 3 dokumen ini tiba.",
        "en": "Our 10 working days begin when these 3 documents arrive.",
    }[lang]
    assert begins in page.text


@sqlite_only
def test_what_was_left_out_is_said_to_be_left_out(client: Client) -> None:
    nothing = {"at": "", "amount": "", "reference": ""}
    page = walk_to(
        client,
        "check",
        "en",
        contact={"email": "", "needs": ""},
        transactions=nothing,
        loss={"amount": ""},
    )
    left_out = [row.one("dt").text for row in page.all(".summary div") if row.all("dd")[0].text == "Not given"]
    assert left_out == ["E-mail address", "What helps you to deal with us", "Amount of the loss"]
    assert "Transfer, Monday 9 March 2026 Change" in page.text


@sqlite_only
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"story": {"story": "Kartu 4111 1111 1111 1111 tertelan."}},
            "Jawaban Anda tampaknya memuat nomor kartu lengkap.",
        ),
        ({"account": {"account": "4111-1111-1111-1111"}}, "Jawaban Anda tampaknya memuat nomor kartu lengkap."),
        ({"story": {"story": "PIN saya 123456"}}, "Jawaban Anda tampaknya memuat PIN, kata sandi, atau kode OTP."),
    ],
)
def test_what_nobody_should_see_is_pointed_out_and_not_refused(
    client: Client, session: Session, changes: dict[str, Any], sentence: str
) -> None:
    page = walk_to(client, "check", **changes)
    assert page.one(".notice-warn").text.startswith(sentence)
    assert page.one(".notice-warn a")["href"] == f"/id/file/{next(iter(changes))}"
    send(page)
    assert len(complaints(session)) == 1


# ── the confirmation ─────────────────────────────────────────────────────────────────────────────


@sqlite_only
@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_confirmation_says_what_to_keep_and_what_follows(
    client: Client, lang: str, travel: time_machine.Traveller
) -> None:
    """SQ-13, SQ-21, BM-10, BM-11, BM-30: number, date and time of receipt, procedure, date of the answer, contact."""
    travel.move_to(NOW, tick=False)
    walk_to(client, "check", lang)
    page = send(with_documents(client, PROFILE, lang))
    number, code = number_and_code(page)
    text = page.text.replace("\u00a0", " ")
    assert {"id": "Senin, 23 November 2026, 10.15 WIB", "en": "Monday 23 November 2026, 10:15 WIB"}[lang] in text
    assert {"id": "Senin, 7 Desember 2026", "en": "Monday 7 December 2026"}[lang] in text
    assert "1500016" in text and "siti.rahmawati@example.id" in text
    spelled = page.one(".spelled").text
    assert spelled.startswith({"id": "Bandung, Medan, dua, enam", "en": "Bravo, Mike, two, six"}[lang])
    line = page.one("#one-line").text
    # One message of 160 characters in the alphabet of all telephones; the code is not for it.
    assert number in line and code not in line and len(line) <= 160 and line.isascii()
    assert page.has("[data-print]") and page.one("[data-copy=access-code]")["data-copied"]
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("lang", ["id", "en"])
def test_a_reload_shows_the_same_until_the_code_is_said_to_be_kept(client: Client, session: Session, lang: str) -> None:
    page = send(walk_to(client, "check", lang))
    shown = number_and_code(page)
    assert number_and_code(client.get(f"/{lang}/file/sent")) == shown
    # Every way back into the journey leads here as long as the code waits.
    for slug in (*SLUGS, "transactions/1", "send", ""):
        assert number_and_code(client.get(f"/{lang}/file/{slug}".rstrip("/"))) == shown
    page = page.form(f"/{lang}/file/kept").submit()
    assert page.path == f"/{lang}/track"
    assert client.cookie("draft") is None and drafts(session) == []
    assert client.get(f"/{lang}/file/sent").path == f"/{lang}/file/privacy"
    assert len(complaints(session)) == 1
    # The complaint kept its key.
    (complaint,) = complaints(session)
    assert open_box(session, complaint.key_id).open(complaint)["account"] == "3017777702"


@sqlite_only
def test_after_a_day_the_number_is_shown_without_the_code(
    client: Client, session: Session, travel: time_machine.Traveller
) -> None:
    number, code = number_and_code(send(walk_to(client, "check")))
    travel.shift(timedelta(hours=24, seconds=1))
    page = client.get("/id/file/sent")
    assert [node.text for node in page.all(".receipt .big")] == [number]
    assert code not in page.source and "siti.rahmawati" not in page.source
    assert page.follow("/id/track/lost-code").status == 200
    # Another complaint may be begun now.
    assert client.get("/id/file/privacy").form().fill(acknowledged=True).submit().path == "/id/file/who"
    assert len(drafts(session)) == 2


@sqlite_only
def test_without_an_address_the_page_itself_is_the_receipt(client: Client) -> None:
    page = send(walk_to(client, "check", "en", contact={"email": ""}))
    assert "You gave no e-mail address, so this page is your receipt" in page.text


# ── twice, at once, elsewhere ────────────────────────────────────────────────────────────────────


def test_sending_twice_makes_one_complaint(client: Client, session: Session) -> None:
    check = walk_to(client, "check")
    first = number_and_code(send(check))
    assert number_and_code(send(check)) == first
    assert len(complaints(session)) == 1


def test_many_sendings_at_once_make_one_complaint(app: Flask, client: Client, session: Session) -> None:
    walk_to(client, "check")
    windows = [same_browser(app, client) for _ in range(8)]
    forms = [window.get("/id/file/check").form("/id/file/send") for window in windows]
    start = threading.Barrier(len(forms))
    shown: list[tuple[str, str]] = []

    def press(form: Any) -> None:
        start.wait()
        shown.append(number_and_code(form.submit()))

    threads = [threading.Thread(target=press, args=(form,)) for form in forms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(shown) == len(forms) and len(set(shown)) == 1
    assert len(complaints(session)) == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(Notice)) == 1


@sqlite_only
def test_another_tab_that_saves_after_sending_changes_nothing(client: Client, session: Session) -> None:
    check = walk_to(client, "check")
    story = client.get("/id/file/story").form().fill(story="Lain.")
    shown = number_and_code(send(check))
    late = story.submit(status=409)
    # What came too late is shown once more, with the way to the receipt.
    assert "Lain." in late.text and number_and_code(late.follow("Tampilkan tanda terima")) == shown
    (complaint,) = complaints(session)
    assert open_box(session, complaint.key_id).open(complaint)["story"] == ANSWERS["story"]["story"]


def test_a_token_opens_its_own_draft_alone(app: Flask, client: Client, settings: Settings) -> None:
    walk_to(client, "check")
    stranger = Client(app, settings.base_url)
    assert stranger.get("/id/file/check").path == "/id/file/privacy"
    stranger.http.set_cookie("draft", "A" * 43, domain="127.0.0.1")
    for slug in ("who", "check", "sent"):
        page = stranger.get(f"/id/file/{slug}")
        assert page.path == "/id/file/privacy" and "Siti" not in page.source
    walk_to(stranger, "who")
    assert "Siti" not in stranger.get("/id/file/who").source


@sqlite_only
def test_the_language_link_keeps_page_and_answers(client: Client) -> None:
    page = walk_to(client, "story").follow("Kembali")
    page = page.client.get(page.one("a[hreflang=en]")["href"])
    assert page.path == "/en/file/transactions" and page.heading == "One transaction so far"
    assert "TRX/2026/0309-88" in page.text
    page = page.form().submit("Continue")
    assert page.path == "/en/file/story"
    page = answer(answer(answer(page, "story"), "loss"), "documents")
    assert page.client.get(page.one("a[hreflang=id]")["href"]).heading == "Periksa jawaban Anda"


# ── begun before ─────────────────────────────────────────────────────────────────────────────────


@sqlite_only
@pytest.mark.parametrize("lang", ["id", "en"])
def test_a_draft_that_was_begun_can_be_taken_up_again(client: Client, lang: str) -> None:
    walk_to(client, "topic", lang)
    page = client.get(f"/{lang}/file/privacy")
    assert (
        page.one(".notice h2").text
        == {
            "id": "Ada pengaduan yang sudah Anda mulai di peramban ini",
            "en": "You have begun a complaint in this browser",
        }[lang]
    )
    page = page.follow({"id": "Lanjutkan dari yang terakhir", "en": "Go on where you stopped"}[lang])
    assert page.path == f"/{lang}/file/topic"


def test_a_draft_can_be_deleted_to_begin_anew(client: Client, session: Session, database: Database) -> None:
    walk_to(client, "topic")
    key_id = drafts(session)[0].key_id
    page = client.get("/id/file/privacy").form("/id/file/discard").submit()
    assert page.path == "/id/file/privacy" and not page.has(".notice")
    assert client.cookie("draft") is None and drafts(session) == []
    with database.session() as fresh:
        assert fresh.get_one(CaseKey, key_id).wrapped is None
    # A second press, from a page that is still open, finds nothing more to delete.
    assert answer(walk_to(client, "who"), "who").path == "/id/file/identity"


@sqlite_only
def test_a_changed_notice_is_read_again_and_the_answers_stay(client: Client, session: Session) -> None:
    walk_to(client, "topic")
    session.begin_write()
    session.execute(sa.update(Draft).values(notice_version="2020-01"))
    session.commit()
    page = client.get("/id/file/topic")
    assert page.path == "/id/file/privacy" and "Pemberitahuan privasi berubah sejak itu" in page.text
    page = page.form("/id/file/privacy").fill(acknowledged=True).submit()
    assert page.path == "/id/file/topic"
    (draft,) = drafts(session)
    assert draft.notice_version == PROFILE.privacy.version


@sqlite_only
def test_an_expired_draft_is_none_any_more(client: Client, travel: time_machine.Traveller) -> None:
    walk_to(client, "topic")
    travel.shift(timedelta(days=PROFILE.retention.draft_days, seconds=1))
    page = client.get("/id/file/topic")
    assert page.path == "/id/file/privacy" and not page.has(".notice")


# ── what is kept where ───────────────────────────────────────────────────────────────────────────

TYPED = (
    "Siti",
    "Kusumaningrum",
    "siti.rahmawati",
    "example.id",
    "81234567890",
    "3456-7890",
    "301-777-7702",
    "3017777702",
    "3174015203880007",
    "3174 0152",
    "Juru bahasa",
    "2026-03-09",
    "7654321",
    "7.654.321",
    "TRX/2026",
    "Saya mengirim",
    "belum sampai",
    "Kembalikan uang",
)


def everything_stored(database: Database) -> bytes:
    """Every value of every table, and on SQLite the files themselves."""
    found = []
    with database.reader.connect() as connection:
        for table in Base.metadata.tables.values():
            for row in connection.execute(sa.select(table)):
                found += [value if isinstance(value, bytes) else str(value).encode() for value in row]
    if database.is_sqlite:
        file = database.url.database
        assert file is not None
        for path in (file, f"{file}-wal"):
            with open(path, "rb") as content:
                found.append(content.read())
    return b"\0".join(found)


def test_nothing_that_was_typed_can_be_read_in_the_database(client: Client, database: Database) -> None:
    check = walk_to(client, "check")
    before = everything_stored(database)
    number, code = number_and_code(send(check))
    after = everything_stored(database)
    token = client.cookie("draft")
    assert token is not None
    for stored in (before, after):
        for text in (*TYPED, token, code, code.replace("-", "")):
            assert text.encode() not in stored, text
    assert number.replace("-", "").encode() in after


@sqlite_only
def test_the_cookie_is_for_this_site_and_not_for_scripts(client: Client) -> None:
    page = walk_to(client, "who")
    (cookie,) = [c for c in page.hops[0].headers.getlist("Set-Cookie") if c.startswith("draft=")]
    flags = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/", f"max-age={14 * 86400}"} <= flags
    assert not any(flag.startswith("domain") for flag in flags)
    # Nothing of the draft stands in any address.
    token = client.cookie("draft")
    assert token and token not in page.source and token not in page.url


@pytest.fixture
def production(environment: dict[str, str]) -> Settings:
    return Settings.from_environment(
        environment
        | {
            "PORTAL_BASE_URL": "https://pengaduan.example.id",
            "PORTAL_SMTP_URL": "smtp://127.0.0.1:2525",
            "PORTAL_SCANNER": "none",
        }
    )


@sqlite_only
def test_in_production_the_cookie_is_bound_to_the_host_and_an_address_is_asked_for(production: Settings) -> None:
    from portal.app import create_app

    app = create_app(production)
    client = Client(app, production.base_url)
    page = walk_to(client, "contact", "en")
    token = client.cookie("__Host-draft")
    assert token is not None and client.cookie("draft") is None
    refused = page.form().fill(phone="0812-3456-7890").submit(status=422)
    assert refused.errors == ["Enter your e-mail address"]
    (cookie,) = [c for c in answer(refused, "contact").hops[0].headers.getlist("Set-Cookie") if "draft" in c]
    assert "; Secure" in cookie and "; HttpOnly" in cookie and "Domain" not in cookie
    app.extensions["aduan"].database.dispose()


@sqlite_only
def test_a_code_that_is_swept_away_is_not_shown(
    client: Client, session: Session, travel: time_machine.Traveller
) -> None:
    send(walk_to(client, "check"))
    session.begin_write()
    assert service.forget_codes(session, now=NOW + timedelta(hours=25)) == 1
    session.commit()
    assert len(client.get("/id/file/sent").all(".receipt .big")) == 1
