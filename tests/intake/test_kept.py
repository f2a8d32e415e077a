"""What is kept where: nothing readable in the database, and a cookie for this site alone."""

import pytest
import sqlalchemy as sa

from portal.config import Settings
from portal.db import Base, Database
from tests.intake.journey import (
    answer,
    number_and_code,
    send,
    sqlite_only,
    walk_to,
)
from tests.page import Client

pytestmark = pytest.mark.usefixtures("travel")
TYPED = (
    "Siti",
    "Kusumaningrum",
    "siti.rahmawati",
    "example.id",
    "81234567890",
    "3456-7890",
    "301-777-7702",
    "3017777702",
    "3174015203880007",
    "3174 0152",
    "Juru bahasa",
    "2026-03-09",
    "7654321",
    "7.654.321",
    "TRX/2026",
    "Saya mengirim",
    "belum sampai",
    "Kembalikan uang",
)


def everything_stored(database: Database) -> bytes:
    """Every value of every table, and on SQLite the files themselves."""
    found = []
    with database.reader.connect() as connection:
        for table in Base.metadata.tables.values():
            for row in connection.execute(sa.select(table)):
                found += [value if isinstance(value, bytes) else str(value).encode() for value in row]
    if database.is_sqlite:
        file = database.url.database
        assert file is not None
        for path in (file, f"{file}-wal"):
            with open(path, "rb") as content:
                found.append(content.read())
    return b"\0".join(found)


def test_nothing_that_was_typed_can_be_read_in_the_database(client: Client, database: Database) -> None:
    check = walk_to(client, "check")
    before = everything_stored(database)
    number, code = number_and_code(send(check))
    after = everything_stored(database)
    token = client.cookie("draft")
    assert token is not None
    for stored in (before, after):
        for text in (*TYPED, token, code, code.replace("-", "")):
            assert text.encode() not in stored, text
    assert number.replace("-", "").encode() in after


@sqlite_only
def test_the_cookie_is_for_this_site_and_not_for_scripts(client: Client) -> None:
    page = walk_to(client, "who")
    (cookie,) = [c for c in page.hops[0].headers.getlist("Set-Cookie") if c.startswith("draft=")]
    flags = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/", f"max-age={14 * 86400}"} <= flags
    assert not any(flag.startswith("domain") for flag in flags)
    # Nothing of the draft stands in any address.
    token = client.cookie("draft")
    assert token and token not in page.source and token not in page.url


@pytest.fixture
def production(environment: dict[str, str]) -> Settings:
    return Settings.from_environment(
        environment
        | {
            "PORTAL_BASE_URL": "https://pengaduan.example.id",
            "PORTAL_SMTP_URL": "smtp://127.0.0.1:2525",
            "PORTAL_SCANNER": "none",
        }
    )


@sqlite_only
def test_in_production_the_cookie_is_bound_to_the_host_and_an_address_is_asked_for(production: Settings) -> None:
    from portal.app import create_app

    app = create_app(production)
    client = Client(app, production.base_url)
    page = walk_to(client, "contact", "en")
    token = client.cookie("__Host-draft")
    assert token is not None and client.cookie("draft") is None
    refused = page.form().fill(phone="0812-3456-7890").submit(status=422)
    assert refused.errors == ["Enter your e-mail address"]
    (cookie,) = [c for c in answer(refused, "contact").hops[0].headers.getlist("Set-Cookie") if "draft" in c]
    assert "; Secure" in cookie and "; HttpOnly" in cookie and "Domain" not in cookie
    app.extensions["aduan"].database.dispose()
