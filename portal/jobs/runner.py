"""Runs jobs: one transaction for a handler's effect and its settling, the beat, the crons, the drain."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import structlog

from portal import clock
from portal.db import Database, Session
from portal.jobs import leases, service
from portal.jobs.leases import Claim
from portal.jobs.models import Job
from portal.jobs.rules import Cron, Pace, PermanentFailure, Roster, Task, Work, back_off, pause

if TYPE_CHECKING:
    from portal.config import Settings

# When the database cannot be reached, a worker asks again more and more slowly, down to this.
LONGEST_PAUSE_SECONDS = 30.0

log = structlog.get_logger("portal.jobs")


class CommitInHandler(RuntimeError):
    """A handler committed by itself: its effect would stand although its job was not settled."""


class Fenced(Exception):
    """The claim no longer holds: somebody else has taken or settled the job meanwhile."""


class HandlerSession(Session):
    """A handler's session, which only the runner can commit."""

    def commit(self) -> None:
        raise CommitInHandler("a handler leaves the commit to the runner")

    def settle(self, claim: Claim) -> None:
        """Settle the job and commit it with everything that the handler changed; `Fenced` if it is not ours."""
        self.begin_write()
        self.flush()
        if not leases.finish(self.connection(), claim):
            raise Fenced
        super().commit()


@dataclass(eq=False, slots=True)
class Try:
    """A try that is going on in this process."""

    claim: Claim
    task: Task
    thread: threading.Thread
    began: float = field(default_factory=time.monotonic)
    given_up: bool = False

    @property
    def is_overdue(self) -> bool:
        return time.monotonic() - self.began > self.task.limit.total_seconds()


