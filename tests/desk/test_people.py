"""The people of the desk: added, changed, shut out and let in again by administrators, and by nobody else."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.accounts.models import OfficerAccount
from portal.accounts.rules import OfficerRole
from portal.app import create_app
from portal.config import Settings
from portal.db import Database
from portal.institution.models import Institution
from portal.notices.models import Notice
from tests.accounts.people import PASSWORD, Known, an_officer, sign_in
from tests.desk.test_sign_in import LANGUAGES
from tests.page import Client, Page

Device = Callable[..., Client]


@pytest.fixture
def office(client: Client, administrator: Known) -> Client:
    """The administrator's browser, signed in."""
    sign_in(client, administrator)
    return client


def invite(office: Client, lang: str = "en", *, status: int = 200, **values: object) -> Page:
    """Invite somebody; the page that follows."""
    told = {"name": "Fajar Nugroho", "email": "fajar@bank.example.id", "roles": ["auditor"]} | values
    return office.get(f"/{lang}/desk/people").follow(f"/{lang}/desk/people/new").form().fill(told).submit(status=status)


def person_of(office: Client, who: Known, lang: str = "en") -> Page:
    return office.get(f"/{lang}/desk/people/{who.id}")


def press(page: Page, act: str, *, status: int = 200) -> Page:
    (form,) = [form for form in page.all("form") if form["action"].endswith(f"/{act}")]
    return page.form(form["action"]).submit(status=status)


# ── inviting ─────────────────────────────────────────────────────────────────────────────────────


@LANGUAGES
def test_somebody_is_invited_and_gets_in(office: Client, another: Device, lang: str) -> None:
    page = invite(office, lang, language=lang, roles=["auditor", "agent"])
    assert page.heading == "Fajar Nugroho"
    assert ("Diundang" if lang == "id" else "Invited") in page.text
    # This deployment sends no mail, so the page shows the link; once.
    link = page.one("#link").text
    assert not office.get(page.path).has("#link")
    guest = another()
    assert guest.get(link.removeprefix(guest.base_url)).form().fill(password=PASSWORD, again=PASSWORD).submit()
    page = office.get(f"/{lang}/desk/people")
    assert ("Agen, Auditor" if lang == "id" else "Agent, Auditor") in page.text


def test_with_a_mail_server_the_link_goes_by_mail_and_nowhere_else(
    settings: Settings, administrator: Known, house: Database
) -> None:
    app = create_app(replace(settings, smtp_url="smtp://127.0.0.1:2525?from=pengaduan@bank.example.id"))
    office = Client(app, settings.base_url)
    sign_in(office, administrator)
    page = invite(office)
    assert "The invitation is on its way by mail." in page.text and "/invitation/" not in page.source
    with house.session() as session:
        notice = session.scalars(sa.select(Notice)).one()
        assert notice.secret is not None and notice.channel == "email"
    app.extensions["aduan"].database.dispose()


WRONG = {
    "nothing": (
        {"name": "", "email": "", "roles": []},
        ["Enter the name", "Enter the e-mail address"],
        ["Tulis namanya", "Tulis alamat surelnya"],
    ),
    "no role": ({"roles": []}, ["Choose at least one role"], ["Pilih paling sedikit satu peran"]),
    "bad address": (
        {"email": "fajar@"},
        ["Write the e-mail address in full, for example siti@example.id"],
        ["Tulis alamat surel selengkapnya, misalnya siti@example.id"],
    ),
    "long name": (
        {"name": "F" * 121},
        ["A name may have at most 120 characters"],
        ["Nama paling panjang 120 karakter"],
    ),
}


@pytest.mark.parametrize("why", WRONG)
@LANGUAGES
def test_what_is_wrong_is_named_and_what_was_typed_stays(office: Client, lang: str, why: str) -> None:
    values, english, indonesian = WRONG[why]
    page = invite(office, lang, status=422, **values)
    assert page.errors == (indonesian if lang == "id" else english)
    kept = page.form().values
    assert kept["name"] == values.get("name", "Fajar Nugroho")
    assert kept["email"] == values.get("email", "fajar@bank.example.id")
    assert kept["roles"] == ("auditor" if "roles" not in values else "")


@LANGUAGES
def test_an_address_that_somebody_has_is_named(office: Client, agent: Known, lang: str) -> None:
    page = invite(office, lang, email=agent.email.upper(), status=422)
    assert page.errors == [
        "Petugas lain memakai alamat surel ini" if lang == "id" else "Another officer has this e-mail address"
    ]


def test_roles_and_divisions_that_nobody_offers_are_not_taken(office: Client, house: Database) -> None:
    form = office.get("/en/desk/people/new").form().fill(name="Fajar", email="fajar@bank.example.id", roles=["auditor"])
    form.tamper(roles="owner", divisions="treasury").submit(status=422)
    with house.session() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(OfficerAccount)) == 1


# ── an institution with divisions ────────────────────────────────────────────────────────────────


@pytest.fixture
def kredifazz(environment: dict[str, str]) -> Flask:
    return create_app(Settings.from_environment(environment | {"PORTAL_INSTITUTION": "kredifazz"}))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@LANGUAGES
