"""The questions about the matter: what it is, which transactions, what happened, what it cost, and sending it."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Self

from flask_babel import lazy_gettext as _l
from wtforms import ValidationError

from portal.filing.forms import choices
from portal.filing.forms.asking import Asking, StepForm
from portal.filing.labels import OPEN
from portal.filing.rules import Answer, Slug, advised_about, topic_of, typed_rows, with_row
from portal.web import formats
from portal.web.fields import (
    AmountField,
    BooleanField,
    DatePartsField,
    LongTextField,
    NumberField,
    RadioField,
    TextField,
    TimeField,
)
from portal.web.validators import Optional, Required, at_most, matching

LONGEST_REFERENCE = 100
LONGEST_STORY = 10_000
LONGEST_WISH = 2_000
ACCOUNT = re.compile(r"[A-Z0-9]{4,30}")

_WRONG_DATE = _l("Write the date as day, month and year, for example 9 3 2026")
_WRONG_TIME = _l("Write the time in digits, for example 14:30")
_WRONG_AMOUNT = _l("Write the amount in digits, for example 1,250,000")
_LIKE_AMOUNT = _l("Separators are not needed, for example 1250000")
_LIKE_DATE = _l("For example 9 3 2026")


class AcknowledgementForm(StepForm):
    """The privacy notice was read (KX-16; UU 27/2022 art. 21). Not a consent: the handling is a legal duty."""

    acknowledged = BooleanField(
        validators=[Required(_l("Read the privacy notice, then tick the box below it"))],
    )

    def fit(self) -> None:
        self.acknowledged.label.text = self.asking.profile.privacy.acknowledgement[self.asking.language]


class KindForm(StepForm):
    """What is handed in: a complaint, or one of the other kinds that the institution takes (KF-02, KF-03, KX-11)."""

    kind = RadioField(_l("What do you want to send us?"), [Required(_l("Choose what you want to send us"))])

    def fit(self) -> None:
        self.kind.choices = choices.kinds(self.asking.profile, self.asking.language)
        self.hints = choices.hints(self.asking.profile, "kinds", self.asking.language)

    def read(self) -> dict[str, Any]:
        return {"kind": self.kind.data}


class AccountForm(StepForm):
    """The number by which the institution finds what it is about."""

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
    """What it is about; always also something else (K3-01, K3-12, K3-23, K3-34)."""

    topic = RadioField(_l("What it is about"), [Required(_l("Choose what it is about"))])

    def fit(self) -> None:
        asking = self.asking
        self.topic.choices = choices.topics(asking.profile, asking.kind, asking.language)
        self.hints = choices.hints(asking.profile, "topics", asking.language)

    def read(self) -> dict[str, Any]:
        return {"topic": self.topic.data}


class GuideForm(StepForm):
    """What a topic's guide asks: when it happened, and whether the matter still stands open (K3-15, K3-28)."""

    on = DatePartsField(_l("Date"), [Required(_l("Enter the date"))], wrong=_WRONG_DATE, description=_LIKE_DATE)
    at = TimeField(
        _l("Time"),
        [Required(_l("Enter the time"))],
        wrong=_WRONG_TIME,
        description=_l("Roughly is enough, for example 14:30"),
    )
    open = RadioField(validators=[Required(_l("Choose an answer"))])

    def fit(self) -> None:
        guide = self.asking.guide
        if guide and guide.open_question:
            self.open.label.text = guide.open_question[self.asking.language]
            self.open.choices = choices.open_answers(self.asking.language)
        else:
            del self.open

    def validate_on(self, field: DatePartsField) -> None:
        if field.data and field.data > self.asking.today:
            raise ValidationError(_l("The date must be today or earlier"))

    def validate_at(self, field: TimeField) -> None:
        if self.on.data != self.asking.today or not field.data:
            return
        if datetime.combine(self.on.data, field.data, self.asking.profile.zone) > self.asking.now:
            raise ValidationError(_l("This time has not come yet. Write when it was"))

    def read(self) -> dict[str, Any]:
        on, at, topic = self.on.data, self.at.data, topic_of(self.asking.told, self.asking.profile)
        assert on is not None and at is not None and topic is not None
        return {
            "topic": topic.code,
            "on": on.isoformat(),
            "at": at.isoformat("minutes"),
            "open": OPEN[self.open.data or ""] if self.open else None,
        }


