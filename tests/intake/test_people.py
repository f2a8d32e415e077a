"""Who complains, who they are, and who acts for them: what is asked, what is doubted, what is refused."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from portal.complaints.handed_in import Preference, Proof
from portal.complaints.models import Authority, Complaint, Party
from portal.complaints.queries import person_in
from portal.db import Session
from portal.sealing import open_box
from tests.intake.journey import answer, send, sqlite_only, walk_to
from tests.page import Client, Page

pytestmark = [sqlite_only, pytest.mark.usefixtures("travel")]
both = pytest.mark.parametrize("lang", ["id", "en"])
TODAY = date(2026, 11, 23)


def parts(name: str, day: date) -> dict[str, str]:
    return {f"{name}-d": str(day.day), f"{name}-m": str(day.month), f"{name}-y": str(day.year)}


def refused(page: Page, step: str, changes: dict[str, Any]) -> list[str]:
    """The sentences with which a step comes back."""
    page = answer(page, step, changes, status=422)
    assert page.errors == [node.text for node in page.all("main p.wrong")]
    return page.errors


# ── the customer ─────────────────────────────────────────────────────────────────────────────────


@both
def test_an_ic_is_for_citizens_of_malaysia_alone(client: Client, session: Session, lang: str) -> None:
    """BM-13: said beside the document and asked for, and refused without it."""
    page = walk_to(client, "identity", lang)
    beside = {
        "id": "IC Malaysia Hanya untuk warga negara Malaysia",
        "en": "Malaysian IC Only for citizens of Malaysia",
    }[lang]
    assert beside in page.text
    ic = {"proof": "malaysian_ic", "number": "880312-14-5566"}
    assert refused(page, "identity", ic) == [
        {
            "id": "Dokumen ini hanya kami terima dari warga negara Malaysia. Centang kotaknya, atau pilih dokumen lain",
            "en": "We accept this document from citizens of Malaysia only. Tick the box, or choose another document",
        }[lang]
    ]
    send(walk_to(client, "check", lang, identity=ic | {"citizen": True}))
    box = open_box(session, session.scalars(sa.select(Complaint.key_id)).one())
    assert person_in(box, session.scalars(sa.select(Party)).one()).proof == Proof("malaysian_ic", "880312145566")


@both
@pytest.mark.parametrize(
    ("number", "sentences"),
    [
        (
            "3276 1234 5678 9012",
            {
                "id": "Angka ketujuh sampai kedua belas pada nomor KTP adalah tanggal lahir; pada nomor ini bukan.",
                "en": "The seventh to twelfth digits of a KTP number are a date of birth; in this one they are not.",
            },
        ),
        (
            "31740152038800",
            {
                "id": "Nomor KTP biasanya 16 angka; nomor ini tidak.",
                "en": "A KTP number usually has 16 digits; this one does not.",
            },
        ),
    ],
    ids=["no date of birth", "too short"],
)
def test_a_ktp_number_that_looks_wrong_is_pointed_out_and_sent_all_the_same(
    client: Client, session: Session, lang: str, number: str, sentences: dict[str, str]
) -> None:
    """BM-12: a guess never refuses; the check says what to compare and leads back."""
    page = walk_to(client, "check", lang, identity={"number": number})
    (caution,) = page.all(".notice-warn p")
    assert caution.text.startswith(sentences[lang]) and caution.one("a")["href"] == f"/{lang}/file/identity"
    send(page)
    assert session.scalar(sa.select(sa.func.count()).select_from(Complaint)) == 1


@pytest.mark.parametrize("proof", ["sim", "passport", "kitas"])
def test_the_number_of_another_document_is_not_judged(client: Client, proof: str) -> None:
    """BM-12: forms of passports, licences and permits are many and change."""
    page = walk_to(client, "check", identity={"proof": proof, "number": "X 12-345"})
    assert not page.has(".notice-warn") and "berakhiran 45" in page.text


@both
def test_what_helps_and_how_to_be_reached_is_kept(client: Client, session: Session, lang: str) -> None:
    """Needs in one's own words; a preferred way, which nobody has to have."""
    wish = {"needs": "Large print, and an interpreter\nfor Javanese.", "prefers": "message"}
    page = walk_to(client, "check", lang, contact=wish)
    assert "Large print, and an interpreter for Javanese." in page.text
    assert {"id": "Lewat pesan singkat", "en": "By text message"}[lang] in page.text
    send(page)
    box = open_box(session, session.scalars(sa.select(Complaint.key_id)).one())
    person = person_in(box, session.scalars(sa.select(Party)).one())
    assert (person.needs, person.prefers) == (wish["needs"], Preference.MESSAGE)
    other = client.get(f"/{lang}/file/sent").form(f"/{lang}/file/kept").submit().client
    page = walk_to(other, "contact", lang)
    form = page.form().fill(email="siti@example.id")
    assert form.submit().path == f"/{lang}/file/account"


# ── the representative ───────────────────────────────────────────────────────────────────────────

ACTING = {"role": "representative"}


