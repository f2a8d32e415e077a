"""Who may begin a draft and send a complaint: every network at its pace, one that misbehaves after a proof."""

import math
from collections.abc import Callable
from datetime import datetime, timedelta

from flask import request
from werkzeug.wrappers import Response

from portal import clock
from portal.web import bots
from portal.web.bots import Answer, Challenge
from portal.web.floor import floor
from portal.web.limits import Pace, admit, excess, note
from portal.web.network import client_network
from portal.web.pages import render

# A telephone company puts thousands of customers behind one address, and after an outage many complain
# at once: far above what people do, and far below what a machine could.
BEGIN = Pace("begin", burst=120, every=timedelta(seconds=15))
SEND = Pace("send", burst=60, every=timedelta(seconds=30))

NOT_AGAIN = frozenset({"csrf_token", bots.MOMENT, bots.TRAP, bots.CHALLENGE, bots.PROOF})


def hindrance(pace: Pace, page: Callable[[int], Response]) -> Response | None:
    """What stands between a valid form and what it asks for; None where nothing does.

    `page` gives the form's page back, saying how many seconds to wait. Nothing that was typed is lost:
    that page or the challenge holds it. Call it while the request still reads.
    """
    database, network, now = floor().database, client_network(request), clock.now()
    challenge = Challenge.read(
        database.keys, request.form.get(bots.CHALLENGE, ""), door=pace.door, network=network, now=now
    )
    if challenge is None and (weight := bots.signs(database.keys, request.form, pace.door, now=now)):
        note(database, bots.SIGNS, network, weight=weight, now=now)
    if beyond := excess(database, bots.SIGNS, network, now=now):
        answer = Answer.NONE
        if challenge:
            answer = bots.answered(database, challenge, request.form.get(bots.PROOF, ""), now=now)
        if challenge is None or answer is Answer.NONE:
            challenge = Challenge.new(database.keys, door=pace.door, network=network, excess=beyond, now=now)
        if answer is not Answer.GIVEN:
            return _challenge_page(challenge, too_soon=answer is Answer.TOO_SOON, now=now)
    wait = admit(database, pace, network, now=now)
    if not wait:
        return None
    note(database, bots.SIGNS, network, weight=bots.PRESSING, now=now)
    return retry_after(page(seconds := math.ceil(wait.total_seconds())), seconds)


def retry_after(response: Response, seconds: int) -> Response:
    """The page as an answer to somebody who came too soon."""
    response.status_code = 429
    response.headers["Retry-After"] = str(seconds)
    return response


def _challenge_page(challenge: Challenge, *, too_soon: bool, now: datetime) -> Response:
    seconds = math.ceil(challenge.left(now).total_seconds())
    sent = [(name, text) for name, text in request.form.items(multi=True) if name not in NOT_AGAIN]
    page = render(
        "intake/challenge.html",
        challenge=challenge,
        action=request.path,
        seconds=seconds,
        too_soon=too_soon,
        sent=sent,
    )
    return retry_after(page, seconds)