class AdviceForm(StepForm):
    """Nothing is asked: what the guide says is read, and filing goes on."""

    def read(self) -> dict[str, Any]:
        return {"about": advised_about(self.asking.told, self.asking.profile)}


class TransactionForm(StepForm):
    """One of the transactions complained of (SQ-19, SQ-38, KF-26), if there is a particular one.

    `number` is its place among the others, from 1; only where it is the only one can there be none in
    particular.
    """

    type = RadioField(_l("Type of transaction"), [Required(_l("Choose the type of transaction"))])
    on = DatePartsField(
        _l("Date of the transaction"),
        [Required(_l("Enter the date of the transaction"))],
        wrong=_WRONG_DATE,
        description=_LIKE_DATE,
    )
    at = TimeField(
        _l("Time of the transaction"),
        [Optional()],
        wrong=_WRONG_TIME,
        description=_l("Look at the receipt or message. Roughly is enough, for example 14:30"),
    )
    amount = AmountField(_l("Amount"), [Optional()], wrong=_WRONG_AMOUNT, description=_LIKE_AMOUNT)
    reference = TextField(
        _l("Reference number"),
        [Optional(), at_most(LONGEST_REFERENCE, _l("Shorten the reference number to 100 characters"))],
        description=_l("It stands on the receipt or in the app, if there is one."),
    )

    # What is asked only of a transaction.
    DETAILS: ClassVar[tuple[str, ...]] = ("on", "at", "amount", "reference")

    def __init__(
        self, asking: Asking, typed: Any = None, *, number: int = 1, alone: bool = True, prefix: str = ""
    ) -> None:
        self.number, self.alone = number, alone
        super().__init__(asking, typed, prefix=prefix)

    def fit(self) -> None:
        asking = self.asking
        self.type.choices = choices.transaction_types(asking.profile, asking.language, none_in_particular=self.alone)

    @property
    def without(self) -> bool:
        return bool(self.type.data == choices.NO_TRANSACTION)

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

    def part(self, slug: Slug) -> str:
        return f"{slug}-{self.number}"

    def held(self, before: Answer | None) -> Mapping[str, str] | None:
        rows = typed_rows(before.typed) if before else []
        return rows[self.number - 1] if self.number <= len(rows) else None

    def again(self, typed: Mapping[str, str]) -> Self:
        form = type(self)(self.asking, typed, number=self.number, alone=self.alone)
        del form["csrf_token"]
        return form

    def answer(self, before: Answer | None, *, valid: bool) -> Answer:
        """The draft's transactions with this one in its place."""
        return with_row(before, self.number, self.inputs(), self.read() if valid else None)


class TransactionsForm(StepForm):
    """The list of the transactions: nothing is asked but to go on or to take one out."""


class StoryForm(StepForm):
    """The problem complained of, in the customer's own words (SQ-20, SQ-39), or their question or suggestion."""

    story = LongTextField(
        _l("What happened"),
        [Required(_l("Tell us what happened"))],
        description=_l("What happened first, and then? Whom did you talk to, and what did we say?"),
    )

    def fit(self) -> None:
        if self.asking.short:
            self.story.label.text = _l("Your message")
            self.story.description = ""
            self.story.validators = [Required(_l("Write your message"))]

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


class LossForm(StepForm):
    """What it cost, if that can be said in money, and what the customer wants."""

    amount = AmountField(_l("Amount of the loss"), [Optional()], wrong=_WRONG_AMOUNT, description=_LIKE_AMOUNT)
    wish = LongTextField(
        _l("What do you ask of us?"),
        [
            Required(_l("Write what you ask of us")),
            at_most(LONGEST_WISH, _l("Shorten this to 2,000 characters")),
        ],
        description=_l("For example: return the money, correct the record, explain what went wrong."),
    )

    def read(self) -> dict[str, Any]:
        amount = self.amount.data
        return {"amount": str(amount) if amount is not None else None, "wish": self.wish.data}


class DocumentsForm(StepForm):
    """No document is needed to go on; the files themselves are taken by `evidence.forms.FilesForm`."""


class SendForm(StepForm):
    """Nothing is asked any more but to send."""
