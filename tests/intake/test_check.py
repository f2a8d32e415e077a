"""The check of all answers before they are sent."""

from typing import Any

import pytest

from portal.db import Session
from tests.intake.journey import (
    complaints,
    send,
    sqlite_only,
    walk_to,
)
from tests.page import Client

pytestmark = pytest.mark.usefixtures("travel")
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
