"""What is wrong is said in a whole sentence, at the field and above the page, and nothing that was typed is lost."""

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from portal.complaints.models import Complaint
from portal.db import Session, writing
from portal.filing.models import Draft
from portal.filing.rules import Slug
from portal.sealing import open_box
from tests.intake.journey import ANSWERS, ON, SLUGS, answer, number_and_code, send, sqlite_only, walk_to
from tests.page import Client, Page

pytestmark = [sqlite_only, pytest.mark.usefixtures("travel")]
LONG = 10_001


@dataclass(frozen=True)
class Fault:
    """A wrong answer, the control that the summary leads to, and the sentence in both languages."""

    answer: dict[str, Any]
    control: str
    id: str
    en: str


FAULTS: dict[str, list[Fault]] = {
    "privacy": [
        Fault(
            {"acknowledged": False},
            "acknowledged",
            "Baca pemberitahuan privasi, lalu centang kotak di bawahnya",
            "Read the privacy notice, then tick the box below it",
        )
    ],
    "who": [
        Fault({}, "role-0", "Pilih untuk siapa Anda mengadu", "Choose for whom you complain"),
    ],
    "identity": [
        Fault({**ANSWERS["identity"], "name": " \u200b "}, "name", "Tulis nama lengkap", "Enter the full name"),
        Fault(
            {**ANSWERS["identity"], "name": "x" * 201},
            "name",
            "Persingkat nama menjadi 200 karakter",
            "Shorten the name to 200 characters",
        ),
        Fault(
            {"name": "Siti", "number": "3174015203880007"},
            "proof-0",
            "Pilih dokumen identitasnya",
            "Choose the identity document",
        ),
        Fault(
            {"name": "Siti", "proof": "passport", "number": ""},
            "number",
            "Tulis nomor dokumennya",
            "Enter the number of the document",
        ),
        Fault(
            {"name": "Siti", "proof": "sim", "number": "1234"},
            "number",
            "Tulis nomornya dengan 5 sampai 20 huruf dan angka saja",
            "Write the number with 5 to 20 letters and digits, nothing else",
        ),
        Fault(
            {"name": "Siti", "proof": "malaysian_ic", "number": "880312-14-5566"},
            "citizen",
            "Dokumen ini hanya kami terima dari warga negara Malaysia. Centang kotaknya, atau pilih dokumen lain",
            "We accept this document from citizens of Malaysia only. Tick the box, or choose another document",
        ),
    ],
    "contact": [
        Fault(
            {"email": "", "phone": ""},
            "email",
            "Tulis alamat surel atau nomor telepon",
            "Enter an e-mail address or a phone number",
        ),
        Fault(
            {"email": "siti@", "phone": "0812-3456-7890"},
            "email",
            "Tulis alamat surel selengkapnya, misalnya siti@example.id",
            "Write the e-mail address in full, for example siti@example.id",
        ),
        Fault(
            {"email": "", "phone": "0812"},
            "phone",
            "Tulis nomor telepon yang dapat dihubungi, misalnya 0812 3456 7890",
            "Write a phone number that can be called, for example 0812 3456 7890",
        ),
        Fault(
            {"email": "siti@example.id", "phone": "", "prefers": "message"},
            "prefers-0",
            "Untuk ini kami perlu nomor telepon Anda: tulis di atas, atau pilih cara lain",
            "For this we need your phone number: enter it above, or choose another way",
        ),
        Fault(
            {"email": "", "phone": "0812-3456-7890", "prefers": "email"},
            "prefers-0",
            "Untuk ini kami perlu alamat surel Anda: tulis di atas, atau pilih cara lain",
            "For this we need your e-mail address: enter it above, or choose another way",
        ),
        Fault(
            {"email": "siti@example.id", "needs": "x" * 1_001},
            "needs",
            "Persingkat menjadi 1.000 karakter",
            "Shorten this to 1,000 characters",
        ),
    ],
    "account": [
        Fault(
            {"account": "-"},
            "account",
            "Tulis nomor ini",
            "Enter this number",
        ),
        Fault(
            {"account": "123"},
            "account",
            "Tulis nomornya dengan 4 sampai 30 huruf dan angka saja",
            "Write the number with 4 to 30 letters and digits, nothing else",
        ),
        Fault(
            {"account": "301#777"},
            "account",
            "Tulis nomornya dengan 4 sampai 30 huruf dan angka saja",
            "Write the number with 4 to 30 letters and digits, nothing else",
        ),
    ],
    "topic": [Fault({}, "topic-0", "Pilih masalahnya tentang apa", "Choose what it is about")],
    "transactions": [
        Fault(
            {"on-d": "9", "on-m": "3", "on-y": "2026"},
            "type-0",
            "Pilih jenis transaksi",
            "Choose the type of transaction",
        ),
        Fault(
            {"type": "transfer", "on-d": "", "on-m": "", "on-y": ""},
            "on-d",
            "Tulis tanggal transaksi",
            "Enter the date of the transaction",
        ),
        Fault(
            {"type": "transfer", "on-d": "31", "on-m": "2", "on-y": "2026"},
            "on-d",
            "Tulis tanggal, bulan, dan tahunnya, misalnya 9 3 2026",
            "Write the date as day, month and year, for example 9 3 2026",
        ),
        Fault(
            # It is the 23rd where the institution is.
            {"type": "transfer", "on-d": "24", "on-m": "11", "on-y": "2026"},
            "on-d",
            "Tanggal transaksi harus hari ini atau sebelumnya",
            "The date of the transaction must be today or earlier",
        ),
        Fault(
            {**ANSWERS["transactions"], "at": "siang"},
            "at",
            "Tulis jam dengan angka, misalnya 14.30",
            "Write the time in digits, for example 14:30",
        ),
        Fault(
            {**ANSWERS["transactions"], "amount": "1.250.00"},
            "amount",
            "Tulis jumlah dengan angka, misalnya 1.250.000",
            "Write the amount in digits, for example 1,250,000",
        ),
        Fault(
            {**ANSWERS["transactions"], "reference": "x" * 101},
            "reference",
            "Persingkat nomor referensi menjadi 100 karakter",
            "Shorten the reference number to 100 characters",
        ),
    ],
    "story": [
        Fault({"story": "\n \n"}, "story", "Ceritakan apa yang terjadi", "Tell us what happened"),
        Fault(
            {"story": "é" * LONG},
            "story",
            "Persingkat teks menjadi 10.000 karakter; sekarang ada 10.001",
            "Shorten the text to 10,000 characters; now it has 10,001",
        ),
    ],
    "loss": [
        Fault({"amount": "", "wish": " "}, "wish", "Tulis permintaan Anda", "Write what you ask of us"),
        Fault(
            {"amount": "banyak", "wish": "Uang kembali"},
            "amount",
            "Tulis jumlah dengan angka, misalnya 1.250.000",
            "Write the amount in digits, for example 1,250,000",
        ),
        Fault(
            {"wish": "x" * 2_001},
            "wish",
            "Persingkat menjadi 2.000 karakter",
            "Shorten this to 2,000 characters",
        ),
    ],
}


