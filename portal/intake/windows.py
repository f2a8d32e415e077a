"""Windows as pages carry them: each is marked when it is opened, and says with its form what it was given to show."""

from secrets import token_urlsafe

from flask import request

from portal.filing.forms.asking import StepForm
from portal.filing.merging import Window

MARK_BYTES = 12


def opened(form: StepForm) -> Window:
    """The window that a page is which shows this form: the one that sent it, else a new one."""
    return form.window or Window(token_urlsafe(MARK_BYTES)).shows(form.groups())


def sender() -> Window:
    """The window that this request's form names."""
    sent = request.form
    return Window.read(sent.get("window", ""), sent.get("turn", ""), sent.get("seen", ""))
