"""What a finished draft amounts to, and which documents go with it."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from portal.complaints.handed_in import Filing, Guided, Person, Preference, Proof, Representation, Transaction
from portal.complaints.rules import COMPLAINT
from portal.filing.handing_in import filing_of, guided_of, papers_of
from portal.filing.rules import Slug, Unfinished
from portal.institution.loader import load
from portal.institution.rules import Form
from tests.builders import NOW
from tests.filing.drafts import ACKNOWLEDGED, ACTING, PATH, PROFILE, READ, TRANSFER, told

LENDER = load("kredi360")
CUSTOMER = Person(
    "Siti Rahmawati",
    "en",
    "siti@example.id",
    "+6281234567890",
    proof=Proof("ktp", "3174015203880007"),
    needs="An interpreter",
    prefers=Preference.CALL,
)


def test_the_finished_draft_is_the_complaint() -> None:
    """SQ-08, SQ-19, SQ-20, BM-12, KF-26: person, account, transaction, problem and loss, as they were told."""
    assert filing_of(told(), PROFILE, language="id") == Filing(
        kind=COMPLAINT,
        channel="portal",
        form=Form.WRITTEN,
        topic="transfer",
        language="id",
        customer=CUSTOMER,
        account="1234567702",
        transactions=(Transaction("transfer", date(2026, 3, 9), time(9, 12), Decimal(1250000), "TRX-1"),),
        story="The rent did not arrive.",
        acknowledged=ACKNOWLEDGED,
        loss=Decimal(1250000),
        wish="My money back",
    )


def test_a_representative_hands_in_for_the_customer() -> None:
    """SQ-12, SQ-18, BM-17: the contact of each is their own, and the power of attorney is told."""
    filing = filing_of(told(**ACTING), PROFILE, language="id")
    assert filing.customer == Person(
        "Siti Rahmawati", "id", "ibu@example.id", None, proof=Proof("ktp", "3174015203880007")
    )
    assert filing.representation == Representation(
        person=Person(
            "Bambang Sutrisno",
            "en",
            "siti@example.id",
            "+6281234567890",
            proof=Proof("passport", "C1234567"),
            needs="An interpreter",
            prefers=Preference.CALL,
        ),
        relation="Son",
        scope="The transfer of 9 March",
        given_on=date(2026, 3, 2),
    )
    firm = READ[Slug.REPRESENTATIVE] | {"firm": "LBH Adil"}
    power = READ[Slug.AUTHORITY] | {"ends_on": "2026-12-31"}
    acting = filing_of(told(**ACTING, representative=firm, authority=power), PROFILE, language="id").representation
    assert acting and (acting.firm, acting.ends_on) == ("LBH Adil", date(2026, 12, 31))


def test_a_question_brings_no_account_transaction_or_loss() -> None:
    """KF-02, KF-03, KX-11: whatever was answered before it became a question stays out."""
    profile = load("kredifazz")
    contact = READ[Slug.CONTACT] | {"name": "Budi"}
    draft = told(profile, **ACTING, kind={"kind": "question"}, topic={"topic": "product"}, contact=contact)
    filing = filing_of(draft, profile, language="en")
    assert filing.customer == Person("Budi", "en", "siti@example.id", "+6281234567890")
    assert (filing.kind, filing.topic, filing.story) == ("question", "product", "The rent did not arrive.")
    assert (filing.account, filing.transactions, filing.loss, filing.wish) == (None, (), None, None)
    assert (filing.representation, filing.capacity, filing.guided) == (None, None, None)


@pytest.mark.parametrize(
    ("changes", "transactions"),
    [
        ({"transactions": {"rows": [{"type": None}]}}, ()),
        # The topic was changed after the transaction had been told.
        ({"topic": {"topic": "service"}}, ()),
        (
            {"transactions": {"rows": [TRANSFER, TRANSFER | {"type": "cash", "at": None, "amount": None}]}},
            (("transfer", Decimal(1250000)), ("cash", None)),
        ),
    ],
    ids=["none in particular", "none by its topic", "two"],
)
def test_a_complaint_is_about_as_many_transactions_as_were_told(changes: dict[str, Any], transactions: Any) -> None:
    """SQ-19: plural."""
    filing = filing_of(told(**changes), PROFILE, language="id")
    assert tuple((one.type, one.amount) for one in filing.transactions) == transactions


@pytest.mark.parametrize("missing", PATH)
def test_a_draft_with_a_gap_is_not_handed_in(missing: Slug) -> None:
    with pytest.raises(Unfinished) as refusal:
        filing_of(told(**{missing: None}), PROFILE, language="id")
    assert refusal.value.gap is missing


def test_who_compares_data_takes_a_ktp_number_where_it_is_given() -> None:
    """K3-03: phone, KTP number or full name; any one is enough."""
    lender = {"who": {"role": "customer", "capacity": "lender"}, "topic": {"topic": "service"}}
    named = {"name": "Siti", "proof": None, "number": None}
    filing = filing_of(told(LENDER, **lender, identity=named), LENDER, language="id")
    assert filing.customer.proof is None and filing.capacity == "lender"
    filing = filing_of(told(LENDER, **lender, identity=named | {"number": "3174015203880007"}), LENDER, language="id")
    assert filing.customer.proof == Proof("id_number", "3174015203880007")


# ── guided ───────────────────────────────────────────────────────────────────────────────────────

GUIDED = {"topic": {"topic": "disbursement"}, "transactions": {"rows": [{"type": None}]}}


def guided(at: str) -> dict[str, Any]:
    return GUIDED | {"guide": {"topic": "disbursement", "on": "2026-11-23", "at": at, "open": None}}


def test_the_moment_is_local() -> None:
    """K3-15: eight in Jakarta is one in the morning in London."""
    found = guided_of(told(LENDER, **guided("08:00")), LENDER)
    assert found == Guided(datetime(2026, 11, 23, 8, 0, tzinfo=LENDER.zone))
    assert guided_of(told(LENDER, **GUIDED), LENDER) is None


# ── documents ────────────────────────────────────────────────────────────────────────────────────


def required(draft: Any, profile: Any = PROFILE, *, later: timedelta = timedelta()) -> tuple[str, ...]:
    return tuple(one.code for one in papers_of(draft, profile, now=NOW + later).required)


def test_the_documents_follow_from_the_answers() -> None:
    """BM-12 … BM-17, SQ-17, SQ-18: more of a representative, most of a firm, no receipt without a transaction."""
    own = ("identity", "account_ownership", "transaction_receipt")
    assert required(told()) == own
    assert required(told(topic={"topic": "service"})) == own[:2]
    acting = (*own, "power_of_attorney", "representative_identity")
    assert required(told(**ACTING)) == acting
    firm = READ[Slug.REPRESENTATIVE] | {"firm": "LBH Adil"}
    assert required(told(**ACTING, representative=firm)) == (*acting, "firm_authority")


def test_the_guide_asks_for_its_document_once_its_time_has_passed() -> None:
    """K3-15, K3-16: NOW is 10:15 in Jakarta; two hours after 08:16 are over at 10:16."""
    draft = told(LENDER, **guided("08:16"))
    assert required(draft, LENDER) == ()
    assert required(draft, LENDER, later=timedelta(minutes=1)) == ("last_transaction",)


def test_other_documents_may_be_sent_too() -> None:
    papers = papers_of(told(), PROFILE, now=NOW)
    assert [one.code for one in papers.others] == ["chronology"]
    assert [one.code for one in papers.missing({"identity"})] == ["account_ownership", "transaction_receipt"]
    question = told(
        load("kredifazz"),
        kind={"kind": "question"},
        topic={"topic": "other"},
        contact=READ[Slug.CONTACT] | {"name": "Budi"},
    )
    papers = papers_of(question, load("kredifazz"), now=NOW)
    assert papers.required == () and [one.code for one in papers.others] == ["evidence"]


def test_documents_are_known_only_when_the_rest_is_told() -> None:
    papers_of(told(documents=None), PROFILE, now=NOW)
    with pytest.raises(Unfinished):
        papers_of(told(story=None), PROFILE, now=NOW)
