"""The session cookie is Flask's own: what either writes the other reads, under the same keys."""

from dataclasses import replace

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from portal.app import create_app
from portal.config import Settings
from portal.sealing import Purpose


def test_flask_reads_what_we_write_and_we_read_what_flask_writes(app: Flask) -> None:
    ours = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    flasks = SecureCookieSessionInterface().get_signing_serializer(app)
    assert flasks is not None
    for value in ({"case": "a token"}, {"csrf_token": "x" * 40}):
        assert flasks.loads(ours.dumps(value)) == value
        assert ours.loads(flasks.dumps(value)) == value


def test_a_cookie_outlives_the_rotation_of_the_session_key(app: Flask, settings: Settings) -> None:
    written = app.session_interface.get_signing_serializer(app).dumps({"case": "a token"})  # type: ignore[attr-defined]
    turned = create_app(replace(settings, keys=settings.keys.rotated(Purpose.SESSION, "session-2")))
    reader = turned.session_interface.get_signing_serializer(turned)  # type: ignore[attr-defined]
    assert reader.loads(written) == {"case": "a token"}
    assert reader.dumps({}) != written
    turned.extensions["aduan"].database.dispose()
