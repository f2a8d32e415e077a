"""Answering: a page or its part, and going on to the next page."""

from typing import Any

from flask import Flask, make_response, redirect, render_template, url_for
from flask_htmx import HTMX
from werkzeug.wrappers import Response

htmx = HTMX()


def wants_part() -> bool:
    """Whether htmx asked for a part. On history restore it asks too, but needs the whole page."""
    return bool(htmx) and not htmx.history_restore_request


def render(template: str, *, part: str | None = None, status: int = 200, **context: Any) -> Response:
    """The page, or `part` of it where htmx asked; both from the same context."""
    name = part if part and wants_part() else template
    return make_response(render_template(name, **context), status)


def go_to(endpoint: str, **values: Any) -> Response:
    """Go on to another page after a POST. htmx follows a 303 silently, so it is told in its own way."""
    url = url_for(endpoint, **values)
    if bool(htmx):
        return make_response("", 200, {"HX-Redirect": url})
    return redirect(url, 303)


def init_pages(app: Flask) -> None:
    htmx.init_app(app)
