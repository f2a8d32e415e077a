"""The keys of the desk explained: a page of its own, linked from each page, and a setting that is kept."""

import pytest

from portal.db import Database
from portal.institution.models import Institution
from tests.accounts.people import Known, an_officer, sign_in
from tests.page import Client


@pytest.mark.parametrize(
    ("said", "off", "link"),
    [
        pytest.param("Ke kotak pencarian", "Tombol ini dimatikan untuk Anda.", "Papan ketik", id="id"),
        pytest.param("Go to the search", "The keys are switched off for you.", "Keyboard", id="en"),
    ],
)
def test_the_keys_are_a_link_away_and_can_be_switched_off_for_good(
    client: Client, agent: Known, said: str, off: str, link: str
) -> None:
    lang = "id" if link == "Papan ketik" else "en"
    page = sign_in(client, agent, lang)
    assert page.has("body[data-shortcuts]") and "js/keys.js" in page.source
    assert link in page.one(".desk-foot").text
    page = page.follow(f"/{lang}/desk/keys")
    assert said in page.text and off not in page.text
    account = client.get(f"/{lang}/desk/account")
    account.form(f"/{lang}/desk/account/shortcuts").fill(on=False).submit()
    page = client.get(f"/{lang}/desk/keys")
    assert off in page.text and not page.has("body[data-shortcuts]")


def test_the_setting_is_the_officers_own(client: Client, agent: Known, house: Database, profile: Institution) -> None:
    sign_in(client, agent)
    client.get("/en/desk/account").form("/en/desk/account/shortcuts").fill(on=False).submit()
    client.forget()
    assert sign_in(client, an_officer(house, profile)).has("body[data-shortcuts]")
    client.forget()
    page = client.get("/en/desk/sign-in")
    assert "js/keys.js" not in page.source, "nobody is signed in, so there is no list"
