"""Signing in, staying in and getting out: who gets to a case, how fast, and what is left afterwards."""

import hmac
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from itsdangerous import base64_decode
from sqlalchemy import event

from portal.complaints.entry.models import CaseSession
from portal.complaints.numbers import new_access_code, new_number
from portal.db import Database
from portal.institution.models import Institution
from portal.web.models import Attempts
from portal.web.throttle import FREE_TRIES
from tests.complaints.cases import ACCOUNT, Case, file_case
from tests.page import Client, Page

NO_MATCH = {
    "id": "Nomor dan kode ini tidak cocok. Periksa tanda terima Anda",
    "en": "This number and code do not match. Check your receipt",
}
LANGUAGES = pytest.mark.parametrize("lang", ["id", "en"])
SignIn = Callable[..., Page]
Device = Callable[..., Client]


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, int]]:
    """How many SQL statements and HMACs of ours are made inside the block."""
    made = {"statements": 0, "macs": 0}
    digest = hmac.digest

    def note_statement(*_: object) -> None:
        made["statements"] += 1

    def note_mac(key: bytes, message: bytes, name: str) -> bytes:
        made["macs"] += 1
        return digest(key, message, name)

    event.listen(sa.Engine, "before_cursor_execute", note_statement)
    monkeypatch.setattr(hmac, "digest", note_mac)
    try:
        yield made
    finally:
        monkeypatch.setattr(hmac, "digest", digest)
        event.remove(sa.Engine, "before_cursor_execute", note_statement)


def rows(house: Database, table: type) -> int:
    with house.reader.connect() as connection:
        return int(connection.scalar(sa.select(sa.func.count()).select_from(table)))


def plain(page: Page, *typed: str) -> str:
    """The page without what differs from request to request and without what was typed."""
    text = re.sub(r'name="csrf_token" value="[^"]*"', "", page.source)
    for each in typed:
        text = text.replace(each, "")
    return text


# ── the right number and code ────────────────────────────────────────────────────────────────────


@LANGUAGES
def test_number_and_code_open_the_case(case: Case, sign_in: SignIn, lang: str) -> None:
    """BM-34: the customer can ask for status and progress."""
    page = sign_in(case.number, case.code, lang=lang)
    assert page.path == f"/{lang}/track/case"
    assert case.number in page.text
    assert [hop.status_code for hop in page.hops] == [303, 200]


@pytest.mark.parametrize("write", [str.lower, lambda text: text.replace("-", " "), lambda text: text.replace("-", "")])
def test_it_does_not_matter_how_they_are_written(case: Case, sign_in: SignIn, write: Callable[[str], str]) -> None:
    assert sign_in(write(case.number), write(case.code)).path == "/en/track/case"


def test_the_account_number_does_as_well(case: Case, sign_in: SignIn, house: Database, profile: Institution) -> None:
    """BM-35: by registration number and/or account number."""
    other = file_case(house, profile)
    page = sign_in(f"{ACCOUNT[:4]} {ACCOUNT[4:]}", case.code)
    assert case.number in page.text and other.number not in page.text


def test_who_is_signed_in_goes_straight_to_the_case(client: Client, case: Case, sign_in: SignIn) -> None:
    sign_in(case.number, case.code)
    assert client.get("/id/track").path == "/id/track/case"


def test_the_cookie_holds_a_random_id_and_nothing_else(client: Client, case: Case, sign_in: SignIn) -> None:
    client.get("/en/track")
    before = client.cookie("aduan")
    sign_in(case.number, case.code)
    after = client.cookie("aduan")
    assert before and after and before != after
    content = base64_decode(after.split(".")[0].encode())
    assert set(re.findall(rb'"(\w+)":', content)) <= {b"case", b"csrf_token"}
    token = re.search(rb'"case":"([^"]+)"', content)
    assert token and len(token[1]) >= 43
    (cookie,) = [line for line in client.get("/en/track").hops[-1].headers.getlist("Set-Cookie")] or [""]
    assert "HttpOnly" in cookie or cookie == ""


def test_the_session_begins_anew_with_the_sign_in(client: Client, case: Case, sign_in: SignIn) -> None:
    """Whoever planted a cookie before holds nothing afterwards: token and CSRF secret are new ones."""
    client.get("/en/track")
    planted = client.cookie("aduan")
    sign_in(case.number, case.code)
    client.http.set_cookie("aduan", planted, domain="127.0.0.1")
    assert client.get("/en/track/case").path == "/en/track"