class Runner:
    """The jobs of one process. Any number of them, on any number of machines, share one table."""

    def __init__(
        self,
        database: Database,
        settings: "Settings",
        roster: Roster,
        *,
        zone: ZoneInfo,
        threads: int = 2,
        pace: Pace | None = None,
    ) -> None:
        self.database = database
        self.settings = settings
        self.roster = roster
        self._pressing = roster.pressing
        self.zone = zone
        self.threads = threads
        self.pace = pace or Pace()
        self._stopping = threading.Event()
        self._ended = threading.Event()
        self._guard = threading.Lock()
        self._crew: set[threading.Thread] = set()
        self._tries: set[Try] = set()
        self._slots: dict[str, datetime] = {}
        # Who holds it looks for work; the others are busy or queue here. So an idle process asks the
        # database once a poll, not once a thread.
        self._lookout = threading.Lock()

    # ── a process's life ─────────────────────────────────────────────────────────────────────────

    def start(self) -> None:
        """Start the threads. The caller then calls `tick` once a poll, and `stop` in the end."""
        threading.Thread(target=self._beat, name="jobs-beat", daemon=True).start()
        for _ in range(self.threads):
            self._hire()

    def tick(self) -> None:
        """Enqueue the crons whose slot has come."""
        for cron in self.roster.crons:
            slot = cron.slot(clock.now(), self.zone)
            if self._slots.get(cron.name) == slot:
                continue
            try:
                self._enqueue(cron, slot)
            except Exception as failure:
                # The next tick tries again, and meets the same fault only once if it is everybody's.
                log.warning("cron.postponed", cron=cron.name, exc_info=failure)
                return
            self._slots[cron.name] = slot

    def stop(self) -> None:
        """Take no new job. What runs goes on, and its leases are renewed, until `wait` is over."""
        self._stopping.set()

    def wait(self, seconds: float) -> bool:
        """Wait so long for the threads to end; whether they have. Handlers beyond their limit do not count."""
        until = time.monotonic() + seconds
        with self._guard:
            crew = list(self._crew)
        for thread in crew:
            thread.join(max(0.0, until - time.monotonic()))
        with self._guard:
            ended = not self._crew
        if ended:
            self._ended.set()
        return ended

    @property
    def is_clogged(self) -> bool:
        """More handlers hang in this process than it has threads: it should be replaced by a new one."""
        with self._guard:
            return sum(running.given_up for running in self._tries) > self.threads

    def drain(self, *, due_by: datetime | None = None) -> int:
        """Run in this thread what is due now, and what that enqueues, until nothing is; returns how many tries.

        Crons rest. With `due_by` that moment stands in the place of the clock, for what is due, for the
        handlers' `now` and for the wait after a failure: a test can work off another day.
        """
        tries = 0
        with self._beating():
            while (claim := leases.claim(self.database, self.roster, self.pace.lease, due_by=due_by)) is not None:
                self._run(self._begin(claim), since=due_by)
                tries += 1
        return tries

    # ── threads ──────────────────────────────────────────────────────────────────────────────────

    def _hire(self) -> None:
        thread = threading.Thread(target=self._work, name="jobs", daemon=True)
        with self._guard:
            self._crew.add(thread)
        thread.start()

    def _work(self) -> None:
        me = threading.current_thread()
        try:
            while True:
                # Begun before another thread looks: what it may take depends on what is running.
                with self._lookout:
                    claim = self._look()
                    running = self._begin(claim) if claim else None
                if running is None:
                    return
                self._run(running)
                if running.given_up:
                    return
        finally:
            with self._guard:
                self._crew.discard(me)

    def _look(self) -> Claim | None:
        """Wait for a job that is due and take it; None when the process stops."""
        seconds = 0.0
        while not self._stopping.wait(seconds):
            try:
                claim = leases.claim(self.database, self._takes(), self.pace.lease)
            except Exception as failure:
                # The database is away, most likely. Whatever it is: a worker that asks again is better
                # than one that is up and does nothing.
                log.warning("jobs.not_claimed", exc_info=failure)
                seconds = min(max(seconds, self.pace.poll.total_seconds()) * 2, LONGEST_PAUSE_SECONDS)
                continue
            if claim is not None:
                return claim
            seconds = pause(self.pace.poll, chance=random.random())
        return None

    def _takes(self) -> Roster:
        """The tasks that a free thread may take now: what gives way to others never has the last thread of several."""
        with self._guard:
            yielding = sum(running.task.yields and not running.given_up for running in self._tries)
        return self.roster if yielding < max(1, self.threads - 1) else self._pressing

    @contextmanager
    def _beating(self) -> Iterator[None]:
        self._ended.clear()
        beat = threading.Thread(target=self._beat, name="jobs-beat", daemon=True)
        beat.start()
        try:
            yield
        finally:
            self._ended.set()
            beat.join()

    def _beat(self) -> None:
        """Prolong the leases of what runs, each third of a lease, as long as it keeps within its limit."""
        while not self._ended.wait(self.pace.beat.total_seconds()):
            with self._guard:
                overdue = [running for running in self._tries if running.is_overdue and not running.given_up]
            for running in overdue:
                self._give_up(running)
            with self._guard:
                claims = [running.claim for running in self._tries if not running.given_up]
            try:
                renewed = leases.renew(self.database, claims, self.pace.lease)
            except Exception as failure:
                # Two more beats are left before another worker takes the jobs.
                log.warning("jobs.not_renewed", exc_info=failure)
            else:
                self._tell_lost(renewed, claims)

    def _tell_lost(self, renewed: set[UUID], claims: list[Claim]) -> None:
        with self._guard:
            running = {running.claim.token for running in self._tries}
        for claim in claims:
            # What is no longer running here was settled in the meantime.
            if claim.job_id not in renewed and claim.token in running:
                log.warning("job.lost", job=str(claim.job_id), kind=claim.kind)

    def _give_up(self, running: Try) -> None:
        """A handler beyond its limit keeps its thread, but neither its lease nor its place in the crew."""
        with self._guard:
            running.given_up = True
            replace = running.thread in self._crew
            self._crew.discard(running.thread)
        log.error("job.overdue", job=str(running.claim.job_id), kind=running.claim.kind)
        if replace and not self._stopping.is_set() and not self.is_clogged:
            self._hire()

    # ── one job ──────────────────────────────────────────────────────────────────────────────────

    def _begin(self, claim: Claim) -> Try:
        running = Try(claim, self.roster.tasks[claim.kind], threading.current_thread())
        with self._guard:
            self._tries.add(running)
        return running

    def _run(self, running: Try, *, since: datetime | None = None) -> None:
        claim = running.claim
        names = {"job": str(claim.job_id), "kind": claim.kind, "attempt": claim.attempt}
        with structlog.contextvars.bound_contextvars(**names):
            try:
                self._handle(running, since)
            except Exception as failure:
                # Not even the failure could be settled. The lease runs out, and the try is counted already.
                log.warning("job.unsettled", exc_info=failure)
            finally:
                with self._guard:
                    self._tries.discard(running)

    def _handle(self, running: Try, since: datetime | None) -> None:
        claim = running.claim
        session = HandlerSession(self.database)
        try:
            work = Work(session, claim.payload, since or clock.now(), self.settings, claim.job_id, claim.attempt)
            running.task.run(work)
            session.settle(claim)
        except Fenced:
            log.warning("job.fenced")
        # BaseException: a handler that calls sys.exit() must neither stop the worker nor lose its job.
        except BaseException as failure:
            # The handler's change ends before its failure is written: on SQLite it holds the one write lock.
            session.rollback()
            self._settle_failure(running, failure, since)
            if isinstance(failure, KeyboardInterrupt) and threading.current_thread() is threading.main_thread():
                raise
        else:
            log.info("job.done", ms=round((time.monotonic() - running.began) * 1000))
        finally:
            session.close()

    def _settle_failure(self, running: Try, failure: BaseException, since: datetime | None) -> None:
        claim, error = running.claim, type(failure).__name__
        is_last = isinstance(failure, PermanentFailure) or claim.attempt >= running.task.tries
        with self.database.short_write() as connection:
            if is_last:
                held = leases.bury(connection, claim, error, tries=claim.attempt)
            else:
                later = back_off(claim.attempt, chance=random.random(), first=self.pace.back_off)
                held = leases.postpone(connection, claim, error, later, since=since)
        if not held:
            log.warning("job.fenced", exc_info=failure)
        elif is_last:
            log.error("job.dead", exc_info=failure)
        else:
            log.warning("job.failed", exc_info=failure)

    # ── crons ────────────────────────────────────────────────────────────────────────────────────

    def _enqueue(self, cron: Cron, slot: datetime) -> None:
        """Enqueue the slot's job unless another worker has; the unique key decides, there is no leader."""
        key = cron.key(slot)
        with self.database.session() as session:
            if session.scalar(sa.select(Job.id).where(Job.key == key)) is not None:
                return
            session.begin_write()
            service.enqueue(session, cron.kind, {"slot": slot.isoformat()}, now=clock.now(), key=key)
            session.commit()
