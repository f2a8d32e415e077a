"""Workers killed between the other side's "taken" and our own commit, and at any other moment."""

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal import clock
from portal.config import Settings
from portal.db import Database, Session
from portal.institution.loader import load
from portal.jobs.rules import Roster
from portal.jobs.runner import Runner
from portal.notices import tasks
from portal.notices.models import Notice
from portal.notices.rules import NoticeState
from tests.notices.gatewayserver import GatewayServer, serving, until
from tests.notices.letters import a_notice, read
from tests.notices.mailserver import MailServer
from tests.notices.sender_process import PACE

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0


@contextmanager
def kept_from_settling(database: Database, notice: Notice) -> Iterator[None]:
    """Hold what the worker needs in order to write down what it has done."""
    with database.short_write() as connection:
        connection.execute(sa.select(Notice.id).where(Notice.id == notice.id).with_for_update())
        yield


@pytest.fixture
def gateway() -> Iterator[GatewayServer]:
    with serving(GatewayServer()) as server:
        yield server


@pytest.fixture
def smtp_environment(environment: dict[str, str], mail_server: MailServer, gateway: GatewayServer) -> dict[str, str]:
    return environment | {
        "PORTAL_SMTP_URL": f"smtp://127.0.0.1:{mail_server.port}",
        "PORTAL_GATEWAY_URL": f"http://127.0.0.1:{gateway.port}/send",
    }


@pytest.fixture
def start_worker(smtp_environment: dict[str, str]) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.notices.sender_process"],
            cwd=ROOT,
            env=inherited | smtp_environment,
            stdout=subprocess.DEVNULL,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def another(database: Database, environment: dict[str, str]) -> Runner:
    """The worker that goes on where a killed one stopped."""
    settings = Settings.from_environment(environment)
    return Runner(database, settings, Roster.of(tasks.TASKS), zone=load("muamalat").zone, pace=PACE)


def test_a_worker_killed_after_the_mail_was_taken_costs_one_more_mail_of_the_same_id(
    database: Database,
    session: Session,
    smtp_environment: dict[str, str],
    mail_server: MailServer,
    start_worker: Callable[[], subprocess.Popen[bytes]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    notice = a_notice(session, now=clock.now())
    session.rollback()
    blocked = kept_from_settling(database, notice)
    # The lock is taken while the server still holds its verdict back, so that the claim is through.
    mail_server.on_accept = blocked.__enter__
    worker = start_worker()
    # The worker says goodbye only after it has read the server's "taken".
    assert mail_server.farewells.acquire(timeout=PATIENCE)
    worker.kill()
    worker.wait()
    blocked.__exit__(None, None, None)
    mail_server.on_accept = lambda: None
    assert len(mail_server.mails) == 1
    assert read(session, notice.id).state is NoticeState.WAITING
    session.rollback()

    second = another(database, smtp_environment)
    until(lambda: second.drain() > 0, within=PATIENCE)

    first, again = mail_server.mails
    assert first["Message-ID"] == again["Message-ID"] == f"<{notice.id}@[127.0.0.1]>"
    assert first.as_bytes() == again.as_bytes()
    settled = read(session, notice.id)
    assert (settled.state, settled.tries) == (NoticeState.SENT, 2)
    assert session.scalar(sa.select(sa.func.count()).select_from(Notice)) == 1
    assert second.drain() == 0
    with capsys.disabled():
        print(f"\n[killed worker] {mail_server.duplicates} duplicate, the same Message-ID, one line in the ledger")


def test_a_worker_killed_after_the_gateway_took_a_message_costs_a_repetition_that_the_gateway_knows(
    database: Database,
    session: Session,
    smtp_environment: dict[str, str],
    gateway: GatewayServer,
    start_worker: Callable[[], subprocess.Popen[bytes]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    notice = a_notice(session, now=clock.now(), email=None, phone="+6281200004419")
    session.rollback()
    blocked, held = kept_from_settling(database, notice), threading.Event()

    def hold() -> None:
        blocked.__enter__()
        held.set()

    # The message is taken and nothing answered yet: the worker cannot write down what it does not know.
    gateway.on_taken = hold
    worker = start_worker()
    assert held.wait(PATIENCE)
    worker.kill()
    worker.wait()
    blocked.__exit__(None, None, None)
    gateway.on_taken = lambda: None
    assert read(session, notice.id).state is NoticeState.WAITING
    session.rollback()

    second = another(database, smtp_environment)
    until(lambda: second.drain() > 0, within=PATIENCE)
    assert gateway.requests[0] == gateway.requests[1]
    assert (gateway.repeated, list(gateway.sent)) == (1, [str(notice.id)])
    settled = read(session, notice.id)
    assert (settled.state, settled.tries) == (NoticeState.SENT, 2)
    with capsys.disabled():
        print(f"\n[killed worker] {gateway.repeated} message repeated under one key, {len(gateway.sent)} sent")


def test_workers_killed_at_any_moment_lose_nothing_and_record_nothing_twice(
    database: Database,
    session: Session,
    smtp_environment: dict[str, str],
    mail_server: MailServer,
    gateway: GatewayServer,
    start_worker: Callable[[], subprocess.Popen[bytes]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Every other mail is refused for good, slowly, and goes to the telephone instead."""
    count, kills = 10, 3
    for _ in range(count):
        a_notice(session, now=clock.now(), phone="+6281200004419")
    session.rollback()
    mail_server.plan["RCPT"] = ["550 No such user", ""] * count
    mail_server.on_accept = gateway.on_taken = lambda: time.sleep(0.1)
    chance = random.Random(20261130)

    def handed_over() -> int:
        return len(mail_server.mails) + len(gateway.requests)

    for _ in range(kills):
        worker, more = start_worker(), handed_over() + 1
        give_up = time.monotonic() + PATIENCE
        while worker.poll() is None and handed_over() < more:
            assert time.monotonic() < give_up
            time.sleep(0.02)
        time.sleep(chance.uniform(0, 0.4))
        worker.kill()
        worker.wait()
    mail_server.on_accept = gateway.on_taken = lambda: None
    last = another(database, smtp_environment)

    def waiting() -> int | None:
        session.rollback()
        left = session.scalar(sa.select(sa.func.count()).select_from(Notice).where(Notice.settled_at.is_(None)))
        session.rollback()
        return left

    until(lambda: last.drain() >= 0 and waiting() == 0, within=PATIENCE)
    session.rollback()
    rows = session.scalars(sa.select(Notice)).all()
    followers = [row for row in rows if row.follows_id]
    failed = {row.id for row in rows if row.state is NoticeState.FAILED}
    # Each notice arrived by exactly one way, and each that failed has exactly one that took its place.
    assert len(rows) - len(followers) == count
    assert {row.follows_id for row in followers} == failed
    assert sum(row.state is NoticeState.SENT for row in rows) == count
    mailed = {mail["Message-ID"].strip("<>").split("@")[0] for mail in mail_server.mails}
    assert {str(row.id) for row in rows if row.state is NoticeState.SENT} <= mailed | set(gateway.sent)
    with capsys.disabled():
        print(
            f"\n[{kills} kills] {count} notices, {len(failed)} refused and sent by SMS, 0 lost, "
            f"{mail_server.duplicates} mails and {gateway.repeated} messages handed over twice"
        )
