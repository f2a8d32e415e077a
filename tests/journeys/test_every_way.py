"""Every way to file, at every institution and in both languages: what the pages say, to the day and to the hour."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from portal.complaints.models import Authority, Complaint, ComplaintTransaction, Party
from portal.complaints.queries import person_in
from portal.complaints.rules import Role
from portal.complaints.states import ContactSource
from portal.db import Session
from portal.institution.loader import codes, load
from portal.institution.models import Institution
from portal.notices.models import Notice
from portal.sealing import open_box
from portal.web import formats
from tests.intake.journey import answer, fitting, number_and_code, send, walk_to, with_documents
from tests.page import Client, Page

pytestmark = [
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    pytest.mark.parametrize("lang", ["id", "en"]),
]
JAKARTA = ZoneInfo("Asia/Jakarta")
# The Friday before Lebaran, and the Monday before the end of the year: there the calendars part.
LEBARAN = datetime(2026, 3, 13, 10, 0, tzinfo=JAKARTA)
CHRISTMAS = datetime(2026, 12, 21, 10, 0, tzinfo=JAKARTA)
# By when a complaint is answered that came with everything, and by when what is missing is to come.
ANSWERED = {
    LEBARAN: {
        "muamalat": date(2026, 4, 6),
        "sequis_am": date(2026, 4, 6),
        "kredi360": date(2026, 3, 30),
        "kredifazz": date(2026, 4, 2),
    },
    CHRISTMAS: {
        "muamalat": date(2027, 1, 8),
        "sequis_am": date(2027, 1, 11),
        "kredi360": date(2027, 1, 7),
        # Ten working days end before twenty calendar days do.
        "kredifazz": date(2027, 1, 8),
    },
}
BROUGHT = {code: day for code, day in ANSWERED[LEBARAN].items()} | {"kredifazz": date(2026, 4, 6)}
OWN = {
    "muamalat": ["identity", "account_ownership", "transaction_receipt"],
    "sequis_am": ["identity"],
    "kredi360": [],
    "kredifazz": [],
}
REPRESENTED = ["power_of_attorney", "identity", "representative_identity"]
FIRM = {"representative": {"acting": "firm", "firm": "LBH Adil"}}


@pytest.fixture(params=codes())
def code(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def environment(environment: dict[str, str], code: str) -> dict[str, str]:
    return environment | {"PORTAL_INSTITUTION": code}


@pytest.fixture
def profile(app: Flask, code: str) -> Institution:
    return load(code)


@pytest.fixture(autouse=True)
def travel() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(LEBARAN, tick=False) as traveller:
        yield traveller


def said(lang: str, **sentences: str) -> str:
    return sentences[lang]


def plain(page: Page) -> str:
    return page.text.replace(formats.NBSP, " ")


def day(on: date, lang: str) -> str:
    return formats.day(on, lang).replace(formats.NBSP, " ")


def missing(page: Page) -> list[str]:
    """What the confirmation asks for, in its order."""
    return [node.text for node in page.all("section[aria-labelledby=missing] li")]


def labels(profile: Institution, wanted: list[str], lang: str) -> set[str]:
    return {" ".join(profile.documents[one].label[lang].split()) for one in wanted}


def the_complaint(session: Session) -> Complaint:
    session.rollback()
    return session.scalars(sa.select(Complaint).execution_options(populate_existing=True)).one()


# ── for oneself ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("at", [LEBARAN, CHRISTMAS], ids=["lebaran", "christmas"])
def test_a_customer_with_every_document_gets_the_day(
    client: Client, profile: Institution, code: str, lang: str, at: datetime, travel: time_machine.Traveller
) -> None:
    """BM-30, SQ-23, KF-33, K3-G1: the count begins at receipt; the check and the confirmation name the same day."""
    travel.move_to(at, tick=False)
    walk_to(client, "documents", lang, **fitting(profile))
    check = with_documents(client, profile, lang)
    due = day(ANSWERED[at][code], lang)
    assert said(
        lang,
        id=f"Jika Anda kirim hari ini, kami menjawab paling lambat {due}.",
        en=f"If you send it today, we answer by {due}.",
    ) in plain(check)
    sent = send(check)
    number, _ = number_and_code(sent)
    assert number.startswith(f"{profile.prefix}-26-")
    assert missing(sent) == []
    assert said(
        lang, id=f"Kami menjawab secara tertulis paling lambat {due}", en=f"We answer in writing by {due}"
    ) in plain(sent)


def test_a_customer_without_documents_is_told_each_once_and_until_when(
    client: Client, session: Session, profile: Institution, code: str, lang: str
) -> None:
    """BM-12 … BM-16, BM-19, SQ-16, SQ-17: missing documents never block; naming them is the request, with its day."""
    check = walk_to(client, "check", lang, **fitting(profile))
    sent = send(check)
    wanted = OWN[code]
    assert set(missing(sent)) == labels(profile, wanted, lang) and len(missing(sent)) == len(wanted)
    text, until = plain(sent), day(BROUGHT[code], lang)
    begins = begins_with(len(wanted), lang)
    if wanted:
        assert bring(len(wanted), until, lang) in text
        assert begins in text and begins in plain(check)
        assert the_complaint(session).due_on is None
    else:
        # Who needs no document is complete at receipt.
        assert until not in text or code == "kredi360"
        assert the_complaint(session).due_on == ANSWERED[LEBARAN][code]


def bring(count: int, until: str, lang: str) -> str:
    many = f"Bring these {count} documents by {until}:" if count > 1 else f"Bring this document by {until}:"
    return said(lang, id=f"Lengkapi {count} dokumen ini paling lambat {until}:", en=many)


def begins_with(count: int, lang: str) -> str:
    many = f"begin when these {count} documents arrive." if count > 1 else "begin when this document arrives."
    return said(
        lang,
        id=f"10 hari kerja kami dihitung sejak {count} dokumen ini tiba.",
        en=f"Our 10 working days {many}",
    )


def test_identity_is_asked_as_the_institution_checks_it(
    client: Client, profile: Institution, code: str, lang: str
) -> None:
    """SQ-14, BM-12, BM-13, K3-03, K3-13, KF-13, KF-24: a document, or data of which one is enough."""
    page = walk_to(client, "identity", lang)
    assert " ".join(profile.identity.text[lang].split()) in page.text
    offered = [node["value"] for node in page.all("[name=proof]")]
    assert offered == {
        "muamalat": ["ktp", "sim", "passport", "kitas", "malaysian_ic"],
        "sequis_am": ["ktp", "sim", "passport", "kitas"],
    }.get(code, [])
    assert page.has("[name=citizen]") is (code == "muamalat")
    if not offered:
        assert said(lang, id="Nomor KTP (tidak wajib)", en="KTP number (optional)") in page.text
    # What only a swindler asks for is asked nowhere on the way.
    assert not {"mother", "pin", "otp", "cvv", "card", "password"} & set(page.form().values)


# ── for somebody else ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("firm", [False, True], ids=["person", "firm"])
def test_a_representative_files_with_a_power_of_attorney(
    client: Client, session: Session, profile: Institution, code: str, lang: str, firm: bool
) -> None:
    """SQ-12, SQ-17, SQ-18, SQ-21, BM-17: both identities, the power of attorney, a firm's proof; receipts to both."""
    changes: dict[str, Mapping[str, Any]] = fitting(profile) | (FIRM if firm else {})
    check = walk_to(client, "check", lang, who={"role": "representative"}, **changes)
    for shown in ("Siti Rahmawati Kusumaningrum", "Bambang Sutrisno", "Anak", "sampai selesai."):
        assert shown in check.text
    assert ("LBH Adil" in check.text) is firm
    sent = send(check)

    wanted = [*dict.fromkeys([*OWN[code], *REPRESENTED]), *(["firm_authority"] if firm else [])]
    assert set(missing(sent)) == labels(profile, wanted, lang) and len(missing(sent)) == len(wanted)
    text = plain(sent)
    assert bring(len(wanted), day(BROUGHT[code], lang), lang) in text and begins_with(len(wanted), lang) in text
    for sentence in (
        said(
            lang,
            id="Kode akses ini hanya untuk Anda sebagai penerima kuasa. Yang Anda wakili mendapat kode sendiri.",
            en="This access code is yours alone, as the representative. The customer gets one of their own.",
        ),
        said(
            lang,
            id="Tanda terima untuk yang Anda wakili menunggu sampai kami memasukkan kontaknya dari data kami sendiri.",
            en="The customer’s receipt waits until we have entered their contact from our own records.",
        ),
    ):
        assert sentence in text

    complaint = the_complaint(session)
    # Twenty calendar days run from receipt whatever is missing.
    assert complaint.due_on == (ANSWERED[LEBARAN][code] if code == "kredifazz" else None)
    box = open_box(session, complaint.key_id)
    customer, acting = session.scalars(sa.select(Party).order_by(Party.role))
    assert (customer.role, customer.contact) == (Role.CUSTOMER, ContactSource.REPRESENTATIVE)
    assert (acting.role, acting.contact) == (Role.REPRESENTATIVE, ContactSource.OWN)
    assert person_in(box, customer).email == "ibu@example.id"
    assert person_in(box, acting).email == "siti.rahmawati@example.id"
    power = session.scalars(sa.select(Authority)).one()
    told = box.open(power)
    assert (told["relation"], told["firm"]) == ("Anak", "LBH Adil" if firm else None)
    assert (power.given_on, power.ends_on) == (date(2026, 3, 2), None)
    # Only the representative has been written to.
    assert [notice.party_id for notice in session.scalars(sa.select(Notice))] == [acting.id]
    assert (
        said(
            lang,
            id="Tanda terima juga kami kirim ke siti.rahmawati@example.id.",
            en="A receipt is also on its way to siti.rahmawati@example.id.",
        )
        in text
    )


