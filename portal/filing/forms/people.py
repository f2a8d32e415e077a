"""The questions about people: who complains, who they are, who acts for them, and how they are reached."""

import re
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import ValidationError

from portal.complaints.handed_in import Preference
from portal.filing.forms import choices
from portal.filing.forms.asking import Asking, StepForm
from portal.filing.labels import FIRM, SETTLED, UNTIL, country
from portal.filing.rules import asks_proof
from portal.institution.models import Institution
from portal.institution.rules import IdentityMark
from portal.web import formats
from portal.web.fields import (
    BooleanField,
    DatePartsField,
    LongTextField,
    NumberField,
    PhoneField,
    RadioField,
    TextField,
)
from portal.web.validators import Optional, Required, at_most, email, matching

LONGEST_NAME = 200
LONGEST_NEED = 1_000
LONGEST_SCOPE = 2_000
# Passports, driving licences and residence permits have many forms; nobody is refused on a guess about them.
PROOF_NUMBER = re.compile(r"[A-Z0-9]{5,20}")

_WRONG_EMAIL = _l("Write the e-mail address in full, for example siti@example.id")
_WRONG_PHONE = _l("Write a phone number that can be called, for example 0812 3456 7890")
_WRONG_DATE = _l("Write the date as day, month and year, for example 9 3 2026")


class WhoForm(StepForm):
    """Who complains, the customer or a representative (SQ-12), and in which capacity the customer is one."""

    role = RadioField(_l("For whom do you complain?"), [Required(_l("Choose for whom you complain"))])
    capacity = RadioField(
        _l("Your part, or the part of the person for whom you complain"),
        [Required(_l("Choose which part it is; the last answer fits everybody else"))],
    )

    def fit(self) -> None:
        profile, language = self.asking.profile, self.asking.language
        self.role.choices = choices.roles(language)
        if profile.parties:
            self.capacity.choices = choices.parties(profile, language)
        else:
            del self.capacity

    def read(self) -> dict[str, Any]:
        capacity = self.capacity.data if self.capacity else None
        return {"role": self.role.data, "capacity": None if capacity == choices.NO_PARTY else capacity}


class IdentifiedForm(StepForm):
    """A name, and what identity is checked by: a document, or data of which any one is enough (BM-12, K3-03)."""

    name = TextField(
        _l("Full name"),
        [Required(_l("Enter the full name")), at_most(LONGEST_NAME, _l("Shorten the name to 200 characters"))],
    )
    proof = RadioField(_l("Identity document"), [Required(_l("Choose the identity document"))])
    citizen = BooleanField()
    number = NumberField(
        _l("Number of the document"),
        [matching(PROOF_NUMBER, _l("Write the number with 5 to 20 letters and digits, nothing else"))],
    )

    def fit(self) -> None:
        profile, language = self.asking.profile, self.asking.language
        self.hints = choices.hints(profile, "proofs", language)
        self.name.description = _as_in_document(self.asking)
        if not asks_proof(profile):
            del self.proof, self.citizen
            if IdentityMark.ID_NUMBER in profile.identity.any_of:
                self.number.label.text = _l("KTP number")
                self.number.flags.optional = True
            else:
                del self.number
            return
        self.proof.choices = choices.proofs(profile, language)
        if countries := citizenships(profile):
            names = " / ".join(country(code, language) for code in countries)
            self.citizen.label.text = self.citizen_words(names)
        else:
            del self.citizen

    def citizen_words(self, countries: str) -> Any:
        """The sentence beside the box for a document that is for the citizens of one country alone."""
        return _l("I am a citizen of %(country)s", country=countries)

    def validate_citizen(self, field: BooleanField) -> None:
        proof = self.asking.profile.identity.proofs.get(self.proof.data or "")
        if proof and proof.citizens and not field.data:
            name = country(proof.citizens, self.asking.language)
            raise ValidationError(
                _l(
                    "We accept this document from citizens of %(country)s only. "
                    "Tick the box, or choose another document",
                    country=name,
                )
            )

    def validate_number(self, field: NumberField) -> None:
        if self.proof and not field.data:
            raise ValidationError(_l("Enter the number of the document"))

    def read(self) -> dict[str, Any]:
        return {
            "name": self.name.data,
            "proof": self.proof.data if self.proof else None,
            "number": (self.number.data or None) if self.number else None,
        }