@both
def test_a_representative_is_led_from_the_customer_to_themselves(client: Client, lang: str) -> None:
    """SQ-12, BM-17: first who the customer is, then who acts, and by what right."""
    page = walk_to(client, "identity", lang, who=ACTING)
    headings = [page.heading]
    for step in ("identity", "representative", "authority", "contact", "customer-contact"):
        page = answer(page, step)
        headings.append(page.heading)
    assert (
        headings
        == {
            "id": [
                "Siapa yang Anda wakili?",
                "Siapa Anda?",
                "Surat kuasa khusus",
                "Bagaimana kami menghubungi Anda?",
                "Bagaimana kami menghubungi yang Anda wakili?",
                "Rekening atau akad yang mana?",
            ],
            "en": [
                "For whom do you act?",
                "Who are you?",
                "The special power of attorney",
                "How can we reach you?",
                "How can we reach the customer?",
                "Which account or contract is it about?",
            ],
        }[lang]
    )
    page = client.get(f"/{lang}/file/customer-contact")
    sentence = {
        "id": "Yang Anda tulis di sini belum berlaku sebelum kami periksa",
        "en": "What you write here does not count until we have checked it",
    }[lang]
    assert sentence in page.text
    # Nobody has to give it.
    assert page.form().fill(email="", phone="").submit().path == f"/{lang}/file/account"


@both
def test_a_firm_has_a_name(client: Client, lang: str) -> None:
    page = walk_to(client, "representative", lang, who=ACTING)
    assert refused(page, "representative", {"acting": "firm"}) == [
        {"id": "Tulis nama badan atau kantor", "en": "Enter the name of the firm or office"}[lang]
    ]
    assert refused(page, "representative", {"relation": " "}) == [
        {"id": "Tulis hubungan Anda dengan yang diwakili", "en": "Write what you are to the customer"}[lang]
    ]


@both
@pytest.mark.parametrize(
    ("changes", "sentences"),
    [
        (
            parts("given_on", TODAY + timedelta(days=1)),
            {
                "id": "Tanggal surat kuasa harus hari ini atau sebelumnya",
                "en": "The date of the power of attorney must be today or earlier",
            },
        ),
        ({"scope": "\n"}, {"id": "Tulis isi kuasanya", "en": "Write what the power of attorney covers"}),
        ({"lasting": "until"}, {"id": "Tulis hari terakhirnya", "en": "Enter its last day"}),
        (
            {"lasting": "until", **parts("ends_on", date(2026, 3, 1))},
            {
                "id": "Hari terakhirnya tidak boleh sebelum tanggal suratnya",
                "en": "Its last day must not lie before its date",
            },
        ),
        (
            {"lasting": "until", **parts("ends_on", TODAY - timedelta(days=1))},
            {
                "id": "Surat kuasa ini berakhir Minggu, 22 November 2026. Minta yang baru kepada pemberi kuasa",
                "en": "This power of attorney ended on Sunday 22 November 2026. Ask the customer for a new one",
            },
        ),
        (
            {"lasting": "until", "ends_on-d": "31", "ends_on-m": "2", "ends_on-y": "2027"},
            {
                "id": "Tulis tanggal, bulan, dan tahunnya, misalnya 9 3 2026",
                "en": "Write the date as day, month and year, for example 9 3 2026",
            },
        ),
    ],
    ids=["tomorrow", "no scope", "no end", "ends before it begins", "ended yesterday", "no such day"],
)
def test_a_power_of_attorney_must_be_one_that_holds(
    client: Client, lang: str, changes: dict[str, Any], sentences: dict[str, str]
) -> None:
    """SQ-18, BM-17: dated, for a matter that it names, and not ended."""
    page = walk_to(client, "authority", lang, who=ACTING)
    (sentence,) = refused(page, "authority", changes)
    assert sentence.replace("\u00a0", " ") == sentences[lang]


def test_its_last_day_is_kept_and_still_counts(client: Client, session: Session) -> None:
    power = {"lasting": "until", **parts("ends_on", TODAY)}
    page = walk_to(client, "check", "en", who=ACTING, authority=power)
    assert "until Monday 23 November 2026" in page.text.replace("\u00a0", " ")
    send(page)
    assert session.scalars(sa.select(Authority.ends_on)).one() == TODAY
    # An end that was typed and then given up is not read.
    client.get("/en/file/sent").form("/en/file/kept").submit()
    page = walk_to(client, "authority", "en", who=ACTING)
    page = answer(page, "authority", {"lasting": "settled", "ends_on-d": "31", "ends_on-m": "2", "ends_on-y": "x"})
    assert page.path == "/en/file/contact"


def test_whoever_goes_back_to_complaining_for_themselves_leaves_the_representative_out(
    client: Client, session: Session
) -> None:
    walk_to(client, "check", who=ACTING)
    page = client.get("/id/file/who").form().fill(role="customer").submit()
    assert page.path == "/id/file/check" and "Bambang" not in page.text
    send(page)
    assert session.scalar(sa.select(sa.func.count()).select_from(Party)) == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(Authority)) == 0