@pytest.mark.parametrize("code", ["muamalat"])
def test_a_representative_with_every_document_starts_the_count(
    client: Client, session: Session, profile: Institution, lang: str
) -> None:
    """SQ-18, BM-17: the power of attorney is one of the documents from which the ten working days run."""
    walk_to(client, "documents", lang, who={"role": "representative"}, **FIRM, **fitting(profile))
    sent = send(with_documents(client, profile, lang))
    assert missing(sent) == [] and the_complaint(session).due_on == ANSWERED[LEBARAN]["muamalat"]


# ── the short path ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("code", "kind"),
    [(code, kind.code) for code in codes() for kind in load(code).kinds.values() if kind.code != "complaint"],
)
def test_what_is_no_complaint_takes_a_few_lines(
    client: Client, session: Session, profile: Institution, lang: str, kind: str
) -> None:
    """KF-02, KF-03, KF-16, KX-11: topic, text, contact and a file; a number and a day of its own, and its own name."""
    page = client.get(f"/{lang}/file/privacy")
    seen = []
    changes: dict[str, Any] = fitting(profile, kind=kind, transaction=None)
    while not page.path.endswith("/check"):
        step = page.path.removeprefix(f"/{lang}/file/")
        seen.append(step)
        page = answer(page, step, changes.get(step))
    assert seen == ["privacy", "kind", "topic", "story", "contact", "documents"]
    assert said(lang, id="Kirim pesan", en="Send message") in page.text
    sent = send(page)
    assert sent.heading == said(lang, id="Pesan Anda sudah kami terima", en="We have received your message")
    assert number_and_code(sent)[0].startswith(f"{profile.prefix}-26-")
    label = profile.kinds[kind].label[lang]
    assert [row.text for row in sent.all(".ref dt")].count(said(lang, id="Jenis", en="Kind")) == 1
    assert label in [row.text for row in sent.all(".ref dd")]
    # Nothing calls it a complaint, and nothing can be refused or objected to.
    told = " ".join(section.text for section in sent.all("main .clause"))
    for word in said(lang, id="pengaduan Anda|keluhan Anda|keberatan", en="your complaint|object").split("|"):
        assert word not in told.lower().replace(label.lower(), ""), word
    complaint = the_complaint(session)
    assert (complaint.kind, complaint.due_on is not None) == (kind, True)
    assert day(complaint.due_on or date.max, lang) in plain(sent)
    assert session.scalar(sa.select(sa.func.count()).select_from(ComplaintTransaction)) == 0
    assert open_box(session, complaint.key_id).open(complaint)["account"] is None