@cache
def citizenships(profile: Institution) -> tuple[str, ...]:
    """The countries for whose citizens alone a document of the profile is accepted (BM-13)."""
    return tuple(dict.fromkeys(proof.citizens for proof in profile.identity.proofs.values() if proof.citizens))


def _as_in_document(asking: Asking) -> Any:
    if asking.profile.identity.registered:
        return _l("As it was given at registration.")
    return _l("As it stands in the identity document.")


class IdentityForm(IdentifiedForm):
    """The customer's identity, whoever files."""

    def citizen_words(self, countries: str) -> Any:
        if self.asking.representing:
            return _l("The customer is a citizen of %(country)s", country=countries)
        return super().citizen_words(countries)


class RepresentativeForm(IdentifiedForm):
    """Who acts for the customer: their identity, what they are to the customer, and whether they are a firm."""

    relation = TextField(
        _l("What you are to the customer"),
        [
            Required(_l("Write what you are to the customer")),
            at_most(LONGEST_NAME, _l("Shorten this to 200 characters")),
        ],
        description=_l("For example husband, daughter or lawyer."),
    )
    acting = RadioField(_l("You act as"), [Required(_l("Choose as what you act"))])
    firm = TextField(
        _l("Name of the firm or office"),
        [at_most(LONGEST_NAME, _l("Shorten the name of the firm to 200 characters"))],
        description=_l("Only if you act as a firm or office."),
    )

    def fit(self) -> None:
        super().fit()
        self.name.description = _l("As it stands in your identity document.")
        self.acting.choices = choices.firms(self.asking.language)

    def validate_firm(self, field: TextField) -> None:
        if self.acting.data == FIRM and not field.data:
            raise ValidationError(_l("Enter the name of the firm or office"))

    def read(self) -> dict[str, Any]:
        firm = self.firm.data if self.acting.data == FIRM else None
        return super().read() | {"relation": self.relation.data, "firm": firm}


class AuthorityForm(StepForm):
    """The special power of attorney: its date, what it covers, and until when it holds (SQ-18, BM-17).

    It is for certain matters that it names (KUHPerdata art. 1795), so its scope is told in words.
    """

    given_on = DatePartsField(
        _l("Date of the power of attorney"),
        [Required(_l("Enter the date of the power of attorney"))],
        wrong=_WRONG_DATE,
        description=_l("The date that stands on the paper, for example 9 3 2026"),
    )
    scope = LongTextField(
        _l("What it covers"),
        [
            Required(_l("Write what the power of attorney covers")),
            at_most(LONGEST_SCOPE, _l("Shorten this to 2,000 characters")),
        ],
        description=_l("As it stands on the paper: for which matter, and what you may do."),
    )
    lasting = RadioField(_l("It holds"), [Required(_l("Choose until when it holds"))])
    ends_on = DatePartsField(
        _l("Its last day"),
        wrong=_WRONG_DATE,
        description=_l("Only if a date stands on the paper."),
    )

    def fit(self) -> None:
        self.lasting.choices = choices.lastings(self.asking.language)

    def validate(self, extra_validators: Any = None) -> bool:
        super().validate(extra_validators)
        if self.lasting.data == SETTLED:
            self.ends_on.errors = []
        return not self.errors

    def validate_given_on(self, field: DatePartsField) -> None:
        if field.data and field.data > self.asking.today:
            raise ValidationError(_l("The date of the power of attorney must be today or earlier"))

    def validate_ends_on(self, field: DatePartsField) -> None:
        if self.lasting.data != UNTIL or field.errors:
            return
        if field.data is None:
            raise ValidationError(_l("Enter its last day"))
        if self.given_on.data and field.data < self.given_on.data:
            raise ValidationError(_l("Its last day must not lie before its date"))
        if field.data < self.asking.today:
            raise ValidationError(
                _l(
                    "This power of attorney ended on %(day)s. Ask the customer for a new one",
                    day=formats.day(field.data, self.asking.language),
                )
            )

    def read(self) -> dict[str, Any]:
        given, ends = self.given_on.data, self.ends_on.data if self.lasting.data == UNTIL else None
        assert given is not None
        return {
            "given_on": given.isoformat(),
            "scope": self.scope.data,
            "ends_on": ends.isoformat() if ends else None,
        }


