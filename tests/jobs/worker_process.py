"""A worker with the tests' own tasks, as a process that tests can kill, freeze and thaw.

`python -m tests.jobs.worker_process '<JSON of its orders>'`; see `Orders`.
"""

import json
import os
import signal
import sys
import time
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from portal.db import Database, uuid7
from portal.jobs.process import work
from portal.jobs.rules import Cron, Pace, Roster, Task, Work
from portal.jobs.runner import Runner
from portal.sealing import KeyRing
from portal.web.logs import configure_logs

# The effect of the tests' handlers: one row a completed (and committed) try.
MARKS = sa.Table(
    "marks",
    sa.MetaData(),
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("job_id", sa.Uuid, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("process", sa.Integer, nullable=False),
    sa.Column("note", sa.Text),
)


@dataclass(frozen=True)
class Orders:
    """What a test wants of a worker. `folder` is where the handlers and the test signal to each other."""

    url: str
    folder: str
    lease: float = 60.0
    poll: float = 0.2
    back_off: float = 30.0
    threads: int = 1
    tries: int = 8
    limit: float = 60.0
    cron_seconds: int | None = None

    def as_json(self) -> str:
        return json.dumps(asdict(self))

    def pace(self) -> Pace:
        return Pace(timedelta(seconds=self.lease), timedelta(seconds=self.poll), timedelta(seconds=self.back_off))

    def roster(self) -> Roster:
        folder = Path(self.folder)
        limit = timedelta(seconds=self.limit)

        def mark(work: Work, note: str | None = None) -> None:
            work.session.begin_write()
            row = {"id": uuid7(), "job_id": work.job_id, "attempt": work.attempt, "process": os.getpid(), "note": note}
            work.session.connection().execute(sa.insert(MARKS).values(row))

        def simple(work: Work) -> None:
            mark(work, work.payload.get("slot"))

        def slow(work: Work) -> None:
            """Takes as many seconds as the payload says, and says when it has begun."""
            note_try(work)
            time.sleep(work.payload["seconds"])
            mark(work)

        def stuck(work: Work) -> None:
            """The first try waits until the test says go; later ones pass at once."""
            note_try(work)
            if work.attempt == 1:
                wait_for(folder / "go")
            mark(work)

        def held_up(work: Work) -> None:
            """Every try waits until the test says go."""
            note_try(work)
            wait_for(folder / "go")
            mark(work)

        def failing(work: Work) -> None:
            note_try(work)
            raise RuntimeError("the message of a failure may hold anything")

        def poison(work: Work) -> None:
            note_try(work)
            os.kill(os.getpid(), signal.SIGKILL)

        def note_try(work: Work) -> None:
            """Outside the database, so that a try leaves its trace although its transaction does not."""
            (folder / f"{work.job_id}.{work.attempt}.{os.getpid()}").touch()

        tasks = [
            Task(f"test.{handler.__name__}", handler, tries=self.tries, limit=limit)
            for handler in (simple, slow, stuck, failing, poison)
        ]
        tasks.append(Task("test.long", held_up, tries=self.tries, limit=limit, yields=True))
        every = self.cron_seconds
        crons = [Cron("test.cron", "test.simple", every=timedelta(seconds=every))] if every else []
        return Roster.of(tasks, crons)


def wait_for(path: Path, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not path.exists():
        if time.monotonic() > until:
            raise TimeoutError(path.name)
        time.sleep(0.02)


def main() -> int:
    orders = Orders(**json.loads(sys.argv[1]))
    database = Database(orders.url, KeyRing.generate())
    if database.is_sqlite:
        # The tests kill processes, not the machine, and how fast its disk is should not be tested.
        sa.event.listen(database.engine, "connect", lambda file, _: file.execute("PRAGMA synchronous=OFF").close())
    runner = Runner(
        database,
        cast(Any, None),  # The handlers here ask for no setting.
        orders.roster(),
        zone=ZoneInfo("Asia/Jakarta"),
        threads=orders.threads,
        pace=orders.pace(),
    )
    configure_logs(json=True)
    return work(runner)


if __name__ == "__main__":
    sys.exit(main())
