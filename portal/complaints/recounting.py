"""Counting the open clocks again after a decree has changed the calendar, and telling what it moved.

A clock keeps the revision of the calendar that it was counted by. The clocks of another revision are
those that are counted again; afterwards they have the newest, so that doing it twice does nothing.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from portal.complaints import clocks, letters
from portal.complaints.letters import Promise, Recounted
from portal.complaints.models import Clock, Complaint, Round
from portal.complaints.parties import acting_parties
from portal.complaints.recording import kept_day, record
from portal.complaints.rules import Action, Role, promised_anew
from portal.complaints.states import ClockPurpose
from portal.db import Session
from portal.institution.calendars.rules import Calendars, Change
from portal.institution.models import Institution
from portal.sealing import KeyDestroyed, open_box
from portal.workdays.rules import CalendarCode, Derivation, local_day


@dataclass(frozen=True, slots=True)
class Moved:
    """A clock whose dates have moved: what they were, and the changes in its days.

    Without a change there it was the published list of holidays that became another.
    """

    clock: Clock
    counted_before: date
    due_before: date
    changes: tuple[Change, ...]


def outdated(session: Session, there: Calendars, *, after: UUID | None, limit: int) -> list[UUID]:
    """The next complaints, by their ids, with a running clock that was counted by another revision."""
    other = (sa.and_(Clock.calendar == code, Clock.revision != there.of(code).revision) for code in CalendarCode)
    found = (
        sa.select(Round.complaint_id)
        .join(Clock, Clock.round_id == Round.id)
        .where(Clock.started_at.is_not(None), Clock.ended_at.is_(None), sa.or_(*other))
        .distinct()
        .order_by(Round.complaint_id)
        .limit(limit)
    )
    return list(session.scalars(found.where(Round.complaint_id > after) if after else found))


def recount(
    session: Session, complaint: Complaint, *, there: Calendars, profile: Institution, base_url: str, now: datetime
) -> None:
    """Count the running clocks of a complaint again.

    Where a date moves, the history keeps the old and the new one with the decree, and whoever waits for
    that date is written to. Raises `NotHeld` for a complaint that this transaction did not re-read
    under its lock.
    """
    running, today = _running(session, complaint), local_day(now, profile.zone)
    promised = _promise(running)
    moved = [one for clock in running if (one := _count(clock, there, profile, today=today))]
    for one in moved:
        if one.clock.purpose is ClockPurpose.DOCUMENTS:
            complaint.documents_due_on = one.clock.due_on
        elif one.clock.purpose is ClockPurpose.DECISION:
            complaint.decide_by = one.clock.due_on
        else:
            complaint.due_on = clocks.due_on(running)
    session.flush()
    if not moved:
        return
    try:
        box = open_box(session, complaint.key_id)
    except KeyDestroyed:
        # Of an erased complaint nobody reads a history any more, and nobody is written to.
        return
    changes = tuple({change.number: change for one in moved for change in one.changes}.values())
    told = Recounted(changes, _answer(promised, _promise(running), today), _documents(moved))
    record(
        session,
        complaint,
        Action.RECOUNT,
        role=Role.SYSTEM,
        actor_id=None,
        now=now,
        payload={
            "answer": told.answer and [_dates(promise) for promise in told.answer],
            "documents": told.documents and [on.isoformat() for on in told.documents],
            "clocks": [_moved(one) for one in moved],
            "changes": [_decreed(change) for change in changes],
        },
    )
    if told.answer is None and told.documents is None:
        return
    for party in acting_parties(session, complaint.id, today=today):
        letters.tell_recounted(session, complaint, party, told, box=box, profile=profile, base_url=base_url, now=now)


def _running(session: Session, complaint: Complaint) -> list[Clock]:
    found = (
        sa.select(Clock)
        .join(Round, Round.id == Clock.round_id)
        .where(Round.complaint_id == complaint.id, Clock.started_at.is_not(None), Clock.ended_at.is_(None))
        .order_by(Clock.id)
    )
    # Read under the complaint's lock: what was read before may have been extended or ended since.
    return list(session.scalars(found.execution_options(populate_existing=True)))


class Dates(NamedTuple):
    """What a calendar gives for a clock: the day counted, and the one to keep."""

    derivation: Derivation
    counted_on: date
    due_on: date


def _dates_by(clock: Clock, there: Calendars, profile: Institution, *, today: date) -> Dates:
    """The dates of a running clock by these calendars; the clock stays as it is."""
    derivation = clocks.derivation_of(clock, profile, there.of)
    assert derivation and clock.counted_on and clock.due_on
    due = promised_anew(
        clock.due_on,
        derivation.counted_on,
        soonest=there.of(derivation.calendar).next_working_day(today),
        today=today,
        purpose=clock.purpose,
        stands=profile.clocks.promise_stands,
    )
    return Dates(derivation, derivation.counted_on, due)


def _count(clock: Clock, there: Calendars, profile: Institution, *, today: date) -> Moved | None:
    """Give a clock its dates by the newest calendar; None where they stay what they were."""
    derivation, *dates = _dates_by(clock, there, profile, today=today)
    assert clock.counted_on and clock.due_on
    counted, due, revision = clock.counted_on, clock.due_on, clock.revision
    clock.revision = derivation.revision
    clock.provisional = derivation.provisional
    clock.counted_on, clock.due_on = dates
    if (clock.counted_on, clock.due_on) == (counted, due):
        return None
    last = max(counted, derivation.counted_on)
    changes = tuple(
        change
        for change in there.since(derivation.calendar, revision) or ()
        if change.override
        and change.override.follows(derivation.calendar)
        and derivation.started_on < change.on <= last
    )
    return Moved(clock, counted, due, changes)


class Shift(NamedTuple):
    """What a change of the calendar would do to one clock: the days counted and kept, before and then."""

    complaint_id: UUID
    registration: str
    purpose: ClockPurpose
    counted_before: date
    counted_on: date
    due_before: date
    due_on: date


def foreseen(
    session: Session, there: Calendars, on: date, *, profile: Institution, today: date, limit: int
) -> list[Shift]:
    """The clocks whose dates would be others by these calendars, which differ from today's in the day `on`.

    By due day, and at most `limit` of them. Nothing is written: what is shown is what the recount would do.
    """
    rows = session.execute(
        sa.select(Clock, Complaint.id, Complaint.registration)
        .join(Round, Round.id == Clock.round_id)
        .join(Complaint, Complaint.id == Round.complaint_id)
        .where(
            Clock.started_at.is_not(None),
            Clock.ended_at.is_(None),
            # A day after both dates moves neither of them.
            sa.or_(Clock.counted_on >= on, Clock.due_on >= on),
        )
        .order_by(Clock.due_on, Clock.id)
    )
    found: list[Shift] = []
    for clock, complaint_id, registration in rows:
        _, counted, due = _dates_by(clock, there, profile, today=today)
        assert clock.counted_on and clock.due_on
        if (counted, due) == (clock.counted_on, clock.due_on):
            continue
        if len(found) == limit:
            break
        found.append(Shift(complaint_id, registration, clock.purpose, clock.counted_on, counted, clock.due_on, due))
    return found


def _promise(running: list[Clock]) -> Promise | None:
    """The answer that is due first."""
    ours = (
        Promise(clock.due_on, clock.counted_on)
        for clock in running
        if clock.purpose is ClockPurpose.ANSWER and clock.due_on and clock.counted_on
    )
    return min(ours, default=None)


def _answer(before: Promise | None, now: Promise | None, today: date) -> tuple[Promise, Promise] | None:
    """The promise before and now, where the customer still waits for it and it is another."""
    if before is None or now is None or before == now or before.due_on < today:
        return None
    return before, now


def _documents(moved: list[Moved]) -> tuple[date, date] | None:
    """The last day for the customer's documents before and now, where it is another."""
    for one in moved:
        if one.clock.purpose is ClockPurpose.DOCUMENTS and one.clock.due_on and one.clock.due_on != one.due_before:
            return one.due_before, one.clock.due_on
    return None


def _dates(promise: Promise) -> dict[str, str]:
    return {"due_on": promise.due_on.isoformat(), "counted_on": promise.counted_on.isoformat()}


def _moved(one: Moved) -> dict[str, Any]:
    return {
        "rule": one.clock.rule,
        "purpose": one.clock.purpose,
        "counted_on": [kept_day(one.counted_before), kept_day(one.clock.counted_on)],
        "due_on": [kept_day(one.due_before), kept_day(one.clock.due_on)],
    }


def _decreed(change: Change) -> dict[str, Any]:
    override = change.override
    return {
        "number": change.number,
        "act": change.act,
        "on": change.on.isoformat(),
        "name": {"id": override.names.id, "en": override.names.en} if override and override.names else None,
        "decree": change.by.decree,
        "reason": change.by.reason,
    }
