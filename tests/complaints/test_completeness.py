"""When a complaint is complete: what it needs, what is asked for, and from when our time runs."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from portal.complaints import completeness, standing
from portal.complaints.handed_in import Guided, Person, Representation, marked_for_manager, required
from portal.complaints.models import Complaint, Requirement
from portal.db import Database, Session, writing
from portal.history.queries import entries
from portal.history.rules import Audience
from portal.institution.loader import load
from portal.institution.models import Institution
from portal.notices.models import Notice
from portal.sealing import open_box
from portal.workdays import seed
from tests.builders import NOW
from tests.complaints.cases import Case, a_filing, file_case

# Friday 13 March 2026, 10.00 WIB: Nyepi and Idul Fitri with their joint leave lie before the answer.
FRIDAY = datetime(2026, 3, 13, 3, 0, tzinfo=UTC)


def acting(**changes: object) -> Representation:
    told: dict[str, object] = {
        "person": Person("Budi Santoso", "id", "budi@example.id"),
        "relation": "Anak",
        "scope": "Mengurus pengaduan tentang transfer 20 November 2026",
        "given_on": date(2026, 11, 20),
    }
    return Representation(**{**told, **changes})  # type: ignore[arg-type]


def test_a_customer_of_bank_muamalat_needs_three_documents(profile: Institution) -> None:
    """BM-12, BM-14, BM-15; the chronology (BM-16) is written in the form."""
    assert required(a_filing(profile), profile, now=NOW) == ("identity", "account_ownership", "transaction_receipt")


def test_without_a_transaction_no_receipt_of_one_is_asked_for(profile: Institution) -> None:
    assert required(a_filing(profile, transactions=()), profile, now=NOW) == ("identity", "account_ownership")


def test_a_representative_needs_the_special_power_of_attorney_and_both_identities(profile: Institution) -> None:
    """SQ-18, BM-17."""
    needed = required(a_filing(profile, representation=acting()), profile, now=NOW)
    assert {"identity", "representative_identity", "power_of_attorney"} <= set(needed)
    assert "firm_authority" not in needed
    firm = required(a_filing(profile, representation=acting(firm="Kantor Hukum Santoso")), profile, now=NOW)
    assert "firm_authority" in firm


@pytest.mark.parametrize("minutes", [119, 120])
def test_a_guide_asks_for_its_document_once_its_time_has_passed(minutes: int) -> None:
    """K3-15, K3-16: proof of the last bank transaction after two hours, and not before."""
    profile = load("kredi360")
    told = Guided(NOW - timedelta(minutes=minutes))
    filing = a_filing(profile, topic="disbursement", guided=told, transactions=())
    assert ("last_transaction" in required(filing, profile, now=NOW)) is (minutes == 120)


@pytest.mark.parametrize(
    ("minutes", "still_open", "marked"),
    [(121, True, True), (119, True, False), (121, False, False), (121, None, False)],
)
def test_an_unpaid_payment_over_two_hours_goes_to_the_manager(
    minutes: int, still_open: bool | None, marked: bool
) -> None:
    """K3-28."""
    profile = load("kredi360")
    told = Guided(NOW - timedelta(minutes=minutes), still_open)
    filing = a_filing(profile, topic="payment_confirmation", guided=told, transactions=())
    assert marked_for_manager(filing, profile, now=NOW) is marked


def test_what_takes_the_short_path_needs_nothing() -> None:
    """KF-02, KF-03."""
    profile = load("kredifazz")
    filing = a_filing(profile, kind="question", account=None, transactions=())
    assert required(filing, profile, now=NOW) == ()


# ── asked for once, and complete with the last one ───────────────────────────────────────────────


def test_what_is_missing_is_asked_for_and_no_answer_is_promised_yet(
    database: Database, session: Session, profile: Institution
) -> None:
    """SQ-23, BM-30: ten working days from complete documents; the customer's own ten from the request (SQ-24)."""
    case = file_case(database, profile, now=FRIDAY, given=["identity"])
    running = standing.running(session, case.complaint_id)
    assert running.binding is None
    assert [(asked.code, asked.asked_at) for asked in running.missing] == [
        ("account_ownership", FRIDAY),
        ("transaction_receipt", FRIDAY),
    ]
    assert running.documents is not None and running.documents.due_on == date(2026, 4, 6)
    assert session.get_one(Complaint, case.complaint_id).due_on is None


@pytest.mark.parametrize(("language", "receipt"), [("id", "Bukti transaksi"), ("en", "Transaction receipt")])
def test_the_receipt_names_what_is_missing_once(
    database: Database, session: Session, profile: Institution, language: str, receipt: str
) -> None:
    customer = Person("Siti Rahmawati", language, "siti@example.id")
    file_case(database, profile, now=FRIDAY, given=["identity"], customer=customer)
    (notice,) = session.scalars(sa.select(Notice)).all()
    body = open_box(session, notice.key_id).open(notice)["body"]
    assert body.count(receipt) == 1
    assert ("6\u00a0April 2026" in body) or ("6 April 2026" in body)


def test_the_last_document_completes_it_from_the_moment_it_arrived(
    database: Database, session: Session, profile: Institution
) -> None:
    """SQ-23, BM-30."""
    case = file_case(database, profile, now=FRIDAY - timedelta(days=3), given=["identity"])
    assert meet(session, case, {"account_ownership"}, profile, now=FRIDAY - timedelta(days=1)) == [
        "transaction_receipt"
    ]
    assert standing.running(session, case.complaint_id).binding is None
    assert meet(session, case, {"transaction_receipt"}, profile, now=FRIDAY) == []

    running = standing.running(session, case.complaint_id)
    assert running.binding is not None and running.binding.started_at == FRIDAY
    assert running.binding.due_on == date(2026, 4, 6)
    assert (running.missing, running.documents) == ((), None)
    complaint = session.get_one(Complaint, case.complaint_id)
    assert complaint.due_on == date(2026, 4, 6)
    newest = entries(session, complaint, audience=Audience.CUSTOMER)[0]
    assert (newest.kind, newest.payload) == ("complete", {"due_on": "2026-04-06"})


def test_more_documents_of_a_complete_complaint_move_nothing(
    session: Session, case: Case, profile: Institution
) -> None:
    before = standing.running(session, case.complaint_id)
    assert meet(session, case, {"identity"}, profile, now=NOW + timedelta(days=4)) == []
    assert standing.running(session, case.complaint_id) == before
    arrived = set(session.scalars(sa.select(Requirement.arrived_at)))
    assert arrived == {NOW}


def meet(session: Session, case: Case, codes: set[str], profile: Institution, *, now: datetime) -> list[str]:
    complaint = writing(session, session.get_one(Complaint, case.complaint_id))
    left = completeness.meet(session, complaint, codes, profile=profile, calendars=seed.calendar, now=now)
    session.commit()
    return left


# ── filed by somebody who acts for the customer ──────────────────────────────────────────────────


def test_a_contact_that_only_the_representative_gave_gets_no_letter(
    database: Database, session: Session, profile: Institution
) -> None:
    """SQ-21: the representative has their receipt; the customer's waits for the institution's own records."""
    file_case(database, profile, representation=acting())
    (notice,) = session.scalars(sa.select(Notice)).all()
    told = open_box(session, notice.key_id).open(notice)
    assert told["address"] == "budi@example.id"
    assert "Siti Rahmawati" in told["body"]