def refuse(page: Page, lang: str, fault: Fault) -> Page:
    """Send the wrong answer and look at everything that must be said about it."""
    sentence = fault.id if lang == "id" else fault.en
    heading = page.heading
    page = page.form().fill(fault.answer).submit(status=422)
    assert page.heading == heading
    assert page.title.startswith({"id": "Perlu diperbaiki: ", "en": "To correct: "}[lang] + heading)
    assert page.errors == [sentence]
    link = page.one(".errors a")
    assert link["href"] == f"#{fault.control}"
    control = page.one(link["href"])
    assert control.tag in ("input", "textarea")
    assert page.one(f"#{control['name'].removesuffix('-d')}-wrong").text == sentence
    values = page.form().values
    for name, text in fault.answer.items():
        expected = "" if text is False or str(text).strip(" \n\u200b") == "" else text
        assert values[name] == expected, name
    return page


def forget(session: Session, slug: Slug) -> None:
    """Take out of the draft what was typed into a step."""
    session.rollback()
    draft = session.scalars(sa.select(Draft)).one_or_none()
    if draft is None:
        return
    writing(session, draft)
    box = open_box(session, draft.key_id)
    box.seal(draft, {step: told for step, told in box.open(draft).items() if step != slug})
    session.commit()


@pytest.mark.parametrize("lang", ["id", "en"])
def test_every_wrong_answer_has_its_sentence(client: Client, session: Session, lang: str) -> None:
    page = client.get(f"/{lang}/file/privacy")
    for slug in SLUGS[:-1]:
        for fault in FAULTS.get(slug, ()):
            refuse(client.get(f"/{lang}/file/{slug}"), lang, fault)
            assert client.get(f"/{lang}/file/check").path == f"/{lang}/file/{slug}", "nothing wrong counts"
            # Each begins anew, because what was typed wrongly stays.
            forget(session, Slug(slug))
        page = answer(client.get(f"/{lang}/file/{slug}"), slug)
    assert page.path == f"/{lang}/file/check"


