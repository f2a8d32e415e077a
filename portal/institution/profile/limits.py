"""Time limits and clocks, each figure with its source; refusals, objections, escalation and how long a case is kept."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, Field, StrictBool, ValidationInfo, field_validator

from portal.institution.profile.parts import Code, Count, Labelled, Named, Part, Several, Sourced, Text
from portal.institution.rules import Form, Passing
from portal.workdays import rules as workdays
from portal.workdays.rules import CalendarCode, Names, Start, Unit


class Extension(Sourced):
    """By how many days a limit may be lengthened at a time, how often at most, and on which grounds."""

    step: Count
    most: Count
    grounds: Several[Code]

    @property
    def total(self) -> int:
        """By how many days in all."""
        return self.step * self.most


class Limit(Sourced):
    """A time limit. One in working days names the calendar that it is counted by."""

    code: Code
    label: Text
    amount: Count
    unit: Unit
    start: Start
    calendar: CalendarCode | None = Field(default=None, validate_default=True)
    extension: Extension | None = None

    @field_validator("calendar")
    @classmethod
    def _name_calendar(cls, calendar: CalendarCode | None, info: ValidationInfo) -> CalendarCode | None:
        if info.data.get("unit") is Unit.WORKING and calendar in (None, CalendarCode.EVERY_DAY):
            raise ValueError("must name a calendar of working days")
        return calendar

    @property
    def counted_by(self) -> CalendarCode:
        """The calendar to count with. A calendar-day limit without one closes no day."""
        return self.calendar or CalendarCode.EVERY_DAY

    @cached_property
    def rule(self) -> workdays.Limit:
        """The same as the pure rule that a date is derived from."""
        return workdays.Limit(
            key=self.code,
            amount=self.amount,
            unit=self.unit,
            start=self.start,
            source=Names(self.source.id, self.source.en),
            basis=self.basis,
            confidence=self.confidence,
        )


class ExtensionGround(Named):
    """A ground to extend; `names_party` means that the outside party must be named."""

    names_party: StrictBool = False


class Limits(Part):
    """The limits that run beside each other for one kind of complaint: the earliest binds.

    Without a verbal one of its own a verbal complaint has the written one's.
    """

    written: Several[Code]
    verbal: tuple[Code, ...] = ()

    def of(self, form: Form) -> tuple[str, ...]:
        return self.verbal or self.written if form is Form.VERBAL else self.written


class Completion(Part):
    """The customer's time to complete the documents, and what it means that it passed."""

    limit: Code
    passing: Passing


class Lead(Sourced):
    """How long before a last day something is done, in calendar days whatever the limit itself is counted in."""

    days: Count

    @property
    def span(self) -> timedelta:
        return timedelta(days=self.days)


class Clocks(Part):
    """Which limit governs what. `promise_stands`: a holiday decreed later does not lengthen a date once promised.

    `reminder`: so long before their last day customers are reminded of documents that are missing; `escalation`:
    so long before ours an unanswered case comes to the manager.
    """

    answer: Annotated[Mapping[Code, Limits], AfterValidator(lambda table: MappingProxyType(dict(table)))]
    objection: Limits | None = None
    documents: Completion | None = None
    checking: Code | None = None
    decision: Code | None = None
    reminder: Lead
    escalation: Lead
    promise_stands: StrictBool = True


class Refusal(Part):
    """The institution's own reading of a ground for refusal, and what refusing on it amounts to."""

    label: Text
    text: Text
    passing: Passing = Passing.REFUSAL


class Objection(Sourced):
    """How many objections are a right, and whether one needs a document that was not submitted before."""

    rounds: Count
    new_document: StrictBool = True
    text: Text


class Responses(Part):
    """How the institution answers: in the customer's language or in both, and whether a second officer looks first.

    `announced_days`: so many calendar days before the case is closed for want of a reaction the customer is
    told that it will be.
    """

    both_languages: StrictBool = False
    four_eyes: StrictBool = False
    announced_days: Count = 5


class EscalationStep(Labelled):
    """Who a case goes to when the one who has it cannot solve it."""

    division: Code | None = None


class Retention(Sourced):
    """How long a closed case and an unfinished draft are kept."""

    years: Count
    draft_days: Count
    text: Text
