"""The token of the browser at a counter: it alone opens an access code that waits for the printer."""

import secrets

from flask import g, request
from werkzeug.wrappers import Response

from portal.filing.rules import AT_THE_COUNTER
from portal.filing.service import TOKEN_BYTES
from portal.web.floor import settings


def token_of() -> str:
    """This browser's token, or a new one. A page that leads to a code hands it out before the code is made."""
    if "counter_token" not in g:
        g.counter_token = request.cookies.get(_name()) or secrets.token_urlsafe(TOKEN_BYTES)
    return str(g.counter_token)


def hold_token(response: Response, token: str) -> Response:
    """Give the browser its token, which lives about as long as it is needed."""
    response.set_cookie(
        _name(),
        token,
        max_age=4 * AT_THE_COUNTER,
        path="/",
        secure=settings().secure,
        httponly=True,
        samesite="Strict",
    )
    return response


def _name() -> str:
    return "__Host-counter" if settings().secure else "counter"
