"""The desk's doors: attempts counted before they are judged, and the page that says how long to wait."""

import math
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import request
from werkzeug.wrappers import Response

from portal import clock
from portal.accounts.passwords import PATIENCE_SECONDS
from portal.web import throttle
from portal.web.floor import floor
from portal.web.forms import Form
from portal.web.network import client_network
from portal.web.pages import render

# Each door counts by itself.
PASSWORD, SECOND_FACTOR, PASSWORD_AGAIN = "desk", "desk factor", "desk again"
# For who finds all hands full with other people's passwords.
BUSY = timedelta(seconds=PATIENCE_SECONDS)


def at_the_front(email: str) -> bytes:
    """The sign-in: attempts count by address and network, so that nobody shuts an officer out from elsewhere."""
    return throttle.digest_of(floor().database.keys, PASSWORD, email, client_network(request))


def at_the_factor(officer_id: UUID) -> bytes:
    """The second factor: whoever guesses here has the password, so networks are not told apart."""
    return throttle.digest_of(floor().database.keys, SECOND_FACTOR, str(officer_id), "")


def for_password(officer_id: UUID) -> bytes:
    """The password once more, inside: whoever guesses here has a session."""
    return throttle.digest_of(floor().database.keys, PASSWORD_AGAIN, str(officer_id), "")


def admit(door: bytes) -> timedelta:
    """Count one attempt and return zero, or return how long to wait."""
    return throttle.admit(floor().database, door, now=clock.now())


def forgive(door: bytes) -> None:
    """Forget the attempts at this door: the right thing was given."""
    throttle.forgive(floor().database, door)


def too_soon(page: str, form: Form, wait: timedelta, **more: Any) -> Response:
    """The page as it was sent, without the code: what to wait, in words and as Retry-After."""
    seconds = math.ceil(wait.total_seconds())
    if "code" in form:
        form["code"].data = ""
    answer = render(page, status=429, **{"form": form, "wait": seconds, **more})
    answer.headers["Retry-After"] = str(seconds)
    return answer
