"""Sentences in the language of a page."""

from flask import Flask
from flask_babel import lazy_gettext
from markupsafe import escape


def test_a_lazy_sentence_is_escaped_with_the_words_of_a_stranger_in_it(app: Flask) -> None:
    """Flask-Babel itself calls it finished HTML."""
    with app.test_request_context("/en/"):
        assert escape(lazy_gettext("%(name)s is empty", name="<img>")) == "&lt;img&gt; is empty"
        shown = app.environment("en").from_string("{{ sentence }}").render(sentence=lazy_gettext("<b>"))
        assert shown == "&lt;b&gt;"
