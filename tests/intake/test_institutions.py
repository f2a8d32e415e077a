"""The whole way, from the start page to the derivation of the date, for every institution in both languages."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask

from portal.institution.loader import codes, load
from portal.institution.models import Institution
from tests.intake.journey import fitting, number_and_code, send, walk_to, with_documents
from tests.page import Client

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

# The Friday before Lebaran: here the calendars, and calendar days, part.
FRIDAY = datetime(2026, 3, 13, 10, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
DUE = {
    "muamalat": "2026-04-06",
    "sequis_am": "2026-04-06",
    # Joint leave counts as working days.
    "kredi360": "2026-03-30",
    # Twenty calendar days end before the law's ten working days.
    "kredifazz": "2026-04-02",
}


@pytest.fixture(params=codes())
def code(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def environment(environment: dict[str, str], code: str) -> dict[str, str]:
    return environment | {"PORTAL_INSTITUTION": code}


@pytest.fixture
def profile(app: Flask, code: str) -> Institution:
    return load(code)


@pytest.fixture(autouse=True)
def travel() -> Iterator[None]:
    with time_machine.travel(FRIDAY):
        yield


@pytest.mark.parametrize("lang", ["id", "en"])
def test_a_complaint_goes_all_the_way_at_every_institution(
    client: Client, profile: Institution, code: str, lang: str
) -> None:
    """KF-33 beside the law's limit, SQ-23, K3-G1, BM-30: each its own date, before and after sending."""
    answers = fitting(profile)
    about, kind = profile.topics[answers["topic"]["topic"]], answers["transactions"]["type"]
    start = client.get(f"/{lang}/")
    assert start.one(".due time")["datetime"] == DUE[code]
    walk_to(client, "documents", lang, **answers)
    check = with_documents(client, profile, lang)
    for said in (about.label[lang], profile.transaction_types[kind].label[lang], profile.account.label[lang]):
        assert " ".join(said.split()) in check.text
    sent = send(check)
    number, access_code = number_and_code(sent)
    assert number.startswith(f"{profile.prefix}-26-")
    case = client.get(f"/{lang}/track").form(f"/{lang}/track").fill(number=number, code=access_code).submit()
    assert case.one(".due time")["datetime"] == DUE[code]
    derivation = client.get(f"/{lang}/track/case/deadline")
    assert derivation.one(".due time")["datetime"] == DUE[code]
    limit = profile.answer_limits("complaint", profile.channels[profile.own_channel].form)
    assert any(" ".join(one.source[lang].split()) in derivation.text for one in limit)
    file = derivation.follow({"id": "Simpan tanggal ini di kalender saya", "en": "Put the date into my calendar"}[lang])
    assert file.response.mimetype == "text/calendar"
    assert f"DTSTART;VALUE=DATE:{DUE[code].replace('-', '')}\r\n" in file.source
    assert number not in file.source and access_code not in file.source


@pytest.mark.parametrize("lang", ["id", "en"])
def test_every_topic_and_every_account_question_is_the_institutions_own(
    client: Client, profile: Institution, lang: str
) -> None:
    """K3-01, K3-12, K3-23, K3-34: the topics stand in the form, each with its hint."""
    assert walk_to(client, "account", lang).heading == profile.account.question[lang]
    client.forget()
    page = walk_to(client, "topic", lang, **fitting(profile))
    for topic in profile.topics_of("complaint"):
        assert " ".join(topic.label[lang].split()) in page.text
        assert topic.hint is not None and " ".join(topic.hint[lang].split()) in page.text


@pytest.mark.parametrize("code", ["kredifazz"])
@pytest.mark.parametrize("lang", ["id", "en"])
def test_two_limits_beside_each_other_are_both_shown(client: Client, profile: Institution, lang: str) -> None:
    """KF-33, KF-G1: twenty calendar days and the law's ten working days; the page says which one binds."""
    start = client.get(f"/{lang}/")
    assert {"id": "Senin, 6 April 2026", "en": "Monday 6 April 2026"}[lang] in start.text
    assert {"id": "Tanggal yang lebih awal mengikat kami.", "en": "The earlier date binds us."}[lang] in start.text
    sent = send(walk_to(client, "check", lang, **fitting(profile)))
    number, access_code = number_and_code(sent)
    client.get(f"/{lang}/track").form(f"/{lang}/track").fill(number=number, code=access_code).submit()
    beside = client.get(f"/{lang}/track/case/deadline").one("section[aria-labelledby=beside]")
    assert beside.one("time")["datetime"] == "2026-04-06"
    assert {"id": "10 hari kerja", "en": "10 working days"}[lang] in beside.text


FORM = {
    "id": {
        "start": "Mulai pengaduan",
        "what": "Apa yang terjadi?",
        "told": "Dengan kata-kata Anda sendiri",
        "name": "Nama lengkap",
        "phone": "Nomor telepon",
    },
    "en": {
        "start": "Start a complaint",
        "what": "What happened?",
        "told": "In your own words",
        "name": "Full name",
        "phone": "Phone number",
    },
}


@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_form_asks_who_it_is_and_what_happened(client: Client, code: str, profile: Institution, lang: str) -> None:
    """SQ-37, SQ-39, KF-25: a complaint form, with the description and the customer's own data."""
    said, answers = FORM[lang], fitting(profile)
    assert said["start"] in client.get(f"/{lang}/").text
    assert said["name"] in walk_to(client, "identity", lang, **answers).text
    assert said["phone"] in walk_to(client, "contact", lang, **answers).text
    page = walk_to(client, "story", lang, **answers)
    assert page.heading == said["what"] and said["told"] in page.text


@pytest.mark.parametrize("lang", ["id", "en"])
def test_no_page_copies_a_misspelling_of_its_source(client: Client, lang: str) -> None:
    """SQ-G3: the sources' slips stand on no page of any institution."""
    for page in ("", "customer-service", "procedure", "service-levels", "conditions", "privacy"):
        text = client.get(f"/{lang}/{page}").text.lower()
        assert not [slip for slip in ("verbally complaint", " wii ", "repsentative", "pinajaman") if slip in text], page
