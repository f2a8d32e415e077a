"""Lengthening our own time to answer: only on a ground of the limit, only as often as it allows, only while it runs.

A service of the room, cut by noun.
"""

from dataclasses import dataclass
from datetime import date, datetime

from portal.accounts.rules import Officer
from portal.complaints import clocks, completeness, response_letters
from portal.complaints.models import Complaint
from portal.complaints.recording import record_by
from portal.complaints.responses.rules import ExtensionBar
from portal.complaints.rules import Action
from portal.complaints.standing import Running, RunningClock, running
from portal.complaints.states import ClockPurpose
from portal.complaints.transitions import refuse_unless_lawful
from portal.db import Session
from portal.institution.calendars.queries import calendars
from portal.institution.models import Institution
from portal.institution.profile.limits import Extension
from portal.institution.rules import Form
from portal.workdays.rules import CalendarOf, Derivation, local_day


class NotExtendable(Exception):
    """Our time cannot be lengthened; `bar` is the rule."""

    def __init__(self, bar: ExtensionBar) -> None:
        super().__init__(bar)
        self.bar = bar


@dataclass(frozen=True, slots=True)
class Lengthening:
    """What one more step would do: the limit that it lengthens, and the day by which we answer before and after.

    `step` is which of at most `extension.most` it is. `derivation` counts the lengthened limit day by day;
    where another limit ends earlier, `bound_by` is its code and `due_on` its day.
    """

    rule: str
    extension: Extension
    step: int
    before_on: date
    due_on: date
    limit_before_on: date
    derivation: Derivation
    bound_by: str | None


def lengthening(going: Running, *, form: Form, profile: Institution, calendars: CalendarOf, today: date) -> Lengthening:
    """What one more extension of the newest round's limit would do; raises `NotExtendable` with the rule.

    An extension lengthens only the limit that it belongs to, and the earliest of several still binds: the
    institution's own promise, if it has none, stays what it is.
    """
    clock, extension = _clock_of(going, form, profile)
    assert clock.due_on is not None
    if today > clock.due_on:
        raise NotExtendable(ExtensionBar.LATE)
    if len(clock.steps) >= extension.most:
        raise NotExtendable(ExtensionBar.SPENT)
    longer = clock._replace(steps=(*clock.steps, extension.step))
    derivation = clocks.derivation_of(longer, profile, calendars)
    assert derivation is not None
    others = [one for one in going.answer if one is not clock and one.due_on is not None]
    first = min(others, key=lambda one: one.due_on or date.max, default=None)
    before = min(one.due_on for one in going.answer if one.due_on is not None)
    after = derivation.counted_on
    bound_by = None
    if first is not None and first.due_on is not None and first.due_on < after:
        after, bound_by = first.due_on, first.rule
    if after <= before:
        raise NotExtendable(ExtensionBar.BINDS)
    return Lengthening(
        rule=clock.rule,
        extension=extension,
        step=len(clock.steps) + 1,
        before_on=before,
        due_on=after,
        limit_before_on=clock.due_on,
        derivation=derivation,
        bound_by=bound_by,
    )


def may_ever(going: Running, *, form: Form, profile: Institution) -> bool:
    """Whether extending is a question at all in this round, whatever the answer is today."""
    try:
        _clock_of(going, form, profile)
    except NotExtendable as refusal:
        return refusal.bar in (ExtensionBar.VERBAL, ExtensionBar.INCOMPLETE)
    return True


def extend(
    session: Session,
    complaint: Complaint,
    *,
    ground: str,
    party: str | None,
    profile: Institution,
    base_url: str,
    officer: Officer,
    now: datetime,
) -> Lengthening:
    """Lengthen our time by one step, on a ground of the limit's own list, and tell the customer in the same breath.

    Where the ground rests on somebody outside, each step names them (BM-32). The notice says the ground, the
    old and the new date, and is written before the limit ends (BM-31, BM-33, SQ-G1). Beyond the steps of the
    profile there is no other ground anywhere. Raises `NotExtendable` with the rule, `NotAllowed`.
    """
    refuse_unless_lawful(complaint.status, Action.EXTEND, officer)
    of = calendars(session).of
    done = lengthening(
        running(session, complaint.id),
        form=complaint.form,
        profile=profile,
        calendars=of,
        today=local_day(now, profile.zone),
    )
    if ground not in done.extension.grounds:
        raise NotExtendable(ExtensionBar.GROUND)
    known = profile.extension_grounds[ground]
    named = (party or "").strip() or None
    if known.names_party and named is None:
        raise NotExtendable(ExtensionBar.PARTY)
    opened = completeness.newest_round(session, complaint)
    rows = completeness.clocks_of(session, opened)
    for clock in rows:
        if clock.rule == done.rule and clock.purpose is ClockPurpose.ANSWER and clock.ended_at is None:
            clocks.lengthen(clock, done.extension.step, profile, of)
    complaint.due_on = clocks.due_on(rows)
    session.flush()
    party_told = named if known.names_party else None
    payload = {
        "rule": done.rule,
        "step": done.step,
        "most": done.extension.most,
        "ground": ground,
        "party": party_told,
        "before_on": done.before_on.isoformat(),
        "due_on": done.due_on.isoformat(),
        "limit": [done.limit_before_on.isoformat(), done.derivation.counted_on.isoformat()],
    }
    record_by(session, complaint, Action.EXTEND, officer, now=now, payload=payload)
    response_letters.extended(
        session,
        complaint,
        ground=known.label,
        party=party_told,
        before_on=done.before_on,
        due_on=done.due_on,
        profile=profile,
        base_url=base_url,
        now=now,
    )
    return done


def _clock_of(going: Running, form: Form, profile: Institution) -> tuple[RunningClock, Extension]:
    """The clock that an extension belongs to, whether or not it may still be lengthened."""
    found = [(clock, profile.limits[clock.rule].extension) for clock in going.answer if clock.rule in profile.limits]
    for clock, extension in found:
        if extension is not None:
            return clock, extension
    if any(profile.limits[clock.rule].extension for clock in going.waiting if clock.rule in profile.limits):
        raise NotExtendable(ExtensionBar.INCOMPLETE)
    written = (limit for limits in profile.clocks.answer.values() for limit in limits.of(Form.WRITTEN))
    if form is Form.VERBAL and found and any(profile.limits[code].extension for code in written):
        raise NotExtendable(ExtensionBar.VERBAL)
    raise NotExtendable(ExtensionBar.NONE if found else ExtensionBar.NOT_RUNNING)
