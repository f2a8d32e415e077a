"""The doors at which attempts are counted, each by itself, and the page for attempts that came too fast."""

import math
from datetime import timedelta
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from portal import clock
from portal.tracking.forms import LostCodeForm, NewCodeForm, SignInForm
from portal.web import limits, throttle
from portal.web.floor import floor
from portal.web.network import client_network
from portal.web.pages import render

SIGN_IN, LOST_CODE, NEW_CODE = "track", "lost code", "new code"
# And what one network may do there with one number after the other: each code asked for is a mail.
ASKING = limits.Pace("one-time codes", burst=20, every=timedelta(minutes=1))
GIVING = limits.Pace("new codes", burst=40, every=timedelta(seconds=30))


def door_of(name: str, subject: str) -> bytes:
    """What the attempts of this request's network at this subject are counted by."""
    return throttle.digest_of(floor().database.keys, name, subject, client_network(request))


def wait_at(name: str, subject: str, pace: limits.Pace) -> timedelta:
    """How long the next attempt must wait: for this number from this network, and for this network at all."""
    wait = throttle.admit(floor().database, door_of(name, subject), now=clock.now())
    return wait or limits.admit(floor().database, pace, client_network(request), now=clock.now())


def too_soon(page: str, form: SignInForm | LostCodeForm | NewCodeForm, wait: timedelta, **more: Any) -> Response:
    """The page as it was sent, without the code: what to wait, in words and as Retry-After."""
    seconds = math.ceil(wait.total_seconds())
    if "code" in form:
        form["code"].data = ""
    answer = render(page, status=429, form=form, wait=seconds, **more)
    answer.headers["Retry-After"] = str(seconds)
    return answer
