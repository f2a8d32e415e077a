"""What every answer carries, and whom we answer at all."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from flask import Flask, request

from portal.app import create_app, trusted_hosts
from portal.config import Settings
from portal.sealing import KeyRing
from portal.web.headers import ALWAYS

HERE = "http://127.0.0.1:8000"
PATHS = ("/", "/id/", "/en/track", "/en/file/privacy", "/en/nowhere", "/healthz")


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_guarded_and_kept_by_nobody(app: Flask, path: str) -> None:
    answer = app.test_client().get(path, base_url=HERE)
    for name, value in ALWAYS.items():
        assert answer.headers[name] == value
    assert answer.headers["Cache-Control"] == "no-store"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_pages_differ_by_what_htmx_asks_for(app: Flask) -> None:
    assert "HX-Request" in app.test_client().get("/id/", base_url=HERE).headers["Vary"]


@pytest.mark.parametrize(
    ("accepted", "lang"),
    [
        ("en-GB,en;q=0.9", "en"),
        ("id,en;q=0.5", "id"),
        ("de-DE,de;q=0.9", "id"),
        ("de,en;q=0.4,id;q=0.3", "en"),
        ("", "id"),
    ],
)
def test_the_bare_address_asks_the_browser_for_its_language_once(app: Flask, accepted: str, lang: str) -> None:
    answer = app.test_client().get("/", base_url=HERE, headers={"Accept-Language": accepted})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/{lang}/")
    assert "Accept-Language" in answer.headers["Vary"]
    # From then on the language stands in the URL, whatever the browser would like.
    page = app.test_client().get("/id/", base_url=HERE, headers={"Accept-Language": "en"})
    assert '<html lang="id">' in page.text


def test_another_host_is_not_answered(app: Flask) -> None:
    assert app.test_client().get("/healthz", base_url="http://evil.example").status_code == 400


def production(tmp_path: Path, keys: KeyRing) -> Settings:
    return Settings.from_environment(
        {
            "PORTAL_INSTANCE": str(tmp_path),
            "PORTAL_BASE_URL": "https://pengaduan.example.co.id",
            "PORTAL_SMTP_URL": "smtp://mail.example.co.id:587",
            "PORTAL_SCANNER": "none",
            "PORTAL_KEYS": keys.to_json(),
        }
    )


def test_production_answers_its_own_host_alone_and_asks_for_https(tmp_path: Path, keys: KeyRing) -> None:
    settings = production(tmp_path, keys)
    assert trusted_hosts(settings) == ["pengaduan.example.co.id"]
    app = create_app(settings)
    answer = app.test_client().get("/id/track", base_url="https://pengaduan.example.co.id")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert app.test_client().get("/id/", base_url="https://127.0.0.1").status_code == 400
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-aduan=")
    for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in cookie


def test_only_as_many_proxies_are_believed_as_there_are(tmp_path: Path, keys: KeyRing) -> None:
    """The address that limits count comes from the last trusted proxy, never from the caller."""
    settings = production(tmp_path, keys)
    for proxies, seen in ((0, "10.0.0.9"), (1, "203.0.113.5")):
        app = create_app(replace(settings, proxies=proxies))
        addresses: list[str | None] = []
        app.before_request(partial(_note_address, addresses))
        app.test_client().get(
            "/healthz",
            base_url="https://pengaduan.example.co.id",
            headers={"X-Forwarded-For": "198.51.100.66, 203.0.113.5"},
            environ_overrides={"REMOTE_ADDR": "10.0.0.9"},
        )
        assert addresses == [seen]


def _note_address(addresses: list[str | None]) -> None:
    addresses.append(request.remote_addr)
