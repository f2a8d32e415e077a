"""Which forums are open to a case: every product, amount, time and state, and each trap one by one."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from portal.forums.facts import Forums
from portal.forums.finder import BEARINGS, Answers, Found, Option, find, last_day
from portal.forums.loader import FILE, load, read
from portal.forums.rules import Bearing, Elsewhere, Known, Matter, Price, Sector, Standing, Verdict, Why
from portal.workdays import seed

ANSWERED_ON = date(2026, 3, 13)
# Sixty working days over Nyepi and Lebaran.
LAST_DAY = date(2026, 6, 24)
TODAY = date(2026, 4, 10)
BANK = ("bi", "ojk", "laps_sjk", "religious_court")
LENDER = ("ojk", "appk", "laps_sjk", "district_court")
MILLION = 1_000_000


def found(*, listed: tuple[str, ...] = BANK, today: date = TODAY, forums: Forums | None = None, **given: Any) -> Found:
    """What is found for a payment dispute of a sharia bank's customer, changed by what is given."""
    told: dict[str, Any] = {
        "standing": Standing.ANSWERED,
        "sector": Sector.SHARIA_BANK,
        "matter": Matter.PAYMENT,
        "sharia": Known.YES,
        "clause": "none",
        "amount": Decimal(1_250_000),
        "answered_on": ANSWERED_ON,
        **given,
    }
    return find(forums or load(), Answers(**told), listed=listed, today=today, calendars=seed.calendar)


def lent(**given: Any) -> Found:
    """The same for a conventional loan of an online lender."""
    loan = {"sector": Sector.P2P_LENDING, "matter": Matter.OTHER, "sharia": Known.NO}
    return found(listed=LENDER, **{**loan, **given})


def names(options: tuple[Option, ...]) -> list[str]:
    return [option.forum.code for option in options]


def whys(option: Option) -> set[Why]:
    return {reason.why for reason in option.reasons}


# ── the table ────────────────────────────────────────────────────────────────────────────────────

AMOUNTS = [None, *(Decimal(amount) * MILLION for amount in (1, 200, 201, 500, 501, 750, 751, 2501))]
DAYS = {"long before": TODAY, "the last day": LAST_DAY, "the day after": LAST_DAY + timedelta(days=1)}
FREE_UP_TO = {
    **dict.fromkeys((Sector.PAWN, Sector.FINANCING, Sector.P2P_LENDING), 200),
    Sector.GENERAL_INSURANCE: 750,
    Sector.PAYMENT_SERVICE: None,
}


@pytest.mark.parametrize("sector", list(Sector))
def test_every_product_amount_time_and_state(sector: Sector) -> None:
    """What the rules of domain facts say, written down a second time in another way."""
    for amount, matter, standing, elsewhere, (when, today) in product(
        AMOUNTS, Matter, Standing, Elsewhere, DAYS.items()
    ):
        case = found(
            sector=sector, amount=amount, matter=matter, standing=standing, elsewhere=elsewhere, today=today
        )  # fmt: skip
        at = f"{sector} {amount} {matter} {standing} {elsewhere} {when}"
        everything = (*case.open, *case.not_yet, *case.closed)
        assert len(everything) == len(load().forums) - 1, at
        assert all(option.reasons for option in everything), at
        assert all(option.bearing(Bearing.AGAINST) for option in case.closed), at
        assert not [option for option in case.open if option.bearing(Bearing.AGAINST)], at

        if elsewhere in (Elsewhere.PENDING, Elsewhere.DECIDED):
            assert not case.open and not case.not_yet, at
            continue
        if standing in (Standing.NOT_YET, Standing.WAITING):
            assert not case.open, at
            continue
        # Bank Indonesia: payments and markets, a matter that nobody handled, its ceiling, its sixty days.
        bi, millions = case.option("bi"), (amount or 0) / MILLION
        late = standing is Standing.ANSWERED and today > LAST_DAY
        # The ceiling of the market is less than sure, so it closes nothing.
        above = amount is not None and millions > 500 and matter is not Matter.MARKET
        shut = matter is Matter.OTHER or elsewhere is not Elsewhere.NO or above or late
        assert (bi.verdict is Verdict.CLOSED) is shut, at
        # OJK: its ceilings and one facilitation. Its sixty days are less than sure.
        ojk, most = case.option("ojk"), 750 if sector is Sector.GENERAL_INSURANCE else 500
        shut = elsewhere is Elsewhere.FACILITATED or (amount is not None and millions > most)
        assert (ojk.verdict is Verdict.CLOSED) is shut, at
        assert shut or (ojk.verdict is Verdict.ASK) is (amount is None or late or standing is Standing.LATE), at
        # LAPS SJK: any matter, any amount; what it costs depends on sector and amount.
        laps, free = case.option("laps_sjk"), FREE_UP_TO.get(sector, 500)
        assert laps.verdict is Verdict.OPEN, at
        assert laps.last_day is None, at
        if amount is None or free is None:
            assert laps.cost.price is Price.ASK, at
        else:
            assert laps.cost.price is (Price.FREE if millions <= free else Price.FEES), at
        assert names(case.closed).count("district_court") == 1, at
        assert case.option("religious_court").verdict is Verdict.OPEN, at
        assert [option.last_day for option in everything if standing is not Standing.ANSWERED and option.last_day] == []


