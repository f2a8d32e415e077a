"""Windows as pages carry them: each is marked when it is opened, and says with its form what it was given to show."""

from collections.abc import Mapping
from secrets import token_urlsafe

from flask import request

from portal.filing.merging import Group, Window

MARK_BYTES = 12


def opened(window: Window | None, groups: Mapping[str, Group]) -> Window:
    """The window that a page is which shows these inputs: the one that sent them, else a new one."""
    return window or Window(token_urlsafe(MARK_BYTES)).shows(groups)


def sender() -> Window:
    """The window that this request's form names."""
    sent = request.form
    return Window.read(sent.get("window", ""), sent.get("turn", ""), sent.get("seen", ""))
