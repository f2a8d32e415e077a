"""The questions of a filing, one form a step.

A form is asked by a deployment on a day: topics and transaction types come from the profile, and
"not in the future" means the institution's local day.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import ValidationError
from wtforms.fields.choices import SelectChoice

from portal.complaints.rules import COMPLAINT
from portal.filing.labels import LETTER_LANGUAGES
from portal.institution.models import Institution
from portal.web import formats
from portal.web.fields import (
    AmountField,
    BooleanField,
    DatePartsField,
    LongTextField,
    NumberField,
    PhoneField,
    RadioField,
    TextField,
    TimeField,
)
from portal.web.forms import Form
from portal.web.validators import Optional, Required, at_most, email, matching

LONGEST_NAME = 200
LONGEST_REFERENCE = 100
LONGEST_STORY = 10_000
ACCOUNT = re.compile(r"[A-Z0-9]{4,30}")
# Who has no transaction to name must not have to invent one. No code of a profile contains a hyphen.
NO_TRANSACTION = "no-transaction"


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, in which language, and on which local day."""

    profile: Institution
    language: str
    today: date
    # There is no sender of short messages yet: without an address nobody could be answered.
    email_required: bool


class StepForm(Form):
    """A step's questions. Bound to what was typed before, it shows the same again."""

    def __init__(self, asking: Asking, typed: Mapping[str, str] | None = None) -> None:
        # Without `typed` Flask-WTF binds the request's body, if there is one.
        super().__init__(**({} if typed is None else {"formdata": MultiDict(typed)}))
        self.asking = asking
        self.fit()

    def fit(self) -> None:
        """Fill in what depends on `asking`."""

    def read(self) -> dict[str, Any]:
        """What the answers mean, as JSON. Only after `validate`."""
        raise NotImplementedError


class AcknowledgementForm(StepForm):
    """The privacy notice was read (KX-16; UU 27/2022 art. 21). Not a consent: the handling is a legal duty."""

    acknowledged = BooleanField(
        validators=[Required(_l("Read the privacy notice, then tick the box below it"))],
    )

    def fit(self) -> None:
        self.acknowledged.label.text = self.asking.profile.privacy.acknowledgement[self.asking.language]


class WhoForm(StepForm):
    name = TextField(
        _l("Full name"),
        [
            Required(_l("Enter your full name")),
            at_most(LONGEST_NAME, _l("Shorten your name to 200 characters")),
        ],
        description=_l("As it stands in your identity document."),
    )

    def read(self) -> dict[str, Any]:
        return {"name": self.name.data}


class ContactForm(StepForm):
    email = TextField(
        _l("E-mail address"),
        [email(_l("Write the e-mail address in full, for example siti@example.id"))],
    )
    phone = PhoneField(
        _l("Phone number"),
        wrong=_l("Write a phone number that can be called, for example 0812 3456 7890"),
    )
    language = RadioField(_l("Letters in"), [Required(_l("Choose the language of our letters"))])

    def fit(self) -> None:
        self.language.choices = [SelectChoice(code, name) for code, name in LETTER_LANGUAGES.items()]
        self.language.data = self.language.data or self.asking.language
        if self.asking.email_required:
            self.phone.flags.optional = True

    def validate_email(self, field: TextField) -> None:
        if field.data:
            return
        if self.asking.email_required:
            raise ValidationError(_l("Enter your e-mail address"))
        if not self.phone.raw:
            raise ValidationError(_l("Enter an e-mail address or a phone number"))

    def read(self) -> dict[str, Any]:
        return {"email": self.email.data or None, "phone": self.phone.data, "language": self.language.data}


class AccountForm(StepForm):
    account = NumberField(
        validators=[
            Required(_l("Enter this number")),
            matching(ACCOUNT, _l("Write the number with 4 to 30 letters and digits, nothing else")),
        ],
    )

    def fit(self) -> None:
        # What customers know this number by is the institution's own word.
        asked = self.asking.profile.account
        self.account.label.text = asked.label[self.asking.language]
        self.account.description = asked.hint[self.asking.language] if asked.hint else ""

    def read(self) -> dict[str, Any]:
        return {"account": self.account.data}


