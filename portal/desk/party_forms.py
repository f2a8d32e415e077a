"""The questions of the acts that are about people: who they are, how they are reached, and by what power they act."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import ValidationError
from wtforms.fields.choices import SelectChoice

from portal.complaints.proving import Point, marks
from portal.desk.act_forms import LONGEST_TEXT, NO, YES, ActForm, one_line
from portal.desk.case_labels import MARKS, POINTS, ROLES
from portal.web.fields import (
    ChecksField,
    DatePartsField,
    LongTextField,
    PhoneField,
    RadioField,
    TextField,
)
from portal.web.validators import Optional, Required, at_most, email


class VerifyForm(ActForm):
    """What was compared, and whether it agrees (SQ-14, KF-13, K3-03, K3-13)."""

    party = RadioField(_l("Whose identity?"), [Required(_l("Choose whose identity you compared"))])
    compared = ChecksField(_l("What did you compare?"), [Required(_l("Tick what you compared"))])
    agreed = RadioField(
        _l("Does it agree with our data?"),
        [Required(_l("Say whether it agrees"))],
        choices=[SelectChoice(YES, _l("Yes, it agrees")), SelectChoice(NO, _l("No, it does not agree"))],
    )
    remark = LongTextField(
        _l("Remark"),
        [Optional(), at_most(LONGEST_TEXT, _l("Shorten the text to 5,000 characters"))],
        description=_l("Only officers read it. Write no number and no answer that was compared."),
    )
    SHOWN = ("party", "compared", "agreed", "remark")

    def fit(self) -> None:
        self.party.choices = [SelectChoice(str(one.id), ROLES[one.role]) for one in self.asking.file.parties]
        if len(self.asking.file.parties) == 1:
            self.party.data = str(self.asking.file.customer.id)
        self.compared.choices = [SelectChoice(mark, MARKS[mark]) for mark in marks(self.asking.profile)]

    @property
    def shown(self) -> list[Any]:
        fields = super().shown
        return fields if len(self.asking.file.parties) > 1 else fields[1:]


class ContactForm(ActForm):
    """The customer's contact from the institution's own records."""

    email = TextField(
        _l("E-mail address in our records"),
        [email(_l("Write the e-mail address in full, for example siti@example.id"))],
    )
    phone = PhoneField(
        _l("Phone number in our records"),
        [Optional()],
        wrong=_l("Write a phone number that can be called, for example 0812 3456 7890"),
    )
    SHOWN = ("email", "phone")

    def validate_email(self, field: Any) -> None:
        if not field.data and not self.phone.data:
            raise ValidationError(_l("Enter an e-mail address or a phone number from our records"))


class AuthorityForm(ActForm):
    """The power of attorney against the list of what it must show (SQ-18, BM-17)."""

    points = ChecksField(_l("What does the power of attorney show?"))
    scope = LongTextField(
        _l("What the representative may do"),
        [at_most(LONGEST_TEXT, _l("Shorten the text to 5,000 characters"))],
        description=_l("As the power of attorney says."),
    )
    ends_on = DatePartsField(
        _l("Last day of the power of attorney"),
        [Optional()],
        wrong=_l("Write the date as day, month and year, for example 9 3 2026"),
        description=_l("Leave it empty where it lasts until the matter is settled."),
    )
    decision = RadioField(
        _l("Decision"),
        [Required(_l("Accept the power of attorney or reject it"))],
        choices=[SelectChoice(YES, _l("Accept it")), SelectChoice(NO, _l("Reject it"))],
    )
    mending = LongTextField(
        _l("If you reject it: what would mend it?"),
        [at_most(LONGEST_TEXT, _l("Shorten the text to 5,000 characters"))],
        description=_l("The representative reads this. Write what the next one must show."),
    )
    SHOWN = ("points", "scope", "ends_on", "decision", "mending")

    def fit(self) -> None:
        power = self.asking.file.power
        assert power is not None
        points = [point for point in Point if power.firm or point is not Point.FIRM]
        self.points.choices = [SelectChoice(point.value, POINTS[point]) for point in points]
        if not self.is_submitted():
            self.scope.data = power.scope
            if power.row.ends_on:
                self.ends_on.process(None, power.row.ends_on)

    @property
    def accepts(self) -> bool:
        return bool(self.decision.data == YES)

    def validate_scope(self, field: Any) -> None:
        if self.accepts and not (field.data or "").strip():
            raise ValidationError(_l("Write what the representative may do"))

    def validate_ends_on(self, field: Any) -> None:
        if self.accepts and field.data and field.data < self.asking.today:
            raise ValidationError(_l("This power of attorney has ended. Reject it, or correct the day"))

    def validate_mending(self, field: Any) -> None:
        if self.decision.data == NO and not (field.data or "").strip():
            raise ValidationError(_l("Write what would mend it"))


class RevocationForm(ActForm):
    """How the customer said that nobody acts for them."""

    how = one_line(
        _l("How did the customer tell us?"),
        _l("Write how the customer told us"),
        description=_l("For example: by telephone, after we compared their identity."),
    )
    SHOWN = ("how",)
