"""The health page: what the checks find, in words for people, and what was given up brought back."""

import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import checks, clock
from portal.accounts.rules import OfficerRole
from portal.db import Database, uuid7
from portal.institution.models import Institution
from portal.jobs.models import Job
from portal.jobs.rules import JobState
from portal.notices.models import Notice
from portal.notices.rules import NoticeState
from tests.builders import NOW
from tests.complaints.cases import file_case
from tests.desk.seats import sit
from tests.notices.gatewayserver import GatewayServer
from tests.notices.gatewayserver import serving as serving_gateway
from tests.notices.mailserver import MailServer, serving
from tests.page import Client, Page
from tests.test_cli import a_job


def findings(page: Page) -> dict[str, tuple[str, str]]:
    """Each check's state and words, by its name."""
    rows = page.all("table tbody")[0].all("tr")
    return {row.one("th").text: (row.all("td")[0].text, row.all("td")[1].text) for row in rows}


@pytest.fixture
def dead_job(house: Database, clock: object) -> Job:
    """A job that was given up."""
    job_id = uuid7()
    with house.short_write() as connection:
        told = a_job(id=job_id, kind="notice.send", state=JobState.DEAD, tries=8, error="Refused", settled_at=NOW)
        connection.execute(sa.insert(Job).values(**told))
    with house.session() as session:
        return session.get_one(Job, job_id)


def test_what_the_checks_find_is_said_in_plain_words(
    client: Client, house: Database, profile: Institution, clock: object, lang: str
) -> None:
    file_case(house, profile)
    with house.short_write() as connection:
        connection.execute(sa.update(Notice).values(state=NoticeState.FAILED, failure="smtp_550", settled_at=NOW))
    sit(client, house, profile, OfficerRole.CS_MANAGER)
    page = client.get(f"/{lang}/desk/health")
    assert page.heading == {"id": "Kesehatan portal", "en": "Health of the portal"}[lang]
    said = findings(page)
    database, notices = {
        "id": ("Basis data", "Pemberitahuan kepada pengadu"),
        "en": ("Database", "Notices to customers"),
    }[lang]
    assert (
        said[database]
        == {
            "id": ("Baik", "Menjawab, dan tabelnya mutakhir."),
            "en": ("In order", "It answers, and its tables are up to date."),
        }[lang]
    )
    assert (
        said[notices]
        == {
            "id": ("Perlu ditangani", "Belum sampai: 1. Daftarnya di kotak keluar."),
            "en": ("To be seen to", "Not delivered: 1. They stand in the outbox."),
        }[lang]
    )
    assert len(said) == len(checks.EVERYTHING)


def test_an_administrator_lets_a_job_that_was_given_up_run_again(
    client: Client, house: Database, profile: Institution, dead_job: Job
) -> None:
    sit(client, house, profile, OfficerRole.ADMINISTRATOR)
    page = client.get("/en/desk/health")
    assert findings(page)["Background work"] == ("To be seen to", "Given up after many tries: 1. They stand below.")
    assert "notice.send" in page.one("[aria-labelledby=dead] tbody").text
    done = page.form(f"/en/desk/health/jobs/{dead_job.id}").submit()
    assert "The job runs again." in done.text and "No job was given up." in done.text
    with house.session() as session:
        assert session.get_one(Job, dead_job.id).state is JobState.WAITING
    # Somebody else was faster: nothing happens twice.
    assert "The job runs again." not in page.form(f"/en/desk/health/jobs/{dead_job.id}").submit().text


def test_a_manager_sees_what_was_given_up_and_cannot_bring_it_back(
    client: Client, house: Database, profile: Institution, dead_job: Job
) -> None:
    sit(client, house, profile, OfficerRole.CS_MANAGER)
    page = client.get("/en/desk/health")
    assert "notice.send" in page.one("[aria-labelledby=dead] tbody").text
    assert not page.has("main form")


# ── mail server and gateway ──────────────────────────────────────────────────────────────────────


@pytest.fixture
def nobody() -> Iterator[int]:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    yield port


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_mail_server_and_gateway_are_tried_without_a_letter(app: Flask, nobody: int) -> None:
    floor = app.extensions["aduan"]
    with serving(MailServer()) as mail, serving_gateway(GatewayServer()) as gateway:
        urls = {
            "smtp_url": f"smtp://127.0.0.1:{mail.port}",
            "gateway_url": f"http://127.0.0.1:{gateway.port}/send",
        }
        there = replace(floor, settings=replace(floor.settings, **urls))
        assert [check(there, clock.now()).code for check in (checks.mail, checks.gateway)] == ["ok", "ok"]
        assert mail.accepted == [] and gateway.paths == []
    urls = {"smtp_url": f"smtp://127.0.0.1:{nobody}", "gateway_url": f"http://127.0.0.1:{nobody}/send"}
    gone = replace(floor, settings=replace(floor.settings, **urls))
    for check in (checks.mail, checks.gateway):
        found = check(gone, clock.now())
        assert (found.level, found.code, found.facts) == (
            checks.Level.WARNING,
            "away",
            {"failure": "unreachable"},
        )
