"""An institution that nobody has heard of, by its file alone: nothing in the portal is any real one's."""

import json
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from portal.config import Settings
from portal.db import Database
from portal.institution.loader import codes, load
from portal.institution.models import Institution
from portal.notices.models import Notice
from portal.sealing import open_box
from tests.institution.specimens import LUMBUNG
from tests.intake.journey import number_and_code, send, walk_to
from tests.page import Client

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LANGUAGES = pytest.mark.parametrize("lang", ["id", "en"])

# Friday 13 March 2026, 23.30 in Jakarta: in Makassar, where it is at home, it is Saturday already.
LATE = datetime(2026, 3, 13, 23, 30, tzinfo=ZoneInfo("Asia/Jakarta"))
PAGES = ("", "customer-service", "procedure", "service-levels", "conditions", "topics", "disclaimer", "privacy")


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"PORTAL_INSTITUTION": str(LUMBUNG)}


@pytest.fixture
def profile() -> Institution:
    return load(LUMBUNG)


@pytest.fixture(autouse=True)
def travel() -> Iterator[None]:
    with time_machine.travel(LATE):
        yield


@LANGUAGES
@pytest.mark.parametrize("page", PAGES)
def test_every_public_page_is_its_own(client: Client, profile: Institution, page: str, lang: str) -> None:
    text = client.get(f"/{lang}/{page}").text
    assert profile.name in text
    assert profile.supervision[lang] in text
    for code in codes():
        other = load(code)
        for foreign in (other.name, other.legal_name, *(a.text for c in other.channels.values() for a in c.addresses)):
            assert foreign not in text


@LANGUAGES
def test_its_pages_say_what_its_file_says(client: Client, profile: Institution, lang: str) -> None:
    service = client.get(f"/{lang}/customer-service")
    assert service.heading == profile.pages.customer_service.title[lang]
    assert "0411-555-000" in service.text and profile.channels["night"].label[lang] in service.text
    # The night's hours are Papua's, and so they are told.
    assert {"id": "20.00–04.00", "en": "20:00–04:00"}[lang] in service.text and "WIT" in service.text
    levels = client.get(f"/{lang}/service-levels").text.replace("\u00a0", " ")
    for said in ("20 hari kalender", "10 hari kerja") if lang == "id" else ("20 calendar days", "10 working days"):
        assert said in levels
    # This one lets a decree move what it promised.
    assert {
        "id": "Hari libur yang ditetapkan kemudian dapat menggeser tanggal yang sudah kami janjikan",
        "en": "A holiday decreed later can move a date we have promised",
    }[lang] in levels
    assert profile.topics["disbursement"].guide.warning[lang] in client.get(f"/{lang}/topics").text  # type: ignore


@LANGUAGES
def test_a_complaint_is_filed_by_its_own_topics_types_limits_and_calendar(
    client: Client, app: Flask, settings: Settings, profile: Institution, lang: str
) -> None:
    """Twenty calendar days of its own run from Saturday in Makassar; the law's ten of the bourse end later."""
    account = walk_to(client, "account", lang)
    assert account.heading == profile.account.question[lang]
    client.forget()
    topic = walk_to(client, "topic", lang)
    assert [choice["value"] for choice in topic.all("input[name=topic]")] == ["collection", "disbursement", "other"]
    client.forget()
    check = walk_to(client, "check", lang, topic={"topic": "other"}, transactions={"type": "loan"})
    assert profile.transaction_types["loan"].label[lang] in check.text
    sent = send(check)
    number, code = number_and_code(sent)
    assert number.startswith("LD1-26-")
    case = client.get(f"/{lang}/track").form(f"/{lang}/track").fill(number=number, code=code).submit()
    assert case.one(".due time")["datetime"] == "2026-04-03"
    derivation = client.get(f"/{lang}/track/case/deadline")
    assert profile.limits["promise"].source[lang] in derivation.text
    assert derivation.one("[aria-labelledby=beside] time")["datetime"] == "2026-04-06"
    assert "WITA" in derivation.text

    database = Database(settings.database_url, settings.keys)
    with database.session() as session:
        (notice,) = session.scalars(sa.select(Notice)).all()
        letter = open_box(session, notice.key_id).open(notice)["body"]
    database.dispose()
    assert letter.rstrip().endswith(profile.legal_name)
    assert "0411-555-000" in letter and profile.texts.never_ask[lang] in letter


def test_the_commands_know_it_too(app: Flask) -> None:
    asked = ["deadline", "--channel", "telephone", "--received", LATE.isoformat(), "--json"]
    with app.app_context():
        told = json.loads(app.test_cli_runner().invoke(args=asked).output)
    # The telephone is served again on Monday at eight, and by its own rule that is the receipt.
    assert (told["institution"], told["received_at"]) == ("lumbung", "2026-03-16T08:00:00+08:00")
    assert {clock["key"] for clock in told["clocks"]} == {"promise", "law_verbal"}


def test_its_colours_are_served(client: Client, profile: Institution) -> None:
    sheet = client.get("/en/").one("link[rel=stylesheet]")["href"]
    with client.http.get(sheet, base_url=client.base_url) as answer:
        assert profile.colours.stylesheet in answer.text
