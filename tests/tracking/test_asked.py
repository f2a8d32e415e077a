"""What we ask of a customer: each missing document once, until when, and from when our own time runs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from portal.complaints import completeness
from portal.complaints.models import Complaint
from portal.complaints.rules import Role
from portal.db import Database, writing
from portal.institution.calendars.queries import calendars
from portal.institution.models import Institution
from tests.builders import NOW
from tests.complaints.cases import Case, file_case
from tests.complaints.test_completeness import acting
from tests.evidence import files
from tests.page import Client, Page

LANGUAGES = pytest.mark.parametrize("lang", ["id", "en"])
SignIn = Callable[..., Page]
# Friday 13 March 2026, 15.42 WIB: Nyepi and Idul Fitri with their joint leave follow.
LEBARAN = datetime(2026, 3, 13, 8, 42, tzinfo=UTC)


@pytest.fixture
def at_kredifazz(environment: dict[str, str]) -> None:
    environment["PORTAL_INSTITUTION"] = "kredifazz"


def plain(page: Page, selector: str) -> str:
    return page.one(selector).text.replace("\u00a0", " ")


def bring(page: Page, purpose: str, content: bytes) -> Page:
    form = page.client.get("/en/track/case/documents").form("/en/track/case/documents")
    return form.fill(purpose=purpose, files=[("berkas", content)]).submit()


@LANGUAGES
def test_each_missing_document_stands_there_once_with_its_hint_and_the_day(
    clock: time_machine.Traveller, house: Database, profile: Institution, sign_in: SignIn, lang: str
) -> None:
    """BM-12, BM-14, BM-15, BM-19: named once; ten working days from the request, over Lebaran."""
    clock.move_to(LEBARAN)
    case = file_case(house, profile, now=LEBARAN, given=["identity"])
    page = sign_in(case.number, case.code, lang=lang)
    tasks = page.all("#case-asked .tasks li")
    assert [task.one("a").text for task in tasks] == {
        "id": ["Bukti kepemilikan rekening", "Bukti transaksi"],
        "en": ["Proof of account ownership", "Transaction receipt"],
    }[lang]
    assert [task.one(".hint").text for task in tasks] == {
        "id": ["Misalnya halaman depan buku tabungan", "Struk, tangkapan layar, atau mutasi rekening"],
        "en": ["For example the first page of the passbook", "A receipt, a screenshot or a statement of the account"],
    }[lang]
    assert {
        "id": "Kirim paling lambat Senin, 6 April 2026. Itu 10 hari kerja sejak permintaan kami pada "
        "Jumat, 13 Maret 2026.",
        "en": "Bring them by Monday 6 April 2026. That is 10 working days from our request of Friday 13 March 2026.",
    }[lang] in plain(page, "#case-asked")
    # What has come is not asked for.
    assert {"id": "Bukti identitas", "en": "Proof of identity"}[lang] not in page.one("#case-asked").text


@pytest.mark.parametrize(
    ("lang", "given", "told"),
    [
        ("en", ("identity",), "Your 10 working days start when these 2 documents arrive."),
        ("en", ("identity", "account_ownership"), "Your 10 working days start when this document arrives."),
        ("id", ("identity",), "Hitungan 10 hari kerja untuk menjawab Anda mulai saat 2 dokumen ini tiba."),
        (
            "id",
            ("identity", "account_ownership"),
            "Hitungan 10 hari kerja untuk menjawab Anda mulai saat 1 dokumen ini tiba.",
        ),
    ],
)
def test_it_says_from_when_our_time_runs(
    clock: object,
    house: Database,
    profile: Institution,
    sign_in: SignIn,
    lang: str,
    given: tuple[str, ...],
    told: str,
) -> None:
    """SQ-23, BM-30."""
    case = file_case(house, profile, given=given)
    page = sign_in(case.number, case.code, lang=lang)
    assert told in plain(page, "#case-due")
    assert not page.has(".due") and not page.has("#case-due a")
    assert page.client.get(f"/{lang}/track/case/deadline").path == f"/{lang}/track/case"


@LANGUAGES
@pytest.mark.usefixtures("at_kredifazz")
def test_a_promise_from_receipt_runs_beside_what_waits_for_documents(
    clock: time_machine.Traveller, house: Database, profile: Institution, sign_in: SignIn, lang: str
) -> None:
    """KF-33: twenty calendar days from receipt, and the law's ten working days from complete documents."""
    clock.move_to(LEBARAN)
    case = file_case(
        house, profile, now=LEBARAN, given=["identity"], account=None, transactions=(), representation=acting()
    )
    page = sign_in(case.number, case.code, lang=lang)
    assert page.one(".due time")["datetime"] == "2026-04-02"
    due = plain(page, "#case-due")
    assert {
        "id": "Di sampingnya, hitungan 10 hari kerja untuk menjawab Anda mulai saat 2 dokumen ini tiba. "
        "Yang berlaku adalah hari yang lebih dulu.",
        "en": "Beside it, your 10 working days start when these 2 documents arrive. "
        "Whichever day comes first binds us.",
    }[lang] in due
    counted = page.client.get(f"/{lang}/track/case/deadline")
    assert {"id": "20 hari kalender", "en": "20 calendar days"}[lang] in plain(counted, ".lede")
    assert {
        "id": "10 hari kerja, mulai dihitung saat 2 dokumen yang kurang tiba",
        "en": "10 working days, which start when 2 missing documents arrive",
    }[lang] in plain(counted, "[aria-labelledby=beside]")


