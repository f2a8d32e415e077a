"""The forms of the desk: ways in, one's own account, people."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice, ValidationError

from portal.accounts.labels import PASSWORD_FAULTS, ROLES, ROLES_FAULTS
from portal.accounts.rules import LONGEST_TARGET, PASSWORD_LONGEST, OfficerRole, RolesFault, password_fault
from portal.filing.labels import LETTER_LANGUAGES
from portal.web.fields import BooleanField, ChecksField, HiddenField, PasswordField, RadioField, TextField
from portal.web.forms import Form
from portal.web.validators import LONGEST_EMAIL, Required, at_most, email
from portal.words import LANGUAGES

NO_MATCH = _l("This e-mail address and password do not match")
NO_FACTOR = _l(
    "This account has no second factor, and the time to set one up is over. Ask an administrator for a new invitation"
)
WRONG_CODE = _l("This code does not fit, or it was used before. Wait for the next one and enter that")
WRONG_RECOVERY_CODE = _l("This recovery code does not fit, or it was used before")
WRONG_PASSKEY = _l("The passkey was not accepted. Try it once more, or enter a code")

WRONG_NEW_PASSKEY = _l("The passkey could not be registered. Try it once more")
WRONG_PASSWORD = _l("This is not your password")
NO_FACTOR_LEFT = _l("This is your only second factor. Set up another one first")
EMAIL_TAKEN = _l("Another officer has this e-mail address")
LAST_ADMINISTRATOR = _l("Nobody else is an administrator. Give the role to somebody else first")

LONGEST_CODE = 60
LONGEST_NAME = 120


class SignInForm(Form):
    """E-mail address and password, and the page to go on to."""

    email = TextField(
        _l("E-mail address"), [Required(_l("Enter your e-mail address")), at_most(LONGEST_EMAIL, NO_MATCH)]
    )
    password = PasswordField(_l("Password"), [Required(_l("Enter your password")), at_most(PASSWORD_LONGEST, NO_MATCH)])
    next = HiddenField(validators=[at_most(LONGEST_TARGET, NO_MATCH)])


class CodeForm(Form):
    """The code of an authenticator app."""

    code = TextField(
        _l("Six-digit code"),
        [Required(_l("Enter the six digits that the app shows")), at_most(LONGEST_CODE, WRONG_CODE)],
    )


class RecoveryForm(Form):
    """One of the recovery codes."""

    code = TextField(
        _l("Recovery code"),
        [Required(_l("Enter one of your recovery codes")), at_most(LONGEST_CODE, WRONG_RECOVERY_CODE)],
    )


class PasskeyForm(Form):
    """What a passkey signed; the script of the page fills it in."""

    answer = HiddenField()


class NewPasskeyForm(Form):
    """A passkey that the browser made, and what its owner calls it."""

    name = TextField(
        _l("Name of the passkey"),
        [
            Required(_l("Give the passkey a name, for example “Office laptop”")),
            at_most(LONGEST_NAME, _l("A name may have at most 120 characters")),
        ],
    )
    answer = HiddenField()


class NewPasswordForm(Form):
    """A new password, typed twice: nobody sees what they type."""

    password = PasswordField(_l("New password"), [Required(_l("Choose a password"))])
    again = PasswordField(_l("New password once more"), [Required(_l("Type the password once more"))])

    def __init__(self, *, known: tuple[str, ...], **kwargs: Any) -> None:
        """`known` are words that a guesser tries first: the officer's name and address, the institution's name."""
        super().__init__(**kwargs)
        self.known = known

    def validate_password(self, field: Any) -> None:
        if fault := password_fault(field.data, *self.known):
            raise ValidationError(PASSWORD_FAULTS[fault])

    def validate_again(self, field: Any) -> None:
        if self.password.data != field.data:
            raise ValidationError(_l("The two passwords differ. Type both once more"))


class KeptCodesForm(Form):
    """The officer says that they have kept the recovery codes."""


# ── one's own account ────────────────────────────────────────────────────────────────────────────


class ConfirmForm(Form):
    """The password once more, before something that changes a way in; and the page to go on to."""

    password = PasswordField(
        _l("Password"), [Required(_l("Enter your password")), at_most(PASSWORD_LONGEST, WRONG_PASSWORD)]
    )
    next = HiddenField(validators=[at_most(LONGEST_TARGET, WRONG_PASSWORD)])


class ActForm(Form):
    """A button that does one thing, and perhaps the sentence why it cannot."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._refusal: tuple[str, Any] | None = None

    def tell(self, sentence: Any, *, at: str = "main") -> None:
        """Say why the button could not do it; the summary leads to the element with the id `at`."""
        self._refusal = at, sentence

    @property
    def errors(self) -> dict[str, Any]:
        found: dict[str, Any] = super().errors
        return found | ({"": [self._refusal[1]]} if self._refusal else {})

    def faults(self) -> list[tuple[str, Any]]:
        return super().faults() + ([self._refusal] if self._refusal else [])


class ShortcutsForm(Form):
    """Whether single-letter keys work."""

    on = BooleanField(_l("Use single-letter keys"))


# ── people ───────────────────────────────────────────────────────────────────────────────────────


class PersonForm(Form):
    """Who somebody is and what they may do at the desk."""

    name = TextField(
        _l("Name"),
        [Required(_l("Enter the name")), at_most(LONGEST_NAME, _l("A name may have at most 120 characters"))],
    )
    language = RadioField(_l("Language of our mails"), [Required(_l("Choose a language"))])
    roles = ChecksField(_l("Roles"))
    divisions = ChecksField(_l("Divisions"))

    def __init__(self, *, divisions: Mapping[str, str], **kwargs: Any) -> None:
        """`divisions` are the profile's, by code; without any nobody can be a member of one."""
        super().__init__(**kwargs)
        self.language.choices = [SelectChoice(code, LETTER_LANGUAGES[code]) for code in LANGUAGES]
        self.roles.choices = [
            SelectChoice(str(role), label)
            for role, label in ROLES.items()
            if divisions or role is not OfficerRole.DIVISION_MEMBER
        ]
        self.divisions.choices = [SelectChoice(code, label) for code, label in divisions.items()]

    def tell(self, fault: RolesFault) -> None:
        """Say what is wrong with roles and divisions where it can be mended."""
        field = self.roles if fault in (RolesFault.NO_ROLE, RolesFault.DIVISION_WITHOUT_ROLE) else self.divisions
        field.errors = [ROLES_FAULTS[fault]]


class InviteForm(PersonForm):
    """Somebody new: an address too, by which they sign in."""

    email = TextField(
        _l("E-mail address"),
        [
            Required(_l("Enter the e-mail address")),
            email(_l("Write the e-mail address in full, for example siti@example.id")),
        ],
    )
