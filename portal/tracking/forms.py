"""The forms of the tracking pages: sign in, withdraw, decide, object, a forum, a lost code, a new code."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import ValidationError
from wtforms.fields.choices import SelectChoice

from portal.complaints.disputes.labels import SATISFACTIONS
from portal.complaints.numbers import Number, WrongNumber, read_number
from portal.complaints.rules import Role
from portal.evidence.forms import FilesForm, TakesFiles
from portal.web.fields import (
    BooleanField,
    DatePartsField,
    FilesField,
    LongTextField,
    NumberField,
    RadioField,
    TextField,
)
from portal.web.forms import Form
from portal.web.validators import Optional, Required, at_most

MISSING_NUMBER = _l("Enter the registration number or the account number")
MISTYPED = _l("This registration number has a typing error. Compare it with your receipt")
TOO_LONG = _l("No registration or account number is as long as this. Compare it with your receipt")
NO_MATCH = _l("This number and code do not match. Check your receipt")
NO_MATCH_ONCE = _l("This number and one-time code do not match, or the code is used up. Ask for a new one")

# "%(customer)s" is the institution's own word for its customers.
WHO = {Role.CUSTOMER: _l("I am the %(customer)s"), Role.REPRESENTATIVE: _l("I act for the %(customer)s")}
WHO_MISSING = _l("Choose whether you are the %(customer)s or act for them")

LONGEST_NUMBER = 60
LONGEST_CODE = 60
LONGEST_MESSAGE = 5_000


class _CaseForm(Form):
    """A form that names a complaint by its registration number or by the account number (BM-35).

    A mistyped registration number is said at once: that is arithmetic and asks no database.
    """

    number = NumberField(
        _l("Registration number or account number"), [Required(MISSING_NUMBER), at_most(LONGEST_NUMBER, TOO_LONG)]
    )

    def __init__(self, *, prefix: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.prefix = prefix
        self.registration: Number | None = None

    def validate_number(self, field: Any) -> None:
        try:
            self.registration = read_number(field.raw, self.prefix)
        except WrongNumber:
            raise ValidationError(MISTYPED) from None

    @property
    def account(self) -> str:
        """The account number, where it is not a registration number that was typed."""
        return "" if self.registration else str(self.number.data)

    @property
    def subject(self) -> str:
        """What attempts are counted by: one spelling for each number."""
        return self.registration.canonical if self.registration else self.account


class SignInForm(_CaseForm):
    """Number and access code."""

    code = TextField(
        _l("Access code"), [Required(_l("Enter the access code from your receipt")), at_most(LONGEST_CODE, NO_MATCH)]
    )


class _PartyForm(_CaseForm):
    """A case and who somebody is in it: each party has an access code of their own (SQ-21)."""

    role = RadioField(_l("Who are you?"))

    def __init__(self, *, prefix: str, customer: str, **kwargs: Any) -> None:
        super().__init__(prefix=prefix, **kwargs)
        self.role.validators = [Required(str(WHO_MISSING) % {"customer": customer})]
        self.role.choices = [SelectChoice(role, str(label) % {"customer": customer}) for role, label in WHO.items()]
        self.role.data = self.role.data or Role.CUSTOMER

    @property
    def party(self) -> Role:
        """In which part they act."""
        return Role(self.role.data or Role.CUSTOMER)


class LostCodeForm(_PartyForm):
    """The number, and whose access code is lost or was not fetched yet."""


class NewCodeForm(_PartyForm):
    """Number and one-time code."""

    code = TextField(
        _l("One-time code"),
        [Required(_l("Enter the six digits from our message")), at_most(LONGEST_CODE, NO_MATCH_ONCE)],
    )


class WithdrawForm(Form):
    """The box that says that the customer means it; `kind` is what they call what they sent."""

    sure = BooleanField()

    def __init__(self, *, kind: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sure.label.text = _("I withdraw this %(kind)s.", kind=kind)
        self.sure.validators = [Required(_("Tick the box if you want to withdraw this %(kind)s", kind=kind))]


class EndPowerForm(Form):
    """The box that says that the power of attorney is to end."""

    sure = BooleanField(
        _l("The power of attorney ends now."), [Required(_l("Tick the box if the power of attorney is to end"))]
    )


class AgreeForm(Form):
    """The box that says that the customer agrees."""

    sure = BooleanField(_l("I agree with the response."), [Required(_l("Tick the box if you agree with the response"))])


class DisagreeForm(Form):
    """The box that says that the customer does not agree."""

    sure = BooleanField(
        _l("I do not agree with the response."), [Required(_l("Tick the box if you do not agree with the response"))]
    )


class RatingForm(Form):
    """One question, which nobody has to answer (KF-04)."""

    satisfaction = RadioField(
        _l("How satisfied are you with how we handled it?"),
        [Required(_l("Choose an answer, or skip the question"))],
        choices=[SelectChoice(str(number), words) for number, words in SATISFACTIONS.items()],
    )


class ObjectionForm(FilesForm):
    """What an objection explains, and its files; it is sent only by its own button."""

    words = LongTextField(
        _l("Why do you not agree?"),
        [at_most(LONGEST_MESSAGE, _l("Shorten the text to 5,000 characters"))],
        description=_l("Say what is wrong in our response, and what your document shows. Never write a PIN or OTP."),
    )


class ForumForm(Form):
    """Which forum has the matter, since when, and under which number there."""

    forum = RadioField(_l("Where did you take it?"), [Required(_l("Choose where you took it"))])
    taken_on = DatePartsField(
        _l("When?"),
        [Optional()],
        wrong=_l("Write the date as day, month and year, for example 9 3 2026"),
        description=_l("If you know it."),
    )
    reference = TextField(
        _l("Number of the case there"),
        [Optional(), at_most(LONGEST_NUMBER, _l("Shorten this to 60 characters"))],
        description=_l("If there is one. Only you and our officers read it."),
    )

    def __init__(self, *, forums: Mapping[str, str], today: date, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.today = today
        self.forum.choices = [SelectChoice(code, name) for code, name in forums.items()]

    def validate_taken_on(self, field: Any) -> None:
        if field.data and field.data > self.today:
            raise ValidationError(_l("The day must be today or earlier"))


class MessageForm(TakesFiles):
    """What the customer writes to us, and files that go with it."""

    text = LongTextField(
        _l("Message"),
        [Required(_l("Write the message")), at_most(LONGEST_MESSAGE, _l("Shorten the text to 5,000 characters"))],
        description=_l("Never write a PIN, OTP, CVV or password."),
    )
    files = FilesField(_l("Photos or files that go with it"))


class KeptForm(Form):
    """The customer says that they have kept the new access code."""
