"""The form of the filters. It travels in the page's address, so it never holds anything personal."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import ValidationError
from wtforms.fields.choices import SelectChoice

from portal.complaints.rules import Status
from portal.desk.queue.labels import STANDINGS, within
from portal.desk.queue.rules import DUE_WITHIN, LATE, MINE, NOBODY, Filters, Which
from portal.institution.models import Institution
from portal.institution.profile.channels import Channel
from portal.institution.profile.parts import Labelled
from portal.web import formats
from portal.web.fields import BooleanField, DayField, SelectField, TextField
from portal.web.forms import Form
from portal.web.validators import Required, at_most

YES = _l("Yes")
NO_SUCH_DAY = _l("Enter the day with its year, for example 6 April 2026")
ANY = _l("Any")
# What still stands in a tab beside others.
LONGEST_NAME = 40


class ChoiceField(SelectField):
    """One of some choices, or none: what is not among them, in a link that somebody changed, narrows nothing."""

    data: str

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(label, choices=[], validate_choice=False, default="", **kwargs)

    def offer(self, choices: Iterable[tuple[str, Any]]) -> None:
        """Let these (value, label) be chosen; called once the form is bound."""
        self.choices = [SelectChoice(value, label) for value, label in choices]
        if self.data not in {choice.value for choice in self.choices}:
            self.data = ""


class FilterForm(Form):
    """What a list is narrowed to. `filters()` is what the form means, once it is validated."""

    class Meta:
        # It changes nothing, and a token in an address would be kept in the browser's history.
        csrf = False

    # The page has one live region, and its id is "status".
    status = ChoiceField(_l("Status"), id="standing")
    kind = ChoiceField(_l("Kind"))
    topic = ChoiceField(_l("Topic"))
    channel = ChoiceField(_l("Channel"))
    holder = ChoiceField(_l("Officer"))
    division = ChoiceField(_l("Passed to"))
    due = ChoiceField(_l("Answer due"))
    incomplete = BooleanField(_l("Waiting for documents"))
    escalated = BooleanField(_l("With the manager"))
    unanswered = BooleanField(_l("No first response"))
    asked = BooleanField(_l("Waiting for a division"))
    proposed = BooleanField(_l("Before a second officer"))
    received_from = DayField(_l("Received from"), wrong=NO_SUCH_DAY)
    received_to = DayField(_l("Received until"), wrong=NO_SUCH_DAY)

    def __init__(
        self,
        *,
        profile: Institution,
        language: str,
        divisions: Iterable[str],
        holders: Sequence[tuple[str, str]],
        has_cases: bool,
        **kwargs: Any,
    ) -> None:
        """`divisions` and `holders` (id, name) are those that the officer may learn of.

        `has_cases`: the officer may have cases, and so may ask for their own.
        """
        super().__init__(**kwargs)
        if not profile.responses.four_eyes:
            del self.proposed
        self.status.offer(("" if which is Which.OPEN else which, words) for which, words in STANDINGS.items())
        for field, table in (
            (self.kind, profile.kinds),
            (self.topic, profile.topics),
            (self.channel, profile.channels),
        ):
            field.offer([("", ANY), *_rows(table, table, language)])
        self.division.offer([("", ANY), *_rows(profile.divisions, divisions, language)])
        own = [(MINE, _l("Mine"))] if has_cases else []
        self.holder.offer([("", ANY), *own, (NOBODY, _l("Nobody’s yet")), *holders])
        self.due.offer([("", ANY), *((choice, within(choice, language)) for choice in (LATE, *DUE_WITHIN))])

    def validate_received_to(self, field: Any) -> None:
        first: date | None = self.received_from.data
        if first and field.data and field.data < first:
            raise ValidationError(_l("This day lies before the first one"))

    def filters(self) -> Filters:
        """What the list is narrowed to; a day that could not be read narrows nothing."""
        return Filters(
            status=Status(self.status.data)
            if self.status.data in set(Status)
            else Which(self.status.data or Which.OPEN),
            kind=self.kind.data,
            topic=self.topic.data,
            channel=self.channel.data,
            holder=self.holder.data,
            division=self.division.data,
            due=self.due.data,
            incomplete=self.incomplete.data,
            escalated=self.escalated.data,
            unanswered=self.unanswered.data,
            asked=self.asked.data,
            proposed="proposed" in self and self.proposed.data,
            received_from=None if self.received_from.errors else self.received_from.data,
            received_to=None if self.received_to.errors else self.received_to.data,
        )

    def told(self, language: str) -> list[tuple[str, str]]:
        """What the list is narrowed to, in words: the label of each filter that is set, and its choice."""
        found = []
        for field in self:
            if not field.data or field.errors:
                continue
            if isinstance(field, ChoiceField):
                words = next((str(choice.label) for choice in field.choices if choice.value == field.data), "")
            else:
                words = formats.date_only(field.data, language) if isinstance(field, DayField) else str(YES)
            found.append((str(field.label.text), words))
        return found

    @property
    def narrows_more(self) -> bool:
        """Whether one of the filters is set that do not stand in the first line."""
        first = (self.status, self.topic, self.due, self.holder)
        return any(field.data or field.errors for field in self if field not in first)


class ViewNameForm(Form):
    """The name under which an officer keeps filters."""

    name = TextField(
        _l("Name of the view"),
        [Required(_l("Give the view a name")), at_most(LONGEST_NAME, _l("Shorten the name to 40 characters"))],
    )


def _rows(table: Mapping[str, Labelled | Channel], codes: Iterable[str], language: str) -> list[tuple[str, str]]:
    return [(code, table[code].label.in_(language)) for code in codes if code in table]
