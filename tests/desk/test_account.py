"""One's own account: what it shows, what can be changed, and that others' is out of reach."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine

from portal.accounts.rules import PROOF_LIFETIME, OfficerRole
from portal.db import Database
from portal.institution.models import Institution
from portal.web.throttle import FREE_TRIES
from tests.accounts.people import PASSWORD, Known, an_officer, give_password, sign_in
from tests.desk.test_sign_in import LANGUAGES, attempt
from tests.page import Client, Page

Device = Callable[..., Client]
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"


@pytest.fixture
def inside(client: Client, agent: Known) -> Client:
    """The agent's browser, signed in."""
    client.headers["User-Agent"] = FIREFOX
    sign_in(client, agent)
    return client


def press(page: Page, action: str, *, status: int = 200) -> Page:
    return page.form(action).submit(status=status)


@LANGUAGES
def test_it_shows_who_one_is_and_where_one_is_signed_in(inside: Client, agent: Known, lang: str) -> None:
    page = inside.get(f"/{lang}/desk/account")
    for told in (agent.name, agent.email, "Firefox, Linux", inside.address):
        assert told in page.text
    assert ("Tersisa 10 kode." if lang == "id" else "10 codes are left.") in page.text
    assert ("Senin 23 November, 10.15 WIB" if lang == "id" else "Monday 23 November, 10:15 WIB") in page.text


# ── sessions ─────────────────────────────────────────────────────────────────────────────────────


@LANGUAGES
def test_another_session_is_ended_from_the_list_and_dies_at_its_next_request(
    inside: Client, another: Device, agent: Known, lang: str
) -> None:
    other = another("203.0.113.9")
    give_password(other, agent).form().fill(code=agent.code(1)).submit()
    page = inside.get(f"/{lang}/desk/account")
    row = next(row for row in page.all("tr") if "203.0.113.9" in row.text)
    page = press(page, row.one("form")["action"])
    assert "203.0.113.9" not in page.text
    assert ("Sesi sudah berakhir." if lang == "id" else "The session has ended.") in page.text
    assert other.get("/en/desk").path == "/en/desk/sign-in"
    assert inside.get("/en/desk").path == "/en/desk"


def test_all_others_end_at_once(inside: Client, another: Device, agent: Known) -> None:
    other = another()
    give_password(other, agent).form().fill(code=agent.code(1)).submit()
    press(inside.get("/en/desk/account"), "/en/desk/account/sessions/end-others")
    assert other.get("/en/desk").path == "/en/desk/sign-in"
    assert inside.get("/en/desk").path == "/en/desk"


def test_ending_ones_own_session_leads_out(inside: Client) -> None:
    page = inside.get("/en/desk/account")
    (row,) = [row for row in page.all("tr") if "This session" in row.text]
    assert press(page, row.one("form")["action"]).path == "/en/desk/sign-in"


def test_nobody_ends_anothers_session(inside: Client, another: Device, house: Database, profile: Institution) -> None:
    other = another()
    page = sign_in(other, an_officer(house, profile)).client.get("/en/desk/account")
    theirs = next(row for row in page.all("tr") if "This session" in row.text).one("form")["action"]
    token = inside.get("/en/desk/account").all("[name=csrf_token]")[0].get("value")
    answer = inside.http.post(theirs, data={"csrf_token": token}, base_url=inside.base_url)
    assert answer.status_code == 303
    assert other.get("/en/desk").path == "/en/desk"


# ── the password ─────────────────────────────────────────────────────────────────────────────────


def test_a_new_password_ends_the_old_one_and_every_other_session(inside: Client, another: Device, agent: Known) -> None:
    other = another()
    give_password(other, agent).form().fill(code=agent.code(1)).submit()
    new = "another password of four words"
    page = inside.get("/en/desk/account/password").form().fill(password=new, again=new).submit()
    assert page.path == "/en/desk/account" and "The password is changed." in page.text
    assert other.get("/en/desk").path == "/en/desk/sign-in"
    assert attempt(another("198.51.100.1"), agent.email, agent.password)
    assert attempt(another("198.51.100.2"), agent.email, new, status=200).path == "/en/desk/sign-in/code"


@LANGUAGES
def test_what_changes_a_way_in_asks_for_the_password_again(
    inside: Client, clock: time_machine.Traveller, lang: str
) -> None:
    clock.shift(PROOF_LIFETIME)
    page = inside.get(f"/{lang}/desk/account/password")
    assert page.path == f"/{lang}/desk/account/confirm"
    refused = page.form().fill(password="not the password at all").submit(status=422)
    assert refused.errors == ["Ini bukan kata sandi Anda" if lang == "id" else "This is not your password"]
    page = refused.form().fill(password=PASSWORD).submit()
    assert page.path == f"/{lang}/desk/account/password"


