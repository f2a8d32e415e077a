"""Weeks and months at the desk and before it, with a clock that is moved and the worker's nights between, by HTTP."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from portal import clock as portal_clock
from portal.accounts.rules import OfficerRole
from portal.complaints.tasks import WATCH
from portal.config import Settings
from portal.db import uuid7
from portal.jobs.service import enqueue
from portal.worker import drain
from tests.accounts.people import an_officer, sign_in
from tests.builders import NOW
from tests.complaints.cases import Case, file_case
from tests.page import Client, Page

Clock = time_machine.Traveller
WORDS = {
    "id": {
        "until": "Senin, 7 Desember 2026",
        "withdrawn": "Dianggap dicabut",
        "again": "Anda dapat mengajukannya lagi kapan saja",
        "manager": "Di tangan manajer",
        "near": "Otomatis: batas jawaban sudah dekat.",
        "late": "Terlambat",
        "reminded": "Pengingat tentang dokumen",
        "extended": ["Senin, 21 Desember 2026", "Jumat, 8 Januari 2027"],
        "spent": "Tidak ada dasar untuk memperpanjang lagi",
        "decide": "4 Februari 2027",
        "silent": "Ditutup tanpa balasan",
        "moved": "Perpanjangan waktu tanggapan",
        "warned": "Menunggu balasan Anda",
        "told": "Ditutup tanpa balasan",
    },
    "en": {
        "until": "Monday 7 December 2026",
        "withdrawn": "Deemed withdrawn",
        "again": "You may make it again at any time",
        "manager": "With the manager",
        "near": "By itself: the last day for the answer is near.",
        "late": "Overdue",
        "reminded": "Reminder about documents",
        "extended": ["Monday 21 December 2026", "Friday 8 January 2027"],
        "spent": "No ground lengthens the time further",
        "decide": "4 February 2027",
        "silent": "Closed without a reply",
        "moved": "More time for our response",
        "warned": "Waiting for your reply",
        "told": "Closed without a reply",
    },
}


class Bank:
    """An institution with its people, its worker's nights, and a customer at home."""

    def __init__(self, app: Flask, settings: Settings, clock: Clock, lang: str) -> None:
        self.app, self.settings, self.clock, self.lang = app, settings, clock, lang
        self.house, self.profile = app.extensions["aduan"].database, app.extensions["aduan"].institution
        self.manager = an_officer(self.house, self.profile, OfficerRole.CS_MANAGER, name="Dewi Lestari")

    def night(self) -> None:
        """What the worker does: it looks which days have come, and does what follows."""
        now = portal_clock.now()
        with self.house.session() as session:
            session.begin_write()
            enqueue(session, WATCH, {}, now=now, key=f"night:{uuid7()}")
            session.commit()
        drain(self.house, self.settings, due_by=now)

    def nights(self, number: int) -> None:
        for _ in range(number):
            self.clock.shift(timedelta(days=1))
            self.night()

    def desk(self, path: str) -> Page:
        """A page of the desk, for a manager who has signed in this morning."""
        client = Client(self.app, self.settings.base_url)
        # Each code of their app is used once.
        self.clock.shift(timedelta(seconds=30))
        sign_in(client, self.manager, self.lang)
        return client.get(f"/{self.lang}/desk{path}")

    def at_home(self, case: Case) -> Page:
        """The customer's page of their complaint."""
        client = Client(self.app, self.settings.base_url)
        form = client.get(f"/{self.lang}/track").form(f"/{self.lang}/track")
        return form.fill(number=case.number, code=case.code).submit()


@pytest.fixture(params=["id", "en"])
def bank(app: Flask, settings: Settings, request: pytest.FixtureRequest) -> Iterator[Bank]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield Bank(app, settings, clock, request.param)


