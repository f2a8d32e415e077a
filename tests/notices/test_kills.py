"""A worker killed between the mail server's "taken" and our own commit."""

import os
import subprocess
import sys
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
def smtp_environment(environment: dict[str, str], mail_server: MailServer) -> dict[str, str]:
    return environment | {"PORTAL_SMTP_URL": f"smtp://127.0.0.1:{mail_server.port}"}


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

    settings = Settings.from_environment(smtp_environment)
    second = Runner(database, settings, Roster.of(tasks.TASKS), zone=load("muamalat").zone, pace=PACE)
    give_up = time.monotonic() + PATIENCE
    while not second.drain():
        assert time.monotonic() < give_up, "nobody took the killed worker's job"
        time.sleep(0.1)

    first, again = mail_server.mails
    assert first["Message-ID"] == again["Message-ID"] == f"<{notice.id}@[127.0.0.1]>"
    assert first.as_bytes() == again.as_bytes()
    settled = read(session, notice.id)
    assert (settled.state, settled.tries) == (NoticeState.SENT, 2)
    assert session.scalar(sa.select(sa.func.count()).select_from(Notice)) == 1
    assert second.drain() == 0
    with capsys.disabled():
        print(f"\n[killed worker] {mail_server.duplicates} duplicate, the same Message-ID, one line in the ledger")
