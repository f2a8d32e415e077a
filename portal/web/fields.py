"""Form fields that keep what was typed and hand on what was meant."""

from collections.abc import Callable, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any

from wtforms import BooleanField, Field, HiddenField, RadioField, SelectField, StringField, TextAreaField

from portal.web import typed

__all__ = [
    "AmountField",
    "BooleanField",
    "DatePartsField",
    "HiddenField",
    "LongTextField",
    "NumberField",
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


class LongTextField(TextAreaField):
    """Several lines of text."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = typed.lines(valuelist[0])


class NumberField(StringField):
    """A number from a card or letter: kept as typed in `raw`, regular in `data`."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = typed.number_like(valuelist[0])

    @property
    def raw(self) -> str:
        return _raw(self)


class _ReadField(Field):
    """A single text that is read into a value; the text stays as typed when it cannot be read."""

    read: Callable[[str], Any]

    def __init__(self, label: Any = None, validators: Sequence[Any] | None = None, *, wrong: Any, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.wrong = wrong

    @property
    def raw(self) -> str:
        """What the field shows: what was typed, else the stored value."""
        return _raw(self) if self.raw_data else self._show()

    def _show(self) -> str:
        return "" if self.data is None else str(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if valuelist and valuelist[0].strip():
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

    def __init__(self, label: Any = None, validators: Sequence[Any] | None = None, *, wrong: Any, **kwargs: Any) -> None:
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
        day, month, year = (str(formdata.get(self.name + suffix, "")).strip() for suffix in self.SUFFIXES)
        self.parts = (day, month, year)
        self.raw_data = [part for part in self.parts if part]
        self.data = None
        if self.raw_data:
            try:
                self.data = typed.read_date(day, month, year)
            except (ValueError, OverflowError):
                self.process_errors.append(self.wrong)


def _raw(field: Any) -> str:
    return str(field.raw_data[0]) if field.raw_data else str(field.data or "")