def test_documents_that_never_come_end_a_complaint_after_a_reminder(bank: Bank) -> None:
    """BM-19, BM-20: filed on 23 November, to be completed by 7 December; reminded before, told after."""
    said = WORDS[bank.lang]
    case = file_case(bank.house, bank.profile, given=("identity",))
    assert said["until"] in plain(bank.at_home(case))
    bank.nights(13)
    queue = bank.desk("?incomplete=y")
    assert case.number in queue.text
    letters = bank.desk(f"/cases/{case.complaint_id}").one("[aria-labelledby=history]").text
    assert said["reminded"] in letters and said["withdrawn"] not in bank.at_home(case).text
    bank.nights(2)
    mine = bank.at_home(case)
    assert said["withdrawn"] in mine.text and said["again"] in mine.text
    assert case.number not in bank.desk("").text
    assert case.number in bank.desk("?status=deemed_withdrawn").text


def test_a_complaint_that_nobody_answers_comes_to_the_manager_and_is_overdue(bank: Bank) -> None:
    """K3-18: complete on 23 November, so that the answer is due on 7 December."""
    said = WORDS[bank.lang]
    case = file_case(bank.house, bank.profile)
    assert said["until"] in plain(bank.at_home(case))
    bank.nights(10)
    assert case.number not in bank.desk("?escalated=y").text
    bank.nights(3)
    assert case.number in bank.desk("?escalated=y").text
    assert said["near"] in bank.desk(f"/cases/{case.complaint_id}").text
    bank.nights(3)
    assert said["late"] in bank.desk("?due=late").one("tbody tr").text
    # Whatever the day, nothing was done to it but what the days brought.
    assert said["withdrawn"] not in bank.at_home(case).text


def test_a_complaint_over_months_is_extended_twice_answered_and_closed_in_silence(bank: Bank) -> None:
    """BM-31, BM-32, BM-33: from November to February, and on each night only what is due that night.

    Complete on 23 November, so that each ten working days end on 7 December, 21 December and, over joint leave,
    Christmas and New Year, on 8 January; answered on the day before, with twenty working days to decide.
    """
    said = WORDS[bank.lang]
    case = file_case(bank.house, bank.profile)
    until = [said["until"], *said["extended"]]
    for nights, before, after in ((11, until[0], until[1]), (14, until[1], until[2])):
        bank.nights(nights)
        assert before in plain(bank.at_home(case).one("#case-due"))
        do(bank, case, "extend", ground="external_party", party="Bank penerima")
        assert after in plain(bank.at_home(case).one("#case-due"))
    assert said["spent"] in bank.desk(f"/cases/{case.complaint_id}/extend").text
    bank.nights(20)
    do(bank, case, "points", more_0="Uangnya belum sampai")
    written = bank.desk(f"/cases/{case.complaint_id}/answer")
    (point,) = {node["name"].removeprefix("treat_") for node in written.all("input[type=radio]")}
    preview = do(
        bank, case, "answer", **{f"reply_{point}_id": "Sudah.", "findings_id": "Ya.", "outcomes": ["correction"]}
    )
    preview.form(path(bank, case, "response")).submit("do=send")
    assert said["decide"] in plain(bank.at_home(case))
    # Nothing is said in the weeks that are the customer's; then they are warned, and then it ends without them.
    bank.nights(20)
    assert said["warned"] not in letters(bank, case)
    bank.nights(6)
    assert said["warned"] in letters(bank, case) and said["decide"] in plain(bank.at_home(case))
    bank.nights(6)
    mine = plain(bank.at_home(case))
    assert said["silent"] in mine
    history = letters(bank, case)
    assert history.count(said["moved"]) == 2 and history.count(said["warned"]) == 1 and said["told"] in history


def path(bank: Bank, case: Case, act: str) -> str:
    return f"/{bank.lang}/desk/cases/{case.complaint_id}/{act}"


def do(bank: Bank, case: Case, act: str, /, **answers: Any) -> Page:
    """One act of the manager on a case."""
    return bank.desk(f"/cases/{case.complaint_id}/{act}").form(path(bank, case, act)).fill(answers).submit()


def letters(bank: Bank, case: Case) -> str:
    """The ledger of a case as its officers see it."""
    return plain(bank.desk(f"/cases/{case.complaint_id}"))


def plain(page: Page) -> str:
    """The page's text with plain spaces."""
    return page.text.replace("\N{NO-BREAK SPACE}", " ")
