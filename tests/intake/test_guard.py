"""Beginning and sending: each network at its pace, a challenge for one that misbehaves, and nothing typed is lost."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from portal.complaints.models import Complaint
from portal.config import Settings
from portal.db import Database, Session
from portal.filing.models import Draft
from portal.intake.guard import BEGIN, SEND
from portal.web import bots, limits
from portal.web.bots import Challenge
from tests.builders import NOW
from tests.intake.journey import number_and_code, send, walk_to
from tests.page import Client, Page
from tests.web.test_bots import solve

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HERE = "198.51.100.4"
CHALLENGED = {"id": "Mohon tunggu sebentar", "en": "One moment, please"}


@pytest.fixture(autouse=True)
def travel() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def house(app: Flask) -> Database:
    return app.extensions["aduan"].database


@pytest.fixture
def neighbour(app: Flask, settings: Settings) -> Callable[[str], Client]:
    """Another browser on this network."""

    def browser(address: str = HERE) -> Client:
        client = Client(app, settings.base_url)
        client.address = address
        return client

    return browser


def count(session: Session, kind: type[Draft] | type[Complaint]) -> int:
    session.rollback()
    return session.scalar(sa.select(sa.func.count()).select_from(kind)) or 0


def misbehave(house: Database) -> None:
    """One more sign, and the network is beyond what is borne."""
    limits.note(house, bots.SIGNS, HERE, weight=bots.SIGNS.burst, now=NOW)


def begin(client: Client, lang: str = "id", *, status: int = 200, **forged: str | None) -> Page:
    form = client.get(f"/{lang}/file/privacy").form(f"/{lang}/file/privacy").fill(acknowledged=True)
    return form.tamper(**forged).submit(status=status)


def proved(page: Page) -> dict[str, str]:
    """What the page's script puts into its form."""
    form = page.form("form[data-bits]").node
    token = form.one("[name=challenge]")["value"]
    return {"proof": solve(Challenge(token, "", int(form["data-bits"]), timedelta(0), NOW))}


# ── the pace ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("lang", ["id", "en"])
def test_too_many_complaints_from_one_network_wait_and_lose_nothing(
    house: Database,
    neighbour: Callable[[str], Client],
    session: Session,
    travel: time_machine.Traveller,
    lang: str,
) -> None:
    check = walk_to(neighbour(HERE), "check", lang)
    travel.shift(timedelta(minutes=1))
    for _ in range(SEND.burst):
        limits.admit(house, SEND, HERE, now=NOW + timedelta(minutes=1))
    page = check.form(f"/{lang}/file/send").submit(status=429)
    assert page.headers["Retry-After"] == "30"
    assert page.heading == check.heading and "Siti Rahmawati Kusumaningrum" in page.text
    sentence = {"id": "Tunggu 30 detik, lalu coba lagi.", "en": "Wait 30 seconds, then try again."}[lang]
    assert page.one(".notice-warn").text.startswith(sentence)
    assert count(session, Complaint) == 0
    # Who lives elsewhere is not held up, and here one click sends it after the time that was told.
    number_and_code(send(walk_to(neighbour("198.51.100.5"), "check", lang)))
    travel.shift(timedelta(seconds=30))
    number_and_code(page.form(f"/{lang}/file/send").submit())
    assert count(session, Complaint) == 2


def test_a_household_has_one_pace(
    house: Database, neighbour: Callable[[str], Client], travel: time_machine.Traveller
) -> None:
    travel.shift(timedelta(minutes=1))
    for _ in range(BEGIN.burst):
        limits.admit(house, BEGIN, "2001:db8:1:2::/64", now=NOW + timedelta(minutes=1))
    page = begin(neighbour("2001:db8:1:2::77"), "en", status=429)
    assert page.form("/en/file/privacy").values == {"acknowledged": "y"}
    assert begin(neighbour("2001:db8:1:3::77"), "en").path == "/en/file/who"


def test_going_on_with_a_draft_and_sending_twice_cost_nothing(
    house: Database, neighbour: Callable[[str], Client], session: Session
) -> None:
    client = neighbour(HERE)
    check = walk_to(client, "check")
    shown = number_and_code(send(check))
    for pace in (BEGIN, SEND):
        for _ in range(pace.burst):
            limits.admit(house, pace, HERE, now=NOW)
    misbehave(house)
    assert number_and_code(send(check)) == shown
    assert count(session, Complaint) == 1


