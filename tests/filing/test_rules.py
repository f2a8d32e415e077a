"""The way from step to step: which are asked, which come next, and how each stands."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.filing import rules
from portal.filing.rules import Answer, Slug, Standing, Told
from portal.institution.loader import codes, load
from tests.builders import NOW
from tests.filing.drafts import ACKNOWLEDGED, ACTING, PATH, PROFILE, READ, TRANSFER, told

NO_TRANSACTION_TOPIC = next(topic.code for topic in PROFILE.topics.values() if not topic.transaction)
LENDER = load("kredi360")
FULL_OF_LENDER = {"who": {"role": "customer", "capacity": "borrower"}}

# ── from step to step ────────────────────────────────────────────────────────────────────────────


def test_nobody_gets_past_the_notice_without_a_draft() -> None:
    assert rules.first_gap(None, PROFILE) is Slug.PRIVACY
    assert [slug for slug in Slug if rules.is_open(None, slug, PROFILE)] == [Slug.PRIVACY]
    assert rules.step_before(Slug.PRIVACY, None, PROFILE) is None


def test_the_steps_come_one_after_the_other() -> None:
    answered: dict[str, dict[str, Any] | None] = {slug.replace("-", "_"): None for slug in READ}
    for slug in PATH:
        so_far = told(**answered)
        assert rules.next_step(so_far, PROFILE) is slug
        assert rules.is_open(so_far, slug, PROFILE) and not rules.is_open(so_far, Slug.CHECK, PROFILE)
        answered[slug.replace("-", "_")] = READ[slug]
    assert rules.next_step(told(**answered), PROFILE) is Slug.CHECK


@given(st.sets(st.sampled_from(PATH)))
def test_a_step_is_open_up_to_the_first_gap_and_not_beyond(missing: set[Slug]) -> None:
    so_far = told(**{slug: None for slug in missing})
    gap = next((slug for slug in rules.path(so_far, PROFILE) if slug in missing), None)
    assert rules.first_gap(so_far, PROFILE) is gap
    steps = rules.path(so_far, PROFILE)
    for slug in steps:
        assert rules.is_open(so_far, slug, PROFILE) == (steps.index(slug) <= steps.index(gap or Slug.CHECK))


def test_a_changed_answer_leads_straight_back_to_the_check() -> None:
    assert rules.next_step(told(identity=READ[Slug.IDENTITY] | {"name": "Siti R."}), PROFILE) is Slug.CHECK


def test_a_notice_that_has_changed_is_acknowledged_again() -> None:
    """KX-16: nobody sends under a notice that they have not read."""
    older = replace(told(), acknowledged=replace(ACKNOWLEDGED, version="2020-01"))
    assert rules.first_gap(older, PROFILE) is Slug.PRIVACY


@pytest.mark.parametrize(
    ("changes", "gap"),
    [
        ({"topic": {"topic": "abolished"}}, Slug.TOPIC),
        ({"transactions": {"rows": [TRANSFER | {"type": "abolished"}]}}, Slug.TRANSACTIONS),
        ({"transactions": {"rows": [TRANSFER, None]}}, Slug.TRANSACTIONS),
        ({"identity": READ[Slug.IDENTITY] | {"proof": "abolished"}}, Slug.IDENTITY),
        ({"who": {"role": "customer", "capacity": "abolished"}}, Slug.WHO),
    ],
)
def test_an_answer_that_does_not_hold_any_more_is_asked_again(changes: dict[str, Any], gap: Slug) -> None:
    assert rules.first_gap(told(**changes), PROFILE) is gap


# ── which steps ──────────────────────────────────────────────────────────────────────────────────


def test_a_topic_without_transactions_leaves_that_step_out() -> None:
    so_far = told(topic={"topic": NO_TRANSACTION_TOPIC}, transactions=None)
    assert Slug.TRANSACTIONS not in rules.path(so_far, PROFILE)
    assert rules.next_step(so_far, PROFILE) is Slug.CHECK
    assert not rules.is_open(so_far, Slug.TRANSACTIONS, PROFILE)
    assert rules.step_before(Slug.STORY, so_far, PROFILE) is Slug.TOPIC
    assert rules.step_before(Slug.STORY, told(), PROFILE) is Slug.TRANSACTIONS


def test_a_representative_is_asked_for_both_and_for_the_power_of_attorney() -> None:
    """SQ-12, SQ-18, BM-17: who the customer is, who acts for them, and by what right."""
    assert rules.path(told(**ACTING), PROFILE) == (
        Slug.PRIVACY,
        Slug.WHO,
        Slug.IDENTITY,
        Slug.REPRESENTATIVE,
        Slug.AUTHORITY,
        Slug.CONTACT,
        Slug.CUSTOMER_CONTACT,
        Slug.ACCOUNT,
        Slug.TOPIC,
        Slug.TRANSACTIONS,
        Slug.STORY,
        Slug.LOSS,
        Slug.DOCUMENTS,
        Slug.CHECK,
    )
    assert rules.first_gap(told(**ACTING, authority=None), PROFILE) is Slug.AUTHORITY


@pytest.mark.parametrize("code", codes())
def test_the_kind_is_asked_only_where_there_are_several(code: str) -> None:
    """KF-02, KF-03, KX-11: two institutions take more than complaints."""
    profile = load(code)
    several = {"kredifazz": True, "kredi360": True, "muamalat": False, "sequis_am": False}[code]
    assert (Slug.KIND in rules.path(None, profile)) is several
    assert rules.kind_of(told(profile), profile) == "complaint"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("kredifazz", "question"),
        ("kredifazz", "input"),
        ("kredifazz", "suggestion"),
        ("kredifazz", "criticism"),
        ("kredi360", "question"),
        ("kredi360", "statement"),
        ("kredi360", "suggestion"),
    ],
)
def test_what_is_no_complaint_takes_the_short_path(code: str, kind: str) -> None:
    """KF-02, KF-03, KX-11: topic, text, contact and a file; no identity, transaction or loss."""
    profile = load(code)
    contact = READ[Slug.CONTACT] | {"name": "Budi"}
    so_far = told(profile, kind={"kind": kind}, topic={"topic": "other"}, contact=contact)
    assert rules.path(so_far, profile) == (
        Slug.PRIVACY,
        Slug.KIND,
        Slug.TOPIC,
        Slug.STORY,
        Slug.CONTACT,
        Slug.DOCUMENTS,
        Slug.CHECK,
    )
    assert rules.next_step(so_far, profile) is Slug.CHECK


def test_who_turns_a_complaint_into_a_question_still_gives_a_name() -> None:
    profile = load("kredifazz")
    so_far = told(profile, kind={"kind": "question"}, topic={"topic": "other"})
    assert rules.first_gap(so_far, profile) is Slug.CONTACT


def test_a_topic_that_does_not_fit_the_kind_is_chosen_anew() -> None:
    """KF-03: information about products is no ground for a complaint."""
    profile = load("kredifazz")
    about = {"topic": {"topic": "product"}, "contact": READ[Slug.CONTACT] | {"name": "Budi"}}
    assert rules.first_gap(told(profile, kind={"kind": "question"}, **about), profile) is None
    assert rules.first_gap(told(profile, kind={"kind": "complaint"}, **about), profile) is Slug.TOPIC


# ── guided topics ────────────────────────────────────────────────────────────────────────────────

GUIDED = {"topic": {"topic": "disbursement"}, "transactions": {"rows": [{"type": None}]}, **FULL_OF_LENDER}
MOMENT = {"topic": "disbursement", "on": "2026-11-23", "at": "09:00", "open": None}


def test_a_guided_topic_asks_for_its_moment_and_then_advises() -> None:
    """K3-15, K3-16: first when it was, then what follows from it."""
    steps = rules.path(told(LENDER, **GUIDED), LENDER)
    assert steps[steps.index(Slug.TOPIC) :][:4] == (Slug.TOPIC, Slug.GUIDE, Slug.ADVICE, Slug.TRANSACTIONS)
    assert rules.first_gap(told(LENDER, **GUIDED), LENDER) is Slug.GUIDE
    assert rules.first_gap(told(LENDER, **GUIDED, guide=MOMENT, advice=None), LENDER) is Slug.ADVICE
    assert rules.first_gap(told(LENDER, **GUIDED, guide=MOMENT), LENDER) is None


def test_another_moment_is_advised_on_anew() -> None:
    before = told(LENDER, **GUIDED, guide=MOMENT)
    read = before.read(Slug.ADVICE)
    later = told(LENDER, **GUIDED, guide=MOMENT | {"at": "10:00"}, advice=dict(read or {}))
    assert rules.first_gap(later, LENDER) is Slug.ADVICE


def test_another_topic_has_another_guide() -> None:
    """K3-28, K3-35: what was said about a disbursement answers nothing about a payment."""
    other = GUIDED | {"topic": {"topic": "payment_confirmation"}}
    assert rules.first_gap(told(LENDER, **other, guide=MOMENT), LENDER) is Slug.GUIDE
    advised = GUIDED | {"topic": {"topic": "payment_method"}}
    steps = rules.path(told(LENDER, **advised), LENDER)
    assert Slug.GUIDE not in steps and Slug.ADVICE in steps and Slug.TRANSACTIONS not in steps


# ── the list of all steps ────────────────────────────────────────────────────────────────────────


def standing(so_far: Told | None, slug: Slug) -> Standing | None:
    return dict(rules.standings(so_far, PROFILE)).get(slug)


def test_every_step_says_how_it_stands() -> None:
    so_far = told(story=None, loss=None, documents=None)
    assert standing(so_far, Slug.WHO) is Standing.DONE
    assert standing(so_far, Slug.STORY) is Standing.NEXT
    assert standing(so_far, Slug.LOSS) is standing(so_far, Slug.CHECK) is Standing.LATER
    # One answer has ruled these out; another would have asked for them.
    assert standing(so_far, Slug.AUTHORITY) is Standing.NOT_NEEDED
    assert standing(told(**ACTING), Slug.AUTHORITY) is Standing.DONE
    assert standing(told(who=None), Slug.AUTHORITY) is None
    assert standing(told(), Slug.CHECK) is Standing.NEXT
    without = told(topic={"topic": NO_TRANSACTION_TOPIC})
    assert standing(without, Slug.TRANSACTIONS) is Standing.NOT_NEEDED
    # Nobody at the bank is ever asked for a kind or a guide.
    assert standing(so_far, Slug.KIND) is standing(so_far, Slug.GUIDE) is None


def test_what_was_typed_and_could_not_be_read_is_to_be_corrected() -> None:
    so_far = told()
    answers = {**so_far.answers, Slug.ACCOUNT: Answer({"account": "?"}, None)}
    assert standing(replace(so_far, answers=answers), Slug.ACCOUNT) is Standing.TO_CORRECT


# ── several transactions ─────────────────────────────────────────────────────────────────────────

ROWS = st.lists(
    st.tuples(st.dictionaries(st.sampled_from(["type", "on-d", "at"]), st.text(max_size=5), min_size=1), st.booleans()),
    max_size=12,
)


def kept(rows: list[tuple[dict[str, str], bool]]) -> Answer | None:
    answer = None
    for number, (typed, valid) in enumerate(rows, start=1):
        answer = rules.with_row(answer, number, typed, {"type": str(number)} if valid else None)
    return answer


@given(ROWS)
def test_transactions_stand_beside_each_other(rows: list[tuple[dict[str, str], bool]]) -> None:
    """SQ-19, SQ-38: one or more, each with its own inputs."""
    answer = kept(rows)
    if answer is None:
        assert rows == []
        return
    assert rules.typed_rows(answer.typed) == [typed for typed, _ in rows]
    assert answer.read is not None
    assert [row is not None for row in answer.read["rows"]] == [valid for _, valid in rows]


@given(ROWS, st.integers(-1, 14))
def test_one_that_is_taken_out_lets_the_later_ones_move_up(
    rows: list[tuple[dict[str, str], bool]], number: int
) -> None:
    answer = kept(rows)
    if answer is None:
        return
    left = rows[: number - 1] + rows[number:] if 1 <= number <= len(rows) else rows
    after = rules.without_row(answer, number)
    assert rules.typed_rows(after.typed) == [typed for typed, _ in left]
    assert (after.read is None) is (left == [])


def test_one_that_is_changed_keeps_its_place() -> None:
    answer = kept([({"type": "a"}, True), ({"type": "b"}, True), ({"type": "c"}, False)])
    changed = rules.with_row(answer, 2, {"type": "z"}, {"type": "cash"})
    assert rules.typed_rows(changed.typed) == [{"type": "a"}, {"type": "z"}, {"type": "c"}]
    assert changed.read == {"rows": [{"type": "1"}, {"type": "cash"}, None]}
    assert rules.unread_row(changed, PROFILE) == 1
    # A number beyond the next is the next.
    assert len(rules.typed_rows(rules.with_row(answer, 9, {"type": "d"}, None).typed)) == 4


def test_none_in_particular_is_an_answer_too() -> None:
    none = rules.with_row(None, 1, {"type": "no-transaction"}, {"type": None})
    assert rules.is_none_in_particular(none) and rules.unread_row(none, PROFILE) is None
    assert not rules.is_none_in_particular(rules.with_row(None, 1, {"type": "cash"}, {"type": "cash"}))
    assert not rules.is_none_in_particular(None)


# ── how long ─────────────────────────────────────────────────────────────────────────────────────


def test_a_draft_that_is_left_alone_lives_as_long_as_the_page_says() -> None:
    assert rules.expires_at(NOW, PROFILE) == NOW + timedelta(days=PROFILE.retention.draft_days)


def test_what_was_told_is_not_shown_by_a_traceback() -> None:
    assert "Siti" not in repr(told())
