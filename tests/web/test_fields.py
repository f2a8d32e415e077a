"""Fields keep what was typed, hand on what was meant, and can be bound to their own inputs again."""

from datetime import date, time
from decimal import Decimal

import pytest
import wtforms
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms.fields.choices import SelectChoice

from portal.web import fields
from portal.web.validators import Optional, Required, at_most, email


class Everything(wtforms.Form):
    text = fields.TextField(validators=[Required("text is missing"), at_most(10, "text is long")])
    story = fields.LongTextField()
    number = fields.NumberField()
    box = fields.BooleanField()
    choice = fields.RadioField(
        validators=[Required("choose one")], choices=[SelectChoice("a", "A"), SelectChoice("b", "B")]
    )
    on = fields.DatePartsField(validators=[Required("date is missing")], wrong="no date")
    at = fields.TimeField(validators=[Optional()], wrong="no time")
    amount = fields.AmountField(validators=[Optional()], wrong="no amount")
    phone = fields.PhoneField(validators=[Optional()], wrong="no phone")
    mail = fields.TextField(validators=[email("no mail")])


GOOD = {
    "text": "Siti",
    "story": "one\ntwo",
    "number": "12-34",
    "box": "y",
    "choice": "b",
    "on-d": "9",
    "on-m": "Maret",
    "on-y": "26",
    "at": "9.12",
    "amount": "Rp 1.250.000",
    "phone": "0812 3456 7890",
    "mail": "siti@EXAMPLE.id",
}


def bound(**changes: str | None) -> Everything:
    values = {name: text for name, text in (GOOD | changes).items() if text is not None}
    return Everything(MultiDict(values))


def inputs(form: Everything) -> dict[str, str]:
    return {name: text for field in form for name, text in field.inputs().items()}


def test_what_was_meant() -> None:
    form = bound()
    assert form.validate(), form.errors
    assert form.data == {
        "text": "Siti",
        "story": "one\ntwo",
        "number": "1234",
        "box": True,
        "choice": "b",
        "on": date(2026, 3, 9),
        "at": time(9, 12),
        "amount": Decimal(1250000),
        "phone": "+6281234567890",
        "mail": "siti@example.id",
    }


def test_what_was_typed_is_shown_again() -> None:
    form = bound()
    form.validate()
    assert (form.number.raw, form.at.raw, form.amount.raw, form.phone.raw) == (
        "12-34",
        "9.12",
        "Rp 1.250.000",
        "0812 3456 7890",
    )
    assert form.on.parts == ("9", "Maret", "26")


def test_a_stored_value_is_shown_where_nothing_was_typed() -> None:
    form = Everything(on=date(2026, 3, 9), data={"at": time(9, 5), "amount": Decimal("12.50"), "number": "1234"})
    assert (form.on.parts, form.at.raw, form.amount.raw, form.number.raw) == (
        ("9", "3", "2026"),
        "09.05",
        "12.50",
        "1234",
    )


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"text": None}, {"text": ["text is missing"]}),
        ({"text": " \u200b "}, {"text": ["text is missing"]}),
        ({"text": "12345678901"}, {"text": ["text is long"]}),
        ({"choice": None}, {"choice": ["choose one"]}),
        ({"choice": "c"}, {"choice": ["choose one"]}),
        ({"on-d": "", "on-m": "", "on-y": ""}, {"on": ["date is missing"]}),
        ({"on-d": None, "on-m": None, "on-y": None}, {"on": ["date is missing"]}),
        ({"on-d": "31", "on-m": "2"}, {"on": ["no date"]}),
        ({"on-y": ""}, {"on": ["no date"]}),
        ({"at": "siang"}, {"at": ["no time"]}),
        ({"amount": "1.250.00"}, {"amount": ["no amount"]}),
        ({"phone": "123"}, {"phone": ["no phone"]}),
        ({"mail": "siti"}, {"mail": ["no mail"]}),
        ({"mail": "s" * 250 + "@example.id"}, {"mail": ["no mail"]}),
    ],
)
def test_each_fault_has_one_sentence(changes: dict[str, str | None], errors: dict[str, list[str]]) -> None:
    form = bound(**changes)
    assert not form.validate()
    assert form.errors == errors


@pytest.mark.parametrize("name", ["at", "amount", "phone"])
@pytest.mark.parametrize("nothing", ["", "  ", "\u200b", None])
def test_what_may_be_left_out_may_look_empty_in_any_way(name: str, nothing: str | None) -> None:
    form = bound(**{name: nothing})
    assert form.validate(), form.errors
    assert form[name].data is None


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(GOOD)), st.text(st.characters(exclude_categories=()), max_size=30)))
def test_a_form_bound_to_its_own_inputs_shows_and_means_the_same(changes: dict[str, str]) -> None:
    """A draft keeps the inputs, valid or not, and must come back as it was left."""
    first = bound(**changes)
    first.validate()
    again = Everything(MultiDict(inputs(first)))
    again.validate()
    assert inputs(again) == inputs(first)
    assert again.data == first.data
    assert set(again.errors) == set(first.errors)
