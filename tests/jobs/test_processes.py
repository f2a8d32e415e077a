"""Several worker processes on one table: killed, frozen, overtaken, asked to end."""

import signal
import time
from datetime import timedelta

import pytest

from portal.jobs.rules import JobState
from tests.jobs.conftest import Crew, until


def test_a_job_whose_worker_was_killed_is_run_again_by_another_within_lease_and_poll(crew: Crew) -> None:
    first = crew.hire(lease=3)
    job = crew.enqueue("test.stuck")
    until(lambda: crew.tries(job) == [(1, first.pid)])
    second = crew.hire(lease=3)
    first.kill()
    killed = time.monotonic()
    until(lambda: len(crew.marks()) == 1)
    took = time.monotonic() - killed
    assert crew.tries(job) == [(1, first.pid), (2, second.pid)]
    assert crew.marks()[0].process == second.pid
    assert crew.job(job).state is JobState.DONE
    # Lease 3 s and poll 0.2 s; the rest is for a busy machine.
    assert took < 3 + 0.2 * 1.3 + 6


def test_a_job_longer_than_its_lease_runs_once_because_the_lease_is_renewed(crew: Crew) -> None:
    crew.hire(lease=3)
    crew.hire(lease=3)
    job = crew.enqueue("test.slow", seconds=7)
    until(lambda: crew.job(job).state is JobState.DONE)
    assert [attempt for attempt, _ in crew.tries(job)] == [1]
    assert len(crew.marks()) == 1


def test_a_worker_that_was_frozen_and_thawed_cannot_settle_what_another_has_done(crew: Crew) -> None:
    first = crew.hire(lease=2)
    job = crew.enqueue("test.stuck")
    until(lambda: crew.tries(job) == [(1, first.pid)])
    crew.freeze(first, job)
    second = crew.hire(lease=2)
    until(lambda: crew.job(job).state is JobState.DONE)
    settled_at = crew.job(job).settled_at
    (crew.folder / "go").touch()
    first.send_signal(signal.SIGCONT)
    until(lambda: "job.fenced" in crew.said(first))
    assert [(mark.attempt, mark.process) for mark in crew.marks()] == [(2, second.pid)]
    assert (crew.job(job).tries, crew.job(job).settled_at) == (2, settled_at)

    # And it is fit for work again.
    second.kill()
    second.wait()
    crew.enqueue("test.simple")
    until(lambda: [mark.process for mark in crew.marks()] == [second.pid, first.pid])


def test_a_thousand_jobs_over_three_workers_run_once_each(crew: Crew) -> None:
    workers = [crew.hire(threads=2) for _ in range(3)]
    jobs = crew.enqueue_many(1000, "test.simple")
    until(lambda: len(crew.marks()) >= 1000, seconds=180)
    until(lambda: all(crew.job(job).state is JobState.DONE for job in jobs[-5:]))
    marks = crew.marks()
    assert sorted(mark.job_id for mark in marks) == sorted(jobs)
    assert {mark.attempt for mark in marks} == {1}
    assert {mark.process for mark in marks} == {worker.pid for worker in workers}


def test_the_wait_after_a_failure_outlives_the_worker(crew: Crew) -> None:
    first = crew.hire(back_off=6)
    job = crew.enqueue("test.failing")
    until(lambda: crew.job(job).error == "RuntimeError")
    first.kill()
    waiting = crew.job(job)
    assert (waiting.state, waiting.tries, waiting.token) == (JobState.WAITING, 1, None)

    second = crew.hire(back_off=6)
    until(lambda: len(crew.tries(job)) == 2)
    # A file's time comes from a coarser clock than the database's.
    assert crew.tried_at(job, 2) > waiting.run_at - timedelta(seconds=0.1)
    assert waiting.run_at - crew.tried_at(job, 1) > timedelta(seconds=6 * 0.8 - 0.1)
    until(lambda: crew.job(job).tries == 2 and crew.job(job).state is JobState.WAITING)
    assert crew.tries(job) == [(1, first.pid), (2, second.pid)]
    assert crew.job(job).run_at - waiting.run_at > timedelta(seconds=12 * 0.8)


def test_a_job_that_kills_its_worker_is_dead_after_exactly_its_tries(crew: Crew) -> None:
    job = crew.enqueue("test.poison")
    for number in (1, 2, 3):
        worker = crew.hire(lease=1, tries=3)
        assert worker.wait(timeout=30) == -signal.SIGKILL
        assert [attempt for attempt, _ in crew.tries(job)] == list(range(1, number + 1))
    crew.hire(lease=1, tries=3)
    until(lambda: crew.job(job).state is JobState.DEAD)
    assert (crew.job(job).tries, crew.job(job).error) == (3, "LeaseLost")
    assert len(crew.tries(job)) == 3


