"""The base of all forms: CSRF from Flask-WTF, errors with their field in page order."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

PAGE_TOO_OLD = _l("The page was open for too long. What you wrote is still here: send it once more")


class Form(FlaskForm):
    """A form whose invalid answers come back as typed, with 422 and a summary."""

    def faults(self) -> list[tuple[str, Any]]:
        """(id to go to, sentence) for each wrong field, in the order of the page."""
        found: list[tuple[str, Any]] = []
        for field in self:
            if field.type == "CSRFTokenField":
                if field.errors:
                    found.append(("send", PAGE_TOO_OLD))
            elif field.errors:
                found.append((focus_id(field), field.errors[0]))
        return found

    def inputs(self) -> dict[str, str]:
        """What stands in each input, by the input's name. A form bound to it again shows and means the same."""
        return {name: text for field in self if hasattr(field, "inputs") for name, text in field.inputs().items()}


def focus_id(field: Any) -> str:
    """The id of the control that the summary's link lands on: a field's first input."""
    if field.type == "DatePartsField":
        return f"{field.id}-d"
    if field.type in ("RadioField", "ChecksField"):
        return f"{field.id}-0"
    return str(field.id)
