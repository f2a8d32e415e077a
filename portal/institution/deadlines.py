"""By when an institution answers: its profile's limits derived on its calendars, the earliest binding."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from portal.institution.models import Institution
from portal.institution.profile.limits import Limit
from portal.institution.rules import Form
from portal.workdays.rules import CalendarOf, Derivation, Start, derive, earliest_of


class NotExtendable(Exception):
    """More extensions were asked for than any limit of this kind and form allows; `most` are allowed."""

    def __init__(self, most: int) -> None:
        super().__init__(f"at most {most} extensions")
        self.most = most


@dataclass(frozen=True, slots=True)
class AnswerBy:
    """The clocks of one complaint: the one that binds, all that run, and those whose start has not come."""

    binding: Derivation | None
    running: tuple[Derivation, ...]
    waiting: tuple[Limit, ...]


def run(
    institution: Institution,
    limit: Limit,
    started_at: datetime,
    *,
    calendars: CalendarOf,
    extensions: int = 0,
) -> Derivation:
    """One limit of the profile, derived from the moment of its start event, lengthened `extensions` times.

    Raises `NotExtendable` beyond what the limit allows.
    """
    most = limit.extension.most if limit.extension else 0
    if extensions > most:
        raise NotExtendable(most)
    steps = [limit.extension.step] * extensions if limit.extension else []
    return derive(limit.rule, started_at, calendars(limit.counted_by), institution.zone, extensions=steps)


def answer_by(
    institution: Institution,
    kind: str,
    form: Form,
    moments: Mapping[Start, datetime],
    *,
    calendars: CalendarOf,
    extensions: int = 0,
) -> AnswerBy:
    """By when a complaint of this kind and form is answered, given the moments of its start events so far.

    Each clock has its own start; one that has not started does not count. An extension lengthens only
    the limits that know one. Raises `NotExtendable` where none of them allows so many.
    """
    limits = institution.answer_limits(kind, form)
    most = max(limit.extension.most if limit.extension else 0 for limit in limits)
    if extensions > most:
        raise NotExtendable(most)
    running = tuple(
        run(
            institution,
            limit,
            moments[limit.start],
            extensions=min(extensions, limit.extension.most) if limit.extension else 0,
            calendars=calendars,
        )
        for limit in limits
        if limit.start in moments
    )
    waiting = tuple(limit for limit in limits if limit.start not in moments)
    return AnswerBy(earliest_of(running), running, waiting)
