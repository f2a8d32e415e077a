"""The server is killed at random moments of sending: every number that was shown is complete, none is double."""

import http.client
import random
import re
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import clock
from portal.app import create_app
from portal.complaints.codes import find_by_code
from portal.complaints.entry.models import AccessCode
from portal.complaints.models import Clock, Complaint, ComplaintTransaction, Party, Round
from portal.complaints.numbers import read_number
from portal.config import Settings
from portal.db import Database
from portal.filing.models import Draft
from portal.history.checking import verify
from portal.jobs.models import Job
from portal.notices.models import Notice
from tests.intake.journey import walk_to
from tests.journeys.forked import Forked
from tests.page import Client

KILLS = 50
SEED = 20261121
NUMBER = re.compile(r'class="[^"]*\bbig\b[^"]*"[^>]*>\s*([A-Z0-9-]+)\s*<')


@dataclass
class Sending:
    """One customer whose browser has a draft ready to send, and what it was shown since."""

    cookies: str
    hidden: dict[str, str]
    address: str
    shown: list[tuple[str, str]] = field(default_factory=list)


class ForkedServer(Forked):
    """A server as one customer's browser asks it."""

    def ask(self, method: str, path: str, sending: Sending, body: str | None = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {
            "Cookie": sending.cookies,
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Forwarded-For": sending.address,
        }
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def send(self, sending: Sending) -> None:
        """Press "send" and look at the confirmation, as a browser does; note what it shows."""
        status, _ = self.ask("POST", "/id/file/send", sending, urlencode(sending.hidden))
        assert status == 303, status
        status, page = self.ask("GET", "/id/file/sent", sending)
        assert status == 200, status
        number, code = NUMBER.findall(page)
        sending.shown.append((number, code))


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    """Behind a proxy that says which network each customer is on."""
    return environment | {"PORTAL_PROXIES": "1"}


@pytest.fixture
def customers(app: Flask, settings: Settings) -> list[Sending]:
    prepared = []
    for _ in range(KILLS):
        client = Client(app, settings.base_url)
        check = walk_to(client, "check")
        hidden = {node["name"]: node["value"] for node in check.form("/id/file/send").node.all("[type=hidden]")}
        cookies = "; ".join(f"{name}={client.cookie(name)}" for name in ("aduan", "draft"))
        prepared.append(Sending(cookies, hidden, client.address))
    return prepared


def test_every_number_shown_is_complete_and_none_is_double(
    customers: list[Sending], settings: Settings, database: Database
) -> None:
    """BM-10, BM-11: the number is the evidence that the complaint is recorded; it may not outlive its complaint."""
    chance = random.Random(SEED)
    server = ForkedServer(settings)
    server.start()
    usual = _duration(lambda: server.ask("GET", "/id/file/check", customers[0])) * 4
    killed_before_answer = 0
    for sending in customers:
        thread = threading.Thread(target=_quietly, args=(server.send, sending))
        thread.start()
        time.sleep(chance.uniform(0, usual))
        server.kill()
        thread.join(30)
        killed_before_answer += not sending.shown
        server.start()
    # What a customer does after such an interruption: load the page again, send again.
    for sending in customers:
        server.send(sending)
        server.send(sending)
    server.kill()
    assert killed_before_answer >= KILLS // 5, "the kills came too late to interrupt anything"

    numbers = set()
    for sending in customers:
        assert len(set(sending.shown)) == 1, f"different numbers were shown: {sending.shown}"
        numbers.add(sending.shown[0][0])
    assert len(numbers) == KILLS
    _everything_is_whole(database, settings, {s.shown[0] for s in customers})


def _everything_is_whole(database: Database, settings: Settings, shown: set[tuple[str, str]]) -> None:
    prefix = create_app(settings).extensions["aduan"].institution.prefix
    with database.session() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Complaint)) == KILLS
        assert session.scalar(sa.select(sa.func.count()).select_from(Draft).where(Draft.complaint_id.is_(None))) == 0
        for number, code in shown:
            opened = find_by_code(session, number=read_number(number, prefix), account="", code=code)
            assert isinstance(opened, AccessCode), number
            complaint = session.get_one(Complaint, opened.complaint_id)
            assert verify(session, complaint) == []
            for table, expected in ((Party, 1), (ComplaintTransaction, 1), (Round, 1), (AccessCode, 1)):
                rows = sa.select(sa.func.count()).select_from(table).where(table.complaint_id == complaint.id)
                assert session.scalar(rows) == expected, (number, table)
            assert session.scalar(sa.select(Clock.due_on).join(Round).where(Round.complaint_id == complaint.id))
            receipt = session.scalars(sa.select(Notice).where(Notice.subject_id == complaint.id)).one()
            assert session.scalar(sa.select(Job.id).where(Job.key == f"notice:{receipt.id}:{receipt.channel}"))
            assert complaint.received_at <= clock.now()


def _quietly(send: Callable[[Sending], None], sending: Sending) -> None:
    # Whatever a dying server does to a connection is what this test is about.
    with suppress(OSError, http.client.HTTPException, AssertionError, ValueError):
        send(sending)


def _duration(act: Callable[[], object]) -> float:
    act()
    started = time.perf_counter()
    act()
    return time.perf_counter() - started
