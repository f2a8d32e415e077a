"""The forms of the desk's ways in: password, second factor, invitation."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import ValidationError

from portal.accounts.labels import PASSWORD_FAULTS
from portal.accounts.rules import LONGEST_TARGET, PASSWORD_LONGEST, password_fault
from portal.web.fields import HiddenField, PasswordField, TextField
from portal.web.forms import Form
from portal.web.validators import LONGEST_EMAIL, Required, at_most

NO_MATCH = _l("This e-mail address and password do not match")
NO_FACTOR = _l(
    "This account has no second factor, and the time to set one up is over. Ask an administrator for a new invitation"
)
WRONG_CODE = _l("This code does not fit, or it was used before. Wait for the next one and enter that")
WRONG_RECOVERY_CODE = _l("This recovery code does not fit, or it was used before")
WRONG_PASSKEY = _l("The passkey was not accepted. Try it once more, or enter a code")

LONGEST_CODE = 60


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
