"""The date that a visitor is shown before filing, counted day by day for whoever wants to know how."""

import json
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask

from portal.institution.loader import codes, load
from tests.page import Client

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LANGUAGES = pytest.mark.parametrize("lang", ["id", "en"])
FRIDAY = datetime(2026, 3, 13, 10, 0, tzinfo=ZoneInfo("Asia/Jakarta"))


@pytest.fixture(params=codes())
def code(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def environment(environment: dict[str, str], code: str) -> dict[str, str]:
    return environment | {"PORTAL_INSTITUTION": code}


@pytest.fixture
def friday() -> Iterator[time_machine.Traveller]:
    """The Friday before Lebaran."""
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        yield traveller


@LANGUAGES
def test_the_date_on_the_start_page_leads_to_its_derivation(
    client: Client, app: Flask, friday: time_machine.Traveller, code: str, lang: str
) -> None:
    """BM-28, SQ-23, KF-33: the page, the text and the command say the same of the same day."""
    start = client.get(f"/{lang}/")
    page = start.follow({"id": "Bagaimana tanggal ini dihitung", "en": "How this date is counted"}[lang])
    due = [node["datetime"] for node in page.all(".due time")]
    assert due[0] == start.one(".due time")["datetime"] == min(due)
    text = page.follow({"id": "Hal yang sama sebagai teks biasa", "en": "The same as plain text"}[lang]).source
    asked = ["deadline", "--channel", load(code).own_channel, "--json"]
    asked += ["--received", FRIDAY.isoformat(), "--complete", FRIDAY.isoformat()]
    with app.app_context():
        told = json.loads(app.test_cli_runner().invoke(args=asked).output)
    assert told["counted_on"] == due[0]
    rows = [row for row in page.all("table")[0].all("tbody tr")]
    assert [row.one("time")["datetime"] for row in rows] == [day["date"] for day in told["days"]]
    for day in told["days"]:
        number = "–" if day["counted"] is None else str(day["counted"])
        assert any(line.startswith(day["date"]) and f"  {number}  " in line for line in text.splitlines())
    assert told["rule"]["source"][lang] in text
    assert {"id": "Jumat, 13 Maret 2026", "en": "Friday 13 March 2026"}[lang] in page.text.replace("\u00a0", " ")


@LANGUAGES
@pytest.mark.parametrize("code", ["muamalat"])
def test_a_date_that_a_decree_may_still_move_says_so_and_does_not_stand_at_the_door(client: Client, lang: str) -> None:
    with time_machine.travel(datetime(2027, 12, 27, 10, 0, tzinfo=ZoneInfo("Asia/Jakarta")), tick=False):
        assert not client.get(f"/{lang}/").has(".due")
        page = client.get(f"/{lang}/service-levels/today")
        assert {"id": "Tanggal ini sementara", "en": "This date is provisional"}[lang] in page.text
        text = client.get(f"/{lang}/service-levels/today.txt").source
    assert {"id": "Tanggal ini sementara.", "en": "This date is provisional."}[lang] in text


@LANGUAGES
@pytest.mark.parametrize("code", ["muamalat", "kredi360"])
def test_the_start_page_promises_a_date_only_for_what_is_complete(
    client: Client, friday: time_machine.Traveller, code: str, lang: str
) -> None:
    """BM-30: ten working days run from complete documents, so the date is for a complaint that has them."""
    said = {"id": "dengan semua dokumen yang kami minta", "en": "with every document we ask for"}[lang]
    asked = bool(load(code).files_asked(representative=False))
    assert (said in client.get(f"/{lang}/").text) is asked


@LANGUAGES
@pytest.mark.parametrize("code", ["muamalat"])
def test_the_first_day_of_a_month_says_its_month_where_days_are_drawn(client: Client, lang: str) -> None:
    """A count of many weeks has several days 1, which a weekday alone does not tell apart."""
    with time_machine.travel(datetime(2026, 11, 27, 10, 0, tzinfo=ZoneInfo("Asia/Jakarta")), tick=False):
        page = client.get(f"/{lang}/service-levels/today")
    days = [(cell.one("b").text, cell.all("small")[0].text) for cell in page.all(".days .day")]
    first = {"id": "Des", "en": "Dec"}[lang]
    assert ("1", first) in days and [above for _, above in days].count(first) == 1
