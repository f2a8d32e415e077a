"""Runs every room's jobs in a process of its own: gathers the tasks and crons and hands them to a runner."""

import argparse
import os
import signal
import sys
import threading
from contextlib import suppress
from datetime import datetime

import structlog

from portal.accounts import tasks as accounts
from portal.complaints import tasks as complaints
from portal.config import Settings, SettingsError
from portal.db import Database
from portal.deployment import profile_of
from portal.desk.search import tasks as search
from portal.evidence import tasks as evidence
from portal.filing import tasks as filing
from portal.history import tasks as history
from portal.jobs import tasks as jobs
from portal.jobs.process import work
from portal.jobs.rules import Roster
from portal.jobs.runner import Runner
from portal.notices import tasks as notices
from portal.web.logs import configure_logs

# Every room that has a tasks module. A room that is not named here has jobs that nobody runs.
ROOMS = (jobs, history, notices, accounts, evidence, complaints, filing, search)
DEFAULT_THREADS = 2

log = structlog.get_logger("portal.jobs")


def roster() -> Roster:
    """The tasks and crons of every room."""
    return Roster.of(
        (task for room in ROOMS for task in room.TASKS),
        (cron for room in ROOMS for cron in room.CRONS),
    )


def runner(database: Database, settings: Settings, *, threads: int = DEFAULT_THREADS) -> Runner:
    """A runner of every room's jobs, with the crons in the institution's local time."""
    return Runner(database, settings, roster(), zone=profile_of(settings).zone, threads=threads)


def drain(database: Database, settings: Settings, *, due_by: datetime | None = None) -> int:
    """Run in this thread what is due, until nothing is; returns how many tries. See `Runner.drain`."""
    return runner(database, settings).drain(due_by=due_by)


def run(settings: Settings, *, threads: int = DEFAULT_THREADS, once: bool = False) -> int:
    """Run jobs until SIGTERM or SIGINT, or with `once` only those that are due now; returns the exit code.

    The exit code is 0 after an orderly end and 1 if the process gave up and should be started again.
    """
    configure_logs(json=settings.production)
    database = Database(settings.database_url, settings.keys)
    try:
        running = runner(database, settings, threads=threads)
        if once:
            log.info("jobs.drained", tries=running.drain())
            return 0
        return work(running)
    finally:
        database.dispose()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m portal.worker", description="Run the portal's background jobs.")
    parser.add_argument(
        "--threads",
        type=int,
        default=DEFAULT_THREADS,
        help="jobs that run at the same time; of two or more, one never has a long one",
    )
    parser.add_argument("--once", action="store_true", help="run what is due now, then end")
    parser.add_argument("--beside", action="store_true", help="end when the standard input closes: with who started it")
    given = parser.parse_args(arguments)
    if given.threads < 1:
        parser.error("--threads must be at least 1")
    try:
        settings = Settings.from_environment()
        profile_of(settings)
    except SettingsError as fault:
        print("The worker cannot start:", *fault.reasons, sep="\n- ", file=sys.stderr)
        return 2
    if given.beside:
        threading.Thread(target=_end_with_input, daemon=True).start()
    return run(settings, threads=given.threads, once=given.once)


def _end_with_input() -> None:
    """A server that was killed cannot tell its worker; the pipe between them closes all the same."""
    with suppress(OSError):
        sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
