"""Ready paragraphs: kept by administrators in both languages, put into a response with their placeholders filled in."""

from collections.abc import Callable

import pytest
import time_machine

from portal.accounts.rules import OfficerRole
from portal.db import Database
from portal.institution.models import Institution
from tests.complaints.cases import Case, file_case
from tests.desk.seats import sit
from tests.page import Client

TEXT = {
    "title_id": "Sedang dikirim",
    "text_id": "Yth. {name}, uang untuk {number} sedang dikirim, paling lambat {due_on}.",
    "title_en": "On its way",
    "text_en": "Dear {name}, the money for {number} is on its way, by {due_on}.",
}


@pytest.fixture
def case(clock: object, house: Database, profile: Institution) -> Case:
    return file_case(house, profile)


@pytest.fixture
def kept(clock: object, client: Client, house: Database, profile: Institution) -> str:
    """The address of a paragraph that an administrator at `client` wrote."""
    sit(client, house, profile, OfficerRole.ADMINISTRATOR, name="Made Artawan")
    page = client.get("/en/desk/paragraphs/new").form("/en/desk/paragraphs/new").fill(TEXT).submit()
    return next(link["href"] for link in page.all("main li a"))


@pytest.mark.parametrize(
    ("lang", "missing"), [("en", "Write the text in English"), ("id", "Tulis teks dalam bahasa Inggris")]
)
def test_a_paragraph_stands_in_both_languages(
    client: Client, clock: object, house: Database, profile: Institution, lang: str, missing: str
) -> None:
    sit(client, house, profile, OfficerRole.ADMINISTRATOR)
    form = client.get(f"/{lang}/desk/paragraphs/new").form(f"/{lang}/desk/paragraphs/new")
    page = form.fill(TEXT | {"text_en": ""}).submit(status=422)
    assert page.errors == [missing]
    wrong = page.form().fill(text_en="Dear {customer}").submit(status=422)
    assert len(wrong.errors) == 1 and "{customer}" in wrong.errors[0]
    assert TEXT[f"text_{lang}"] in wrong.form().fill(text_en=TEXT["text_en"]).submit().text


def test_it_is_put_into_the_response_in_the_fields_language(
    client: Client, another: Callable[..., Client], kept: str, house: Database, profile: Institution, case: Case
) -> None:
    device, path = another(), f"/en/desk/cases/{case.complaint_id}/first-line"
    sit(device, house, profile, OfficerRole.AGENT)
    form = device.get(path).form(path).fill(words_id="Terima kasih.", into="words_id", paragraph=kept.split("/")[-1])
    page = form.submit("do=insert")
    text = page.one("#words_id").text.replace("\u00a0", " ")
    assert text.startswith("Terima kasih.")
    assert (
        f"Yth. Siti Rahmawati, uang untuk {case.number} sedang dikirim, paling lambat Senin, 7 Desember 2026." in text
    )


def test_what_was_changed_stays_readable_and_what_was_retired_is_not_offered(
    client: Client,
    another: Callable[..., Client],
    kept: str,
    house: Database,
    profile: Institution,
    case: Case,
    clock: time_machine.Traveller,
) -> None:
    clock.shift(60)
    client.get(kept).form(kept).fill(text_en="The money is there.").submit("do=save")
    before = client.get(kept).one("[aria-labelledby=before]").text
    assert TEXT["text_en"] in before and "Made Artawan" in before
    clock.shift(60)
    client.get(kept).form(kept).submit("do=retire")
    assert "Retired" in client.get("/en/desk/paragraphs").text
    device = another()
    sit(device, house, profile, OfficerRole.AGENT)
    assert not device.get(f"/en/desk/cases/{case.complaint_id}/first-line").all("#paragraph")
    clock.shift(60)
    client.get(kept).form(kept).submit("do=restore")
    assert device.get(f"/en/desk/cases/{case.complaint_id}/first-line").all("#paragraph")


def test_only_administrators_keep_them(client: Client, clock: object, house: Database, profile: Institution) -> None:
    sit(client, house, profile, OfficerRole.CS_MANAGER)
    client.get("/en/desk/paragraphs", status=403)
