"""The questions about two complaints: which the other one is, and how they belong together."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import ValidationError
from wtforms.fields.choices import SelectChoice

from portal.complaints.numbers import Number
from portal.complaints.states import LinkKind
from portal.desk.act_forms import VersionedForm
from portal.desk.linking.labels import KINDS
from portal.web.fields import ChecksField, HiddenField, LongTextField, RadioField, SelectField, TextField
from portal.web.validators import Required, at_most

MISSING = _l("Write the registration number of the other complaint")
NOT_THERE = _l("There is no complaint with this number, or you may not see it. Check the number")
LINKED_ALREADY = _l("These two are linked so already, or are one and the same")
BUSY = _l("Somebody is changing the other complaint at this moment. Send this again")


class OtherForm(VersionedForm):
    """The other complaint, by its registration number."""

    number = TextField(
        _l("Registration number of the other complaint"),
        [Required(MISSING)],
        description=_l("With or without hyphens, in capitals or not."),
    )

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


LONGEST_TEXT = 5_000


class SplitForm(VersionedForm):
    """The second matter: its topic, what the customer says about it, and the transactions that it is about.

    `topics` and `transactions` are pairs of a value and its words.
    """

    topic = SelectField(_l("What is the second matter about?"), validate_choice=False)
    text = LongTextField(
        _l("What does the customer say about it?"),
        [
            Required(_l("Write what the customer says about the second matter")),
            at_most(LONGEST_TEXT, _l("Shorten the text to 5,000 characters")),
        ],
        description=_l("In their own words, as they stand in this complaint. The customer reads it."),
    )
    transactions = ChecksField(_l("Which transactions is it about?"))

    def __init__(
        self, *, topics: Sequence[tuple[str, str]], transactions: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.topic.choices = [SelectChoice(value, words) for value, words in (("", ""), *topics)]
        self.transactions.choices = [SelectChoice(value, words) for value, words in transactions]

    def validate_topic(self, field: Any) -> None:
        if not field.data or field.data not in {choice.value for choice in field.choices}:
            raise ValidationError(_l("Choose what it is about"))

    @property
    def places(self) -> list[int]:
        """The places of the chosen transactions."""
        return [int(value) for value in self.transactions.data or ()]
