"""Which forums are open to a case, by when, at what cost and with which papers; which are closed, and why. Pure.

Every figure comes from the file of the forums. What is closed by a ceiling or a last day is closed only
by a figure that is sure (`Forums.is_sure`); any other is shown as something to ask, and closes nothing.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date
from decimal import Decimal

from portal.forums.facts import Ceiling, Clause, Deadline, Fact, Forum, Forums
from portal.forums.rules import (
    Agreement,
    Bearing,
    Elsewhere,
    Known,
    Matter,
    Price,
    Role,
    Sector,
    Standing,
    Unanswered,
    Verdict,
    Why,
)
from portal.workdays.rules import CalendarOf, Derivation, derive

# What a contract says of disputes where it is none of the file's clauses.
NO_CLAUSE, CLAUSE_UNKNOWN = "none", "unknown"

BEARINGS = {
    **dict.fromkeys(
        (
            Why.ANSWERED,
            Why.UNANSWERED,
            Why.MATTER,
            Why.SHARIA,
            Why.CONVENTIONAL,
            Why.NAMED,
            Why.WITHIN_CEILING,
            Why.IN_TIME,
            Why.BOTH_AGREE,
        ),
        Bearing.FOR,
    ),
    Why.AGREEMENT_TO_PROCEED: Bearing.STILL,
    **dict.fromkeys(
        (
            Why.UNANSWERED_ASK,
            Why.MATTER_UNKNOWN,
            Why.SHARIA_UNKNOWN,
            Why.CLAUSE_UNKNOWN,
            Why.NAMED_AGAINST_RULE,
            Why.OTHER_NAMED,
            Why.ABOVE_CEILING_ASK,
            Why.AMOUNT_UNKNOWN,
            Why.TOO_LATE_ASK,
            Why.AGREEMENT_UNKNOWN,
        ),
        Bearing.UNSURE,
    ),
    **dict.fromkeys(
        (
            Why.FIRST_HERE,
            Why.PENDING,
            Why.FACILITATED,
            Why.ENDED,
            Why.DECIDED,
            Why.OTHER_MATTER,
            Why.NOT_SUPERVISED,
            Why.NOT_SHARIA,
            Why.NOT_CONVENTIONAL,
            Why.NOT_NAMED,
            Why.ARBITRATION,
            Why.ABOVE_CEILING,
            Why.TOO_LATE,
            Why.NO_AGREEMENT,
        ),
        Bearing.AGAINST,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What is known of a case. `clause` is the code of a clause of the file, "none" or "unknown".

    `amount` is the loss claimed in rupiah, None where nobody can say. `answered_on` is the date of the
    institution's written answer: only with it is there a last day.
    """

    elsewhere: Elsewhere = Elsewhere.NO
    standing: Standing
    sector: Sector
    matter: Matter = Matter.UNKNOWN
    sharia: Known = Known.UNKNOWN
    clause: str = CLAUSE_UNKNOWN
    amount: Decimal | None = None
    answered_on: date | None = None
    agreement: Known = Known.UNKNOWN


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a forum is open or closed, with the fact that it rests on where there is one."""

    why: Why
    fact: Fact | None = None

    @property
    def bearing(self) -> Bearing:
        return BEARINGS[self.why]


@dataclass(frozen=True, slots=True)
class LastDay:
    """By when one must have gone to a forum, counted day by day. One that is not `sure` is asked for there."""

    fact: Deadline
    derivation: Derivation
    sure: bool
    today: date

    @property
    def on(self) -> date:
        return self.derivation.counted_on

    @property
    def passed(self) -> bool:
        return self.today > self.on

    @property
    def is_today(self) -> bool:
        return self.today == self.on


@dataclass(frozen=True, slots=True)
class Cost:
    """What going there costs at the case's amount, and the fact that says so; `tier` is up to what it is free."""

    price: Price
    fact: Fact
    tier: Ceiling | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One forum for this case. `named`: the contract sends the case there before anywhere else."""

    forum: Forum
    verdict: Verdict
    reasons: tuple[Reason, ...]
    named: bool
    ceiling: Ceiling | None
    last_day: LastDay | None
    cost: Cost
    amount: Decimal | None

    @property
    def simple(self) -> bool:
        """Whether a court's simple procedure may be had at this amount."""
        return self.forum.track is not None and (self.amount is None or self.amount <= self.forum.track.amount)

    def bearing(self, bearing: Bearing) -> tuple[Reason, ...]:
        """The reasons that bear in this way, in the order in which they were looked at."""
        return tuple(reason for reason in self.reasons if reason.bearing == bearing)


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a case: the forums open to it, best first; those not yet or not at all, and why."""

    forums: Forums
    answers: Answers
    today: date
    open: tuple[Option, ...]
    not_yet: tuple[Option, ...]
    closed: tuple[Option, ...]

    def option(self, code: str) -> Option:
        """The option of a forum. Raises KeyError where none has that code."""
        for option in (*self.open, *self.not_yet, *self.closed):
            if option.forum.code == code:
                return option
        raise KeyError(code)


def find(forums: Forums, answers: Answers, *, listed: Collection[str], today: date, calendars: CalendarOf) -> Found:
    """Judge every forum but the ways in. `listed` are those that the institution's profile names.

    A forum that takes only what it supervises is closed where the profile does not list it. Of the open
    ones those come first that the contract names with force (an arbitration, or a sharia contract's forum),
    then those where least has to be found out, then what is free, then the file's order. Raises
    KeyError for a clause that the file does not know.
    """
    clause = None if answers.clause in (NO_CLAUSE, CLAUSE_UNKNOWN) else forums.clauses[answers.clause]
    options = [
        _option(forums, forum, answers, clause, listed=listed, today=today, calendars=calendars)
        for forum in forums.forums.values()
        if forum.role is not Role.WAY_IN
    ]
    by_verdict = {verdict: tuple(each for each in options if each.verdict is verdict) for verdict in Verdict}
    ranked = sorted((*by_verdict[Verdict.OPEN], *by_verdict[Verdict.ASK]), key=_rank)
    return Found(forums, answers, today, tuple(ranked), by_verdict[Verdict.NOT_YET], by_verdict[Verdict.CLOSED])


def last_day(forums: Forums, forum: Forum, answered_on: date, *, today: date, calendars: CalendarOf) -> LastDay | None:
    """By when a case answered on that date must have gone to a forum; None where no limit is known."""
    if forum.deadline is None:
        return None
    limit = forum.deadline.limit(forums.sources[forum.deadline.source].label)
    derivation = derive(limit, answered_on, calendars(forum.deadline.calendar), UTC)
    return LastDay(forum.deadline, derivation, forums.is_sure(forum.deadline, today), today)


def _rank(option: Option) -> tuple[bool, int, int]:
    # The sort keeps the file's order among equals.
    return not option.named, len(option.bearing(Bearing.UNSURE)), tuple(Price).index(option.cost.price)


def _option(
    forums: Forums,
    forum: Forum,
    answers: Answers,
    clause: Clause | None,
    *,
    listed: Collection[str],
    today: date,
    calendars: CalendarOf,
) -> Option:
    ceiling = _narrowest(forum.ceilings, answers)
    by = None
    if answers.standing is Standing.ANSWERED and answers.answered_on:
        by = last_day(forums, forum, answers.answered_on, today=today, calendars=calendars)
    reasons = (
        *_standing(forums, forum, answers),
        *_elsewhere(forum, answers),
        *_matter(forum, answers, listed),
        *_contract(forums, forum, answers, clause),
        *_ceiling(forums, ceiling, answers, today),
        *_time(by),
        *_agreement(forum, answers),
    )
    bearings = {reason.bearing for reason in reasons}
    against = [reason.why for reason in reasons if reason.bearing is Bearing.AGAINST]
    if against:
        verdict = Verdict.NOT_YET if against == [Why.FIRST_HERE] else Verdict.CLOSED
    else:
        verdict = Verdict.ASK if Bearing.UNSURE in bearings else Verdict.OPEN
    named = (
        clause is not None
        and clause.forum == forum.code
        and (clause.arbitration or answers.sharia is Known.YES)
        and Why.NAMED_AGAINST_RULE not in {reason.why for reason in reasons}
    )
    return Option(forum, verdict, reasons, named, ceiling, by, _cost(forum, answers), answers.amount)


def _standing(forums: Forums, forum: Forum, answers: Answers) -> Iterator[Reason]:
    """The institution first: until it answered, or its time is over, nothing else is open."""
    match answers.standing:
        case Standing.NOT_YET | Standing.WAITING:
            yield Reason(Why.FIRST_HERE, forums.principles.first_here)
        case Standing.LATE:
            asking = forum.unanswered is Unanswered.ASK
            yield Reason(Why.UNANSWERED_ASK if asking else Why.UNANSWERED)
        case Standing.ANSWERED:
            yield Reason(Why.ANSWERED)


def _elsewhere(forum: Forum, answers: Answers) -> Iterator[Reason]:
    """One case, one forum."""
    if answers.elsewhere in forum.excluded.states:
        yield Reason(Why(answers.elsewhere), forum.excluded)


def _matter(forum: Forum, answers: Answers, listed: Collection[str]) -> Iterator[Reason]:
    if forum.supervises and forum.code not in listed:
        yield Reason(Why.NOT_SUPERVISED, forum.takes)
    elif forum.matters:
        if answers.matter is Matter.UNKNOWN:
            yield Reason(Why.MATTER_UNKNOWN, forum.takes)
        else:
            yield Reason(Why.MATTER if answers.matter in forum.matters else Why.OTHER_MATTER, forum.takes)


def _contract(forums: Forums, forum: Forum, answers: Answers, clause: Clause | None) -> Iterator[Reason]:
    """What kind of contract it is, and which forum it names."""
    principles = forums.principles
    here = clause is not None and clause.forum == forum.code
    shut = clause is not None and clause.arbitration and not here
    if forum.sharia is not None and answers.sharia is Known.UNKNOWN:
        yield Reason(Why.SHARIA_UNKNOWN, principles.court_of_sharia)
    elif forum.sharia is not None and forum.sharia is (answers.sharia is Known.YES):
        yield Reason(Why.SHARIA if forum.sharia else Why.CONVENTIONAL, forum.takes)
    elif forum.sharia is not None and here:
        yield Reason(Why.NAMED_AGAINST_RULE, principles.court_of_sharia)
    elif forum.sharia is not None:
        yield Reason(Why.NOT_SHARIA if forum.sharia else Why.NOT_CONVENTIONAL, principles.court_of_sharia)

    if here:
        yield Reason(Why.NAMED)
    elif forum.only_if_named:
        known = answers.clause != CLAUSE_UNKNOWN
        yield Reason(Why.NOT_NAMED if known else Why.CLAUSE_UNKNOWN, forum.takes)
    elif forum.role is Role.JUDGES:
        if shut:
            yield Reason(Why.ARBITRATION, principles.arbitration)
        elif answers.clause == CLAUSE_UNKNOWN:
            yield Reason(Why.CLAUSE_UNKNOWN, principles.arbitration)
        elif clause is not None and answers.sharia is Known.YES:
            yield Reason(Why.OTHER_NAMED, principles.sharia_named)
    elif shut and forum.role in (Role.MEDIATES, Role.ARBITRATES):
        yield Reason(Why.OTHER_NAMED, principles.arbitration)


def _ceiling(forums: Forums, ceiling: Ceiling | None, answers: Answers, today: date) -> Iterator[Reason]:
    if ceiling is None:
        return
    if answers.amount is None:
        yield Reason(Why.AMOUNT_UNKNOWN, ceiling)
    elif answers.amount <= ceiling.amount:
        yield Reason(Why.WITHIN_CEILING, ceiling)
    else:
        yield Reason(Why.ABOVE_CEILING if forums.is_sure(ceiling, today) else Why.ABOVE_CEILING_ASK, ceiling)


def _time(by: LastDay | None) -> Iterator[Reason]:
    if by is None:
        return
    if not by.passed:
        yield Reason(Why.IN_TIME, by.fact)
    else:
        # A decree may still add or take away a day of a count that leaves the known years.
        closes = by.sure and not by.derivation.provisional
        yield Reason(Why.TOO_LATE if closes else Why.TOO_LATE_ASK, by.fact)


def _agreement(forum: Forum, answers: Answers) -> Iterator[Reason]:
    if forum.agreement is Agreement.NONE:
        return
    if answers.agreement is Known.YES:
        yield Reason(Why.BOTH_AGREE, forum.consent)
    elif forum.agreement is Agreement.TO_PROCEED:
        yield Reason(Why.AGREEMENT_TO_PROCEED, forum.consent)
    else:
        yield Reason(Why.NO_AGREEMENT if answers.agreement is Known.NO else Why.AGREEMENT_UNKNOWN, forum.consent)


def _cost(forum: Forum, answers: Answers) -> Cost:
    if not forum.tiers:
        if forum.free:
            return Cost(Price.FREE, forum.cost)
        return Cost(Price.FEES, forum.cost)
    tier = _narrowest(forum.tiers, answers)
    if tier is None or answers.amount is None:
        return Cost(Price.ASK, forum.cost, tier)
    if answers.amount <= tier.amount:
        return Cost(Price.FREE, tier)
    assert forum.above_tiers, "who has tiers says what it costs above them"
    return Cost(Price.FEES, forum.above_tiers, tier)


def _narrowest(ceilings: tuple[Ceiling, ...], answers: Answers) -> Ceiling | None:
    """The ceiling that is meant for this case's sector and matter, else the general one."""
    fitting = [ceiling for ceiling in ceilings if ceiling.fits(answers.sector, answers.matter)]
    return max(fitting, key=lambda ceiling: ceiling.special, default=None)
