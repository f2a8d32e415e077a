"""Several of the customer's forms on one page, as an officer asks them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import ValidationError
from wtforms.fields.choices import SelectChoice

from portal.complaints.handed_in import Preference
from portal.desk.receiving import labels
from portal.desk.receiving.labels import SHORT_STORY, WORDS
from portal.filing.forms.asking import Asking, StepForm
from portal.filing.forms.matter import TransactionForm
from portal.filing.forms.people import ContactForm, citizenships
from portal.filing.labels import country
from portal.filing.merging import Group, Window
from portal.filing.rules import Slug
from portal.filing.steps import BY_SLUG
from portal.web.fields import RadioField
from portal.web.forms import Form
from portal.web.validators import Required

# More choices than these are one list instead of a row each.
MOST_ROWS = 4


class DeskContactForm(ContactForm):
    """The contact as an officer asks for it; what cannot be read is told to the officer."""

    def validate_prefers(self, field: RadioField) -> None:
        if field.data == Preference.EMAIL and not self.email.raw:
            raise ValidationError(_l("For this an e-mail address is needed: enter it above, or choose another way"))
        if field.data in (Preference.CALL, Preference.MESSAGE) and not self.phone.raw:
            raise ValidationError(_l("For this a phone number is needed: enter it above, or choose another way"))


@dataclass(frozen=True, slots=True)
class Part:
    """The questions of one step within the page. `number`: which of the transactions it is."""

    slug: Slug
    form: StepForm
    prefix: str
    number: int | None = None

    def typed(self) -> dict[str, str]:
        """The inputs by the names that the customer's own page gives them."""
        return {name.removeprefix(self.prefix): text for name, text in self.form.inputs().items()}

    @property
    def is_blank(self) -> bool:
        return not any(self.typed().values())


def prefix_of(slug: Slug, number: int | None = None) -> str:
    """What the inputs of a step, or of one of its rows, are named with."""
    return f"{slug}-" if number is None else f"{slug}-{number}-"


def part(slug: Slug, asking: Asking, page: Mapping[str, str], *, number: int | None = None, alone: bool = True) -> Part:
    """A step's questions as an officer asks them, bound to the inputs of its page."""
    prefix = prefix_of(slug, number)
    form: StepForm
    if slug is Slug.TRANSACTIONS:
        form = TransactionForm(asking, page, number=number or 1, alone=alone, prefix=prefix)
    else:
        form = (DeskContactForm if slug is Slug.CONTACT else BY_SLUG[slug].form)(asking, page, prefix=prefix)
    # The page has one token for all of them.
    del form["csrf_token"]
    _word(slug, form, asking)
    for field in form:
        if isinstance(field, RadioField) and len(field.choices) > MOST_ROWS:
            listed(field, field.choices)
    return Part(slug, form, prefix, number)


def listed(field: Any, found: Iterable[SelectChoice]) -> None:
    """Let a field with many choices be one list, in which nothing is chosen beforehand."""
    field.choices = [SelectChoice("", _l("Choose")), *found]
    field.flags.listed = True


def _word(slug: Slug, form: StepForm, asking: Asking) -> None:
    for field in form:
        words = WORDS.get((slug, field.short_name))
        if slug is Slug.STORY and asking.short:
            words = SHORT_STORY
        if words is None:
            continue
        field.label.text = words.label or field.label.text
        field.description = field.description if words.hint is None else words.hint
        if words.missing is not None:
            others = [check for check in field.validators if not isinstance(check, Required)]
            field.validators = [Required(words.missing), *others]
    if slug is Slug.WHO:
        form["role"].choices = [SelectChoice(role, words) for role, words in labels.WHO.items()]
    if slug in (Slug.IDENTITY, Slug.REPRESENTATIVE) and "citizen" in form:
        names = " / ".join(country(code, asking.language) for code in citizenships(asking.profile))
        words = labels.CITIZEN if slug is Slug.IDENTITY else labels.CITIZEN_REPRESENTATIVE
        form["citizen"].label.text = words % {"country": names}


class Composed(Form):
    """Several forms on one page, sent together, with one summary of errors.

    It is bound to the page's inputs and has no token: that of the request is checked before any view.
    """

    # The page that sent it, until it is shown on one of its own.
    window: Window | None = None

    def __init__(self, parts: Sequence[Part], page: Mapping[str, str]) -> None:
        super().__init__(formdata=MultiDict(page), meta={"csrf": False})
        self.parts = parts

    def page(self) -> dict[str, str]:
        """What stands in every input of the page, by the input's name."""
        return {name: text for group in self.questions().values() for name, text in group.items()}

    def questions(self) -> dict[str, Group]:
        """The inputs of each question of the page."""
        found: dict[str, Group] = dict(self.groups())
        for one in self.parts:
            found |= one.form.groups()
        return found

    def question(self, name: str) -> Any:
        """The field of a question; None for one that this page does not ask."""
        if name in self:
            return self[name]
        one = next((one for one in self.parts if name.startswith(one.prefix)), None)
        short = name.removeprefix(one.prefix) if one else ""
        return one.form[short] if one and short in one.form else None

    def validate(self, extra_validators: Any = None) -> bool:
        # Every part is asked: whoever corrects one must see what else is wrong.
        return all([super().validate(extra_validators), *(one.form.validate() for one in self._judged())])

    def _judged(self) -> Iterator[Part]:
        return iter(self.parts)

    @property
    def errors(self) -> dict[str, Any]:
        found = dict(super().errors)
        for one in self.parts:
            found |= {f"{one.prefix}{name}": wrong for name, wrong in one.form.errors.items()}
        return found

    def faults(self) -> list[tuple[str, Any]]:
        return super().faults() + [fault for one in self.parts for fault in one.form.faults()]
