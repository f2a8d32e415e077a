"""What anybody may read: what this service is for, what happens and by when, privacy and accessibility."""

from datetime import date

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.filing.rules import Slug
from portal.guidance import queries
from portal.web.access import public
from portal.web.floor import institution
from portal.web.language import preferred
from portal.web.pages import render
from portal.words import LANGUAGES

bp = Blueprint("guidance", __name__, url_prefix=f"/<any({','.join(LANGUAGES)}):lang>")

# When somebody last went through the accessibility statement and found it true.
ACCESSIBILITY_REVIEWED_ON = date(2026, 11, 21)


front = Blueprint("front", __name__)


@front.get("/")
@public
def door() -> ResponseReturnValue:
    """The bare address: on to the start page in the browser's language, which from then on stands in the URL."""
    answer = redirect(url_for("guidance.start", lang=preferred(request.accept_languages)))
    answer.vary.add("Accept-Language")
    return answer


@bp.get("/")
@public
def start() -> ResponseReturnValue:
    """What the service is for, what to have at hand, what happens by when, and the other ways."""
    now = clock.now()
    return render(
        "guidance/start.html",
        first_step=next(iter(Slug)),
        channels=queries.channels_now(institution(), now),
        answers=queries.answer_if_sent(institution(), now),
        now=now,
    )


@bp.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    """The profile's privacy notice, with its version."""
    return render("guidance/privacy.html")


@bp.get("/accessibility")
@public
def accessibility() -> ResponseReturnValue:
    """What works with which aids, what was checked how, and whom to tell."""
    return render("guidance/accessibility.html", reviewed_on=ACCESSIBILITY_REVIEWED_ON)