@pytest.mark.parametrize(
    "action",
    [
        "authenticator/new",
        "authenticator/remove",
        "recovery-codes",
        "passkeys/options",
        f"passkeys/{UUID(int=7)}/remove",
    ],
    ids=["new app", "remove app", "codes", "passkey", "remove passkey"],
)
def test_and_so_does_each_button(inside: Client, clock: time_machine.Traveller, action: str) -> None:
    token = inside.get("/en/desk/account").all("[name=csrf_token]")[0].get("value")
    clock.shift(PROOF_LIFETIME)
    answer = inside.http.post(f"/en/desk/account/{action}", data={"csrf_token": token}, base_url=inside.base_url)
    assert answer.headers["Location"] == "/en/desk/account/confirm"


def test_the_password_inside_is_guessed_slowly_too(inside: Client) -> None:
    page = inside.get("/en/desk/account/confirm")
    for _ in range(FREE_TRIES + 1):
        page = page.form().fill(password="not the password at all").submit(status=422)
    page = page.form().fill(password=PASSWORD).submit(status=429)
    assert page.headers["Retry-After"] == "2"


# ── second factors ───────────────────────────────────────────────────────────────────────────────


def test_another_app_takes_the_place_of_the_first(
    inside: Client, another: Device, agent: Known, clock: time_machine.Traveller
) -> None:
    page = press(inside.get("/en/desk/account"), "/en/desk/account/authenticator/new")
    new = Known(agent.id, "", agent.email, PASSWORD, page.one("#secret").text.replace(" ", ""), [])
    refused = page.form().fill(code=agent.code(1)).submit(status=422)
    page = refused.form().fill(code=new.code()).submit()
    assert page.path == "/en/desk/account" and "Your second factors are changed." in page.text
    clock.shift(timedelta(minutes=1))
    page = give_password(another(), agent).form().fill(code=agent.code()).submit(status=422)
    assert page.form().fill(code=new.code()).submit().path == "/en/desk"


@LANGUAGES
def test_the_only_factor_cannot_be_removed(inside: Client, lang: str) -> None:
    page = press(inside.get(f"/{lang}/desk/account"), f"/{lang}/desk/account/authenticator/remove", status=422)
    assert page.errors == [
        "Ini satu-satunya faktor kedua Anda. Siapkan dulu yang lain"
        if lang == "id"
        else "This is your only second factor. Set up another one first"
    ]
    assert ("Aplikasi autentikator" if lang == "id" else "Authenticator app") in page.all("table tbody")[0].text


def test_new_recovery_codes_are_shown_until_they_are_kept(inside: Client, another: Device, agent: Known) -> None:
    page = press(inside.get("/en/desk/account"), "/en/desk/account/recovery-codes")
    codes = [node.text for node in page.all(".kept-codes .code")]
    assert len(codes) == 10 and not set(codes) & set(agent.recovery_codes)
    assert page.form("/en/desk/recovery-codes").submit().path == "/en/desk"
    client = another()
    give_password(client, agent)
    form = client.get("/en/desk/sign-in/recovery-code").form()
    assert form.fill(code=agent.recovery_codes[0]).submit(status=422)
    assert form.fill(code=codes[0]).submit().path == "/en/desk"
    assert "9 codes are left." in client.get("/en/desk/account").text


def test_without_a_name_in_the_host_there_are_no_passkeys(inside: Client) -> None:
    """No browser makes a passkey for a bare address, so none is offered there."""
    assert "passkey" not in inside.get("/en/desk/account").text.lower()
    assert inside.get("/en/desk/account/passkeys").path == "/en/desk/account"


# ── keyboard ─────────────────────────────────────────────────────────────────────────────────────


def test_single_letter_keys_are_switched_off_and_on(inside: Client, house: Database) -> None:
    page = inside.get("/en/desk/account")
    assert page.has("body[data-shortcuts]")
    page = page.form("/en/desk/account/shortcuts").fill(on=False).submit()
    assert "Saved." in page.text and not page.has("body[data-shortcuts]")
    page = page.form("/en/desk/account/shortcuts").fill(on=True).submit()
    assert page.has("body[data-shortcuts]")


def test_every_role_has_an_account_and_only_administrators_have_people(
    another: Device, house: Database, profile: Institution, clock: object
) -> None:
    for role in OfficerRole:
        divisions = ("payments",) if role is OfficerRole.DIVISION_MEMBER else ()
        client = another()
        page = sign_in(client, an_officer(house, profile, role, divisions=divisions))
        links = [link["href"] for link in page.all("header nav a")]
        assert "/en/desk/account" in links
        assert ("/en/desk/people" in links) == (role is OfficerRole.ADMINISTRATOR)
