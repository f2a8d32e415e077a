"""A round's clocks: started from the profile's limits, and derived again day by day from what is stored."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from portal.complaints.models import Clock, Round
from portal.complaints.standing import RunningClock
from portal.complaints.states import ClockPurpose
from portal.db import Session
from portal.institution.models import Institution
from portal.institution.profile.limits import Limit
from portal.institution.rules import Form
from portal.workdays import rules as workdays
from portal.workdays.rules import CalendarCode, CalendarOf, Derivation, Start, Unit, derive


def start_clocks(
    session: Session,
    opened: Round,
    *,
    kind: str,
    form: Form,
    profile: Institution,
    calendars: CalendarOf,
    received_at: datetime | None = None,
    objection: bool = False,
) -> Sequence[Clock]:
    """Give a round the clocks that the profile names for its kind and form (BM-29, BM-30).

    A limit that runs from complete documents waits without a date until they are (SQ-23); the others
    run from receipt. Several run beside each other: the earliest binds. `received_at` is given where the
    form of the complaint changed after its receipt: what was complete then is complete from that moment. An
    objection has the limits that the profile names for it (SQ-32).
    """
    clocks = []
    limits = profile.objection_limits(kind, form) if objection else profile.answer_limits(kind, form)
    for limit in limits:
        started_at = opened.received_at if limit.start is Start.RECEIVED else opened.complete_at
        if started_at and received_at:
            started_at = max(started_at, received_at)
        clocks.append(_clock(session, opened, limit, ClockPurpose.ANSWER, started_at, profile, calendars))
    session.flush()
    return clocks


def ask_for_documents(
    session: Session, opened: Round, *, profile: Institution, calendars: CalendarOf, now: datetime
) -> Clock | None:
    """Start the customer's time to complete the documents, which runs from the request (SQ-22, BM-18).

    None where the institution sets no such limit.
    """
    completion = profile.clocks.documents
    if completion is None:
        return None
    limit = profile.limits[completion.limit]
    return _clock(session, opened, limit, ClockPurpose.DOCUMENTS, now, profile, calendars)


def ask_for_decision(
    session: Session, opened: Round, *, profile: Institution, calendars: CalendarOf, now: datetime
) -> Clock | None:
    """Start the time for which the case stays open for the customer's decision; None where there is no such limit."""
    if profile.clocks.decision is None:
        return None
    limit = profile.limits[profile.clocks.decision]
    return _clock(session, opened, limit, ClockPurpose.DECISION, now, profile, calendars)


def start(clock: Clock, at: datetime, profile: Institution, calendars: CalendarOf) -> None:
    """What the clock waited for has happened: it runs from that moment and has a date now."""
    clock.started_at = at
    _promise(clock, profile, calendars)


def stop(clock: Clock) -> None:
    """What started the clock does not hold any more: it waits again, without a date."""
    clock.started_at = clock.counted_on = clock.due_on = clock.revision = None
    clock.provisional = False


def lengthen(clock: Clock, days: int, profile: Institution, calendars: CalendarOf) -> None:
    """One more extension by so many days of the clock's own unit."""
    clock.steps = [*clock.steps, days]
    _promise(clock, profile, calendars)


def _clock(
    session: Session,
    opened: Round,
    limit: Limit,
    purpose: ClockPurpose,
    started_at: datetime | None,
    profile: Institution,
    calendars: CalendarOf,
) -> Clock:
    clock = Clock(
        round_id=opened.id,
        purpose=purpose,
        rule=limit.code,
        amount=limit.amount,
        unit=limit.unit,
        starts=limit.start,
        calendar=limit.counted_by,
        steps=[],
        started_at=started_at,
        ended_at=None,
    )
    _promise(clock, profile, calendars)
    session.add(clock)
    return clock


def _promise(clock: Clock, profile: Institution, calendars: CalendarOf) -> None:
    derivation = derivation_of(clock, profile, calendars)
    if derivation:
        clock.revision = derivation.revision
        clock.counted_on = clock.due_on = derivation.counted_on
        clock.provisional = derivation.provisional


def derivation_of(clock: Clock | RunningClock, profile: Institution, calendars: CalendarOf) -> Derivation | None:
    """The clock's date with every day that leads to it; None while it has not started.

    Amount, unit, calendar and extensions are the clock's own, as promised then; the profile adds the
    rule's source.
    """
    if clock.started_at is None:
        return None
    rule = profile.limits[clock.rule].rule
    limit = workdays.Limit(
        key=clock.rule,
        amount=clock.amount,
        unit=Unit(clock.unit),
        start=Start(clock.starts),
        source=rule.source,
        basis=rule.basis,
        confidence=rule.confidence,
    )
    calendar = calendars(CalendarCode(clock.calendar))
    return derive(limit, clock.started_at, calendar, profile.zone, extensions=clock.steps)


def due_on(clocks: Iterable[Clock]) -> date | None:
    """The day promised: the earliest of the clocks by which we answer that have started and not ended."""
    days = (clock.due_on for clock in clocks if clock.purpose is ClockPurpose.ANSWER and clock.ended_at is None)
    return min((day for day in days if day), default=None)
