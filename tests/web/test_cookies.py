"""The session cookies are Flask's own, under the same keys; the desk's is no customer's and the other way round."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadSignature

from portal.app import create_app
from portal.config import Settings
from portal.sealing import Purpose


def serializer(app: Flask, path: str = "/en/track") -> Any:
    with app.test_request_context(path):
        return app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]


def test_flask_reads_what_we_write_and_we_read_what_flask_writes(app: Flask) -> None:
    ours = serializer(app)
    flasks = SecureCookieSessionInterface().get_signing_serializer(app)
    assert flasks is not None
    for value in ({"case": "a token"}, {"csrf_token": "x" * 40}):
        assert flasks.loads(ours.dumps(value)) == value
        assert ours.loads(flasks.dumps(value)) == value


def test_a_cookie_outlives_the_rotation_of_the_session_key(app: Flask, settings: Settings) -> None:
    turned = create_app(replace(settings, keys=settings.keys.rotated(Purpose.SESSION, "session-2")))
    for path in ("/en/track", "/en/desk"):
        written = serializer(app, path).dumps({"case": "a token"})
        assert serializer(turned, path).loads(written) == {"case": "a token"}
        assert serializer(turned, path).dumps({}) != written
    turned.extensions["aduan"].database.dispose()


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/en", "aduan"),
        ("/id/track/case", "aduan"),
        ("/en/desks", "aduan"),
        ("/desk", "aduan"),
        ("/en/desk", "aduan-desk"),
        ("/id/desk/", "aduan-desk"),
        ("/id/desk/anything", "aduan-desk"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_desk_has_a_cookie_of_its_own(app: Flask, path: str, name: str) -> None:
    with app.test_request_context(path):
        assert app.session_interface.get_cookie_name(app) == name


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_over_https_both_cookies_are_bound_to_the_host(settings: Settings) -> None:
    app = create_app(replace(settings, base_url="https://pengaduan.example.co.id"))
    for path, name in (("/en/track", "__Host-aduan"), ("/en/desk", "__Host-aduan-desk")):
        with app.test_request_context(path):
            assert app.session_interface.get_cookie_name(app) == name
            assert app.session_interface.get_cookie_secure(app)
            assert app.session_interface.get_cookie_path(app) == "/"
            assert app.session_interface.get_cookie_domain(app) is None
    app.extensions["aduan"].database.dispose()


def test_one_areas_signature_says_nothing_in_the_other(app: Flask) -> None:
    there, here = serializer(app, "/en/desk"), serializer(app, "/en/track")
    for written, reader in ((there, here), (here, there)):
        with pytest.raises(BadSignature):
            reader.loads(written.dumps({"_user_id": "1.a token", "case": "a token"}))