@pytest.mark.parametrize("code", ["kredifazz"])
def test_the_kinds_stand_on_a_page_of_their_own(client: Client, profile: Institution, lang: str) -> None:
    """KF-03: questions, complaints, input, suggestions and criticism, each with its hint."""
    page = walk_to(client, "kind", lang)
    shown = [node.text for node in page.all(".choice")]
    assert shown == [
        " ".join(f"{kind.label[lang]} {kind.hint[lang] if kind.hint else ''}".split())
        for kind in profile.kinds.values()
    ]
    assert [node["value"] for node in page.all("[name=kind]")] == [
        "complaint",
        "question",
        "input",
        "suggestion",
        "criticism",
    ]


# ── guided topics ────────────────────────────────────────────────────────────────────────────────

lender = pytest.mark.parametrize("code", ["kredi360"])


def guided(topic: str, ago: timedelta, **more: Any) -> dict[str, Mapping[str, Any]]:
    at = LEBARAN - ago
    moment = {"on-d": str(at.day), "on-m": str(at.month), "on-y": str(at.year), "at": f"{at:%H.%M}", **more}
    return {"topic": {"topic": topic}, "guide": moment, "transactions": {"type": "no-transaction"}}


@lender
@pytest.mark.parametrize("minutes", [0, 90, 119])
def test_a_disbursement_under_two_hours_says_when_they_end(
    client: Client, session: Session, profile: Institution, lang: str, minutes: int
) -> None:
    """K3-12, K3-15: at most two hours, with the exact time; filing now is never blocked and asks for no document."""
    page = walk_to(client, "advice", lang, **guided("disbursement", timedelta(minutes=minutes)))
    at = LEBARAN + timedelta(minutes=120 - minutes)
    text = plain(page)
    assert (
        said(
            lang,
            id="Pencairan memakan waktu paling lama 2 jam. Anda boleh menunggu",
            en="A disbursement takes at most 2 hours. You can wait",
        )
        in text
    )
    assert (
        said(
            lang,
            id=f"2 jam itu berakhir Jumat, 13 Maret 2026, {at:%H.%M} WIB. Anda tidak harus menunggu",
            en=f"The 2 hours end on Friday 13 March 2026, {at:%H:%M} WIB. You need not wait for that",
        )
        in text
    )
    check = walk_on(page)
    sent = send(check)
    assert missing(sent) == [] and the_complaint(session).due_on == ANSWERED[LEBARAN]["kredi360"]
    assert the_complaint(session).escalated_at is None


