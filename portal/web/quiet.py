"""What a page's script is told that saves what somebody types: a sentence for the note below its form."""

from flask import jsonify, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import clock
from portal.web import formats
from portal.web.floor import institution
from portal.web.language import language

# The name of what a form says beside its answers: that a script saves it while its writer goes on.
QUIET = "typed"


def is_quiet() -> bool:
    """Whether this request saves what is being typed: nobody looks at a page that it would answer with."""
    return QUIET in request.form


def said(sentence: str, status: int, link: dict[str, str] | None = None, **more: str) -> Response:
    """The answer to the script. `link` has the `url` and the `words` of what to do about it."""
    answer = jsonify({"said": sentence, **({"link": link} if link else {}), **more})
    answer.status_code = status
    return answer


def saved(seen: str) -> Response:
    """Everything was saved just now. `seen` is what the window has been given to show, for its next saving."""
    at = formats.hour(clock.now().astimezone(institution().zone).time(), language())
    return said(_("Saved %(at)s", at=at), 200, seen=seen)


def saved_beside(link: dict[str, str], seen: str) -> Response:
    """It was saved, but another window had saved something else; the link leads to the choice between them."""
    sentence = _("Saved. In another window or on another device something else was written here; both are kept.")
    return said(sentence, 200, link, seen=seen)