def test_every_reason_has_its_bearing_and_is_given_somewhere() -> None:
    given: set[Why] = set()
    for sharia, clause, agreement, matter in product(
        Known, ("none", "unknown", *load().clauses), Known, (Matter.PAYMENT, Matter.OTHER, Matter.UNKNOWN)
    ):
        for case in (
            found(sharia=sharia, clause=clause, agreement=agreement, matter=matter),
            lent(sharia=sharia, clause=clause, agreement=agreement),
        ):
            for option in (*case.open, *case.closed):
                given |= whys(option)
    for change in (
        {"standing": Standing.LATE},
        {"standing": Standing.WAITING},
        *({"elsewhere": elsewhere} for elsewhere in Elsewhere),
        *({"amount": amount, "matter": Matter.MARKET} for amount in AMOUNTS),
        {"amount": Decimal(501 * MILLION)},
        {"today": LAST_DAY + timedelta(days=1)},
    ):
        case = found(**change)
        for option in (*case.open, *case.not_yet, *case.closed):
            given |= whys(option)
    assert given == set(Why) == set(BEARINGS)


# ── the traps ────────────────────────────────────────────────────────────────────────────────────


def test_three_hundred_million_with_an_online_lender_is_above_the_free_tier() -> None:
    """OJK's ceiling and LAPS SJK's free tier differ for the same loss."""
    case = lent(amount=Decimal(300 * MILLION))
    laps = case.option("laps_sjk")
    assert laps.verdict is Verdict.OPEN and laps.cost.price is Price.FEES
    assert laps.cost.tier and laps.cost.tier.amount == 200 * MILLION
    assert case.option("ojk").verdict is Verdict.OPEN and case.option("ojk").cost.price is Price.FREE
    assert names(case.open)[:2] == ["ojk", "laps_sjk"]
    assert lent(amount=Decimal(200 * MILLION)).option("laps_sjk").cost.price is Price.FREE
    assert found(amount=Decimal(300 * MILLION)).option("laps_sjk").cost.price is Price.FREE


def test_limited_facilitation_is_an_offer_and_no_right() -> None:
    ojk = load().forums["ojk"]
    assert any("offer" in caution.text["en"] and "not your right" in caution.text["en"] for caution in ojk.cautions)
    assert any("tawaran" in caution.text["id"] and "bukan hak" in caution.text["id"] for caution in ojk.cautions)


def test_a_financing_dispute_is_not_for_bank_indonesia() -> None:
    case = found(matter=Matter.OTHER)
    assert whys(case.option("bi")) & {Why.OTHER_MATTER} and case.option("bi").verdict is Verdict.CLOSED
    assert names(case.open)[:2] == ["laps_sjk", "ojk"]
    unknown = found(matter=Matter.UNKNOWN).option("bi")
    assert unknown.verdict is Verdict.ASK and Why.MATTER_UNKNOWN in whys(unknown)


