"""The questions about a change of the calendars: which day, as what, and by which decree."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import ValidationError
from wtforms.fields.choices import SelectChoice

from portal.desk.act_forms import LONGEST_LINE, one_line
from portal.desk.calendar.labels import ACTS, KINDS, REFUSALS
from portal.institution.calendars.rules import Act, Unchanged
from portal.institution.labels import CALENDARS
from portal.web.fields import ChecksField, DatePartsField, HiddenField, NumberField, RadioField, TextField
from portal.web.forms import Form
from portal.web.validators import Optional, Required, at_most
from portal.workdays.rules import CalendarCode, ClosureKind, Names

FIRST_YEAR, LAST_YEAR = 2000, 2200
# A calendar of every day has no closed days.
CODES = tuple(code for code in CalendarCode if code is not CalendarCode.EVERY_DAY)


class ChangeForm(Form):
    """One change of the calendars. `seen`: how many there were when its preview was made."""

    act = RadioField(
        _l("What has been decreed?"),
        [Required(_l("Choose what has been decreed"))],
        choices=[SelectChoice(act, words) for act, words in ACTS.items()],
    )
    on = DatePartsField(_l("Which day?"), wrong=_l("Write the day in digits, for example 18 8 2027"))
    kind = RadioField(
        _l("As what is it closed?"),
        choices=[SelectChoice(kind, words) for kind, words in KINDS.items()],
        description=_l("Only for a day that is to be closed."),
    )
    name_id = TextField(
        _l("What is the day called in Indonesian?"),
        [Optional(), at_most(LONGEST_LINE, _l("Shorten this to 300 characters"))],
        description=_l("Customers read it in the derivation of their date."),
    )
    name_en = TextField(
        _l("What is the day called in English?"),
        [Optional(), at_most(LONGEST_LINE, _l("Shorten this to 300 characters"))],
    )
    codes = ChecksField(
        _l("Only in these calendars"),
        choices=[SelectChoice(code, CALENDARS[code]) for code in CODES],
        description=_l("Tick none, and every calendar that takes days of this kind follows."),
    )
    year = NumberField(
        _l("Which year is complete?"),
        [Optional()],
        description=_l("Only for a year whose holidays and joint leave are all decreed and entered."),
    )
    decree = one_line(
        _l("By which decree?"),
        _l("Write the number and date of the decree"),
        description=_l("Number and date, for example SKB 3 Menteri 855/2027 of 2 September 2027. Customers read it."),
    )
    reason = one_line(_l("Why, in one sentence?"), _l("Write why the calendars change"))
    seen = HiddenField()

    def validate_on(self, field: Any) -> None:
        if self.act.data in (Act.CLOSE, Act.OPEN) and field.data is None and not field.errors:
            raise ValidationError(_l("Enter the day"))

    def validate_kind(self, field: Any) -> None:
        if self.act.data == Act.CLOSE and not field.data:
            raise ValidationError(_l("Choose as what the day is closed"))

    def validate_name_en(self, field: Any) -> None:
        if bool(field.data) != bool(self.name_id.data):
            raise ValidationError(_l("Write the name of the day in both languages, or in neither"))

    def validate_year(self, field: Any) -> None:
        if self.act.data == Act.KNOW and self.known_year is None:
            raise ValidationError(_l("Write the year with four digits, for example 2028"))

    def refuse(self, why: Unchanged) -> None:
        """Say next to the field why the calendars stay as they are."""
        name, sentence = REFUSALS[why]
        self[name].errors = [sentence]

    @property
    def known_year(self) -> int | None:
        """The year that is complete; None for what is no year."""
        text = self.year.data or ""
        return int(text) if text.isascii() and text.isdigit() and FIRST_YEAR <= int(text) <= LAST_YEAR else None

    @property
    def names(self) -> Names | None:
        """The name of the day in both languages."""
        told, english = self.name_id.data, self.name_en.data
        return Names(told, english) if told and english else None

    @property
    def calendars(self) -> list[CalendarCode] | None:
        """The calendars that were ticked; None for all."""
        return [CalendarCode(code) for code in self.codes.data] if self.codes.data else None

    @property
    def closes_as(self) -> ClosureKind:
        """The kind of a day that is closed. Raises `ValueError` where none was chosen."""
        return ClosureKind(self.kind.data or "")
