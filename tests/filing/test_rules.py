"""The way from step to step, and what a finished draft amounts to."""

from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.complaints.rules import COMPLAINT, Acknowledged, Filing, Person, Transaction
from portal.filing import rules
from portal.filing.rules import Answer, Exposed, Slug, Told, Unfinished
from portal.institution.loader import load
from portal.institution.rules import Form
from tests.builders import NOW

PROFILE = load("muamalat")
READ: dict[Slug, dict[str, Any]] = {
    Slug.WHO: {"name": "Siti Rahmawati"},
    Slug.CONTACT: {"email": "siti@example.id", "phone": "+6281234567890", "language": "en"},
    Slug.ACCOUNT: {"account": "1234567702"},
    Slug.TOPIC: {"topic": "transfer"},
    Slug.TRANSACTION: {
        "type": "transfer",
        "on": "2026-03-09",
        "at": "09:12",
        "amount": "1250000",
        "reference": "TRX-1",
    },
    Slug.STORY: {"story": "The rent did not arrive."},
    Slug.DOCUMENTS: {},
}
ACKNOWLEDGED = Acknowledged(PROFILE.privacy.version, "id", NOW)
NO_TRANSACTION_TOPIC = next(topic.code for topic in PROFILE.topics.values() if not topic.transaction)


def told(**changes: dict[str, Any] | None) -> Told:
    """A complete draft; a step given as None is left out."""
    read = {slug: changes.get(slug, READ[slug]) for slug in READ}
    return Told(ACKNOWLEDGED, {slug: Answer({}, value) for slug, value in read.items() if value is not None})


# ── from step to step ────────────────────────────────────────────────────────────────────────────


def test_nobody_gets_past_the_notice_without_a_draft() -> None:
    assert rules.first_gap(None, PROFILE) is Slug.PRIVACY
    assert [slug for slug in Slug if rules.is_open(None, slug, PROFILE)] == [Slug.PRIVACY]
    assert rules.step_before(Slug.PRIVACY, None, PROFILE) is None


def test_the_steps_come_one_after_the_other() -> None:
    answered: dict[str, dict[str, Any] | None] = {slug: None for slug in READ}
    for slug in READ:
        so_far = told(**answered)
        assert rules.next_step(so_far, PROFILE) is slug
        assert rules.is_open(so_far, slug, PROFILE) and not rules.is_open(so_far, Slug.CHECK, PROFILE)
        answered[slug] = READ[slug]
    assert rules.next_step(told(**answered), PROFILE) is Slug.CHECK


@given(st.sets(st.sampled_from(list(READ))))
def test_a_step_is_open_up_to_the_first_gap_and_not_beyond(missing: set[Slug]) -> None:
    so_far = told(**{slug: None for slug in missing})
    gap = next((slug for slug in READ if slug in missing), None)
    assert rules.first_gap(so_far, PROFILE) is gap
    steps = rules.path(so_far, PROFILE)
    for slug in steps:
        assert rules.is_open(so_far, slug, PROFILE) == (steps.index(slug) <= steps.index(gap or Slug.CHECK))


def test_a_changed_answer_leads_straight_back_to_the_check() -> None:
    assert rules.next_step(told(who={"name": "Siti R."}), PROFILE) is Slug.CHECK


def test_a_topic_without_transactions_leaves_that_step_out() -> None:
    so_far = told(topic={"topic": NO_TRANSACTION_TOPIC}, transaction=None)
    assert Slug.TRANSACTION not in rules.path(so_far, PROFILE)
    assert rules.next_step(so_far, PROFILE) is Slug.CHECK
    assert not rules.is_open(so_far, Slug.TRANSACTION, PROFILE)
    assert rules.step_before(Slug.STORY, so_far, PROFILE) is Slug.TOPIC
    assert rules.step_before(Slug.STORY, told(), PROFILE) is Slug.TRANSACTION


def test_a_notice_that_has_changed_is_acknowledged_again() -> None:
    """KX-16: nobody sends under a notice that they have not read."""
    older = replace(told(), acknowledged=replace(ACKNOWLEDGED, version="2020-01"))
    assert rules.first_gap(older, PROFILE) is Slug.PRIVACY


@pytest.mark.parametrize(
    ("changes", "gap"),
    [
        ({"topic": {"topic": "abolished"}}, Slug.TOPIC),
        ({"transaction": READ[Slug.TRANSACTION] | {"type": "abolished"}}, Slug.TRANSACTION),
    ],
)
def test_an_answer_that_the_profile_no_longer_knows_is_asked_again(changes: dict[str, Any], gap: Slug) -> None:
    assert rules.first_gap(told(**changes), PROFILE) is gap


