"""What a case brings to the forum finder, and what an institution's guide lists."""

from datetime import date
from decimal import Decimal

import pytest

from portal.forums.finder import CLAUSE_UNKNOWN
from portal.forums.rules import Elsewhere, Known, Matter, Role, Sector, Standing, Verdict
from portal.institution import disputes
from portal.institution.loader import codes, load
from portal.workdays import seed


@pytest.mark.parametrize(
    ("topic", "matter"),
    [
        ("transfer", Matter.PAYMENT),
        ("card", Matter.PAYMENT),
        ("payment", Matter.PAYMENT),
        ("cash", Matter.PAYMENT),
        ("financing", Matter.OTHER),
        ("savings", Matter.OTHER),
        ("fraud", Matter.UNKNOWN),
        ("gone", Matter.UNKNOWN),
        (None, Matter.UNKNOWN),
    ],
)
def test_a_banks_topic_says_whether_it_is_about_a_payment_service(topic: str | None, matter: Matter) -> None:
    answers = disputes.prefilled(load("muamalat"), standing=Standing.LATE, topic=topic)
    assert (answers.matter, answers.sector, answers.sharia) == (matter, Sector.SHARIA_BANK, Known.YES)


def test_a_case_brings_its_amount_date_and_standing_and_nothing_that_nobody_knows() -> None:
    answers = disputes.prefilled(
        load("muamalat"),
        standing=Standing.ANSWERED,
        topic="transfer",
        amount=Decimal("1250000.50"),
        answered_on=date(2026, 3, 13),
        elsewhere=Elsewhere.PENDING,
    )
    assert (answers.amount, answers.answered_on) == (Decimal("1250000.50"), date(2026, 3, 13))
    assert (answers.elsewhere, answers.clause, answers.agreement) == (
        Elsewhere.PENDING, CLAUSE_UNKNOWN, Known.UNKNOWN,
    )  # fmt: skip
    waiting = disputes.prefilled(load("muamalat"), standing=Standing.WAITING, answered_on=date(2026, 3, 13))
    assert waiting.answered_on is None


def test_a_transfer_goes_to_bank_indonesia_and_a_financing_does_not() -> None:
    """BM-41"""

    def bi(topic: str) -> Verdict:
        answers = disputes.prefilled(
            load("muamalat"),
            standing=Standing.ANSWERED,
            topic=topic,
            amount=Decimal(1),
            answered_on=date(2026, 3, 13),
        )
        found = disputes.found_for(load("muamalat"), answers, today=date(2026, 4, 1), calendars=seed.calendar)
        return found.option("bi").verdict

    assert (bi("transfer"), bi("financing"), bi("other")) == (Verdict.OPEN, Verdict.CLOSED, Verdict.ASK)


def test_where_no_forum_asks_it_the_matter_is_no_question() -> None:
    assert {code for code in codes() if disputes.asks_matter(load(code))} == {"muamalat"}
    assert disputes.prefilled(load("kredifazz"), standing=Standing.LATE, topic="payment").matter is Matter.OTHER


def test_the_guide_lists_the_profiles_forums_with_the_way_in_and_then_those_of_some_cases() -> None:
    """BM-41, SQ-35"""
    listed, others = disputes.guide(load("muamalat"))
    assert [forum.code for forum in listed] == ["bi", "ojk", "appk", "laps_sjk", "religious_court"]
    assert [forum.code for forum in others] == ["basyarnas", "district_court", "bpsk"]
    listed, others = disputes.guide(load("sequis_am"))
    assert [forum.code for forum in listed] == ["ojk", "appk", "laps_sjk", "district_court"]
    assert [forum.code for forum in others] == ["basyarnas", "religious_court", "bpsk"]


def test_every_institution_offers_a_way_out_of_court_and_through_the_court() -> None:
    """SQ-35"""
    for code in codes():
        roles = {forum.role for forum in disputes.listed_by(load(code))}
        assert Role.JUDGES in roles and Role.MEDIATES in roles
