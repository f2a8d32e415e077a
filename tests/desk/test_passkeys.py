"""Passkeys as a browser sends them, and as none would."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.accounts.models import Passkey
from portal.db import Database
from portal.institution.models import Institution
from tests.accounts.people import BASE_URL, Known, an_invitation, an_officer, give_password, sign_in
from tests.accounts.softkey import SoftKey, encoded
from tests.desk.test_joining import choose_password
from tests.desk.test_sign_in import LANGUAGES
from tests.page import Client, Page

LOCAL = "http://localhost:8000"
Device = Callable[[], Client]


@pytest.fixture
def device(app: Flask) -> Device:
    """A browser at the name of this machine: no passkey is for a bare address."""
    return lambda: Client(app, LOCAL)


def options(client: Client, page: Page, path: str, *, status: int = 200) -> dict[str, Any]:
    """What the page's script asks for."""
    token = page.all("[name=csrf_token]")[0].get("value")
    answer = client.http.post(path, headers={"X-CSRFToken": token}, base_url=LOCAL)
    assert answer.status_code == status
    return json.loads(answer.data) if status == 200 else {}


def register(client: Client, key: SoftKey, *, status: int = 200, name: str = "Office laptop") -> Page:
    """Make a passkey on the account page."""
    page = client.get("/en/desk/account/passkeys")
    answer = key.make(options(client, page, "/en/desk/account/passkeys/options"))
    return page.form("/en/desk/account/passkeys").fill(name=name).tamper(answer=answer).submit(status=status)


def use(client: Client, page: Page, key: SoftKey, *, status: int = 200, lang: str = "en") -> Page:
    """Answer the second factor's page with a passkey."""
    answer = key.sign(options(client, page, f"/{lang}/desk/sign-in/passkey/options"))
    return page.form(f"/{lang}/desk/sign-in/passkey").tamper(answer=answer).submit(status=status)


@pytest.fixture
def key(device: Device, agent: Known) -> SoftKey:
    """The agent's passkey, registered."""
    key = SoftKey()
    client = device()
    sign_in(client, agent)
    page = register(client, key)
    assert page.path == "/en/desk/account" and "Office laptop" in page.text
    return key


# ── as a browser sends them ──────────────────────────────────────────────────────────────────────


@LANGUAGES
def test_a_passkey_opens_the_desk(device: Device, agent: Known, key: SoftKey, lang: str) -> None:
    client = device()
    page = use(client, give_password(client, agent, lang), key, lang=lang)
    assert page.path == f"/{lang}/desk"
    assert ("Kunci sandi" if lang == "id" else "Passkey") in client.get(f"/{lang}/desk/account").text


@LANGUAGES
def test_it_may_be_the_first_factor(
    device: Device, house: Database, profile: Institution, clock: object, lang: str
) -> None:
    _, link = an_invitation(house, profile, email="dewi@bank.example.id", language=lang)
    client, key = device(), SoftKey()
    page = choose_password(client, link.replace(BASE_URL, ""))
    answer = key.make(options(client, page, f"/{lang}/desk/sign-in/set-up/passkey/options"))
    form = page.form(f"/{lang}/desk/sign-in/set-up/passkey").tamper(answer=answer)
    refused = form.submit(status=422)
    assert refused.errors == [
        "Beri nama kunci sandi ini, misalnya “Laptop kantor”"
        if lang == "id"
        else "Give the passkey a name, for example “Office laptop”"
    ]
    page = form.fill(name="Laptop").submit()
    assert page.path == f"/{lang}/desk/recovery-codes"
    who = Known(None, "", "dewi@bank.example.id", "empat kata yang panjang", "", [])  # type: ignore[arg-type]
    other = device()
    page = give_password(other, who, lang)
    assert not page.has("input[name=code]"), "there is no app to ask a code of"
    assert use(other, page, key, lang=lang).path == f"/{lang}/desk"


def test_what_is_kept_of_it(device: Device, agent: Known, key: SoftKey, house: Database) -> None:
    with house.session() as session:
        row = session.scalars(sa.select(Passkey)).one()
        assert row.transports == ["internal"], "only what browsers understand"
        assert b"Office laptop" not in row.sealed
    client = device()
    asked = options(client, give_password(client, agent), "/en/desk/sign-in/passkey/options")
    assert [each["id"] for each in asked["allowCredentials"]] == [encoded(key.id)]
    assert asked["rpId"] == "localhost"


def test_with_two_factors_either_may_go_and_the_last_stays(device: Device, agent: Known, key: SoftKey) -> None:
    client = device()
    use(client, give_password(client, agent), key)
    page = client.get("/en/desk/account").form("/en/desk/account/authenticator/remove").submit()
    assert "Authenticator app" not in page.all("table tbody")[0].text
    (remove,) = [form["action"] for form in page.all("form") if "/account/passkeys/" in form["action"]]
    page = page.form(remove).submit(status=422)
    assert page.errors == ["This is your only second factor. Set up another one first"]


def test_nobody_removes_anothers(device: Device, key: SoftKey, house: Database, profile: Institution) -> None:
    client = device()
    page = sign_in(client, an_officer(house, profile))
    with house.session() as session:
        (theirs,) = session.scalars(sa.select(Passkey.id))
    token = page.all("[name=csrf_token]")[0].get("value")
    client.http.post(f"/en/desk/account/passkeys/{theirs}/remove", data={"csrf_token": token}, base_url=LOCAL)
    with house.session() as session:
        assert session.scalars(sa.select(Passkey.id)).all() == [theirs]


