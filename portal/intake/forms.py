"""The forms beside the steps of a filing: its code for another device, and the choice between two texts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.fields.choices import SelectChoice

from portal.intake.labels import CHOOSE
from portal.web.fields import BooleanField, HiddenField, RadioField, TextField
from portal.web.forms import Form
from portal.web.validators import Required, at_most, email

LONGEST_CODE = 60

NO_DRAFT = _l("This code leads to no unfinished complaint. Compare it with what you noted")
PUT_ASIDE = _l("Another complaint was begun in this browser. Tick the box to put it aside")


class ShowForm(Form):
    """The customer wants to see a code."""


class MailForm(Form):
    """Where a code is mailed to."""

    email = TextField(
        _l("E-mail address"),
        [
            Required(_l("Enter the e-mail address to which the code should go")),
            email(_l("Write the e-mail address in full, for example siti@example.id")),
        ],
    )


class ResumeForm(Form):
    """The code, and that the draft which this browser holds may be put aside."""

    code = TextField(
        _l("Code for another device"),
        [
            Required(_l("Enter the code that the other device showed or that we mailed")),
            at_most(LONGEST_CODE, NO_DRAFT),
        ],
    )
    aside = BooleanField(_l("Put the other complaint aside. I have its code, or no longer need it."))


@dataclass(frozen=True, slots=True)
class Text:
    """One of several texts for a question: the choice's value, when it was written, and the words."""

    value: str
    title: str
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Quarrel:
    """A question for which several texts wait. `print_` is the fingerprint of all of them."""

    number: int
    name: str
    label: str
    texts: tuple[Text, ...]
    print_: str

    @property
    def choice(self) -> str:
        """The name of the field that chooses."""
        return f"choice-{self.number}"

    @property
    def shown(self) -> str:
        """The name of the hidden field that says which texts were shown."""
        return f"shown-{self.number}"


def texts_form(quarrels: Sequence[Quarrel], **given: Any) -> Form:
    """A form that asks for each question which of its texts stays."""
    fields: dict[str, Any] = {}
    for one in quarrels:
        choices = [SelectChoice(text.value, text.title) for text in one.texts]
        fields[one.choice] = RadioField(one.label, [Required(CHOOSE)], choices=choices)
        fields[one.shown] = HiddenField(default=one.print_)
    kind: type[Form] = type("TextsForm", (Form,), fields)
    return kind(**given)