def test_two_workers_run_each_cron_slot_once(crew: Crew) -> None:
    crew.hire(cron_seconds=2)
    crew.hire(cron_seconds=2)
    until(lambda: len(crew.marks()) >= 4)
    slots = [mark.note for mark in crew.marks()]
    assert len(set(slots)) == len(slots)
    # Indonesian time, two seconds apart on the wall clock.
    assert all(slot[-8:] in {f"{seconds:02}+07:00" for seconds in range(0, 60, 2)} for slot in slots)


def test_a_worker_asked_to_end_lets_the_running_job_end_and_takes_no_other(crew: Crew) -> None:
    worker = crew.hire(lease=1)
    running = crew.enqueue("test.slow", seconds=3)
    until(lambda: len(crew.tries(running)) == 1)
    left = crew.enqueue("test.simple")
    # Ctrl+C reaches a worker first by itself and then through the server that started it.
    worker.send_signal(signal.SIGINT)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=20) == 0
    # Longer than its lease: the lease was renewed while the worker was ending.
    assert (crew.job(running).state, crew.job(running).tries) == (JobState.DONE, 1)
    assert (crew.job(left).state, crew.job(left).tries) == (JobState.WAITING, 0)


def test_an_idle_worker_ends_at_once_on_either_signal(crew: Crew) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        worker = crew.hire()
        worker.send_signal(number)
        assert worker.wait(timeout=10) == 0


def test_the_same_signal_again_ends_the_worker_although_a_job_is_running(crew: Crew) -> None:
    worker = crew.hire()
    job = crew.enqueue("test.stuck")
    until(lambda: len(crew.tries(job)) == 1)
    worker.send_signal(signal.SIGTERM)
    until(lambda: "jobs.stopping" in crew.said(worker))
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=10) == 1
    assert crew.job(job).state is JobState.RUNNING


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_worker_whose_connections_are_cut_goes_on(crew: Crew) -> None:
    worker = crew.hire(back_off=1)
    job = crew.enqueue("test.stuck")
    until(lambda: len(crew.tries(job)) == 1)
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    with crew.database.reader.connect() as connection:
        connection.exec_driver_sql(f"{others} AND pid <> pg_backend_pid()")
    (crew.folder / "go").touch()
    until(lambda: crew.job(job).state is JobState.DONE)
    assert {mark.process for mark in crew.marks()} == {worker.pid}
    assert len(crew.marks()) == 1


@pytest.mark.parametrize("threads", [2, 3])
def test_long_jobs_never_have_all_threads_so_that_others_need_not_wait_for_them(crew: Crew, threads: int) -> None:
    crew.hire(threads=threads)
    long = crew.enqueue_many(6, "test.long")
    begun = lambda: sum(bool(crew.tries(job)) for job in long)  # noqa: E731
    until(lambda: begun() == threads - 1)
    for _ in range(3):
        job = crew.enqueue("test.simple")
        until(lambda job=job: crew.job(job).state is JobState.DONE)  # type: ignore[misc]
    assert begun() == threads - 1
    (crew.folder / "go").touch()
    until(lambda: all(crew.job(job).state is JobState.DONE for job in long))


def test_a_worker_with_one_thread_does_the_long_jobs_too(crew: Crew) -> None:
    (crew.folder / "go").touch()
    crew.hire(threads=1)
    (job,) = crew.enqueue_many(1, "test.long")
    until(lambda: crew.job(job).state is JobState.DONE)


def test_a_handler_beyond_its_limit_loses_its_job_but_not_the_worker(crew: Crew) -> None:
    worker = crew.hire(lease=1.5, limit=1)
    job = crew.enqueue("test.stuck")
    until(lambda: crew.job(job).state is JobState.DONE)
    assert crew.tries(job) == [(1, worker.pid), (2, worker.pid)]
    (crew.folder / "go").touch()
    until(lambda: "job.fenced" in crew.said(worker))
    assert [mark.attempt for mark in crew.marks()] == [2]


def test_a_worker_full_of_hanging_handlers_asks_to_be_replaced(crew: Crew) -> None:
    worker = crew.hire(lease=1.5, limit=0.5)
    jobs = crew.enqueue_many(2, "test.stuck")
    assert worker.wait(timeout=30) == 1
    hung = [attempt for job in jobs for attempt, _ in crew.tries(job) if attempt == 1]
    assert len(hung) == 2


def test_nothing_that_a_person_wrote_is_logged(crew: Crew) -> None:
    worker = crew.hire()
    job = crew.enqueue("test.failing")
    until(lambda: "job.failed" in crew.said(worker))
    assert str(job) in crew.said(worker)
    assert "RuntimeError" in crew.said(worker)
    assert "anything" not in crew.said(worker)
