"""The one field of the search, and what was meant by what stands in it."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import ValidationError

from portal.complaints.numbers import WrongNumber, read_number
from portal.complaints.rules import words_of
from portal.desk.search.rules import LONGEST_SEARCH, MOST_WORDS, Ask
from portal.web import typed
from portal.web.fields import TextField
from portal.web.forms import Form
from portal.web.validators import Required, at_most

NOTHING = _l("Enter a number, a name or other words to search for")
TOO_MUCH = _l("Enter fewer words: eight are enough to find a complaint")
MISTYPED = _l("This registration number has a typing error. Compare it with the receipt or the letter")


class SearchForm(Form):
    """A number, a telephone number, a name or words, in one field. `ask` is what it means, once it is validated."""

    q = TextField(
        _l("Number, name, phone or account"), [Required(NOTHING), at_most(LONGEST_SEARCH, TOO_MUCH)], id="search"
    )

    def __init__(self, *, prefix: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.prefix = prefix
        self.ask = Ask()

    def validate_q(self, field: Any) -> None:
        try:
            self.ask = read_ask(field.data, self.prefix)
        except WrongNumber:
            raise ValidationError(MISTYPED) from None
        if self.ask == Ask():
            raise ValidationError(NOTHING)
        if len(self.ask.words) > MOST_WORDS:
            raise ValidationError(TOO_MUCH)


def read_ask(text: str, prefix: str) -> Ask:
    """What a text asks for. Raises `WrongNumber` for a registration number with a typing error.

    The same digits may be a telephone number, an account number and a word of an officer's note: all
    are looked for.
    """
    number = read_number(text, prefix)
    if number is not None:
        return Ask(number=number)
    if "@" in text:
        return Ask(email=text.lower())
    has_digits = any(sign.isdigit() for sign in text)
    return Ask(
        phone=_phone(text) if has_digits else None,
        account=(typed.number_like(text) or None) if has_digits else None,
        words=tuple(sorted(words_of(text))),
    )


def _phone(text: str) -> str | None:
    try:
        return typed.read_phone(text)
    except ValueError:
        return None