class TopicForm(StepForm):
    topic = RadioField(_l("What it is about"), [Required(_l("Choose what it is about"))])

    def fit(self) -> None:
        language = self.asking.language
        topics = self.asking.profile.topics_of(COMPLAINT)
        self.topic.choices = [SelectChoice(topic.code, topic.label[language]) for topic in topics]
        self.hints = {topic.code: topic.hint[language] for topic in topics if topic.hint}

    def read(self) -> dict[str, Any]:
        return {"topic": self.topic.data}


class TransactionForm(StepForm):
    """The transaction complained of (SQ-19, SQ-38, KF-26), if there is a particular one."""

    type = RadioField(_l("Type of transaction"), [Required(_l("Choose the type of transaction"))])
    on = DatePartsField(
        _l("Date of the transaction"),
        [Required(_l("Enter the date of the transaction"))],
        wrong=_l("Write the date as day, month and year, for example 9 3 2026"),
        description=_l("For example 9 3 2026"),
    )
    at = TimeField(
        _l("Time of the transaction"),
        [Optional()],
        wrong=_l("Write the time in digits, for example 14:30"),
        description=_l("Look at the receipt or message. Roughly is enough, for example 14:30"),
    )
    amount = AmountField(
        _l("Amount"),
        [Optional()],
        wrong=_l("Write the amount in digits, for example 1,250,000"),
        description=_l("Separators are not needed, for example 1250000"),
    )
    reference = TextField(
        _l("Reference number"),
        [Optional(), at_most(LONGEST_REFERENCE, _l("Shorten the reference number to 100 characters"))],
        description=_l("It stands on the receipt or in the app, if there is one."),
    )

    # What is asked only of a transaction.
    DETAILS: ClassVar[tuple[str, ...]] = ("on", "at", "amount", "reference")

    def fit(self) -> None:
        language = self.asking.language
        types = self.asking.profile.transaction_types.values()
        self.type.choices = [SelectChoice(row.code, row.label[language]) for row in types]
        self.type.choices.append(SelectChoice(NO_TRANSACTION, _l("It is not about a particular transaction")))

    @property
    def without(self) -> bool:
        return bool(self.type.data == NO_TRANSACTION)

    def validate(self, extra_validators: Any = None) -> bool:
        super().validate(extra_validators)
        if self.without:
            for name in self.DETAILS:
                self[name].errors = []
        return not self.errors

    def validate_on(self, field: DatePartsField) -> None:
        if field.data and field.data > self.asking.today:
            raise ValidationError(_l("The date of the transaction must be today or earlier"))

    def read(self) -> dict[str, Any]:
        if self.without:
            return {"type": None}
        on, at, amount = self.on.data, self.at.data, self.amount.data
        assert on is not None
        return {
            "type": self.type.data,
            "on": on.isoformat(),
            "at": at.isoformat("minutes") if at else None,
            "amount": str(amount) if amount is not None else None,
            "reference": self.reference.data or None,
        }


class StoryForm(StepForm):
    """The problem complained of, in the customer's own words (SQ-20, SQ-39)."""

    story = LongTextField(
        _l("What happened"),
        [Required(_l("Tell us what happened"))],
        description=_l("What happened first, and then? What did we say, and what do you ask for?"),
    )

    def validate_story(self, field: LongTextField) -> None:
        length = len(field.data or "")
        if length > LONGEST_STORY:
            raise ValidationError(
                _l(
                    "Shorten the text to %(most)s characters; now it has %(length)s",
                    most=formats.number(LONGEST_STORY, self.asking.language),
                    length=formats.number(length, self.asking.language),
                )
            )

    def read(self) -> dict[str, Any]:
        return {"story": self.story.data}


class DocumentsForm(StepForm):
    """No document is needed to go on; the files themselves are taken by `evidence.forms.FilesForm`."""

    def read(self) -> dict[str, Any]:
        return {}


class SendForm(StepForm):
    """Nothing is asked any more but to send."""

    def read(self) -> dict[str, Any]:
        return {}
