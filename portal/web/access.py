"""Access tags: every view says aloud who may call it, and one that says nothing is refused."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError, CSRFProtect

from portal.web.quiet import is_quiet, said

View = TypeVar("View", bound=Callable[..., Any])
ATTRIBUTE = "_aduan_access"
KEEPS_TYPED = "_aduan_keeps_typed"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def tag(view: View, name: str) -> View:
    """Mark a view with the name of its access rule. Rooms build their own decorators on this."""
    setattr(view, ATTRIBUTE, name)
    return view


def public(view: View) -> View:
    """Anybody may call this view."""
    return tag(view, "public")


def keeps_typed(view: View) -> View:
    """The view's form checks the CSRF token itself, so that an expired one gives back what was typed.

    Only for views that do nothing at all before `form.validate_on_submit()` has said yes.
    """
    setattr(view, KEEPS_TYPED, True)
    return view


def access_of(view: Callable[..., Any]) -> str | None:
    """The tag of a view, or None where nobody classified it."""
    return getattr(view, ATTRIBUTE, None)


def init_access(app: Flask, csrf: CSRFProtect) -> None:
    @app.before_request
    def refuse_untagged() -> None:
        if request.endpoint is None:
            return
        view = current_app.view_functions[request.endpoint]
        if access_of(view) is None:
            # A forgotten tag must close the door, not open it.
            abort(404)

    @app.before_request
    def refuse_forged() -> ResponseReturnValue | None:
        if request.method in SAFE or request.endpoint is None:
            return None
        if getattr(current_app.view_functions[request.endpoint], KEEPS_TYPED, False):
            return None
        try:
            csrf.protect()
        except CSRFError:
            if is_quiet():
                return said(_("Not saved, because the page was open for too long. Press the button below"), 400)
            abort(400)
        return None