# ── signs and the challenge ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("lang", ["id", "en"])
def test_an_ordinary_person_sees_nothing_of_it(
    neighbour: Callable[[str], Client], house: Database, travel: time_machine.Traveller, lang: str
) -> None:
    client = neighbour(HERE)
    page = client.get(f"/{lang}/file/privacy")
    trap = page.one("[name=subject]")
    assert trap["tabindex"] == "-1" and trap.within("div")["aria-hidden"] == "true"
    travel.shift(bots.SOONEST)
    assert page.form(f"/{lang}/file/privacy").fill(acknowledged=True).submit().path == f"/{lang}/file/who"
    assert limits.excess(house, limits.Pace(bots.SIGNS.door, 0, bots.SIGNS.every), HERE, now=NOW) == 0


def test_one_sign_refuses_nobody(neighbour: Callable[[str], Client]) -> None:
    assert begin(neighbour(HERE), subject="Siti").path == "/id/file/who"
    assert begin(neighbour(HERE), moment="forged").path == "/id/file/who"


def test_signs_that_add_up_bring_the_challenge_to_that_network_alone(neighbour: Callable[[str], Client]) -> None:
    assert begin(neighbour(HERE), subject="Cheap loans", moment=None).path == "/id/file/who"
    assert begin(neighbour(HERE), subject="Cheap loans", moment=None, status=429).heading == CHALLENGED["id"]
    assert begin(neighbour(HERE), status=429).heading == CHALLENGED["id"]
    assert begin(neighbour("198.51.100.5")).path == "/id/file/who"


@pytest.mark.parametrize("lang", ["id", "en"])
def test_a_browser_works_it_out_and_goes_on(
    house: Database, neighbour: Callable[[str], Client], session: Session, lang: str
) -> None:
    misbehave(house)
    page = begin(neighbour(HERE), lang, status=429)
    assert page.heading == CHALLENGED[lang] and not page.has("img")
    assert count(session, Draft) == 0
    page = page.form("form[data-bits]").tamper(**proved(page)).submit()
    assert page.path == f"/{lang}/file/who" and count(session, Draft) == 1


@pytest.mark.parametrize("lang", ["id", "en"])
def test_without_javascript_its_user_waits_and_goes_on(
    house: Database, neighbour: Callable[[str], Client], travel: time_machine.Traveller, lang: str
) -> None:
    misbehave(house)
    page = begin(neighbour(HERE), lang, status=429)
    assert page.headers["Retry-After"] == "10"
    travel.shift(timedelta(seconds=4))
    page = page.form("form[data-bits]").submit(status=429)
    sentence = {"id": "Tunggu 6 detik, lalu coba lagi.", "en": "Wait 6 seconds, then try again."}[lang]
    assert page.one(".notice-warn").text.startswith(sentence)
    travel.shift(timedelta(seconds=6))
    assert page.form("form[data-bits]").submit().path == f"/{lang}/file/who"


def test_an_answer_counts_once_and_here_alone(
    house: Database, neighbour: Callable[[str], Client], session: Session
) -> None:
    misbehave(house)
    page = begin(neighbour(HERE), status=429)
    answer = {"challenge": page.one("[name=challenge]")["value"], **proved(page)}
    limits.note(house, bots.SIGNS, "198.51.100.5", weight=bots.SIGNS.burst + 1, now=NOW)
    assert begin(neighbour("198.51.100.5"), status=429, **answer).heading == CHALLENGED["id"]
    assert begin(neighbour(HERE), **answer).path == "/id/file/who"
    again = begin(neighbour(HERE), status=429, **answer)
    assert again.one("[name=challenge]")["value"] != answer["challenge"]
    assert count(session, Draft) == 1


def test_sending_asks_for_it_too_and_the_draft_is_safe(
    house: Database, neighbour: Callable[[str], Client], session: Session
) -> None:
    check = walk_to(neighbour(HERE), "check")
    misbehave(house)
    page = check.form("/id/file/send").submit(status=429)
    assert page.heading == CHALLENGED["id"] and count(session, Complaint) == 0
    assert page.client.get("/id/file/check").heading == "Periksa jawaban Anda"
    number_and_code(page.form("form[data-bits]").tamper(**proved(page)).submit())
    assert count(session, Complaint) == 1


def test_what_was_sent_goes_on_from_the_challenge_as_text(house: Database, neighbour: Callable[[str], Client]) -> None:
    misbehave(house)
    page = begin(neighbour(HERE), status=429, more='"><script>alert(1)</script>')
    assert page.one("[name=more]")["value"] == '"><script>alert(1)</script>'
    assert [node["name"] for node in page.form("form[data-bits]").node.all("input")] == [
        "csrf_token",
        "challenge",
        "proof",
        "acknowledged",
        "more",
    ]