class ContactForm(StepForm):
    """How whoever files is reached: by which address, in which language, how rather, and what they need for it.

    On the short path it asks for the name too, which nothing before has asked for, and for nothing else.
    """

    name = TextField(
        _l("Full name"),
        [Required(_l("Enter the full name")), at_most(LONGEST_NAME, _l("Shorten the name to 200 characters"))],
    )
    email = TextField(_l("E-mail address"), [email(_WRONG_EMAIL)])
    phone = PhoneField(_l("Phone number"), wrong=_WRONG_PHONE)
    language = RadioField(_l("Letters in"), [Required(_l("Choose the language of our letters"))])
    prefers = RadioField(
        _l("If we have a question, we reach you"),
        [Optional()],
        description=_l("The receipt and our answer come in writing in any case."),
    )
    needs = LongTextField(
        _l("What helps you to deal with us"),
        [Optional(), at_most(LONGEST_NEED, _l("Shorten this to 1,000 characters"))],
        description=_l("For example an interpreter, sign language, large print, or more time on the telephone."),
    )

    def fit(self) -> None:
        asking = self.asking
        self.language.choices = choices.letter_languages(asking.language)
        self.language.data = self.language.data or asking.language
        self.prefers.choices = choices.preferences(asking.language, whatsapp=asking.whatsapp)
        if asking.email_required:
            self.phone.flags.optional = True
        if asking.short:
            del self.language, self.prefers, self.needs
            return
        del self.name
        if IdentityMark.PHONE in asking.profile.identity.any_of and not asking.representing:
            self.phone.description = _l("Best the one that you used at registration: we recognise you by it.")

    def validate_email(self, field: TextField) -> None:
        if field.data:
            return
        if self.asking.email_required:
            raise ValidationError(_l("Enter your e-mail address"))
        if not self.phone.raw:
            raise ValidationError(_l("Enter an e-mail address or a phone number"))

    def validate_prefers(self, field: RadioField) -> None:
        if field.data == Preference.EMAIL and not self.email.raw:
            raise ValidationError(_l("For this we need your e-mail address: enter it above, or choose another way"))
        if field.data in (Preference.CALL, Preference.MESSAGE, Preference.WHATSAPP) and not self.phone.raw:
            raise ValidationError(_l("For this we need your phone number: enter it above, or choose another way"))

    def read(self) -> dict[str, Any]:
        return {
            "name": self.name.data if self.name else None,
            "email": self.email.data or None,
            "phone": self.phone.data,
            "language": self.language.data if self.language else self.asking.language,
            "prefers": (self.prefers.data or None) if self.prefers else None,
            "needs": (self.needs.data or None) if self.needs else None,
        }


class CustomerContactForm(StepForm):
    """Where a representative says that the customer is reached.

    It does not count as the customer's own until the institution has checked it against its records.
    """

    email = TextField(_l("E-mail address"), [Optional(), email(_WRONG_EMAIL)])
    phone = PhoneField(_l("Phone number"), [Optional()], wrong=_WRONG_PHONE)
    language = RadioField(_l("Letters in"), [Required(_l("Choose the language of our letters"))])

    def fit(self) -> None:
        self.language.choices = choices.letter_languages(self.asking.language)
        self.language.data = self.language.data or self.asking.language

    def read(self) -> dict[str, Any]:
        return {"email": self.email.data or None, "phone": self.phone.data, "language": self.language.data}
