"""The questions about two complaints: which the other one is, and how they belong together."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.fields.choices import SelectChoice

from portal.complaints.numbers import Number
from portal.complaints.rules import LinkKind
from portal.desk.linking.labels import KINDS
from portal.web.fields import HiddenField, RadioField, TextField
from portal.web.forms import Form
from portal.web.validators import Required

MISSING = _l("Write the registration number of the other complaint")
NOT_THERE = _l("There is no complaint with this number, or you may not see it. Check the number")
LINKED_ALREADY = _l("These two are linked so already, or are one and the same")
BUSY = _l("Somebody is changing the other complaint at this moment. Send this again")


class OtherForm(Form):
    """The other complaint, by its registration number. `version` is that of the case whose page this is."""

    version = HiddenField()
    number = TextField(
        _l("Registration number of the other complaint"),
        [Required(MISSING)],
        description=_l("With or without hyphens, in capitals or not."),
    )

    @property
    def seen(self) -> int | None:
        """The version that the page showed; None for what is no number."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

    def refuse(self, sentence: Any) -> None:
        """Say next to the number why it cannot be that one."""
        self.number.errors = [sentence]


class LinkForm(OtherForm):
    """How the two belong together."""

    kind = RadioField(
        _l("How do they belong together?"),
        [Required(_l("Choose how they belong together"))],
        choices=[SelectChoice(kind, words) for kind, words in KINDS.items()],
    )

    @property
    def as_kind(self) -> LinkKind:
        """The kind that was chosen. Raises `ValueError` where none was."""
        return LinkKind(self.kind.data or "")


class MergeForm(OtherForm):
    """`sure`: the two were shown beside each other, and the officer says yes to the one with this number."""

    sure = HiddenField()

    def is_sure_of(self, number: Number) -> bool:
        """Whether what was confirmed is what is asked for now."""
        return bool(self.sure.data == number.canonical)
