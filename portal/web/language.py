"""The language of a page stands in its URL; a visitor without one is asked for it by their browser once."""

from functools import cache
from typing import Any

from flask import Flask, Request, current_app, g, request, url_for
from flask_babel import Babel
from flask_babel.speaklater import LazyString
from werkzeug.datastructures import LanguageAccept

from portal.words import DEFAULT_LANGUAGE, LANGUAGES

# Flask-Babel gives every lazy sentence out as finished HTML, also one that holds a stranger's words, such as the
# name of a file. Without this method it is escaped like any other text.
del LazyString.__html__

NAMES = {"id": "Indonesia", "en": "English"}


def language() -> str:
    """The language of this request: the URL's, else Indonesian."""
    return str(g.get("lang", DEFAULT_LANGUAGE))


def preferred(accept: LanguageAccept) -> str:
    """The best of our languages for an Accept-Language header; Indonesian where it names none of them."""
    return accept.best_match(LANGUAGES) or DEFAULT_LANGUAGE


def init_language(app: Flask) -> Babel:
    @app.url_value_preprocessor
    def take_language(_: str | None, values: dict[str, Any] | None) -> None:
        if values and "lang" in values:
            g.lang = values.pop("lang")
        elif (first := request.path.split("/", 2)[1]) in LANGUAGES:
            # An unknown page below /en/ still answers in English.
            g.lang = first

    @app.url_defaults
    def keep_language(endpoint: str, values: dict[str, Any]) -> None:
        if "lang" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
            values["lang"] = language()

    @app.before_request
    def fall_back() -> None:
        # A URL that matched nothing never reaches the preprocessor's values.
        if "lang" not in g and (first := request.path.split("/", 2)[1]) in LANGUAGES:
            g.lang = first

    # Each Jinja environment speaks its own language already; Babel would put its slower gettext into one of them.
    return Babel(app, locale_selector=language, configure_jinja=False)


@cache
def page_url(endpoint: str, code: str) -> str:
    """The address of a page in a language, for an endpoint that needs nothing else.

    Flask takes 60 µs to build one and a page has a dozen of them, so each is built once.
    """
    return url_for(endpoint, lang=code)


def alternatives(request: Request) -> list[tuple[str, str, str]]:
    """(code, name, URL) of this page in each language; the start page where it cannot be linked to.

    What the address says beyond the page stays in it: filters, and where a list goes on.
    """
    endpoint = request.endpoint
    query = request.query_string.decode("ascii", "ignore")
    found = []
    for code in LANGUAGES:
        if (
            endpoint
            and request.url_rule
            and "lang" in request.url_rule.arguments
            and "GET" in (request.url_rule.methods or ())
        ):
            values = request.view_args
            url = url_for(endpoint, lang=code, **values) if values else page_url(endpoint, code)
            url += f"?{query}" if query else ""
        else:
            url = page_url("guidance.start", code)
        found.append((code, NAMES[code], url))
    return found