@lender
@pytest.mark.parametrize("minutes", [120, 121, 60 * 24 * 3])
def test_a_disbursement_over_two_hours_asks_for_the_last_transaction(
    client: Client, session: Session, profile: Institution, lang: str, minutes: int
) -> None:
    """K3-16, K3-17: the proof is asked for, on the page and in the list of documents, and may come later."""
    page = walk_to(client, "advice", lang, **guided("disbursement", timedelta(minutes=minutes)))
    assert said(
        lang,
        id="Pencairan sudah lewat 2 jam. Kirim bukti transaksi terakhir di rekening bank Anda",
        en="The 2 hours are over. Send proof of the last transaction on your bank account",
    ) in plain(page)
    wanted = " ".join(profile.documents["last_transaction"].label[lang].split())
    check = walk_on(page)
    assert wanted in client.get(f"/{lang}/file/documents").text
    sent = send(check)
    assert missing(sent) == [wanted]
    assert bring(1, day(BROUGHT["kredi360"], lang), lang) in plain(sent) and begins_with(1, lang) in plain(sent)


@lender
@pytest.mark.parametrize(
    ("minutes", "open_", "marked"),
    [(121, "yes", True), (119, "yes", False), (121, "no", False), (121, "unknown", False)],
)
def test_an_unpaid_payment_over_two_hours_is_the_managers_from_its_arrival(
    client: Client, session: Session, lang: str, minutes: int, open_: str, marked: bool
) -> None:
    """K3-23, K3-26, K3-28: asked when it was paid and whether the app still shows it unpaid."""
    page = walk_to(client, "guide", lang, **guided("payment_confirmation", timedelta(0)))
    assert page.heading == said(lang, id="Kapan Anda membayar?", en="When did you pay?")
    assert (
        said(
            lang,
            id="Apakah aplikasi masih menampilkan tagihan itu belum dibayar?",
            en="Does the app still show the bill as unpaid?",
        )
        in page.text
    )
    page = answer(page, "guide", guided("payment_confirmation", timedelta(minutes=minutes), open=open_)["guide"])
    assert said(
        lang,
        id="Setelah pembayaran tercatat, Anda menerima SMS di nomor telepon yang terdaftar. Tunggu SMS itu.",
        en="Once the payment is recorded, you get an SMS at your registered phone number. Wait for that SMS.",
    ) in plain(page)
    sent = send(walk_on(page))
    complaint = the_complaint(session)
    assert (complaint.escalated_at is not None) is marked
    told = said(
        lang,
        id="Pengaduan ini sudah sampai ke manajer layanan pelanggan.",
        en="It is with the customer service manager already.",
    )
    assert (told in sent.text) is marked
    kept = open_box(session, complaint.key_id).open(complaint)["guided"]
    assert kept["still_open"] is {"yes": True, "no": False, "unknown": None}[open_]
    assert datetime.fromisoformat(kept["moment"]) == LEBARAN - timedelta(minutes=minutes)