def test_bank_indonesia_takes_only_what_it_supervises() -> None:
    assert whys(lent(matter=Matter.PAYMENT).option("bi")) >= {Why.NOT_SUPERVISED}


def test_a_contract_that_names_arbitration_shuts_the_courts() -> None:
    for clause in ("arbitration", "laps_sjk_arbitration"):
        case = lent(clause=clause)
        assert case.option("district_court").verdict is Verdict.CLOSED
        assert Why.ARBITRATION in whys(case.option("district_court"))
    assert names(lent(clause="laps_sjk_arbitration").open)[0] == "laps_sjk"
    # Another arbitrator: mediation is not excluded, but has to be asked for.
    assert lent(clause="arbitration").option("laps_sjk").verdict is Verdict.ASK
    assert lent(clause="laps_sjk").option("district_court").verdict is Verdict.OPEN
    assert lent(clause="unknown").option("district_court").verdict is Verdict.ASK


def test_sharia_goes_first_to_what_the_akad_names_else_to_the_religious_court() -> None:
    named = found(clause="basyarnas")
    assert names(named.open)[0] == "basyarnas" and named.open[0].named
    assert named.option("religious_court").verdict is Verdict.CLOSED
    court = found(clause="religious_court")
    assert names(court.open)[0] == "religious_court"
    assert Why.NOT_NAMED in whys(found().option("basyarnas"))
    assert found(clause="unknown").option("basyarnas").verdict is Verdict.ASK
    assert found().option("religious_court").verdict is Verdict.OPEN
    assert found().option("district_court").verdict is Verdict.CLOSED
    # What the Constitutional Court left of an akad that names the District Court has to be asked.
    assert found(clause="district_court").option("district_court").verdict is Verdict.ASK
    assert Why.OTHER_NAMED in whys(found(clause="district_court").option("religious_court"))


def test_a_conventional_contract_is_for_the_district_court() -> None:
    case = lent()
    assert case.option("district_court").verdict is Verdict.OPEN
    assert case.option("religious_court").verdict is Verdict.CLOSED
    unknown = lent(sharia=Known.UNKNOWN)
    assert {unknown.option(code).verdict for code in ("district_court", "religious_court")} == {Verdict.ASK}


def test_bpsk_needs_both_parties_agreement() -> None:
    verdicts = {known: lent(agreement=known).option("bpsk").verdict for known in Known}
    assert verdicts == {Known.YES: Verdict.OPEN, Known.NO: Verdict.CLOSED, Known.UNKNOWN: Verdict.ASK}


def test_mediation_needs_both_signatures_and_is_open_without_them() -> None:
    assert Why.AGREEMENT_TO_PROCEED in whys(lent(agreement=Known.NO).option("laps_sjk"))
    assert lent(agreement=Known.NO).option("laps_sjk").verdict is Verdict.OPEN


def test_a_simple_claim_ends_at_its_ceiling_and_consumer_disputes_are_to_be_asked_for() -> None:
    court = lent(amount=Decimal(500 * MILLION)).option("district_court")
    assert court.simple and court.forum.track and "ask the court" in court.forum.track.text["en"]
    assert not lent(amount=Decimal(501 * MILLION)).option("district_court").simple
    assert lent(amount=Decimal(501 * MILLION)).option("district_court").verdict is Verdict.OPEN


def test_bank_indonesias_ceilings() -> None:
    def at(millions: int, matter: Matter) -> Verdict:
        return found(amount=Decimal(millions * MILLION), matter=matter).option("bi").verdict

    assert (at(500, Matter.PAYMENT), at(501, Matter.PAYMENT)) == (Verdict.OPEN, Verdict.CLOSED)
    assert (at(2500, Matter.MARKET), at(2501, Matter.MARKET)) == (Verdict.OPEN, Verdict.ASK)