# ── what is handed in ────────────────────────────────────────────────────────────────────────────


def test_the_finished_draft_is_the_complaint() -> None:
    """SQ-08, SQ-19, SQ-20, KF-26: person, account, transaction and problem, as they were told."""
    assert rules.filing_of(told(), PROFILE, language="id") == Filing(
        kind=COMPLAINT,
        channel="portal",
        form=Form.WRITTEN,
        topic="transfer",
        language="id",
        customer=Person("Siti Rahmawati", "en", "siti@example.id", "+6281234567890"),
        account="1234567702",
        transactions=(Transaction("transfer", date(2026, 3, 9), time(9, 12), Decimal(1250000), "TRX-1"),),
        story="The rent did not arrive.",
        acknowledged=ACKNOWLEDGED,
    )


def test_a_transaction_may_be_known_by_type_and_date_alone() -> None:
    read = {"type": "cash", "on": "2026-03-09", "at": None, "amount": None, "reference": None}
    filing = rules.filing_of(told(transaction=read), PROFILE, language="id")
    assert filing.transactions == (Transaction("cash", date(2026, 3, 9)),)


@pytest.mark.parametrize(
    "changes",
    [
        {"transaction": {"type": None}},
        # The topic was changed after the transaction had been told.
        {"topic": {"topic": NO_TRANSACTION_TOPIC}},
    ],
)
def test_a_complaint_may_be_about_no_transaction(changes: dict[str, Any]) -> None:
    assert rules.filing_of(told(**changes), PROFILE, language="id").transactions == ()


@pytest.mark.parametrize("missing", list(READ))
def test_a_draft_with_a_gap_is_not_handed_in(missing: Slug) -> None:
    with pytest.raises(Unfinished) as refusal:
        rules.filing_of(told(**{missing: None}), PROFILE, language="id")
    assert refusal.value.gap is missing


def test_what_was_told_is_not_shown_by_a_traceback() -> None:
    assert "Siti" not in repr(told())


# ── what nobody should see ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("number", "end"), [("1234567702", "7702"), ("12345678", "5678"), ("1234567", "67"), ("1234", "4"), ("12", "2")]
)
def test_a_number_is_shown_by_its_end(number: str, end: str) -> None:
    assert rules.ending(number) == end


def with_check_digit(body: str) -> str:
    return next(body + digit for digit in "0123456789" if rules.passes_luhn(body + digit))


@given(st.text("0123456789", min_size=12, max_size=18), st.sampled_from(["", " ", "-", "."]))
def test_a_whole_card_number_is_noticed_however_it_is_grouped(body: str, mark: str) -> None:
    number = with_check_digit(body)
    grouped = mark.join(number[i : i + 4] for i in range(0, len(number), 4))
    assert rules.exposed(f"My card {grouped} was swallowed.") == {Exposed.CARD}


@given(st.text("0123456789", min_size=12, max_size=18), st.integers(0, 17), st.integers(1, 9))
def test_luhn_notices_every_wrong_digit(body: str, place: int, by: int) -> None:
    number = with_check_digit(body)
    place %= len(number)
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    assert not rules.passes_luhn(wrong)


@pytest.mark.parametrize(
    "text",
    [
        "PIN saya 123456",
        "my pin is 1234",
        "Kode OTP: 48 12 33",
        "cvv 123",
        "Kata sandi saya: rahasia",
        "password=hunter2",
        "kode verifikasi 445566",
    ],
)
def test_a_secret_with_its_value_is_noticed(text: str) -> None:
    assert rules.exposed(text) == {Exposed.SECRET}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Petugas meminta PIN dan OTP saya, tetapi tidak saya berikan.",
        "I never told anybody my password.",
        "Saya dipinjami Rp1.250.000 pada 9 Maret 2026 pukul 09.12.",
        "Rekening 1234567702, telepon 0812-3456-7890.",
        "1234567890123456",
        "pinang 123456",
    ],
)
def test_the_word_alone_or_another_number_is_no_secret(text: str) -> None:
    assert rules.exposed(text) == set()


def test_a_draft_that_is_left_alone_lives_as_long_as_the_page_says() -> None:
    assert rules.expires_at(NOW, PROFILE) == NOW + timedelta(days=PROFILE.retention.draft_days)