@lender
@pytest.mark.parametrize("kind", ["complaint", "question"])
def test_who_asks_for_the_payment_code_is_sent_to_the_app(client: Client, lang: str, kind: str) -> None:
    """K3-34, K3-35, K3-37, K3-38: the app has the code; it is one's own; this portal neither shows nor asks for one."""
    page = walk_to(client, "advice", lang, kind={"kind": kind}, topic={"topic": "payment_method"})
    text = plain(page)
    assert (
        said(
            lang,
            id="Buka aplikasi 360Kredi, lalu pilih kode pembayaran.",
            en="Open the 360Kredi app, then choose the payment code.",
        )
        in text
    )
    assert said(
        lang,
        id="Sebelum membayar, pastikan kode pembayaran itu benar milik Anda.",
        en="Before you pay, make sure that the payment code is really yours.",
    ) == page.one(".notice-warn").text.replace(formats.NBSP, " ")
    # No risk is laid on the customer, and no field takes a code.
    assert not {"risiko", "risk"} & set(page.one(".clause").text.lower().split())
    assert page.form().values == {}


def walk_on(page: Page) -> Page:
    """From a step to the check, with nothing to say about a particular transaction."""
    while not page.path.endswith("/check"):
        step = page.path.rsplit("/file/", 1)[1]
        page = answer(page, step, {"type": "no-transaction"} if step == "transactions" else None)
    return page
