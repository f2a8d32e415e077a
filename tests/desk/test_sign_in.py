"""The way in to the desk: password and second factor, for whom, how often, and what is left afterwards."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from argon2 import PasswordHasher
from flask import Flask
from itsdangerous import base64_decode
from sqlalchemy import event

from portal.accounts import passwords
from portal.accounts.access import officer as desk_officer
from portal.accounts.models import OfficerAccount, OfficerSession
from portal.accounts.rules import DEMO_DOMAIN, DESK_IDLE, HALF_LONGEST, Officer, OfficerRole
from portal.app import create_app
from portal.config import Settings
from portal.db import Database
from portal.institution.models import Institution
from portal.web.throttle import FREE_TRIES
from tests.accounts.people import Known, an_officer, give_password, sign_in
from tests.page import Client, Page

LANGUAGES = pytest.mark.parametrize("lang", ["id", "en"])
NO_MATCH = {
    "id": "Alamat surel dan kata sandi ini tidak cocok",
    "en": "This e-mail address and password do not match",
}
WRONG_CODE = {
    "id": "Kode ini tidak cocok, atau sudah pernah dipakai. Tunggu kode berikutnya, lalu tulis kode itu",
    "en": "This code does not fit, or it was used before. Wait for the next one and enter that",
}
Device = Callable[..., Client]


def attempt(client: Client, email: str, password: str, lang: str = "en", *, status: int = 422) -> Page:
    form = client.get(f"/{lang}/desk/sign-in").form(f"/{lang}/desk/sign-in")
    return form.fill(email=email, password=password).submit(status=status)


def desk_cookie(client: Client) -> str:
    cookie = client.cookie("aduan-desk")
    assert cookie
    return cookie


# ── the right password and factor ────────────────────────────────────────────────────────────────


@LANGUAGES
def test_password_and_app_open_the_desk(client: Client, agent: Known, lang: str) -> None:
    page = give_password(client, agent, lang)
    assert page.path == f"/{lang}/desk/sign-in/code"
    page = page.form().fill(code=agent.code()).submit()
    assert page.path == f"/{lang}/desk"
    assert agent.name in page.text
    assert page.heading == ("Antrean" if lang == "id" else "Queue")


def test_the_address_is_read_however_it_is_written(client: Client, agent: Known) -> None:
    assert attempt(client, f" {agent.email.upper()} ", agent.password, status=200).path == "/en/desk/sign-in/code"


def test_who_is_signed_in_goes_straight_to_the_desk(client: Client, agent: Known) -> None:
    sign_in(client, agent)
    assert client.get("/id/desk/sign-in").path == "/id/desk"
    assert client.get("/id/desk/sign-in/code").path == "/id/desk"


def test_the_password_alone_opens_no_page(client: Client, agent: Known) -> None:
    give_password(client, agent)
    assert client.get("/en/desk").path == "/en/desk/sign-in"
    assert client.get("/en/desk/account").path == "/en/desk/sign-in"


def test_who_has_a_factor_cannot_set_up_another_by_the_password_alone(client: Client, agent: Known) -> None:
    give_password(client, agent)
    assert client.get("/en/desk/sign-in/set-up").path == "/en/desk/sign-in/code"


@LANGUAGES
def test_after_signing_in_the_page_comes_that_was_asked_for(client: Client, agent: Known, lang: str) -> None:
    page = client.get(f"/{lang}/desk/account?done=session")
    assert page.path == f"/{lang}/desk/sign-in"
    form = page.form(f"/{lang}/desk/sign-in")
    refused = form.fill(email=agent.email, password="something else entirely").submit(status=422)
    page = refused.form(f"/{lang}/desk/sign-in").fill(password=agent.password).submit()
    page = page.form().fill(code=agent.code()).submit()
    assert page.hops[-2].headers["Location"] == f"/{lang}/desk/account?done=session"


@pytest.mark.parametrize("target", ["https://evil.example/en/desk", "//evil.example", "/en/track", "/en/desk/../track"])
def test_no_other_page_comes(client: Client, agent: Known, target: str) -> None:
    page = client.get("/en/desk/sign-in?next=" + target)
    assert page.one("input[name=next]").get("value") == ""
    form = page.form("/en/desk/sign-in").fill(email=agent.email, password=agent.password).tamper(next=target)
    page = form.submit().form().fill(code=agent.code()).submit()
    assert page.path == "/en/desk"


# ── the wrong ones ───────────────────────────────────────────────────────────────────────────────


@LANGUAGES
def test_a_wrong_password_and_an_unknown_address_read_the_same(client: Client, agent: Known, lang: str) -> None:
    wrong = attempt(client, agent.email, "not the password at all", lang)
    unknown = attempt(client, "nobody@bank.example.id", "not the password at all", lang)
    assert wrong.errors == unknown.errors == [NO_MATCH[lang]]
    assert plain(wrong, agent.email) == plain(unknown, "nobody@bank.example.id")
    assert wrong.one("input[name=email]").get("value") == agent.email
    assert wrong.one("input[name=password]").get("value") == ""


def plain(page: Page, typed: str) -> str:
    """The page without what differs from request to request and without what was typed."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", page.source).replace(typed, "")


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, int]]:
    """How many SQL statements and Argon2 verifications are made inside the block."""
    made = {"statements": 0, "verifications": 0, "hashes": 0}

    class Counting(PasswordHasher):
        def verify(self, *arguments: Any) -> Any:
            made["verifications"] += 1
            return super().verify(*arguments)

        def hash(self, *arguments: Any, **more: Any) -> str:
            made["hashes"] += 1
            return super().hash(*arguments, **more)

    def note_statement(*_: object) -> None:
        made["statements"] += 1

    hasher = Counting(time_cost=1, memory_cost=8, parallelism=1)
    passwords.fits("the hash that fits nobody is made once in the life of a process", None)
    with monkeypatch.context() as patch:
        patch.setattr(passwords, "hasher", hasher)
        passwords.fits("and so is this hasher's", None)
        made.update(verifications=0, hashes=0)
        event.listen(sa.Engine, "before_cursor_execute", note_statement)
        yield made
        event.remove(sa.Engine, "before_cursor_execute", note_statement)


