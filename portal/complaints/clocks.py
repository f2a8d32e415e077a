"""A round's clocks: started from the profile's limits, and derived again day by day from what is stored."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from portal.complaints.models import Clock, Round
from portal.complaints.queries import RunningClock
from portal.complaints.rules import Kind
from portal.db import Session
from portal.institution.models import Institution
from portal.institution.rules import Form
from portal.workdays.rules import CalendarCode, Derivation, Limit, Start, Unit, derive, earliest_of
from portal.workdays.seed import calendar


def start_clocks(session: Session, opened: Round, *, kind: Kind, form: Form, profile: Institution) -> Sequence[Clock]:
    """Give a round the clocks that the profile names for its kind and form (BM-29, BM-30).

    A limit that runs from complete documents waits without a date until they are (SQ-23); the others
    run from receipt. Several run beside each other: the earliest binds.
    """
    clocks = []
    for limit in profile.answer_limits(kind, form):
        started_at = opened.received_at if limit.start is Start.RECEIVED else opened.complete_at
        clock = Clock(
            round_id=opened.id,
            rule=limit.code,
            amount=limit.amount,
            unit=limit.unit,
            starts=limit.start,
            calendar=limit.counted_by,
            started_at=started_at,
        )
        derivation = derivation_of(clock, profile)
        if derivation:
            clock.revision = derivation.revision
            clock.counted_on = clock.due_on = derivation.counted_on
            clock.provisional = derivation.provisional
        session.add(clock)
        clocks.append(clock)
    session.flush()
    return clocks


def derivation_of(clock: Clock | RunningClock, profile: Institution) -> Derivation | None:
    """The clock's date with every day that leads to it; None while it has not started.

    Amount, unit and calendar are the clock's own, as promised then; the profile adds the rule's source.
    """
    if clock.started_at is None:
        return None
    rule = profile.limits[clock.rule].rule
    limit = Limit(
        key=clock.rule,
        amount=clock.amount,
        unit=Unit(clock.unit),
        start=Start(clock.starts),
        source=rule.source,
        basis=rule.basis,
        confidence=rule.confidence,
    )
    return derive(limit, clock.started_at, calendar(CalendarCode(clock.calendar)), profile.zone)


def binding(clocks: Iterable[Clock], profile: Institution) -> tuple[Clock, Derivation] | None:
    """The clock that ends first and so binds, with its derivation; None while none has started."""
    by_derivation = {id(derived): (clock, derived) for clock in clocks if (derived := derivation_of(clock, profile))}
    first = earliest_of(derived for _, derived in by_derivation.values())
    return by_derivation[id(first)] if first else None


def due_on(clocks: Iterable[Clock]) -> date | None:
    """The day promised: the earliest of the started clocks."""
    return min((clock.due_on for clock in clocks if clock.due_on), default=None)


def answered_by(kind: Kind, form: Form, profile: Institution, *, at: datetime) -> date | None:
    """By when a complaint that arrived complete at this moment would be answered; for pages before filing."""
    days = []
    for limit in profile.answer_limits(kind, form):
        days.append(derive(limit.rule, at, calendar(limit.counted_by), profile.zone).counted_on)
    return min(days, default=None)
