"""Worker processes of a test's own, and what can be seen of their work."""

import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from portal import clock
from portal.db import Database
from portal.jobs import service
from portal.jobs.models import Job
from tests.jobs.worker_process import MARKS, Orders

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


def until(condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait for something that must come; how long it may take says only when the test gives up."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.05)


class Crew:
    """The workers of one test on one database, and the traces that their jobs left."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        with database.writer.begin() as connection:
            MARKS.create(connection)

    def hire(self, **orders: Any) -> subprocess.Popen[bytes]:
        """Start a worker and wait until it runs."""
        url = self.database.url.render_as_string(hide_password=False)
        with (self.folder / f"{len(self.processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.jobs.worker_process", Orders(url, str(self.folder), **orders).as_json()],
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )
        self.processes.append(process)
        until(lambda: "jobs.started" in self.said(process) or process.poll() is not None)
        assert "jobs.started" in self.said(process), self.said(process)
        return process

    def said(self, process: subprocess.Popen[bytes]) -> str:
        return (self.folder / f"{self.processes.index(process)}.log").read_text()

    def enqueue(self, kind: str, **payload: Any) -> UUID:
        return self.enqueue_many(1, kind, **payload)[0]

    def enqueue_many(self, number: int, kind: str, **payload: Any) -> list[UUID]:
        with self.database.session() as session:
            known = set(session.scalars(sa.select(Job.id)))
            session.begin_write()
            for _ in range(number):
                service.enqueue(session, kind, payload, now=clock.now())
            session.commit()
            return [job_id for job_id in session.scalars(sa.select(Job.id).order_by(Job.id)) if job_id not in known]

    def job(self, job_id: UUID) -> Job:
        with self.database.session() as session:
            return session.get_one(Job, job_id)

    def marks(self) -> list[sa.Row[Any]]:
        """The effects of handlers that were committed."""
        with self.database.reader.connect() as connection:
            return list(connection.execute(sa.select(MARKS).order_by(MARKS.c.id)))

    def tries(self, job_id: UUID) -> list[tuple[int, int]]:
        """The tries of a job that were begun, whatever became of them: number and process."""
        traces = [path.name.split(".") for path in self.folder.glob(f"{job_id}.*")]
        return sorted((int(attempt), int(process)) for _, attempt, process in traces)

    def tried_at(self, job_id: UUID, attempt: int) -> datetime:
        """When a try began, by this machine's clock."""
        (trace,) = self.folder.glob(f"{job_id}.{attempt}.*")
        return datetime.fromtimestamp(trace.stat().st_mtime, UTC)

    def freeze(self, process: subprocess.Popen[bytes], job_id: UUID) -> None:
        """Stop a worker in mid-job, but not in the instant in which it writes: it would keep its lock."""
        while True:
            process.send_signal(signal.SIGSTOP)
            if self._can_write(job_id):
                return
            process.send_signal(signal.SIGCONT)
            time.sleep(0.05)

    def _can_write(self, job_id: UUID) -> bool:
        with self.database.engine.connect() as connection:
            try:
                if self.database.is_sqlite:
                    with closing(sqlite3.connect(str(self.database.url.database), timeout=0.1)) as file:
                        file.execute("BEGIN IMMEDIATE")
                else:
                    connection.execute(sa.select(Job.id).where(Job.id == job_id).with_for_update(nowait=True))
            except (sqlite3.OperationalError, sa.exc.OperationalError):
                return False
            return True

    def dismiss(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait()


@pytest.fixture
def crew(database: Database, tmp_path: Path) -> Iterator[Crew]:
    folder = tmp_path / "crew"
    folder.mkdir()
    crew = Crew(database, folder)
    yield crew
    crew.dismiss()
