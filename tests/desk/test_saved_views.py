"""An officer's own views: filters under a name, beside the ready-made ones, renamed, deleted, nobody else's."""

from collections.abc import Callable
from uuid import UUID

import pytest
import sqlalchemy as sa

from portal.accounts.rules import Officer, OfficerRole
from portal.db import Database
from portal.desk.queue.models import SavedView
from portal.institution.models import Institution
from tests.desk.queue_cases import a_case
from tests.desk.seats import sit
from tests.page import Client, Page

WORDS = {
    "id": {
        "save": "Simpan saringan ini sebagai tampilan",
        "taken": "Anda sudah punya tampilan dengan nama ini. Pilih nama lain",
        "missing": "Beri nama tampilan ini",
        "own": "Tampilan saya",
        "rename": "Ganti nama",
        "none": "Anda belum menyimpan tampilan.",
    },
    "en": {
        "save": "Save these filters as a view",
        "taken": "You have a view of this name already. Choose another one",
        "missing": "Give the view a name",
        "own": "My views",
        "rename": "Rename",
        "none": "You have saved no view yet.",
    },
}
FILTERED = "topic=disbursement&due=5"


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    """360Kredi has topics with a guide, and divisions."""
    return {**environment, "PORTAL_INSTITUTION": "kredi360"}


@pytest.fixture
def agent(client: Client, clock: object, house: Database, profile: Institution) -> Officer:
    return sit(client, house, profile, OfficerRole.AGENT)


def tabs(page: Page) -> dict[str, str]:
    """Each view by its words, with its count."""
    return {node.one("a").text.rpartition(" ")[0]: node.one(".n").text for node in page.all("#views li")}


def views(house: Database) -> list[UUID]:
    """The ids of all saved views."""
    with house.session() as session:
        return list(session.scalars(sa.select(SavedView.id)))


def save(client: Client, name: str, *, lang: str = "en", status: int = 200) -> Page:
    page = client.get(f"/{lang}/desk?{FILTERED}").follow(WORDS[lang]["save"])
    return page.form(f"/{lang}/desk/views/new").fill(name=name).submit(status=status)


def test_filters_are_saved_under_a_name_and_stand_beside_the_other_views(
    client: Client, house: Database, profile: Institution, agent: Officer, lang: str
) -> None:
    case = a_case(house, profile, topic="disbursement")
    a_case(house, profile, topic="payment_method")
    said = WORDS[lang]
    assert said["save"] not in client.get(f"/{lang}/desk").text, "a ready-made list needs no second name"
    page = save(client, "Pencairan pekan ini", lang=lang)
    assert page.path == f"/{lang}/desk" and said["save"] not in page.text
    assert page.one("#views [aria-current]").text == "Pencairan pekan ini 0"
    assert tabs(client.get(f"/{lang}/desk"))["Pencairan pekan ini"] == "0"
    # The answer is due in ten working days: five are asked for, then all.
    (view,) = (node for node in page.all("#views a") if "Pencairan" in node.text)
    assert "due=5" in view["href"] and "topic=disbursement" in view["href"]
    assert case.number in client.get(f"/{lang}/desk?topic=disbursement").text


def test_a_view_tells_its_filters_is_renamed_and_deleted(
    client: Client, house: Database, profile: Institution, agent: Officer, lang: str
) -> None:
    said = WORDS[lang]
    save(client, "Pencairan", lang=lang)
    page = client.get(f"/{lang}/desk").follow(said["own"])
    assert profile.topics["disbursement"].label[lang] in page.one("tbody tr").text
    assert {"id": "Dalam 5 hari kerja", "en": "Within 5 working days"}[lang].casefold() in page.one(
        "tbody tr"
    ).text.replace("\N{NO-BREAK SPACE}", " ").casefold()
    empty = page.follow(f"{said['rename']} Pencairan").form().fill(name=" ").submit(status=422)
    assert empty.errors == [said["missing"]]
    page = empty.form().fill(name="Uang pinjaman").submit()
    assert page.one("tbody th").text == "Uang pinjaman"
    (view_id,) = views(house)
    page = page.form(f"/{lang}/desk/views/{view_id}/delete").submit()
    assert said["none"] in page.text
    assert "Uang pinjaman" not in client.get(f"/{lang}/desk").text


def test_a_name_is_used_once_and_twelve_views_are_enough(client: Client, house: Database, agent: Officer) -> None:
    save(client, "Pencairan")
    page = client.get("/en/desk/views/new?topic=other").form().fill(name="PENCAIRAN").submit(status=422)
    assert page.errors == [WORDS["en"]["taken"]] and page.form().values["name"] == "PENCAIRAN"
    for number in range(2, 13):
        client.get(f"/en/desk/views/new?due={(0, 1, 2)[number % 3]}&incomplete=y").form().fill(
            name=str(number)
        ).submit()
    page = client.get("/en/desk/views/new?topic=other").form().fill(name="13").submit(status=422)
    assert page.errors == ["You have twelve views, and no more fit. Delete one first"]
    with house.session() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(SavedView)) == 12


def test_a_view_is_its_officers_alone_and_its_name_is_sealed(
    client: Client, another: Callable[..., Client], house: Database, profile: Institution, agent: Officer
) -> None:
    save(client, "Kasus Ibu Siti")
    with house.session() as session:
        view = session.scalars(sa.select(SavedView)).one()
        assert view.query == {"topic": "disbursement", "due": "5"}
        assert b"Siti" not in view.sealed
    other = another()
    sit(other, house, profile, OfficerRole.AGENT, name="Dewi Lestari")
    assert "Kasus Ibu Siti" not in other.get("/en/desk").text
    other.get(f"/en/desk/views/{view.id}", status=404)
    save(other, "Punya Dewi")
    hers = next(one for one in views(house) if one != view.id)
    # By a form of her own she reaches hers, never another officer's.
    form = other.get("/en/desk/views").form(f"/en/desk/views/{hers}/delete")
    form.node.element.attrib["action"] = f"/en/desk/views/{view.id}/delete"
    form.submit()
    assert set(views(house)) == {view.id, hers}


def test_what_a_view_may_not_name_any_more_narrows_nothing(client: Client, house: Database, agent: Officer) -> None:
    save(client, "Pencairan")
    with house.session() as session:
        session.begin_write()
        session.execute(sa.update(SavedView).values(query={"topic": "gone", "status": "no such"}))
        session.commit()
    page = client.get("/en/desk/views")
    assert "Its filters hold no more." in page.text
    assert client.get("/en/desk").heading == "Queue"


def test_nothing_narrowed_is_nothing_to_save(client: Client, agent: Officer) -> None:
    assert client.get("/en/desk/views/new").path == "/en/desk"
