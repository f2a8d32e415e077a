"""One transaction for effect and settling; what becomes of failures; draining; crons. In this process."""

import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from portal import clock
from portal.config import Settings
from portal.db import Database
from portal.jobs import service, tasks
from portal.jobs.models import Job
from portal.jobs.rules import Cron, JobState, Pace, PermanentFailure, Roster, Task, Work
from portal.jobs.runner import Runner

NOW = datetime(2026, 3, 9, 3, tzinfo=UTC)
Handler = Callable[[Work], None]


class Bench:
    """A runner with one handler, and the rows that it left."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database = database
        self.settings = settings

    def runner(self, handler: Handler, *, crons: tuple[Cron, ...] = (), tries: int = 8, lease: float = 60) -> Runner:
        return Runner(
            self.database,
            self.settings,
            Roster.of([Task("test.one", handler, tries=tries), Task("test.effect", lambda work: None)], crons),
            zone=ZoneInfo("Asia/Jakarta"),
            pace=Pace(lease=timedelta(seconds=lease)),
        )

    def enqueue(self, **payload: object) -> UUID:
        with self.database.session() as session:
            session.begin_write()
            service.enqueue(session, "test.one", payload, now=clock.now(), key="test")
            session.commit()
            return session.scalars(sa.select(Job.id).where(Job.key == "test")).one()

    def jobs(self, kind: str = "test.one") -> list[Job]:
        with self.database.session() as session:
            return list(session.scalars(sa.select(Job).where(Job.kind == kind).order_by(Job.id)))

    def job(self) -> Job:
        (job,) = self.jobs()
        return job


@pytest.fixture
def bench(database: Database, tmp_path: Path) -> Bench:
    settings = Settings.from_environment({"PORTAL_INSTANCE": str(tmp_path / "instance")})
    return Bench(database, settings)


def effect(work: Work) -> None:
    """A change that can be seen: a job of another kind that never falls due."""
    work.session.begin_write()
    service.enqueue(work.session, "test.effect", {}, now=work.now, run_at=work.now + timedelta(days=9999))


def test_a_handler_gets_its_job_and_a_session_that_reads(bench: Bench) -> None:
    seen: list[Work] = []

    def handler(work: Work) -> None:
        assert not work.session.is_writing
        seen.append(work)

    job_id, other = bench.enqueue(notice=(notice := uuid4())), bench.settings
    assert bench.runner(handler).drain() == 1
    (work,) = seen
    assert (work.job_id, work.payload, work.attempt) == (job_id, {"notice": str(notice)}, 1)
    assert work.settings is other
    assert work.now.tzinfo is UTC
    assert bench.job().state is JobState.DONE


def test_the_effect_and_the_settling_are_committed_together(bench: Bench) -> None:
    bench.enqueue()
    assert bench.runner(effect).drain() == 1
    assert (bench.job().state, len(bench.jobs("test.effect"))) == (JobState.DONE, 1)


def test_a_failure_takes_its_effect_with_it_and_waits(bench: Bench) -> None:
    def handler(work: Work) -> None:
        effect(work)
        raise RuntimeError("a message that may quote the customer")

    bench.enqueue()
    assert bench.runner(handler).drain() == 1
    job = bench.job()
    assert (job.state, job.tries, job.error, len(bench.jobs("test.effect"))) == (JobState.WAITING, 1, "RuntimeError", 0)
    assert timedelta(seconds=20) < job.run_at - clock.now() < timedelta(seconds=37)


def test_an_effect_without_begin_write_fails(bench: Bench) -> None:
    def handler(work: Work) -> None:
        work.session.add(
            Job(kind="test.effect", payload={}, state=JobState.WAITING, run_at=NOW, tries=0, created_at=NOW)
        )

    bench.enqueue()
    bench.runner(handler).drain()
    assert (bench.job().error, bench.jobs("test.effect")) == ("WriteOutsideWriting", [])


def test_a_handler_cannot_commit_by_itself(bench: Bench) -> None:
    def handler(work: Work) -> None:
        effect(work)
        work.session.commit()

    bench.enqueue()
    bench.runner(handler).drain()
    assert (bench.job().error, bench.jobs("test.effect")) == ("CommitInHandler", [])


def test_a_permanent_failure_is_dead_at_once(bench: Bench) -> None:
    class NoSuchMailbox(PermanentFailure):
        pass

    def handler(work: Work) -> None:
        raise NoSuchMailbox("550 siti@example.test")

    bench.enqueue()
    bench.runner(handler).drain()
    assert (bench.job().state, bench.job().tries, bench.job().error) == (JobState.DEAD, 1, "NoSuchMailbox")


def test_a_handler_that_asks_the_process_to_end_has_only_failed(bench: Bench) -> None:
    def handler(work: Work) -> None:
        sys.exit(1)

    bench.enqueue()
    assert bench.runner(handler).drain() == 1
    assert (bench.job().state, bench.job().error) == (JobState.WAITING, "SystemExit")


def test_an_interrupt_in_the_main_thread_settles_the_job_and_is_passed_on(bench: Bench) -> None:
    def handler(work: Work) -> None:
        raise KeyboardInterrupt

    bench.enqueue()
    with pytest.raises(KeyboardInterrupt):
        bench.runner(handler).drain()
    assert (bench.job().state, bench.job().error) == (JobState.WAITING, "KeyboardInterrupt")


def test_the_last_try_that_fails_leaves_the_job_dead(bench: Bench) -> None:
    def handler(work: Work) -> None:
        tried.append(work.attempt)
        raise RuntimeError

    tried: list[int] = []
    bench.enqueue()
    runner = bench.runner(handler, tries=3)
    for days in (1, 2, 3, 4):
        runner.drain(due_by=clock.now() + timedelta(days=days))
    assert tried == [1, 2, 3]
    assert (bench.job().state, bench.job().tries) == (JobState.DEAD, 3)


def test_another_day_is_drained_with_its_own_back_off(bench: Bench) -> None:
    def handler(work: Work) -> None:
        raise RuntimeError

    bench.enqueue()
    next_month = clock.now() + timedelta(days=30)
    assert bench.runner(handler).drain(due_by=next_month) == 1
    assert timedelta(seconds=23) < bench.job().run_at - next_month < timedelta(seconds=37)


def test_a_drain_runs_what_its_own_jobs_enqueue(bench: Bench) -> None:
    def handler(work: Work) -> None:
        work.session.begin_write()
        service.enqueue(work.session, "test.effect", {}, now=work.now)

    bench.enqueue()
    assert bench.runner(handler).drain() == 2


def test_a_long_drain_keeps_its_leases(bench: Bench) -> None:
    def handler(work: Work) -> None:
        assert bench.job().leased_until is not None
        first = bench.job().leased_until
        while bench.job().leased_until == first:
            threading.Event().wait(0.05)

    bench.enqueue()
    assert bench.runner(handler, lease=0.6).drain() == 1
    assert bench.job().state is JobState.DONE


def test_a_job_whose_failure_cannot_be_settled_is_left_to_its_lease(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def handler(work: Work) -> None:
        with bench.database.short_write() as connection:
            connection.exec_driver_sql("ALTER TABLE jobs RENAME TO away")
        raise RuntimeError

    bench.enqueue()
    runner = bench.runner(handler)
    with pytest.raises(sa.exc.DBAPIError):
        # The try itself is over without an exception; the next look for work finds no table.
        runner.drain()
    with bench.database.short_write() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO jobs")
    assert (bench.job().state, bench.job().tries) == (JobState.RUNNING, 1)


# ── crons ────────────────────────────────────────────────────────────────────────────────────────


def slots(bench: Bench) -> list[str]:
    return [job.payload["slot"] for job in bench.jobs()]


DAILY = Cron("test.daily", "test.one", hour=1)


def test_a_cron_enqueues_its_newest_slot_once(bench: Bench, time_machine: "object") -> None:
    time_machine.move_to(datetime(2026, 3, 9, 2, tzinfo=ZoneInfo("Asia/Jakarta")))  # type: ignore[attr-defined]
    runner, other = bench.runner(effect, crons=(DAILY,)), bench.runner(effect, crons=(DAILY,))
    for turn in (runner, other, runner):
        turn.tick()
    assert slots(bench) == ["2026-03-09T01:00:00+07:00"]
    assert bench.job().key == "cron:test.daily:2026-03-09T01:00:00+07:00"


def test_of_missed_slots_only_the_newest_is_made_up_for(bench: Bench, time_machine: "object") -> None:
    zone = ZoneInfo("Asia/Jakarta")
    runner = bench.runner(effect, crons=(DAILY,))
    for moment in (datetime(2026, 3, 9, 2), datetime(2026, 3, 12, 0, 59), datetime(2026, 3, 12, 1)):
        time_machine.move_to(moment.replace(tzinfo=zone))  # type: ignore[attr-defined]
        runner.tick()
    assert slots(bench) == [f"2026-03-{day}T01:00:00+07:00" for day in ("09", "11", "12")]


def test_a_slot_that_could_not_be_enqueued_is_tried_again(bench: Bench) -> None:
    runner = bench.runner(effect, crons=(DAILY,))
    with bench.database.short_write() as connection:
        connection.exec_driver_sql("ALTER TABLE jobs RENAME TO away")
    runner.tick()
    with bench.database.short_write() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO jobs")
    runner.tick()
    assert len(slots(bench)) == 1


def test_the_room_sweeps_its_own_table_by_cron(bench: Bench, time_machine: "object") -> None:
    runner = Runner(
        bench.database,
        bench.settings,
        Roster.of(tasks.TASKS, tasks.CRONS),
        zone=ZoneInfo("Asia/Jakarta"),
    )
    runner.tick()
    assert runner.drain() == 1
    later = clock.now() + timedelta(days=15)
    time_machine.move_to(later)  # type: ignore[attr-defined]
    runner.tick()
    assert runner.drain(due_by=clock.now()) == 1
    # The first sweep's own row is old by now; the second's is the only one left.
    (job,) = bench.jobs("jobs.sweep")
    assert job.created_at > later - timedelta(minutes=1)
