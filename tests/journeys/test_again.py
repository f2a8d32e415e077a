"""Somebody complains once more of what was resolved: their own earlier case is shown first, and nobody else's."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from flask import Flask

from portal.config import Settings
from portal.db import Database
from portal.institution.models import Institution
from tests.builders import NOW
from tests.complaints.answers import answer
from tests.complaints.cases import Case, file_case
from tests.intake.journey import answer as once_more
from tests.intake.journey import walk_to
from tests.journeys.filing import sign_in
from tests.page import Client


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def house(app: Flask) -> Database:
    return app.extensions["aduan"].database


@pytest.fixture
def profile(app: Flask) -> Institution:
    return app.extensions["aduan"].institution


@pytest.fixture
def another(app: Flask, settings: Settings) -> Callable[[], Client]:
    return lambda: Client(app, settings.base_url)


@pytest.fixture
def case(clock: object, house: Database, profile: Institution) -> Case:
    case = file_case(house, profile)
    answer(house, profile, case)
    return case


SAID = {
    "id": ("Hal ini sudah pernah Anda adukan", "Tentang hal yang sama, pengaduan Anda ditutup tanpa kesepakatan"),
    "en": ("You have complained of this before", "Your complaint about the same was closed without agreement"),
}


@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_same_once_more_leads_to_what_was_resolved_and_something_else_goes_on(
    client: Client, case: Case, lang: str
) -> None:
    """BM-22, SQ-26: whoever holds their resolved case open is led to objection and forums first."""
    sign_in(client, lang, case.number, case.code)
    client.get(f"/{lang}/track/case/disagree").form().fill(sure=True).submit()
    page = once_more(walk_to(client, "topic", lang), "topic")
    heading, said = SAID[lang]
    assert page.heading == heading and said in page.text
    for way in ("objection", "forums"):
        assert page.has(f"a[href='/{lang}/track/case/{way}']")
    page = page.form(f"/{lang}/file/something-else").submit()
    assert page.path == f"/{lang}/file/transactions"
    # Said once, it is not asked again.
    assert once_more(page, "transactions").path == f"/{lang}/file/story"


@pytest.mark.parametrize("open_case", [False, True])
def test_nobody_is_shown_anothers_and_nothing_before_it_was_resolved(
    client: Client, house: Database, profile: Institution, case: Case, another: Callable[[], Client], open_case: bool
) -> None:
    """Another browser learns nothing of it, nor does the customer while their complaint is still answered."""
    browser = another()
    if open_case:
        # Their own is still theirs to decide on, so there is nothing to lead to.
        sign_in(browser, "en", case.number, case.code)
    else:
        sign_in(client, "en", case.number, case.code)
        client.get("/en/track/case/disagree").form().fill(sure=True).submit()
    page = once_more(walk_to(browser, "topic", "en"), "topic")
    assert page.path == "/en/file/transactions" and case.number not in page.text