def test_a_division_member_has_a_division_and_nobody_else_has(kredifazz: Flask, clock: object, lang: str) -> None:
    floor = kredifazz.extensions["aduan"]
    office = Client(kredifazz, "http://127.0.0.1:8000")
    sign_in(office, an_officer(floor.database, floor.institution, OfficerRole.ADMINISTRATOR), lang)
    page = invite(office, lang, roles=["division_member"], status=422)
    assert page.errors == [
        "Pilih divisi untuk anggota divisi" if lang == "id" else "Choose the division of the division member"
    ]
    page = invite(office, lang, roles=["agent"], divisions=["payments"], status=422)
    assert page.errors == [
        "Divisi hanya untuk peran anggota divisi"
        if lang == "id"
        else "A division goes only with the role of division member"
    ]
    page = invite(office, lang, roles=["division_member"], divisions=["payments", "collection"])
    told = "Divisi pencairan dan pembayaran, Divisi penagihan"
    if lang == "en":
        told = "Disbursement and payments division, Collection division"
    assert told in office.get(f"/{lang}/desk/people").text
    assert sorted(page.form("/" + page.path.lstrip("/")).values["divisions"]) == ["collection", "payments"]
    floor.database.dispose()


# ── changing and shutting out ────────────────────────────────────────────────────────────────────


@LANGUAGES
def test_name_and_roles_are_changed(office: Client, agent: Known, lang: str) -> None:
    page = person_of(office, agent, lang)
    page = page.form(page.path).fill(name="Ratna W.", roles=["cs_manager", "auditor"], language="id").submit()
    assert page.heading == "Ratna W."
    told = "Manajer layanan pelanggan, Auditor" if lang == "id" else "Customer service manager, Auditor"
    assert told in office.get(f"/{lang}/desk/people").text


def test_nobody_is_left_without_a_role(office: Client, agent: Known) -> None:
    page = person_of(office, agent)
    page = page.form(page.path).fill(name="Ratna W.", roles=[]).submit(status=422)
    assert page.errors == ["Choose at least one role"]
    assert page.form(page.path).values["name"] == "Ratna W."


@LANGUAGES
def test_who_is_disabled_is_out_at_the_next_click_and_can_come_back(
    office: Client, another: Device, agent: Known, lang: str
) -> None:
    inside = another()
    sign_in(inside, agent)
    page = press(person_of(office, agent, lang), "disable")
    assert ("Nonaktif" if lang == "id" else "Disabled") in page.text
    assert inside.get("/en/desk").path == "/en/desk/sign-in"
    page = press(page, "enable")
    assert ("Aktif" if lang == "id" else "Active") in page.text


@LANGUAGES
def test_the_last_administrator_stays(office: Client, administrator: Known, lang: str) -> None:
    sentence = (
        "Tidak ada administrator lain. Beri dulu peran itu kepada orang lain"
        if lang == "id"
        else "Nobody else is an administrator. Give the role to somebody else first"
    )
    page = person_of(office, administrator, lang)
    assert page.form(page.path).fill(roles=["agent"]).submit(status=422).errors == [sentence]
    page = press(person_of(office, administrator, lang), "disable", status=422)
    assert page.errors == [sentence]
    assert office.get(f"/{lang}/desk/people").status == 200


def test_every_session_of_somebody_ends(office: Client, another: Device, agent: Known) -> None:
    inside = another()
    sign_in(inside, agent)
    page = press(person_of(office, agent), "end-sessions")
    assert "Every session of this person has ended." in page.text
    assert inside.get("/en/desk").path == "/en/desk/sign-in"


def test_who_lost_the_second_factor_gets_in_anew(office: Client, another: Device, agent: Known) -> None:
    page = press(person_of(office, agent), "reset-second-factor")
    link = page.one("#link").text
    guest = another()
    page = guest.get(link.removeprefix(guest.base_url)).form().fill(password=PASSWORD, again=PASSWORD).submit()
    assert page.path == "/en/desk/sign-in/set-up"
    assert page.one("#secret").text.replace(" ", "") != agent.secret


def test_who_forgot_the_password_keeps_the_second_factor(office: Client, another: Device, agent: Known) -> None:
    link = press(person_of(office, agent), "invite").one("#link").text
    guest = another()
    page = guest.get(link.removeprefix(guest.base_url)).form().fill(password=PASSWORD, again=PASSWORD).submit()
    assert page.path == "/en/desk/sign-in/code"


def test_nobody_who_is_disabled_is_invited(office: Client, agent: Known) -> None:
    page = person_of(office, agent)
    invite_form = page.form(f"{page.path}/invite")
    press(page, "disable")
    assert invite_form.submit(status=404)


# ── and by nobody else ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("role", [role for role in OfficerRole if role is not OfficerRole.ADMINISTRATOR])
def test_no_other_role_gets_anywhere_with_a_token_of_its_own(
    client: Client, house: Database, profile: Institution, agent: Known, role: OfficerRole
) -> None:
    divisions = ("payments",) if role is OfficerRole.DIVISION_MEMBER else ()
    page = sign_in(client, an_officer(house, profile, role, divisions=divisions))
    token = page.all("[name=csrf_token]")[0].get("value")
    for act in ("", "/invite", "/reset-second-factor", "/end-sessions", "/disable", "/enable"):
        answer = client.http.post(
            f"/en/desk/people/{agent.id}{act}", data={"csrf_token": token}, base_url=client.base_url
        )
        assert answer.status_code == 403, act
    assert (
        client.http.post("/en/desk/people/new", data={"csrf_token": token}, base_url=client.base_url).status_code == 403
    )


def test_an_administrator_sees_no_case(office: Client) -> None:
    """People, calendar and texts: nothing of the letterhead leads to a complaint."""
    page = office.get("/en/desk")
    assert [link.text for link in page.all("header nav[aria-label=Desk] a")] == [
        "People",
        "Account history",
        "Calendars",
        "Ready paragraphs",
        "Health",
        "My account",
    ]
