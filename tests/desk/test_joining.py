"""Joining the desk: an invitation, a password, the first second factor, recovery codes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from portal import clock as portal_clock
from portal.accounts import officers
from portal.accounts.models import OfficerAccount
from portal.accounts.rules import INVITATION_LIFETIME, OfficerRole
from portal.db import Database
from portal.institution.models import Institution
from tests.accounts.people import BASE_URL, PASSWORD, Known, an_invitation, give_password, sign_in
from tests.desk.test_sign_in import LANGUAGES, attempt
from tests.page import Client, Page

Device = Callable[..., Client]
GONE = {"id": "Undangan ini tidak membuka apa pun", "en": "This invitation opens nothing"}


def path_of(link: str) -> str:
    return link.removeprefix(BASE_URL)


def choose_password(client: Client, link: str, password: str = PASSWORD) -> Page:
    """Accept the invitation; the page that sets up the second factor."""
    return client.get(path_of(link)).form().fill(password=password, again=password).submit()


def scanned(page: Page, officer_id: object, email: str) -> Known:
    """The officer with what their app has scanned from the page."""
    secret = page.one("#secret").text.replace(" ", "")
    return Known(officer_id, "", email, PASSWORD, secret, [])  # type: ignore[arg-type]


@LANGUAGES
def test_from_the_link_to_the_desk(
    client: Client, house: Database, profile: Institution, clock: object, lang: str
) -> None:
    officer_id, link = an_invitation(
        house, profile, OfficerRole.AUDITOR, name="Dewi Lestari", email="dewi@bank.example.id", language=lang
    )
    page = client.get(path_of(link))
    assert "Dewi Lestari" in page.text and "dewi@bank.example.id" in page.text
    page = page.form().fill(password=PASSWORD, again=PASSWORD).submit()
    assert page.path == f"/{lang}/desk/sign-in/set-up"
    # A picture that scanners can read in every colour scheme, and nothing in it that our policy forbids.
    drawn = page.source.partition("<svg")[2].partition("</svg>")[0]
    assert 'stroke="#000"' in drawn and 'fill="#fff"' in drawn and "style" not in drawn
    who = scanned(page, officer_id, "dewi@bank.example.id")
    page = page.form().fill(code=who.code()).submit()
    assert page.path == f"/{lang}/desk/recovery-codes"
    codes = [node.text for node in page.all(".kept-codes .code")]
    assert len(set(codes)) == 10
    # They are shown until they are kept, and then never again.
    assert [node.text for node in client.get(f"/{lang}/desk/recovery-codes").all(".kept-codes .code")] == codes
    page = client.get(f"/{lang}/desk/recovery-codes").form().submit()
    assert page.path == f"/{lang}/desk"
    assert page.heading == ("Antrean" if lang == "id" else "Queue")
    assert client.get(f"/{lang}/desk/recovery-codes").path == f"/{lang}/desk"


@LANGUAGES
def test_a_link_works_once(another: Device, house: Database, profile: Institution, clock: object, lang: str) -> None:
    _, link = an_invitation(house, profile, language=lang)
    late = another().get(path_of(link)).form().fill(password=PASSWORD, again=PASSWORD)
    choose_password(another(), link)
    # A form that was open before does as little as the link.
    assert late.submit(status=410).heading == GONE[lang]
    assert another().get(path_of(link), status=410).heading == GONE[lang]


@pytest.mark.parametrize("token", ["made-up", "x" * 4000, "%00", "é"])
def test_a_made_up_link_reads_like_a_used_one(client: Client, token: str) -> None:
    assert client.get(f"/en/desk/invitation/{token}", status=410).heading == GONE["en"]


def test_a_link_ends_after_three_days_and_looking_at_it_uses_nothing_up(
    client: Client, house: Database, profile: Institution, clock: time_machine.Traveller
) -> None:
    _, link = an_invitation(house, profile)
    for _ in range(3):
        assert client.get(path_of(link)).heading == "Choose a password"
    clock.shift(INVITATION_LIFETIME)
    assert client.get(path_of(link), status=410).heading == GONE["en"]


FAULTS = {
    "nothing": (
        "",
        "",
        {
            "id": ["Pilih kata sandi", "Ketik kata sandi sekali lagi"],
            "en": ["Choose a password", "Type the password once more"],
        },
    ),
    "short": (
        "too short",
        "too short",
        {"id": ["Kata sandi paling sedikit 12 karakter"], "en": ["A password needs at least 12 characters"]},
    ),
    "different": (
        PASSWORD,
        PASSWORD + "!",
        {
            "id": ["Kedua kata sandi berbeda. Ketik keduanya sekali lagi"],
            "en": ["The two passwords differ. Type both once more"],
        },
    ),
    "the address": (
        "ratna@bank.example.id",
        "ratna@bank.example.id",
        {
            "id": ["Kata sandi ini mudah ditebak. Pilih yang lain, misalnya empat kata berurutan"],
            "en": ["This password is guessed first. Choose another, for example four words in a row"],
        },
    ),
}


@pytest.mark.parametrize("why", FAULTS)
@LANGUAGES
def test_a_password_that_is_not_taken_is_named_and_not_shown(
    client: Client, house: Database, profile: Institution, clock: object, lang: str, why: str
) -> None:
    password, again, faults = FAULTS[why]
    _, link = an_invitation(house, profile, email="ratna@bank.example.id", name="Ratna", language=lang)
    page = client.get(path_of(link)).form().fill(password=password, again=again).submit(status=422)
    assert page.errors == faults[lang]
    assert [node.get("value") for node in page.all("input[type=password]")] == ["", ""]


def test_who_was_interrupted_goes_on_with_the_password(
    another: Device, house: Database, profile: Institution, clock: time_machine.Traveller
) -> None:
    officer_id, link = an_invitation(house, profile, email="dewi@bank.example.id")
    first = choose_password(another(), link)
    clock.shift(timedelta(hours=5))
    page = attempt(another(), "dewi@bank.example.id", PASSWORD, status=200)
    assert page.path == "/en/desk/sign-in/set-up"
    who = scanned(page, officer_id, "dewi@bank.example.id")
    assert who.secret == first.one("#secret").text.replace(" ", "")
    assert page.form().fill(code=who.code()).submit().path == "/en/desk/recovery-codes"


@LANGUAGES
def test_but_not_when_the_invitations_time_is_over(
    another: Device, house: Database, profile: Institution, clock: time_machine.Traveller, lang: str
) -> None:
    _, link = an_invitation(house, profile, email="dewi@bank.example.id", language=lang)
    choose_password(another(), link)
    clock.shift(INVITATION_LIFETIME)
    page = attempt(another(), "dewi@bank.example.id", PASSWORD, lang)
    (fault,) = page.errors
    assert ("waktu untuk menyiapkannya sudah lewat" if lang == "id" else "the time to set one up is over") in fault


def test_a_wrong_code_sets_nothing_up(client: Client, house: Database, profile: Institution, clock: object) -> None:
    officer_id, link = an_invitation(house, profile)
    page = choose_password(client, link)
    who = scanned(page, officer_id, "")
    page = page.form().fill(code=who.code(5)).submit(status=422)
    assert "<svg" in page.source and page.one("#secret").text.replace(" ", "") == who.secret
    assert client.get("/en/desk").path == "/en/desk/sign-in"


def test_of_two_half_logins_only_one_sets_up_the_first_factor(
    another: Device, house: Database, profile: Institution, clock: object
) -> None:
    """Who knows the password meanwhile gets no factor of their own in."""
    officer_id, link = an_invitation(house, profile, email="dewi@bank.example.id")
    mine = choose_password(another(), link)
    theirs = attempt(another(), "dewi@bank.example.id", PASSWORD, status=200)
    who = scanned(mine, officer_id, "dewi@bank.example.id")
    assert mine.form().fill(code=who.code()).submit().path == "/en/desk/recovery-codes"
    page = theirs.form().fill(code=who.code(1)).submit()
    assert page.path == "/en/desk/sign-in/code"


def test_accepting_an_invitation_ends_every_session(
    another: Device, agent: Known, house: Database, profile: Institution
) -> None:
    inside = another()
    sign_in(inside, agent)
    with house.session() as session:
        session.begin_write()
        account = session.scalars(sa.select(OfficerAccount).where(OfficerAccount.id == agent.id)).one()
        link = officers.invite(
            session, account, base_url=BASE_URL, mailed=False, profile=profile, now=portal_clock.now()
        )
        session.commit()
    page = choose_password(another(), link, "another password of four words")
    assert page.path == "/en/desk/sign-in/code", "the second factor stays"
    assert inside.get("/en/desk").path == "/en/desk/sign-in"
    assert attempt(another("198.51.100.9"), agent.email, agent.password)
    assert page.form().fill(code=agent.code(1)).submit().path == "/en/desk"


def test_an_invitation_takes_the_place_of_who_is_signed_in(
    client: Client, agent: Known, house: Database, profile: Institution
) -> None:
    sign_in(client, agent)
    _, link = an_invitation(house, profile)
    choose_password(client, link)
    assert client.get("/en/desk").path == "/en/desk/sign-in"
    assert give_password(client, agent).path == "/en/desk/sign-in/code"