@pytest.mark.parametrize("lang", ["id", "en"])
def test_several_wrong_answers_are_told_at_once_in_the_order_of_the_page(client: Client, lang: str) -> None:
    page = walk_to(client, "transactions", lang)
    page = page.form().fill({"on-d": "31", "on-m": "2", "on-y": "2026", "at": "siang", "amount": "banyak"})
    page = page.submit(status=422)
    assert [link["href"] for link in page.all(".errors a")] == ["#type-0", "#on-d", "#at", "#amount"]
    heading = {"id": "4 isian perlu diperbaiki", "en": "4 answers need correcting"}[lang]
    assert page.one(".errors h2").text == heading
    values = page.form().values
    assert [values[name] for name in ("on-d", "on-m", "on-y", "at", "amount")] == ["31", "2", "2026", "siang", "banyak"]


def test_a_wrong_answer_stays_as_it_was_typed_and_nothing_is_sent_in_its_stead(client: Client) -> None:
    """Neither the wrong answer nor the right one that its writer has just replaced."""
    walk_to(client, "check")
    client.get("/id/file/contact").form().fill(email="falsch").submit(status=422)
    for slug in ("contact", "check", "send"):
        page = client.get(f"/id/file/{slug}")
        assert page.path == "/id/file/contact" and page.form().values["email"] == "falsch"
    assert page.form().fill(email="siti@example.id").submit().path == "/id/file/check"


def test_today_is_the_day_where_the_institution_is(client: Client, travel: time_machine.Traveller) -> None:
    page = walk_to(client, "transactions")
    # In Jakarta the 24th is an hour old; in UTC it is still the 23rd.
    travel.move_to(datetime(2026, 11, 23, 18, 0, tzinfo=UTC))
    day = {"type": "transfer", "on-m": "11", "on-y": "2026"}
    refused = page.form().fill(day | {"on-d": "25"}).submit(status=422)
    assert refused.errors == ["Tanggal transaksi harus hari ini atau sebelumnya"]
    assert refused.form().fill({"on-d": "24"}).submit().path == "/id/file/story"


def test_an_unknown_choice_counts_as_none(client: Client) -> None:
    """A browser sends none of these; whoever does gets the page's own sentence."""
    page = walk_to(client, "topic").form().tamper(topic="dragons").submit(status=422)
    assert page.errors == ["Pilih masalahnya tentang apa"]
    page = page.form().fill(topic="transfer").submit()
    page = page.form().fill(ANSWERS["transactions"]).tamper(type="dragons").submit(status=422)
    assert page.errors == ["Pilih jenis transaksi"]


@pytest.mark.parametrize("slug", SLUGS[:-1])
def test_an_empty_body_is_an_empty_form(client: Client, slug: str) -> None:
    page = walk_to(client, slug)
    forged = page.form().tamper(**{name: None for name in page.form().values}, csrf_token=None)
    assert forged.submit(status=422).errors


# ── the page was open for too long ───────────────────────────────────────────────────────────────


def expire_token(client: Client) -> None:
    """As if the browser had been closed: the session's cookie is gone, the draft's is not."""
    client.http.delete_cookie("aduan", domain="127.0.0.1")


