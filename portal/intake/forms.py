"""The forms beside the steps of a filing: its code for another device."""

from flask_babel import lazy_gettext as _l

from portal.web.fields import BooleanField, TextField
from portal.web.forms import Form
from portal.web.validators import Required, at_most, email

LONGEST_CODE = 60

NO_DRAFT = _l("This code leads to no unfinished complaint. Compare it with what you noted")
PUT_ASIDE = _l("Another complaint was begun in this browser. Tick the box to put it aside")


class ShowForm(Form):
    """The customer wants to see a code."""


class MailForm(Form):
    """Where a code is mailed to."""

    email = TextField(
        _l("E-mail address"),
        [
            Required(_l("Enter the e-mail address to which the code should go")),
            email(_l("Write the e-mail address in full, for example siti@example.id")),
        ],
    )


class ResumeForm(Form):
    """The code, and that the draft which this browser holds may be put aside."""

    code = TextField(
        _l("Code for another device"),
        [
            Required(_l("Enter the code that the other device showed or that we mailed")),
            at_most(LONGEST_CODE, NO_DRAFT),
        ],
    )
    aside = BooleanField(_l("Put the other complaint aside. I have its code, or no longer need it."))