def test_the_institution_first_unless_its_time_has_passed() -> None:
    for standing in (Standing.NOT_YET, Standing.WAITING):
        assert not found(standing=standing).open
        assert "laps_sjk" in names(found(standing=standing).not_yet)
    late = found(standing=Standing.LATE)
    assert late.option("laps_sjk").verdict is Verdict.OPEN and Why.UNANSWERED in whys(late.option("laps_sjk"))
    assert {late.option(code).verdict for code in ("bi", "ojk")} == {Verdict.ASK}
    assert names(late.open)[0] == "laps_sjk"


def test_a_matter_pending_in_one_forum_is_closed_to_all_others() -> None:
    case = found(elsewhere=Elsewhere.PENDING)
    assert not case.open and not case.not_yet
    assert all(Why.PENDING in whys(option) for option in case.closed)
    # After a facilitation that failed, mediation and the court are left.
    after = found(elsewhere=Elsewhere.FACILITATED)
    assert {"laps_sjk", "religious_court"} <= set(names(after.open))
    assert {"bi", "ojk"} <= set(names(after.closed))


def test_a_clause_that_the_file_does_not_know_is_refused() -> None:
    with pytest.raises(KeyError):
        found(clause="bani")


# ── by when ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("answered", "last"), [(date(2026, 3, 13), date(2026, 6, 24)), (date(2026, 12, 21), date(2027, 4, 1))]
)
def test_sixty_working_days_over_lebaran(answered: date, last: date) -> None:
    """National holidays and joint leave are closed, for every institution; day by day."""
    for code in ("bi", "ojk"):
        by = last_day(load(), load().forums[code], answered, today=answered, calendars=seed.calendar)
        assert by is not None and by.on == last
        assert [day.counted for day in by.derivation.days if day.counted] == list(range(1, 61))
    assert last_day(load(), load().forums["laps_sjk"], answered, today=answered, calendars=seed.calendar) is None


def test_today_and_yesterday() -> None:
    on_the_day = found(today=LAST_DAY).option("bi")
    assert on_the_day.verdict is Verdict.OPEN and on_the_day.last_day and on_the_day.last_day.is_today
    after = found(today=LAST_DAY + timedelta(days=1))
    assert after.option("bi").verdict is Verdict.CLOSED and Why.TOO_LATE in whys(after.option("bi"))
    # OJK's limit is one older source's: it is to be asked for and closes nothing.
    assert after.option("ojk").verdict is Verdict.ASK and Why.TOO_LATE_ASK in whys(after.option("ojk"))


def test_without_a_date_there_is_no_last_day() -> None:
    assert found(answered_on=None).option("bi").last_day is None
    assert found(answered_on=None).option("bi").verdict is Verdict.OPEN


def test_a_count_beyond_the_decreed_years_closes_nothing() -> None:
    late = found(answered_on=date(2027, 12, 20), today=date(2028, 6, 1))
    by = late.option("bi").last_day
    assert by and by.passed and by.derivation.provisional
    assert Why.TOO_LATE_ASK in whys(late.option("bi"))


# ── facts grown old ──────────────────────────────────────────────────────────────────────────────


def test_a_fact_older_than_a_year_closes_nothing() -> None:
    fresh, old = date(2027, 11, 21), date(2027, 11, 22)
    for today, verdict in ((fresh, Verdict.CLOSED), (old, Verdict.ASK)):
        assert found(amount=Decimal(501 * MILLION), answered_on=None, today=today).option("bi").verdict is verdict
        late = found(answered_on=date(2027, 1, 4), today=today).option("bi")
        assert late.last_day and late.last_day.passed and late.verdict is verdict


def test_a_fact_known_only_until_a_day_is_old_from_the_next() -> None:
    deadline = "[forums.bi.deadline]\n"
    changed = read(FILE.read_text().replace(deadline, deadline + "until = 2026-12-31\n"), file="forums.toml")
    fact = changed.forums["bi"].deadline
    assert fact and not changed.is_aged(fact, date(2026, 12, 31)) and changed.is_aged(fact, date(2027, 1, 1))