@pytest.mark.parametrize("lang", ["id", "en"])
def test_an_expired_page_gives_the_text_back_and_one_click_sends_it(client: Client, lang: str) -> None:
    page = walk_to(client, "story", lang)
    expire_token(client)
    page = page.form().fill(ANSWERS["story"]).submit(status=422)
    sentence = {
        "id": "Halaman ini terbuka terlalu lama. Tulisan Anda masih ada: kirim sekali lagi",
        "en": "The page was open for too long. What you wrote is still here: send it once more",
    }[lang]
    assert page.errors == [sentence]
    assert page.one(page.one(".errors a")["href"]).tag == "button"
    assert page.form().values["story"] == ANSWERS["story"]["story"].replace("\n", "\r\n")
    assert page.form().submit().path == f"/{lang}/file/loss"


@pytest.mark.parametrize("slug", SLUGS[:-1])
def test_no_step_loses_what_was_typed_into_an_expired_page(client: Client, slug: str) -> None:
    page = walk_to(client, slug)
    expire_token(client)
    page = answer(page, slug, status=422)
    assert page.form().submit(ON.get(slug)).path == f"/id/file/{SLUGS[SLUGS.index(slug) + 1]}"


def test_an_expired_check_sends_with_one_more_click(client: Client, session: Session) -> None:
    page = walk_to(client, "check")
    expire_token(client)
    page = page.form("/id/file/send").submit(status=422)
    assert page.heading == "Periksa jawaban Anda" and len(page.errors) == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(Complaint)) == 0
    # The language link of this page, which has no address of its own, leads to the same page.
    assert client.get(page.one("a[hreflang=en]")["href"]).heading == "Check your answers"
    page = page.form("/id/file/send").submit()
    assert number_and_code(page)


@pytest.mark.parametrize("action", ["discard", "kept"])
def test_a_forged_request_deletes_nothing(app: Flask, client: Client, session: Session, action: str) -> None:
    page = walk_to(client, "check")
    if action == "kept":
        send(page)
    shown = client.get("/id/file/sent" if action == "kept" else "/id/file/privacy")
    shown.form(f"/id/file/{action}").tamper(csrf_token="forged").submit(status=400)
    assert session.scalar(sa.select(sa.func.count()).select_from(Draft)) == 1
    assert client.cookie("draft") is not None


# ── hostile text ─────────────────────────────────────────────────────────────────────────────────

HOSTILE = [
    "<script>alert(1)</script>",
    "</textarea><img src=x onerror=alert(1)>",
    # Not {{ }}: the strict client takes that for a template that was not rendered.
    "${7*7} #{7*7} %s %d {0} {name}",
    "'\"><b>&amp;&#x3c;",
    "Robert'); DROP TABLE drafts;--",
    "👩\u200d👩\u200d👧 😡 ١٢٣ 漢字 שלום",
    "a\u0301e\u0300",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_is_kept_as_text(client: Client, session: Session, text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    page = walk_to(client, "check", identity={"name": text}, contact={"needs": text}, story={"story": text})
    for row in ("Nama lengkap", "Yang memudahkan Anda berurusan dengan kami", "Yang terjadi"):
        (found,) = [r for r in page.all(".summary div") if r.one("dt").text == row]
        assert found.all("dd")[0].text == composed
    assert "<script>alert" not in page.source and "<img" not in page.source
    assert client.get("/id/file/story").form().values["story"] == composed
    send(page)
    (complaint,) = session.scalars(sa.select(Complaint))
    story = open_box(session, complaint.key_id).open(complaint)["story"]
    assert story == composed


def test_what_cannot_be_seen_is_left_out(client: Client) -> None:
    hidden = "Si\u202eti\u200b \x00Rahma\u00adwati\u2066"
    page = walk_to(client, "check", identity={"name": hidden}, story={"story": "satu\x00dua\u202etiga\r\nempat"})
    assert "Siti Rahmawati" in page.text and "satuduatiga empat" in page.text
    assert not set(page.source) & set("\u202e\u200b\x00\u2066")


def test_ten_thousand_characters_are_not_too_many(client: Client, session: Session) -> None:
    story = "é\n" * 4999 + "ab"
    send(walk_to(client, "check", story={"story": story}))
    (complaint,) = session.scalars(sa.select(Complaint))
    assert open_box(session, complaint.key_id).open(complaint)["story"] == story


def test_a_body_beyond_all_measure_is_refused(client: Client) -> None:
    walk_to(client, "story").form().fill(story="x" * (1024 * 1024 + 1)).submit(status=413)
