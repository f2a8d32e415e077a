"""Form fields that keep what was typed and hand on what was meant.

Every field tells by `inputs()` what stands in its inputs, by the inputs' names: a form bound to that
again shows and means the same. A draft keeps it.
"""

from collections.abc import Callable, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any

import wtforms
from wtforms import Field, HiddenField, StringField, TextAreaField

from portal.web import typed

__all__ = [
    "AmountField",
    "BooleanField",
    "ChecksField",
    "DatePartsField",
    "DayField",
    "FilesField",
    "HiddenField",
    "LongTextField",
    "NumberField",
    "PasswordField",
    "PhoneField",
    "RadioField",
    "SelectField",
    "TextField",
    "TimeField",
]


class TextField(StringField):
    """One line of text, composed and without invisible characters."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = typed.line(valuelist[0])

    @property
    def raw(self) -> str:
        """What the field shows."""
        return self.data or ""

    def inputs(self) -> dict[str, str]:
        return {self.name: self.data or ""}


class PasswordField(StringField):
    """A secret that somebody knows by heart: taken exactly as typed, and never shown again."""

    @property
    def raw(self) -> str:
        return ""

    def inputs(self) -> dict[str, str]:
        return {}


class LongTextField(TextAreaField):
    """Several lines of text."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = typed.lines(valuelist[0])

    def inputs(self) -> dict[str, str]:
        return {self.name: self.data or ""}


class NumberField(StringField):
    """A number from a card or letter: kept as typed in `raw`, regular in `data`."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = typed.number_like(valuelist[0])

    @property
    def raw(self) -> str:
        return typed.line(_first(self)) if self.raw_data else str(self.data or "")

    def inputs(self) -> dict[str, str]:
        return {self.name: self.raw}


class SelectField(wtforms.SelectField):
    """One of some choices, as a list."""

    def inputs(self) -> dict[str, str]:
        return {self.name: str(self.data or "")}


class RadioField(wtforms.RadioField):
    """One of some choices. What is not among them counts as not chosen, so that `Required` says its sentence.

    `choices` may be set after the form was bound: they often come from the profile.
    """

    data: str | None

    def __init__(
        self, label: Any = None, validators: Sequence[Any] | None = None, *, choices: Sequence[Any] = (), **kwargs: Any
    ) -> None:
        super().__init__(label, validators, choices=choices, validate_choice=False, **kwargs)

    def pre_validate(self, form: Any) -> None:
        super().pre_validate(form)
        if self.data not in {choice.value for choice in self.choices}:
            self.data = None

    def inputs(self) -> dict[str, str]:
        return {self.name: self.data or ""}


class BooleanField(wtforms.BooleanField):
    """One box. Only its being there counts as a tick."""

    def inputs(self) -> dict[str, str]:
        return {self.name: "y" if self.data else ""}


class ChecksField(wtforms.SelectMultipleField):
    """Any number of some choices, each a box of its own. What is not among them counts as not ticked."""

    data: list[str] | None

    def __init__(
        self, label: Any = None, validators: Sequence[Any] | None = None, *, choices: Sequence[Any] = (), **kwargs: Any
    ) -> None:
        super().__init__(label, validators, choices=choices, validate_choice=False, **kwargs)

    def pre_validate(self, form: Any) -> None:
        offered = {choice.value for choice in self.choices}
        self.data = [value for value in dict.fromkeys(self.data or ()) if value in offered]

    def inputs(self) -> dict[str, str]:
        return {self.name: ",".join(self.data or ())}


class _ReadField(Field):
    """A single text that is read into a value; the text stays as typed when it cannot be read."""

    read: Callable[[str], Any]

    def __init__(
        self, label: Any = None, validators: Sequence[Any] | None = None, *, wrong: Any, **kwargs: Any
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.wrong = wrong

    @property
    def raw(self) -> str:
        """What the field shows: what was typed, else the stored value."""
        return typed.line(_first(self)) if self.raw_data else self._show()

    def inputs(self) -> dict[str, str]:
        return {self.name: self.raw}

    def _show(self) -> str:
        return "" if self.data is None else str(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if valuelist and typed.line(valuelist[0]):
            try:
                self.data = type(self).read(valuelist[0])
            except (ValueError, OverflowError):
                raise ValueError(self.wrong) from None


class TimeField(_ReadField):
    """A time of day."""

    read = staticmethod(typed.read_time)
    data: time | None

    def _show(self) -> str:
        return self.data.strftime("%H.%M") if self.data else ""


class DayField(_ReadField):
    """A date in one field, for who types many of them: the browser's own, or typed."""

    read = staticmethod(typed.read_day)
    data: date | None


class AmountField(_ReadField):
    """An amount of rupiah as a Decimal."""

    read = staticmethod(typed.read_amount)
    data: Decimal | None


class PhoneField(_ReadField):
    """A phone number as E.164."""

    read = staticmethod(typed.read_phone)
    data: str | None


class DatePartsField(Field):
    """A date typed as day, month and year in three inputs named `<name>-d`, `<name>-m`, `<name>-y`.

    `wrong` is said where the parts are no date. `parts` are the three texts as typed.
    """

    SUFFIXES = ("-d", "-m", "-y")

    def __init__(
        self, label: Any = None, validators: Sequence[Any] | None = None, *, wrong: Any, **kwargs: Any
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.wrong = wrong
        self.parts: tuple[str, str, str] = ("", "", "")

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        self.process_errors = []
        self.data: date | None = self.default() if callable(self.default) else self.default
        if isinstance(data, date):
            self.data = data
        if self.data is not None:
            self.parts = (str(self.data.day), str(self.data.month), str(self.data.year))
        if formdata is None or not any(self.name + suffix in formdata for suffix in self.SUFFIXES):
            return
        day, month, year = (typed.line(str(formdata.get(self.name + suffix, ""))) for suffix in self.SUFFIXES)
        self.parts = (day, month, year)
        self.raw_data = [part for part in self.parts if part]
        self.data = None
        if self.raw_data:
            try:
                self.data = typed.read_date(day, month, year)
            except (ValueError, OverflowError):
                self.process_errors.append(self.wrong)

    def inputs(self) -> dict[str, str]:
        return {self.name + suffix: part for suffix, part in zip(self.SUFFIXES, self.parts, strict=True)}


class FilesField(Field):
    """Several files. Their bytes were taken while the body was parsed, so that there is nothing to read here."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None


def _first(field: Any) -> str:
    return str(field.raw_data[0])
