"""The form that chooses among several texts for one question."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from wtforms.fields.choices import SelectChoice

from portal.filing.text_labels import CHOOSE
from portal.web.fields import HiddenField, RadioField
from portal.web.forms import Form
from portal.web.validators import Required


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
