"""What follows a response, at browsers: answered cases that stand ready, and each step of what their people do then."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from itertools import count
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from playwright.sync_api import Page, expect

from portal import clock
from portal.accounts.rules import OfficerRole
from portal.complaints import authority
from portal.complaints.handed_in import Person, Representation
from portal.complaints.models import Complaint
from portal.complaints.proving import Point
from portal.complaints.tasks import WATCH
from portal.config import Settings
from portal.db import Database, uuid7, writing
from portal.institution.models import Institution
from portal.jobs.service import enqueue
from portal.worker import drain
from tests.browser.customer import Kept, at, fill, send_button, sign_in
from tests.browser.server import Server
from tests.complaints.answers import answer
from tests.complaints.cases import BASE_URL, Case, file_case
from tests.complaints.officers import seat

WORDS = "Uangnya belum kembali, dan ini buktinya."
_serial = count(1)


def somebody(lang: str, name: str = "Siti Rahmawati") -> Person:
    """A person whose letters no other test gets."""
    return Person(name=name, language=lang, email=f"siti.{next(_serial)}@example.id", phone=None)


def an_answered_case(
    house: Database, profile: Institution, lang: str, *, filed_ago: timedelta = timedelta(days=3), **changes: Any
) -> Case:
    """A complaint that was filed so long ago, and answered two days later."""
    filed_at = clock.now() - filed_ago
    told: dict[str, Any] = {"language": lang, "customer": somebody(lang)} | changes
    case = file_case(house, profile, now=filed_at, **told)
    answer(house, profile, case, now=filed_at + timedelta(days=2))
    return case


def represented(lang: str) -> Representation:
    """Somebody who acts for the customer, by a power that nobody has examined."""
    return Representation(
        person=somebody(lang, "Bambang Sutrisno"),
        relation="Anak",
        scope="Mengurus pengaduan ini sampai selesai.",
        given_on=date(2026, 3, 2),
    )


def accept_power(house: Database, profile: Institution, case: Case) -> None:
    """An officer has examined the power of attorney and accepted it."""
    officer = seat(house, profile, OfficerRole.AGENT, name="Fajar Nugroho")
    with house.session() as session:
        complaint = writing(session, session.get_one(Complaint, case.complaint_id))
        authority.accept(
            session,
            complaint,
            shown=frozenset(Point),
            scope="Seluruhnya",
            ends_on=None,
            profile=profile,
            base_url=BASE_URL,
            officer=officer,
            now=clock.now(),
        )
        session.commit()


def open_case(page: Page, lang: str, case: Case) -> None:
    """Sign in as whoever holds this case's code, and nobody else any more."""
    page.context.clear_cookies()
    sign_in(page, lang, Kept(case.number, case.code))


# ── what the party does ──────────────────────────────────────────────────────────────────────────


def agree(page: Page, lang: str, satisfaction: str = "5") -> None:
    """Agree, and answer the one question; the page shows the case."""
    page.locator(f'main a[href="/{lang}/track/case/agree"]').first.click()
    fill(page, {"sure": True})
    send_button(page).click()
    at(page, f"/{lang}/track/case/rating")
    fill(page, {"satisfaction": satisfaction})
    send_button(page).click()
    at(page, f"/{lang}/track/case")


def disagree(page: Page, lang: str) -> None:
    """Not agree; the page shows where the matter can go."""
    page.locator(f'main a[href="/{lang}/track/case/disagree"]').first.click()
    fill(page, {"sure": True})
    send_button(page).click()
    at(page, f"/{lang}/track/case/forums")


def tell_forum(page: Page, lang: str, forum: str, reference: str) -> None:
    """From the forums: tell where it was taken; the page shows the case."""
    page.locator(f'main a[href="/{lang}/track/case/forums/told"]').click()
    fill(page, {"forum": forum, "reference": reference})
    send_button(page).click()
    at(page, f"/{lang}/track/case")


def begin_objection(page: Page, lang: str, words: str = WORDS) -> None:
    """From the case to the page of an objection, with the words written."""
    page.locator(f'main a[href="/{lang}/track/case/objection"]').first.click()
    at(page, f"/{lang}/track/case/objection")
    page.locator('[name="words"]').fill(words)


def attach(page: Page, file: Path) -> None:
    """A file goes up by itself and is kept."""
    before = page.locator("[data-kept] .file").count()
    page.locator('input[type="file"]').set_input_files(file)
    expect(page.locator("[data-kept] .file")).to_have_count(before + 1)
    expect(page.locator("[data-kept] .file-name").last).to_have_text(file.name)


def send_objection(page: Page, lang: str) -> None:
    """Send it; the page shows the case."""
    send_button(page).click()
    at(page, f"/{lang}/track/case")


def bring(page: Page, lang: str, file: Path) -> None:
    """Add a document to the complaint itself; the page shows the case again."""
    page.goto(f"/{lang}/track/case/documents")
    attach(page, file)
    page.goto(f"/{lang}/track/case")


# ── what the worker does ─────────────────────────────────────────────────────────────────────────


def decides_by(house: Database, case: Case) -> date:
    """Until when an answered case is kept open for its customer."""
    with house.session() as session:
        day = session.scalars(sa.select(Complaint.decide_by).where(Complaint.id == case.complaint_id)).one()
        assert day is not None
        return day


def nights(server: Server, house: Database, profile: Institution, days: Collection[date]) -> None:
    """The worker's round in the night of each of these days, by a clock that stands there; it sends what it writes.

    For a server that has no worker of its own, which would look by today's clock.
    """
    settings = Settings.from_environment(server.environment)
    for day in days:
        moment = datetime.combine(day, clock_time(0, 20), profile.zone)
        with house.session() as session:
            session.begin_write()
            enqueue(session, WATCH, {}, now=moment, key=f"night:{uuid7()}")
            session.commit()
        drain(house, settings, due_by=moment)
