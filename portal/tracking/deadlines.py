"""A clock as its page tells it: the date promised, and how it is counted now."""

from dataclasses import dataclass
from datetime import date

from portal.complaints.clocks import derivation_of
from portal.complaints.standing import RunningClock
from portal.institution.models import Institution
from portal.workdays.rules import CalendarOf, Derivation


@dataclass(frozen=True, slots=True)
class Deadline:
    """The date promised, and how it is counted now. A decree since the promise may part the two.

    `extended` is how often it was lengthened.
    """

    due_on: date
    today: date
    derivation: Derivation
    extended: int = 0

    @property
    def stands(self) -> bool:
        """Whether the promise is earlier than the day that the calendar gives now."""
        return self.due_on < self.derivation.counted_on

    @property
    def too_soon(self) -> bool:
        """Whether the day that the calendar gives now came too soon after the change to be promised."""
        return self.due_on > self.derivation.counted_on

    @property
    def overdue(self) -> bool:
        return self.today > self.due_on


def deadline_of(
    clock: RunningClock | None, profile: Institution, *, calendars: CalendarOf, today: date
) -> Deadline | None:
    """The clock's date; None while it has not started."""
    derivation = derivation_of(clock, profile, calendars) if clock else None
    if clock is None or derivation is None or clock.due_on is None:
        return None
    return Deadline(clock.due_on, today, derivation, len(clock.steps))
