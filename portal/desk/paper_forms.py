"""The form that files papers into a case: what they show, how they came, when they arrived, and who sent them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from flask_babel import lazy_gettext as _l
from wtforms import ValidationError
from wtforms.fields.choices import SelectChoice

from portal.complaints.labels import WAYS
from portal.complaints.rules import COUNTER
from portal.evidence.forms import FilesForm
from portal.evidence.rules import OTHER
from portal.institution.models import Institution
from portal.web.fields import DayField, RadioField, SelectField, TimeField
from portal.web.validators import Required

TOO_EARLY = _l("They cannot have arrived before the complaint. Compare day and time")


class PapersForm(FilesForm):
    """`senders` are (id, words) of the parties, the customer first; one alone is not asked about."""

    way = SelectField(_l("How did they come?"), validate_choice=False)
    on = DayField(
        _l("Arrived on"),
        [Required(_l("Enter the day on which they arrived"))],
        wrong=_l("Write the date as day, month and year, for example 9 3 2026"),
    )
    at = TimeField(
        _l("At"),
        [Required(_l("Enter the time at which they arrived"))],
        wrong=_l("Write the time in digits, for example 14:30"),
        description=_l("When they reached us, not when you file them: our time may run from then."),
    )
    sender = RadioField(_l("Who sent them?"), [Required(_l("Choose who sent them"))])

    def __init__(
        self,
        *,
        purposes: Mapping[str, str],
        missing: Sequence[str],
        senders: Sequence[tuple[str, str]],
        received_at: datetime,
        profile: Institution,
        language: str,
        now: datetime,
        read: bool,
    ) -> None:
        first = next((code for code in missing if code in purposes), OTHER)
        super().__init__(purposes=purposes, first=first, **({} if read else {"formdata": None}))
        self.profile, self.now, self.received_at, self.senders = profile, now, received_at, senders
        found = {code: channel for code, channel in profile.channels.items() if code != profile.own_channel}
        has_counter = any(channel.counter for channel in found.values())
        self.way.choices = [
            SelectChoice("", _l("Choose")),
            *(SelectChoice(code, channel.label[language]) for code, channel in found.items()),
            *(SelectChoice(code, words) for code, words in WAYS.items() if code != COUNTER or not has_counter),
        ]
        if len(senders) > 1:
            self.sender.choices = [SelectChoice(code, words) for code, words in senders]
        else:
            del self.sender
        if not read:
            local = now.astimezone(profile.zone)
            self.on.data, self.at.data = local.date(), local.time()

    def validate_way(self, field: SelectField) -> None:
        if not field.data or field.data not in {choice.value for choice in field.choices}:
            raise ValidationError(_l("Choose how they came"))

    def validate_at(self, field: TimeField) -> None:
        if self.arrived_at is None or self.on.errors:
            return
        if self.arrived_at > self.now:
            raise ValidationError(_l("This moment has not come yet. Write when they arrived"))
        if self.arrived_at < self.received_at:
            raise ValidationError(TOO_EARLY)

    @property
    def arrived_at(self) -> datetime | None:
        """The moment in UTC. What is typed to the minute counts at its end, where the complaint came within it."""
        if self.on.data is None or self.at.data is None:
            return None
        typed = datetime.combine(self.on.data, self.at.data, self.profile.zone).astimezone(UTC)
        within = typed <= self.received_at < typed.replace(second=59, microsecond=999_999)
        return self.received_at if within else typed

    @property
    def sender_id(self) -> str:
        """Who sent them."""
        return (self.sender.data or "") if self.sender else self.senders[0][0]