@LANGUAGES
def test_the_customers_own_day_is_derived_and_says_what_follows_it(
    clock: time_machine.Traveller, house: Database, profile: Institution, sign_in: SignIn, lang: str
) -> None:
    """BM-19, BM-20: not in time means deemed withdrawn, which is not resolved."""
    clock.move_to(LEBARAN)
    case = file_case(house, profile, now=LEBARAN, given=["identity"])
    page = sign_in(case.number, case.code, lang=lang).follow(f"/{lang}/track/case/documents/deadline")
    assert page.one(".due time")["datetime"] == "2026-04-06"
    assert page.all("tbody tr")[0].one("time")["datetime"] == "2026-03-13"
    assert len(page.all("tbody tr")) == 25
    assert {"id": "dianggap dicabut", "en": "counts as withdrawn"}[lang] in plain(page, "[aria-labelledby=after]")
    assert {"id": "tidak sama dengan selesai", "en": "not the same as resolved"}[lang] in page.text
    rules = plain(page, "[aria-labelledby=rules]")
    assert {"id": "tambahan 10 hari kerja", "en": "10 working days more"}[lang] in rules
    assert {"id": "20 April 2026", "en": "20 April 2026"}[lang] in rules
    assert {"id": "Hari terakhir untuk dokumen Anda", "en": "The last day for your documents"}[lang] in page.text


@pytest.mark.parametrize("institution", ["sequis_am"])
def test_where_the_profile_says_refusal_that_is_what_is_said(
    environment: dict[str, str], institution: str, request: pytest.FixtureRequest
) -> None:
    """SQ-25: documents not completed are a ground to refuse."""
    environment["PORTAL_INSTITUTION"] = institution
    request.getfixturevalue("clock")
    house, profile = request.getfixturevalue("house"), request.getfixturevalue("profile")
    case = file_case(house, profile, given=[])
    sign_in: SignIn = request.getfixturevalue("sign_in")
    sign_in(case.number, case.code)
    page = request.getfixturevalue("client").get("/en/track/case/documents/deadline")
    after = plain(page, "[aria-labelledby=after]")
    assert "we may refuse the complaint for want of documents" in after and "counts as withdrawn" not in after


def test_after_the_day_we_still_take_them(
    clock: time_machine.Traveller, house: Database, profile: Institution, sign_in: SignIn
) -> None:
    case = file_case(house, profile, given=["identity"])
    clock.shift(timedelta(days=30))
    asked = plain(sign_in(case.number, case.code), "#case-asked")
    assert "That was due by Monday 7 December 2026. As long as it stands here we still take it" in asked


# ── bringing them ────────────────────────────────────────────────────────────────────────────────


@LANGUAGES
def test_what_is_missing_first_is_already_chosen_and_a_link_chooses_its_own(
    clock: object, house: Database, profile: Institution, sign_in: SignIn, lang: str
) -> None:
    case = file_case(house, profile, given=["identity"])
    page = sign_in(case.number, case.code, lang=lang)
    action = f"/{lang}/track/case/documents"
    assert page.client.get(action).form(action).values["purpose"] == "account_ownership"
    second = page.all("#case-asked .tasks a")[1]["href"]
    assert page.client.get(second).form(action).values["purpose"] == "transaction_receipt"
    # What nobody asks for is no purpose.
    assert page.client.get(f"{action}?purpose=%3Cb%3E").form(action).values["purpose"] == "account_ownership"