def test_signing_in_to_another_case_ends_the_first_login(
    client: Client, case: Case, sign_in: SignIn, house: Database, profile: Institution
) -> None:
    other = file_case(house, profile, account="9990001112")
    form = client.get("/en/track").form("/en/track")
    sign_in(case.number, case.code)
    first = client.cookie("aduan")
    # The form of a page that was open before; its CSRF token is of the earlier session.
    page = form.fill(number=other.number, code=other.code).submit(status=422)
    assert page.form("/en/track").fill(code=other.code).submit().path == "/en/track/case"
    client.http.set_cookie("aduan", first, domain="127.0.0.1")
    assert client.get("/en/track/case").path == "/en/track"


# ── the wrong ones ───────────────────────────────────────────────────────────────────────────────


@LANGUAGES
def test_a_mistyped_number_is_said_at_once_and_not_counted(
    client: Client, case: Case, house: Database, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    """Arithmetic: no look-up, no attempt."""
    sentence = {
        "id": "Nomor registrasi ini salah ketik. Bandingkan dengan tanda terima Anda",
        "en": "This registration number has a typing error. Compare it with your receipt",
    }[lang]
    mistyped = case.number[:-1] + ("2" if case.number[-1] != "2" else "3")
    form = client.get(f"/{lang}/track").form(f"/{lang}/track").fill(number=mistyped, code=case.code)
    with counted(monkeypatch) as made:
        for _ in range(FREE_TRIES + 5):
            page = form.submit(status=422)
    assert page.errors == [sentence]
    assert made["statements"] == 0
    assert rows(house, Attempts) == 0
    assert page.form(f"/{lang}/track").values == {"number": mistyped, "code": case.code}


@LANGUAGES
def test_unknown_number_and_wrong_code_cannot_be_told_apart(
    client: Client, case: Case, another: Device, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    """The same text, status, headers, number of statements and of HMACs."""
    wrong = new_access_code()
    unknown = new_number("BM", 2026).printed
    answers = {}
    for name, number in (("wrong code", case.number), ("unknown number", unknown)):
        form = another().get(f"/{lang}/track").form(f"/{lang}/track").fill(number=number, code=wrong)
        with counted(monkeypatch) as made:
            page = form.submit(status=422)
        headers = {name: value for name, value in page.headers.items() if name not in ("X-Request-Id", "Set-Cookie")}
        answers[name] = (plain(page, number), headers, made)
        assert page.errors == [NO_MATCH[lang]]
    assert answers["wrong code"] == answers["unknown number"]
    # One for the code, one for the row in which attempts are counted.
    assert answers["wrong code"][2]["macs"] == 2


def test_an_unknown_account_cannot_be_told_apart_either(
    case: Case, another: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, wrong = [], new_access_code()
    for account in (ACCOUNT, "0000000000000"):
        form = another().get("/en/track").form("/en/track").fill(number=account, code=wrong)
        with counted(monkeypatch) as made:
            page = form.submit(status=422)
        answers.append((plain(page, account), made))
    assert answers[0] == answers[1]
    # One more than for a registration number: the blind index of the account.
    assert answers[0][1]["macs"] == 3


def test_another_cases_code_does_not_open_this_one(
    case: Case, sign_in: SignIn, house: Database, profile: Institution
) -> None:
    other = file_case(house, profile, account="9990001112")
    assert sign_in(case.number, other.code, status=422).errors == [NO_MATCH["en"]]
    assert sign_in(ACCOUNT, other.code, status=422).errors == [NO_MATCH["en"]]


def test_nothing_given_is_asked_for(sign_in: SignIn, case: Case) -> None:
    page = sign_in("", "", status=422)
    assert page.errors == [
        "Enter the registration number or the account number",
        "Enter the access code from your receipt",
    ]
    assert sign_in("-- --", "x", status=422).errors == ["Enter the registration number or the account number"]
    assert sign_in("9" * 200, "x", status=422).errors == [
        "No registration or account number is as long as this. Compare it with your receipt"
    ]
    assert sign_in(case.number, "x" * 5000, status=422).errors == [NO_MATCH["en"]]


def test_an_expired_page_keeps_what_was_typed_and_tries_nothing(client: Client, case: Case, house: Database) -> None:
    form = client.get("/en/track").form("/en/track").fill(number=case.number, code=case.code)
    page = form.tamper(csrf_token="stale").submit(status=422)
    assert page.errors == ["The page was open for too long. What you wrote is still here: send it once more"]
    assert rows(house, Attempts) == 0
    assert page.form("/en/track").submit().path == "/en/track/case"


# ── how fast ─────────────────────────────────────────────────────────────────────────────────────


@LANGUAGES
@pytest.mark.parametrize("known", [True, False])
def test_attempts_slow_down_and_keep_what_was_typed(
    client: Client, case: Case, sign_in: SignIn, clock: time_machine.Traveller, lang: str, known: bool
) -> None:
    """Counted for known and unknown numbers alike; refused with 429 and the wait in words."""
    number = case.number if known else new_number("BM", 2026).printed
    for _ in range(FREE_TRIES + 1):
        sign_in(number, new_access_code(), lang=lang, status=422)
    page = sign_in(number.lower(), new_access_code(), lang=lang, status=429)
    assert page.headers["Retry-After"] == "2"
    assert ("Tunggu 2 detik" if lang == "id" else "Wait 2 seconds") in page.text
    assert page.form(f"/{lang}/track").values == {"number": number.lower(), "code": ""}
    clock.shift(timedelta(seconds=2))
    sign_in(number, new_access_code(), lang=lang, status=422)
    assert sign_in(number, new_access_code(), lang=lang, status=429).headers["Retry-After"] == "4"


def test_the_wait_grows_to_a_quarter_of_an_hour_and_no_further(
    case: Case, sign_in: SignIn, clock: time_machine.Traveller
) -> None:
    waits = []
    for _ in range(FREE_TRIES + 1):
        sign_in(case.number, new_access_code(), status=422)
    for _ in range(11):
        page = sign_in(case.number, new_access_code(), status=429)
        waits.append(int(page.headers["Retry-After"]))
        clock.shift(timedelta(seconds=waits[-1]))
        sign_in(case.number, new_access_code(), status=422)
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]
    assert "Wait 15 minutes" in page.text


def test_dropping_cookies_does_not_help(case: Case, sign_in: SignIn, another: Device) -> None:
    for _ in range(FREE_TRIES + 1):
        sign_in(case.number, new_access_code(), status=422, by=another())
    sign_in(case.number, case.code, status=429, by=another())


def test_a_right_code_from_another_network_opens_at_once(case: Case, sign_in: SignIn, another: Device) -> None:
    """Attempts slow down and never lock: nobody can keep a customer out."""
    for _ in range(FREE_TRIES + 1):
        sign_in(case.number, new_access_code(), status=422, by=another("198.51.100.7"))
    sign_in(case.number, case.code, status=429, by=another("198.51.100.7"))
    assert sign_in(case.number, case.code, by=another("203.0.113.9")).path == "/en/track/case"


def test_an_ipv6_network_counts_as_one(case: Case, sign_in: SignIn, another: Device) -> None:
    """A household holds a whole /64, so changing the address inside it gives no new attempts."""
    for last in range(1, FREE_TRIES + 2):
        sign_in(case.number, new_access_code(), status=422, by=another(f"2001:db8:1:2::{last:x}"))
    sign_in(case.number, case.code, status=429, by=another("2001:db8:1:2:ffff:1:2:3"))
    assert sign_in(case.number, case.code, by=another("2001:db8:1:3::1")).path == "/en/track/case"


def test_the_right_code_in_time_forgives_the_wrong_ones(case: Case, sign_in: SignIn, another: Device) -> None:
    for _ in range(3):
        for _ in range(FREE_TRIES):
            sign_in(case.number, new_access_code(), status=422, by=another())
        sign_in(case.number, case.code, by=another())


def test_another_number_from_the_same_network_is_not_slowed(
    case: Case, sign_in: SignIn, another: Device, house: Database, profile: Institution
) -> None:
    other = file_case(house, profile, account="9990001112")
    for _ in range(FREE_TRIES + 2):
        another().get("/en/track").form("/en/track").fill(number=case.number, code="X").submit(
            status=422 if _ <= FREE_TRIES else 429
        )
    assert sign_in(other.number, other.code, by=another()).path == "/en/track/case"


def test_twenty_at_once_get_no_more_attempts_than_one_after_the_other(case: Case, another: Device) -> None:
    """Counted on the server, in a transaction of its own, before the code is looked at."""
    forms = [
        another().get("/en/track").form("/en/track").fill(number=case.number, code=new_access_code()) for _ in range(20)
    ]

    def send(form) -> int:  # type: ignore[no-untyped-def]
        url, body = form.node["action"], form._body(form._button(None))
        return form.page.client.http.post(
            url, base_url="http://127.0.0.1:8000", environ_overrides={"REMOTE_ADDR": "192.0.2.1"}, **body.arguments()
        ).status_code

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(send, forms))
    assert sorted(answers) == [422] * (FREE_TRIES + 1) + [429] * (19 - FREE_TRIES)


# ── staying in ───────────────────────────────────────────────────────────────────────────────────


@LANGUAGES
def test_half_an_hour_without_use_ends_it_and_the_page_says_so(
    client: Client, case: Case, sign_in: SignIn, clock: time_machine.Traveller, lang: str
) -> None:
    sign_in(case.number, case.code, lang=lang)
    clock.shift(timedelta(minutes=29))
    assert client.get(f"/{lang}/track/case").path == f"/{lang}/track/case"
    clock.shift(timedelta(minutes=31))
    page = client.get(f"/{lang}/track/case")
    assert page.path == f"/{lang}/track"
    assert ("selama setengah jam" if lang == "id" else "half an hour without use") in page.text
    assert case.number not in page.text


def test_twelve_hours_end_it_however_busy(
    client: Client, case: Case, sign_in: SignIn, clock: time_machine.Traveller
) -> None:
    sign_in(case.number, case.code)
    for _ in range(35):
        clock.shift(timedelta(minutes=20))
        assert client.get("/en/track/case").path == "/en/track/case"
    clock.shift(timedelta(minutes=20))
    assert client.get("/en/track/case").path == "/en/track"


@pytest.mark.parametrize("path", ["case", "case/timeline", "case/deadline", "case/withdraw", "case/code"])
def test_without_a_login_every_page_of_a_case_leads_to_the_sign_in(client: Client, case: Case, path: str) -> None:
    page = client.get(f"/en/track/{path}")
    assert page.path == "/en/track"
    assert "half an hour" not in page.text


def test_a_stranger_posts_nothing(client: Client, case: Case) -> None:
    form = client.get("/en/track").form("/en/track")
    token = form.chosen["csrf_token"][0]
    for path in ("case/withdraw", "case/code"):
        answer = client.http.post(
            f"/en/track/{path}", data={"csrf_token": token, "sure": "y"}, base_url=client.base_url
        )
        assert answer.status_code == 303 and answer.headers["Location"] == "/en/track"


# ── getting out ──────────────────────────────────────────────────────────────────────────────────


@LANGUAGES
def test_after_signing_out_the_back_button_shows_nothing(
    client: Client, case: Case, sign_in: SignIn, lang: str
) -> None:
    page = sign_in(case.number, case.code, lang=lang)
    assert page.headers["Cache-Control"] == "no-store"
    cookie = client.cookie("aduan")
    out = page.form(f"/{lang}/track/sign-out").submit()
    assert out.path == f"/{lang}/track"
    assert ("Anda sudah keluar" if lang == "id" else "You are signed out") in out.text
    # The browser keeps no page, so going back asks again; the cookie of before is dead on the server too.
    assert client.get(f"/{lang}/track/case").path == f"/{lang}/track"
    client.http.set_cookie("aduan", cookie, domain="127.0.0.1")
    assert client.get(f"/{lang}/track/case").path == f"/{lang}/track"


def test_signing_out_twice_or_unsigned_does_no_harm(client: Client, case: Case, sign_in: SignIn) -> None:
    page = sign_in(case.number, case.code)
    page.form("/en/track/sign-out").submit()
    # In the other tab the page still stands; its token is of a session that has ended.
    page.form("/en/track/sign-out").submit(status=400)


@LANGUAGES
def test_the_quick_exit_ends_everything_and_names_nothing(
    client: Client, case: Case, sign_in: SignIn, house: Database, lang: str
) -> None:
    page = sign_in(case.number, case.code, lang=lang)
    client.http.set_cookie("draft", "somebody-was-filling-in", domain="127.0.0.1")
    left = page.form(f"/{lang}/leave").submit()
    assert left.path == f"/{lang}/left"
    assert client.cookie("aduan") is None and client.cookie("draft") is None
    with house.reader.connect() as connection:
        assert connection.scalar(sa.select(CaseSession.ended_at)) is not None
    for word in ("muamalat", "bank", "aduan", "complaint", case.number.lower()):
        assert word not in left.text.lower() and word not in left.title.lower()
    assert not left.has("a") and not left.has("form")
    assert client.get(f"/{lang}/track/case").path == f"/{lang}/track"


def test_the_quick_exit_works_from_a_page_of_any_age(client: Client, case: Case, sign_in: SignIn) -> None:
    """Whoever must leave must not meet an error that names the bank."""
    page = sign_in(case.number, case.code)
    assert page.form("/en/leave").tamper(csrf_token="stale").submit().path == "/en/left"
    assert page.form("/en/leave").tamper(csrf_token=None).submit().path == "/en/left"
    client.forget()
    assert page.form("/en/leave").submit().path == "/en/left"


# ── what is left in logs and addresses ───────────────────────────────────────────────────────────


def test_no_number_code_or_name_stands_in_an_address_or_a_log(
    client: Client, case: Case, sign_in: SignIn, capfd: pytest.CaptureFixture[str], app: Flask
) -> None:
    sign_in(case.number, new_access_code(), status=422)
    mistyped = case.number[:-1] + ("2" if case.number[-1] != "2" else "3")
    sign_in(mistyped, case.code, status=422)
    page = sign_in(case.number, case.code)
    addresses = " ".join(
        [hop.headers.get("Location", "") for hop in page.hops] + [link["href"] for link in page.all("a")]
    )
    told = capfd.readouterr()
    for secret in (case.number, case.number.replace("-", ""), case.code, case.code.replace("-", ""), mistyped, "Siti"):
        assert secret not in addresses
        assert secret not in told.out + told.err