# ── as none would ────────────────────────────────────────────────────────────────────────────────

REFUSED = "The passkey was not accepted. Try it once more, or enter a code"


def test_an_answer_is_taken_once(device: Device, agent: Known, key: SoftKey) -> None:
    client = device()
    page = give_password(client, agent)
    cookie = client.cookie("aduan-desk")
    answer = key.sign(options(client, page, "/en/desk/sign-in/passkey/options"))
    form = page.form("/en/desk/sign-in/passkey").tamper(answer=answer)
    assert form.submit().path == "/en/desk"
    client.http.set_cookie("aduan-desk", str(cookie), domain="localhost")
    assert form.submit().path == "/en/desk/sign-in", "half a login ends when it has become whole"
    other = device()
    page = give_password(other, agent)
    options(other, page, "/en/desk/sign-in/passkey/options")
    assert page.form("/en/desk/sign-in/passkey").tamper(answer=answer).submit(status=422).errors == [REFUSED]


def test_without_a_challenge_there_is_nothing_to_sign(device: Device, agent: Known, key: SoftKey) -> None:
    client = device()
    page = give_password(client, agent)
    answer = key.sign({"challenge": encoded(bytes(32))})
    assert page.form("/en/desk/sign-in/passkey").tamper(answer=answer).submit(status=422).errors == [REFUSED]


def test_a_copy_that_has_counted_less_is_refused(device: Device, agent: Known, key: SoftKey) -> None:
    copy = SoftKey(uses=key.uses, id=key.id, key=key.key)
    for _ in range(3):
        client = device()
        assert use(client, give_password(client, agent), key).path == "/en/desk"
    client = device()
    assert use(client, give_password(client, agent), copy, status=422).errors == [REFUSED]


def test_anothers_passkey_is_refused(
    device: Device, agent: Known, key: SoftKey, house: Database, profile: Institution
) -> None:
    client = device()
    other = an_officer(house, profile)
    sign_in(client, other)
    theirs = SoftKey()
    register(client, theirs)
    client = device()
    assert use(client, give_password(client, agent), theirs, status=422).errors == [REFUSED]


@pytest.mark.parametrize(
    "changes",
    [{"origin": "https://pengaduan.bank-muamalat.example"}, {"relying_party": "example"}],
    ids=["origin", "host"],
)
def test_a_look_alike_gets_nothing_out_of_it(
    device: Device, agent: Known, key: SoftKey, changes: dict[str, str]
) -> None:
    """What a passkey signs names the host that asked for it: a false desk cannot pass it on."""
    client = device()
    misled = SoftKey(uses=key.uses, id=key.id, key=key.key, **changes)  # type: ignore[arg-type]
    assert use(client, give_password(client, agent), misled, status=422).errors == [REFUSED]
    client = device()
    sign_in_again = give_password(client, agent).form("/en/desk/sign-in/code").fill(code=agent.code(1)).submit()
    assert sign_in_again.path == "/en/desk"
    refused = register(client, SoftKey(**changes), status=422)  # type: ignore[arg-type]
    assert refused.errors == ["The passkey could not be registered. Try it once more"]


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "null",
        "[]",
        "{}",
        "{",
        '{"rawId": 7}',
        '{"id":"AA","rawId":"AA","type":"public-key","response":{}}',
        '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"//","attestationObject":"AA"}}',
        '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"AA",'
        '"signature":"AA"}}',
        "[" * 50_000,
        "x" * 200_000,
    ],
    ids=["empty", "null", "list", "object", "broken", "number", "bare", "new", "old", "deep", "long"],
)
def test_no_answer_is_so_strange_that_it_breaks_the_page(
    device: Device, agent: Known, key: SoftKey, answer: str
) -> None:
    client = device()
    page = give_password(client, agent)
    options(client, page, "/en/desk/sign-in/passkey/options")
    assert page.form("/en/desk/sign-in/passkey").tamper(answer=answer).submit(status=422).errors == [REFUSED]
    page.form("/en/desk/sign-in/code").fill(code=agent.code(1)).submit()
    page = client.get("/en/desk/account/passkeys")
    options(client, page, "/en/desk/account/passkeys/options")
    form = page.form("/en/desk/account/passkeys").fill(name="Laptop").tamper(answer=answer)
    assert form.submit(status=422).errors == ["The passkey could not be registered. Try it once more"]


def test_half_a_login_registers_none_where_a_factor_is(device: Device, agent: Known) -> None:
    """A password alone adds no second factor, whatever address it is sent to."""
    client = device()
    page = give_password(client, agent)
    options(client, page, "/en/desk/sign-in/set-up/passkey/options", status=404)
    asked = options(client, page, "/en/desk/sign-in/passkey/options")
    body = {
        "csrf_token": page.all("[name=csrf_token]")[0].get("value"),
        "name": "Mine",
        "answer": SoftKey().make(asked),
    }
    answer = client.http.post("/en/desk/sign-in/set-up/passkey", data=body, base_url=LOCAL)
    assert answer.headers["Location"] == "/en/desk/sign-in/code"
