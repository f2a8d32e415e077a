"""Checks of single fields. Each takes its whole sentence: a noun glued into one does not translate."""

from collections.abc import Callable
from datetime import date
from typing import Any, ClassVar

from wtforms import ValidationError
from wtforms.validators import Optional as Optional
from wtforms.validators import StopValidation

Check = Callable[[Any, Any], None]


class Required:
    """Something must be given. An unreadable value already has its own sentence and keeps it."""

    # No HTML attribute: the server answers, in the visitor's language.
    field_flags: ClassVar[dict[str, Any]] = {}

    def __init__(self, missing: Any) -> None:
        self.missing = missing

    def __call__(self, form: Any, field: Any) -> None:
        if field.errors:
            raise StopValidation
        if field.data is None or field.data is False or (isinstance(field.data, str) and not field.data.strip()):
            field.errors[:] = []
            raise StopValidation(self.missing)


def at_most(length: int, too_long: Any) -> Check:
    """Not more than `length` characters."""

    def check(_: Any, field: Any) -> None:
        if field.data and len(field.data) > length:
            raise ValidationError(too_long)

    return check


def matching(pattern: Any, wrong: Any) -> Check:
    """The whole value fits a compiled pattern."""

    def check(_: Any, field: Any) -> None:
        if field.data and not pattern.fullmatch(field.data):
            raise ValidationError(wrong)

    return check


# RFC 5321: a path has 256 octets with its angle brackets.
LONGEST_EMAIL = 254


def email(wrong: Any) -> Check:
    """An e-mail address in regular form; whether it exists, only a mail can tell."""

    def check(_: Any, field: Any) -> None:
        if not field.data:
            return
        # Few pages have an address to check, so what it takes is loaded with the first one.
        from email_validator import EmailNotValidError, validate_email

        if len(field.data) > LONGEST_EMAIL:
            raise ValidationError(wrong)
        try:
            field.data = validate_email(field.data, check_deliverability=False).normalized
        except EmailNotValidError:
            raise ValidationError(wrong) from None

    return check


def not_after(today: Callable[[], date], future: Any) -> Check:
    """A day that has come: today or earlier."""

    def check(_: Any, field: Any) -> None:
        if field.data and field.data > today():
            raise ValidationError(future)

    return check