@LANGUAGES
def test_after_a_delivery_the_page_says_what_is_still_missing_and_then_the_date(
    client: Client,
    clock: time_machine.Traveller,
    house: Database,
    profile: Institution,
    sign_in: SignIn,
    lang: str,
) -> None:
    case = file_case(house, profile, given=["identity"])
    clock.shift(timedelta(days=1))
    page = sign_in(case.number, case.code, lang=lang)
    bring(page, "account_ownership", files.pdf())
    kept = client.get(f"/{lang}/track/case/documents")
    missing = [node.text for node in kept.all("[data-kept] .prose li")]
    assert missing == [{"id": "Bukti transaksi", "en": "Transaction receipt"}[lang]]
    assert {"id": "Sampai Senin, 7 Desember 2026.", "en": "Until Monday 7 December 2026."}[lang] in plain(
        kept, "[data-kept]"
    )
    bring(page, "transaction_receipt", files.picture())
    kept = client.get(f"/{lang}/track/case/documents")
    assert {"id": "Dokumen Anda lengkap", "en": "Your documents are complete"}[lang] in kept.text
    assert kept.one("[data-kept] time")["datetime"] == "2026-12-08"

    page = client.get(f"/{lang}/track/case")
    assert not page.has("#case-asked .tasks")
    assert page.one(".due time")["datetime"] == "2026-12-08"
    titles = [node.text for node in page.all(".timeline h3")]
    assert titles[0] == {"id": "Dokumen lengkap", "en": "Documents complete"}[lang]
    assert client.get(f"/{lang}/track/case/documents/deadline").path == f"/{lang}/track/case"


@LANGUAGES
def test_the_date_says_why_its_count_began_when_it_did(
    client: Client,
    clock: time_machine.Traveller,
    house: Database,
    profile: Institution,
    sign_in: SignIn,
    lang: str,
) -> None:
    """BM-30: the count starts with the last document's arrival, never with our looking at it."""
    case = file_case(house, profile, given=["identity", "account_ownership"])
    clock.shift(timedelta(days=2))
    page = sign_in(case.number, case.code, lang=lang)
    bring(page, "transaction_receipt", files.pdf())
    why = plain(client.get(f"/{lang}/track/case/deadline"), "[aria-labelledby=why]")
    assert {
        "id": "Dokumen terakhir yang kurang adalah Bukti transaksi. Dokumen itu tiba pada "
        "Rabu, 25 November 2026, 10.15 WIB",
        "en": "The last document that was missing was Transaction receipt. It arrived on "
        "Wednesday 25 November 2026, 10:15 WIB",
    }[lang] in why
    assert {"id": "bersama pengaduan", "en": "with the complaint"}[lang] in why


@LANGUAGES
def test_what_came_with_the_complaint_started_the_count_at_once(
    client: Client, case: Case, sign_in: SignIn, lang: str
) -> None:
    sign_in(case.number, case.code)
    page = client.get(f"/{lang}/track/case/deadline")
    assert {
        "id": "Semua dokumen yang kami perlukan datang bersama pengaduan",
        "en": "Every document that we need came with the complaint",
    }[lang] in plain(page, "[aria-labelledby=why]")
    assert "We ask for none beyond the form" not in page.text


# ── asked for once more ──────────────────────────────────────────────────────────────────────────


def rejected(house: Database, case: Case, profile: Institution, *, now: datetime) -> None:
    """An officer cannot use the transaction receipt."""
    with house.session() as session:
        complaint = writing(session, session.get_one(Complaint, case.complaint_id))
        completeness.reopen(
            session,
            complaint,
            "transaction_receipt",
            role=Role.AGENT,
            actor_id=None,
            reason="Angkanya tidak terbaca.",
            profile=profile,
            calendars=calendars(session).of,
            now=now,
        )
        complaint.version += 1
        session.commit()


@LANGUAGES
def test_in_time_it_is_missing_again_and_the_count_waits(
    clock: time_machine.Traveller, case: Case, house: Database, profile: Institution, sign_in: SignIn, lang: str
) -> None:
    rejected(house, case, profile, now=NOW + timedelta(days=1))
    clock.shift(timedelta(days=1))
    page = sign_in(case.number, case.code, lang=lang)
    assert page.one("#case-asked .tag").text == {"id": "Masih kurang", "en": "Missing"}[lang]
    assert not page.has(".due")
    told = page.all(".timeline p")[0].text
    assert "Angkanya tidak terbaca." in told
    assert {"id": "Bukti transaksi", "en": "Transaction receipt"}[lang] in told


@LANGUAGES
def test_later_it_is_asked_for_and_the_date_stays(
    clock: time_machine.Traveller, case: Case, house: Database, profile: Institution, sign_in: SignIn, lang: str
) -> None:
    """No officer's delay moves a date."""
    rejected(house, case, profile, now=NOW + timedelta(days=3))
    clock.shift(timedelta(days=3))
    page = sign_in(case.number, case.code, lang=lang)
    assert page.one("#case-asked .tag").text == {"id": "Kirim sekali lagi", "en": "Send it once more"}[lang]
    assert {
        "id": "tanggal jawaban kami tetap",
        "en": "the date by which we answer stays",
    }[lang] in page.one("#case-asked").text
    assert page.one(".due time")["datetime"] == "2026-12-07"
    bring(page, "transaction_receipt", files.pdf())
    page = page.client.get(f"/{lang}/track/case")
    assert not page.has("#case-asked .tasks")
    assert page.one(".due time")["datetime"] == "2026-12-07"