def test_they_cost_the_same(
    another: Device, agent: Known, house: Database, profile: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wrong password, unknown address, disabled and never accepted: same statements, one verification each."""
    gone, waiting = an_officer(house, profile), an_officer(house, profile)
    with house.session() as session:
        session.begin_write()
        session.get_one(OfficerAccount, gone.id).disabled_at = session.get_one(OfficerAccount, gone.id).created_at
        session.get_one(OfficerAccount, waiting.id).password = None
        session.commit()
    costs = []
    for email in (agent.email, "nobody@bank.example.id", gone.email, waiting.email):
        form = another("198.51.100.7").get("/en/desk/sign-in").form("/en/desk/sign-in")
        with counted(monkeypatch) as made:
            form.fill(email=email, password="not the password at all").submit(status=422)
        costs.append(dict(made))
    assert costs == [costs[0]] * 4
    assert costs[0]["verifications"] == 1 and costs[0]["hashes"] == 0


@LANGUAGES
def test_after_a_few_tries_each_next_one_waits(another: Device, agent: Known, lang: str) -> None:
    client = another("198.51.100.7")
    for _ in range(FREE_TRIES + 1):
        attempt(client, agent.email, "not the password at all", lang)
    page = attempt(client, agent.email, agent.password, lang, status=429)
    assert page.headers["Retry-After"] == "2"
    assert ("Tunggu 2 detik" if lang == "id" else "Wait 2 seconds") in page.text
    # From elsewhere the officer gets in, and so does somebody else from here.
    assert attempt(another("203.0.113.7"), agent.email, agent.password, lang, status=200)


def test_the_right_password_forgives_the_wrong_ones(
    client: Client, agent: Known, clock: time_machine.Traveller
) -> None:
    for _ in range(FREE_TRIES):
        attempt(client, agent.email, "not the password at all")
    attempt(client, agent.email, agent.password, status=200)
    for _ in range(FREE_TRIES + 1):
        attempt(client, agent.email, "not the password at all")


def test_when_all_hands_are_full_the_next_one_is_asked_to_wait(
    client: Client, agent: Known, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "PATIENCE_SECONDS", 0.01)
    for _ in range(passwords.AT_ONCE):
        passwords._turns.acquire()
    try:
        assert attempt(client, agent.email, agent.password, status=429).headers["Retry-After"] == "5"
    finally:
        for _ in range(passwords.AT_ONCE):
            passwords._turns.release()


@LANGUAGES
def test_a_wrong_code_says_what_to_do(client: Client, agent: Known, lang: str) -> None:
    page = give_password(client, agent, lang).form().fill(code=agent.code(5)).submit(status=422)
    assert page.errors == [WRONG_CODE[lang]]
    assert page.form().fill(code=agent.code()).submit().path == f"/{lang}/desk"


def test_a_code_is_taken_once(another: Device, agent: Known) -> None:
    """A TOTP that somebody has watched being typed is worth nothing to them."""
    code = agent.code()
    here, there = give_password(another(), agent), give_password(another(), agent)
    assert here.form().fill(code=code).submit().path == "/en/desk"
    assert there.form().fill(code=code).submit(status=422).errors == [WRONG_CODE["en"]]
    assert there.form().fill(code=agent.code(1)).submit().path == "/en/desk"


def test_codes_are_guessed_slowly_wherever_one_comes_from(another: Device, agent: Known) -> None:
    for tried in range(FREE_TRIES + 1):
        page = give_password(another(f"198.51.100.{tried}"), agent)
        page.form().fill(code=agent.code(9)).submit(status=422)
    client = another("203.0.113.7")
    page = give_password(client, agent).form().fill(code=agent.code()).submit(status=429)
    assert page.headers["Retry-After"] == "2"
    page = client.get("/en/desk/sign-in/recovery-code").form().fill(code=agent.recovery_codes[0]).submit(status=429)
    assert page.one("input[name=code]").get("value") == ""


@LANGUAGES
def test_a_recovery_code_opens_the_desk_once(another: Device, agent: Known, lang: str) -> None:
    code = agent.recovery_codes[3]
    for status in (200, 422):
        client = another()
        give_password(client, agent, lang)
        page = client.get(f"/{lang}/desk/sign-in/recovery-code").form().fill(code=code.lower()).submit(status=status)
        assert page.path == (f"/{lang}/desk" if status == 200 else f"/{lang}/desk/sign-in/recovery-code")
    assert page.errors == [
        "Kode pemulihan ini tidak cocok, atau sudah pernah dipakai"
        if lang == "id"
        else "This recovery code does not fit, or it was used before"
    ]


def test_demo_officers_get_in_on_developers_machines_alone(
    settings: Settings, client: Client, house: Database, profile: Institution, clock: object
) -> None:
    """What everybody knows opens nothing in production, even where a demonstration left it behind."""
    demo = an_officer(house, profile, email=f"agent@{DEMO_DOMAIN}")
    assert attempt(client, demo.email, demo.password, status=200).path == "/en/desk/sign-in/code"
    served = create_app(replace(settings, production=True, base_url="https://pengaduan.example.co.id"))
    customer = Client(served, "https://pengaduan.example.co.id")
    assert attempt(customer, demo.email.upper(), demo.password).errors == [NO_MATCH["en"]]
    served.extensions["aduan"].database.dispose()


# ── what the cookie is ───────────────────────────────────────────────────────────────────────────


def test_the_cookie_holds_a_random_id_and_begins_anew_at_each_step(client: Client, agent: Known) -> None:
    """Whoever planted a cookie, or took one before a step, holds nothing after it."""
    client.get("/en/desk/sign-in")
    planted = desk_cookie(client)
    page = give_password(client, agent)
    half = desk_cookie(client)
    page.form().fill(code=agent.code()).submit()
    whole = desk_cookie(client)
    contents = [base64_decode(each.split(".")[0].encode()) for each in (planted, half, whole)]
    tokens = [set(re.findall(rb'"csrf_token":"(\w+)"', each)) for each in contents]
    assert not tokens[0] & tokens[1] and not tokens[1] & tokens[2]
    assert set(re.findall(rb'"(\w+)":', contents[2])) <= {b"_user_id", b"_fresh", b"_id", b"csrf_token"}
    assert agent.email.encode() not in contents[2] and str(agent.id).encode() not in contents[2]
    for old in (planted, half):
        client.http.set_cookie("aduan-desk", old, domain="127.0.0.1")
        assert client.get("/en/desk").path == "/en/desk/sign-in"
        assert client.get("/en/desk/sign-in/code").path == "/en/desk/sign-in"


def test_the_cookies_flags(settings: Settings, agent: Known) -> None:
    app = create_app(replace(settings, production=True, base_url="https://pengaduan.example.co.id"))
    client = Client(app, "https://pengaduan.example.co.id")
    page = sign_in(client, agent)
    (line,) = [
        line for hop in page.hops for line in hop.headers.getlist("Set-Cookie") if line.startswith("__Host-aduan-desk=")
    ][-1:]
    flags = {part.strip() for part in line.split(";")[1:]}
    assert flags == {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}
    app.extensions["aduan"].database.dispose()


def test_signing_out_ends_the_session_itself(client: Client, agent: Known) -> None:
    page = sign_in(client, agent)
    kept = desk_cookie(client)
    page = page.form("/en/desk/sign-out").submit()
    assert page.path == "/en/desk/sign-in" and "You are signed out." in page.text
    client.http.set_cookie("aduan-desk", kept, domain="127.0.0.1")
    assert client.get("/en/desk").path == "/en/desk/sign-in"


def test_signing_in_again_ends_the_session_before(client: Client, agent: Known) -> None:
    page = sign_in(client, agent)
    first = desk_cookie(client)
    body = {
        "csrf_token": page.all("[name=csrf_token]")[0].get("value"),
        "email": agent.email,
        "password": agent.password,
    }
    answer = client.http.post("/en/desk/sign-in", data=body, base_url=client.base_url)
    assert answer.headers["Location"] == "/en/desk/sign-in/code"
    client.http.set_cookie("aduan-desk", first, domain="127.0.0.1")
    assert client.get("/en/desk").path == "/en/desk/sign-in"


def test_a_session_ended_elsewhere_dies_at_the_next_request(client: Client, agent: Known, house: Database) -> None:
    sign_in(client, agent)
    with house.session() as session:
        session.begin_write()
        session.execute(sa.update(OfficerSession).values(ended_at=OfficerSession.created_at))
        session.commit()
    page = client.get("/en/desk/account")
    assert page.path == "/en/desk/sign-in"
    assert page.text.count("Your session has ended") == 1


def test_it_ends_after_half_an_hour_without_use(client: Client, agent: Known, clock: time_machine.Traveller) -> None:
    sign_in(client, agent)
    for _ in range(4):
        clock.shift(DESK_IDLE - timedelta(minutes=1))
        assert client.get("/en/desk").path == "/en/desk"
    clock.shift(DESK_IDLE + timedelta(minutes=2))
    assert client.get("/en/desk").path == "/en/desk/sign-in"


def test_the_second_factor_may_not_take_for_ever(client: Client, agent: Known, clock: time_machine.Traveller) -> None:
    page = give_password(client, agent)
    clock.shift(HALF_LONGEST)
    assert page.form().fill(code=agent.code()).submit().path == "/en/desk/sign-in"


def test_roles_that_are_taken_away_are_gone_at_the_next_request(
    client: Client, house: Database, profile: Institution, clock: object
) -> None:
    who = an_officer(house, profile, OfficerRole.ADMINISTRATOR, OfficerRole.AGENT)
    sign_in(client, who)
    assert client.get("/en/desk/people").heading == "People"
    with house.session() as session:
        session.begin_write()
        session.execute(sa.text("DELETE FROM officer_roles WHERE role = 'administrator'"))
        session.commit()
    page = client.get("/en/desk/people", status=403)
    assert page.heading == "Your roles do not open this page"
    assert "People" not in [link.text for link in page.all("header a")]


def test_a_hash_of_older_parameters_is_renewed_with_the_password_in_hand(
    client: Client, agent: Known, house: Database
) -> None:
    old = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(agent.password.encode())
    with house.session() as session:
        session.begin_write()
        session.execute(sa.update(OfficerAccount).where(OfficerAccount.id == agent.id).values(password=old))
        session.commit()
    sign_in(client, agent)
    with house.session() as session:
        kept = session.get_one(OfficerAccount, agent.id).password
    assert kept and kept != old and passwords.fits(agent.password, kept)


# ── what was written when the session had ended ──────────────────────────────────────────────────


@pytest.fixture
def writing_desk(app: Flask) -> Flask:
    """The desk with one more page, on which something long is written."""

    @desk_officer(OfficerRole.AGENT, writes=("text",))
    def answer(officer: Officer, lang: str) -> str:
        return "saved"

    app.add_url_rule("/<lang>/desk/answer", "answer", answer, methods=["POST"])
    return app


@LANGUAGES
def test_who_wrote_while_the_session_ended_gets_the_text_back(
    writing_desk: Flask, client: Client, agent: Known, clock: time_machine.Traveller, lang: str
) -> None:
    page = sign_in(client, agent, lang)
    token = page.all("[name=csrf_token]")[0].get("value")
    clock.shift(DESK_IDLE * 2)
    body = {"csrf_token": token, "text": "Dana sudah kembali. <b>Maaf</b>", "other": "short"}
    answer = client.http.post(f"/{lang}/desk/answer", data=body, base_url=client.base_url)
    assert answer.status_code == 422 and answer.headers["HX-Retarget"] == "body"
    page = Page(client, f"{client.base_url}/{lang}/desk/answer", answer, (answer,))
    assert page.heading == ("Tulisan Anda masih di sini" if lang == "id" else "What you wrote is still here")
    assert page.one("textarea").text == "Dana sudah kembali. <b>Maaf</b>"
    assert "short" not in page.text


def test_a_forged_request_brings_no_text_onto_our_page(writing_desk: Flask, client: Client) -> None:
    client.get("/en/desk/sign-in")
    for token in ("", "made up"):
        body = {"csrf_token": token, "text": "Call 0800 123 456 at once"}
        answer = client.http.post("/en/desk/answer", data=body, base_url=client.base_url)
        assert answer.status_code == 400 and "0800" not in answer.text
