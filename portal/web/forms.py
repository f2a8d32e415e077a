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
        # What is wrong with no field alone is put right where the form is sent.
        found += [("send", sentence) for sentence in self.form_errors]
        return found

    def inputs(self) -> dict[str, str]:
        """What stands in each input, by the input's name. A form bound to it again shows and means the same."""
        return {name: text for group in self.groups().values() for name, text in group.items()}

    def groups(self) -> dict[str, dict[str, str]]:
        """The inputs of each field, by the field's name."""
        return {field.name: field.inputs() for field in self if hasattr(field, "inputs")}

    @property
    def forged(self) -> bool:
        """Whether a checked form lacks the token of this session: from another site, or open for too long."""
        return "csrf_token" in self and bool(self["csrf_token"].errors)


def focus_id(field: Any) -> str:
    """The id of the control that the summary's link lands on: a field's first input."""
    if field.type == "DatePartsField":
        return f"{field.id}-d"
    # Where choices are many a page may draw them as one list.
    if field.type in ("RadioField", "ChecksField") and not field.flags.listed:
        return f"{field.id}-0"
    return str(field.id)
