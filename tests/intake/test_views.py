"""The way from the privacy notice to the confirmation, in both languages and on both databases."""

import threading
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from portal.complaints.codes import find_by_code
from portal.complaints.handed_in import Person, Preference, Proof
from portal.complaints.models import Acknowledgement, ComplaintTransaction, Party
from portal.complaints.numbers import read_number
from portal.complaints.queries import person_in
from portal.config import Settings
from portal.db import Database, Session
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
    complaints,
    drafts,
    number_and_code,
    same_browser,
    send,
    sqlite_only,
    walk_to,
)
from tests.page import Client

PROFILE = load("muamalat")
pytestmark = pytest.mark.usefixtures("travel")
NO_TRANSACTION_TOPIC = next(topic.code for topic in PROFILE.topics.values() if not topic.transaction)


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
