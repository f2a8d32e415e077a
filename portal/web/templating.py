"""One Jinja environment per language inside Flask; the request's language chooses."""

from collections.abc import Callable, Mapping
from typing import Any

import flask.templating
from flask import Flask, url_for
from jinja2 import StrictUndefined

from portal.web.language import language, page_url
from portal.web.uploads import Request
from portal.words import LANGUAGES, LanguageEnvironment


class PageEnvironment(LanguageEnvironment, flask.templating.Environment):
    """A page's environment: Flask's, speaking one language."""


class Portal(Flask):
    """Flask with one template environment per language, and requests whose files go where a view says."""

    jinja_environment = PageEnvironment

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._environments: dict[str, PageEnvironment] = {}
        self.jinja_options = {"extensions": ["jinja2.ext.i18n"], "trim_blocks": True, "lstrip_blocks": True}
        super().__init__(*args, **kwargs)
        self.request_class = Request

    @property
    def jinja_env(self) -> PageEnvironment:
        return self.environment(language() if flask.has_request_context() else LANGUAGES[0])

    def environment(self, code: str) -> PageEnvironment:
        """The environment of a language, made at first use."""
        if code not in self._environments:
            environment = self.create_jinja_environment()
            assert isinstance(environment, PageEnvironment)
            environment.speak(code)
            environment.undefined = StrictUndefined
            # Settings and keys are nobody's business in a template.
            environment.globals.pop("config", None)
            environment.globals["lang"] = code
            self._environments[code] = environment
        return self._environments[code]


def _url_in(code: str) -> Callable[..., str]:
    def url(endpoint: str, **values: Any) -> str:
        return url_for(endpoint, **{"lang": code, **values}) if values else page_url(endpoint, code)

    return url


def init_templates(app: Portal, *, names: Mapping[str, Any], filters: Mapping[str, Callable[..., Any]]) -> None:
    """Give every language's environment the same globals and filters."""
    for code in LANGUAGES:
        environment = app.environment(code)
        environment.globals.update(names, url_for=_url_in(code))
        environment.filters.update(filters)
