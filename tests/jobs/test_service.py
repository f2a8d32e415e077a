"""Enqueueing with the business, keys, the dead and the revived, the sweep, and what the desk is told."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import uuid4

import pytest
import sqlalchemy as sa

from portal import clock
from portal.db import Database, Session, WriteOutsideWriting, uuid7
from portal.jobs import leases, queries, service
from portal.jobs.models import Job
from portal.jobs.rules import JobState, NotAnId, NotDead, Roster, Task

Answer = TypeVar("Answer")

NOW = datetime(2026, 3, 9, 3, tzinfo=UTC)
LEASE = timedelta(seconds=60)
ROSTER = Roster.of([Task("test.one", lambda work: None, tries=2)])


def jobs(database: Database) -> list[Job]:
    with database.session() as session:
        return list(session.scalars(sa.select(Job).order_by(Job.id)))


def told(database: Database, question: Callable[[Session], Answer]) -> Answer:
    """What a query answers now; a session that has read before may still see an earlier state."""
    with database.session() as session:
        return question(session)


def put(database: Database, kind: str = "test.one", **options: object) -> Job:
    with database.session() as session:
        known = set(session.scalars(sa.select(Job.id)))
        session.begin_write()
        service.enqueue(session, kind, {}, **{"now": clock.now(), **options})  # type: ignore[arg-type]
        session.commit()
        return session.scalars(sa.select(Job).where(Job.id.not_in(known))).one()


def die(database: Database) -> None:
    claim = leases.claim(database, ROSTER, LEASE)
    assert claim is not None
    with database.short_write() as connection:
        assert leases.bury(connection, claim, "Refused", tries=1)


# ── enqueueing ───────────────────────────────────────────────────────────────────────────────────


def test_business_that_is_rolled_back_leaves_no_job(database: Database, session: Session) -> None:
    session.begin_write()
    service.enqueue(session, "test.one", {}, now=NOW)
    assert session.scalar(sa.select(sa.func.count()).select_from(Job)) == 1
    session.rollback()
    assert jobs(database) == []


def test_a_job_that_is_done_can_be_asked_for_again_under_its_key_and_no_other_state_can(database: Database) -> None:
    def again() -> None:
        with database.session() as session:
            session.begin_write()
            service.enqueue_again(session, "test.one", {}, now=NOW, key="notice:1:sms")
            session.commit()

    again()
    again()
    (job,) = jobs(database)
    claim = leases.claim(database, ROSTER, LEASE)
    assert claim is not None
    again()
    assert jobs(database)[0].state is JobState.RUNNING
    with database.short_write() as connection:
        connection.execute(sa.update(Job).values(state=JobState.DONE, settled_at=NOW, token=None, leased_until=None))
    again()
    (woken,) = jobs(database)
    assert (woken.id, woken.state, woken.tries, woken.settled_at) == (job.id, JobState.WAITING, 0, None)
    claim = leases.claim(database, ROSTER, LEASE)
    assert claim is not None
    with database.short_write() as connection:
        assert leases.bury(connection, claim, "Refused", tries=1)
    again()
    assert jobs(database)[0].state is JobState.DEAD


def test_a_job_comes_with_the_business_that_is_committed(database: Database, session: Session) -> None:
    notice = uuid7()
    session.begin_write()
    service.enqueue(session, "test.one", {"notice": notice}, now=NOW, key="notice:1:email")
    assert jobs(database) == []
    session.commit()
    (job,) = jobs(database)
    assert (job.kind, job.payload, job.key) == ("test.one", {"notice": str(notice)}, "notice:1:email")
    assert (job.state, job.run_at, job.created_at, job.tries) == (JobState.WAITING, NOW, NOW, 0)


def test_the_same_key_makes_one_job_and_spoils_nothing(database: Database, session: Session) -> None:
    session.begin_write()
    for number in (1, 2):
        service.enqueue(session, "test.one", {"number": number}, now=NOW, key="notice:1:email")
    service.enqueue(session, "test.one", {"number": 3}, now=NOW, key="notice:1:sms")
    session.commit()
    session.begin_write()
    service.enqueue(session, "test.one", {"number": 4}, now=NOW, key="notice:1:email")
    session.commit()
    assert [job.payload["number"] for job in jobs(database)] == [1, 3]


def test_jobs_without_a_key_are_as_many_as_were_enqueued(database: Database) -> None:
    assert put(database).id != put(database).id
    assert len(jobs(database)) == 2


def test_a_session_that_reads_enqueues_nothing(database: Database, session: Session) -> None:
    with pytest.raises(WriteOutsideWriting):
        service.enqueue(session, "test.one", {}, now=NOW)
    assert jobs(database) == []


def test_a_payload_that_is_not_ids_is_refused(session: Session) -> None:
    session.begin_write()
    with pytest.raises(NotAnId):
        service.enqueue(session, "test.one", {"name": "Siti Rahma"}, now=NOW)


# ── claiming ─────────────────────────────────────────────────────────────────────────────────────


def test_a_job_is_taken_once_and_not_before_its_time(database: Database) -> None:
    job = put(database)
    put(database, run_at=clock.now() + timedelta(hours=1))
    claim = leases.claim(database, ROSTER, LEASE)
    assert claim is not None
    assert (claim.job_id, claim.attempt) == (job.id, 1)
    assert leases.claim(database, ROSTER, LEASE) is None


def test_the_one_that_has_waited_longest_is_taken_first(database: Database) -> None:
    later = put(database, run_at=NOW + timedelta(minutes=1))
    first = put(database, run_at=NOW)
    claims = [leases.claim(database, ROSTER, LEASE) for _ in range(2)]
    assert [claim.job_id for claim in claims if claim] == [first.id, later.id]


def test_what_gives_way_is_taken_when_nothing_else_is_due_and_then_in_its_order(database: Database) -> None:
    roster = Roster.of([Task("test.long", lambda work: None, yields=True), Task("test.one", lambda work: None)])
    long = [put(database, "test.long", run_at=NOW + timedelta(minutes=number)) for number in range(2)]
    other = put(database, run_at=NOW + timedelta(hours=1))
    claims = [leases.claim(database, roster, LEASE) for _ in range(4)]
    assert [claim and claim.job_id for claim in claims] == [other.id, long[0].id, long[1].id, None]


def test_a_job_of_a_worker_that_died_does_not_pass_by_what_it_gives_way_to(database: Database) -> None:
    roster = Roster.of([Task("test.long", lambda work: None, yields=True), Task("test.one", lambda work: None)])
    long = put(database, "test.long")
    assert leases.claim(database, roster, timedelta(0)) is not None
    other = put(database)
    claims = [leases.claim(database, roster, LEASE) for _ in range(2)]
    assert [claim and (claim.job_id, claim.attempt) for claim in claims] == [(other.id, 1), (long.id, 2)]


def test_a_worker_leaves_kinds_alone_that_it_does_not_know(database: Database) -> None:
    put(database, "test.newer")
    assert leases.claim(database, ROSTER, LEASE) is None
    assert jobs(database)[0].state is JobState.WAITING


def test_another_day_can_stand_in_for_the_database_clock(database: Database) -> None:
    put(database, run_at=NOW + timedelta(days=1))
    assert leases.claim(database, ROSTER, LEASE, due_by=NOW) is None
    assert leases.claim(database, ROSTER, LEASE, due_by=NOW + timedelta(days=1)) is not None


def test_who_has_lost_the_lease_can_neither_renew_nor_settle(database: Database) -> None:
    put(database)
    lost = leases.claim(database, ROSTER, timedelta(seconds=-1))
    held = leases.claim(database, ROSTER, LEASE)
    assert lost is not None
    assert held is not None
    assert (held.job_id, held.attempt) == (lost.job_id, 2)
    assert leases.renew(database, [lost], LEASE) == set()
    assert leases.renew(database, [held], LEASE) == {held.job_id}
    with database.short_write() as connection:
        assert not leases.finish(connection, lost)
        assert not leases.postpone(connection, lost, "Late", LEASE)
        assert not leases.bury(connection, lost, "Late", tries=1)
        assert leases.finish(connection, held)
        assert not leases.finish(connection, held)
    (job,) = jobs(database)
    assert (job.state, job.tries, job.error, job.token) == (JobState.DONE, 2, None, None)


def test_a_lease_that_ran_out_unnoticed_is_still_ones_own(database: Database) -> None:
    put(database)
    claim = leases.claim(database, ROSTER, timedelta(seconds=-1))
    assert claim is not None
    assert leases.renew(database, [claim], LEASE) == {claim.job_id}
    assert leases.claim(database, ROSTER, LEASE) is None


def test_a_job_whose_workers_all_died_is_buried_at_the_next_claim(database: Database) -> None:
    put(database)
    for attempt in (1, 2):
        claim = leases.claim(database, ROSTER, timedelta(seconds=-1))
        assert claim is not None
        assert claim.attempt == attempt
    assert leases.claim(database, ROSTER, LEASE) is None
    (job,) = jobs(database)
    assert (job.state, job.tries, job.error) == (JobState.DEAD, 2, "LeaseLost")


def test_leases_and_settlings_follow_the_clock_of_the_database(database: Database, time_machine: "object") -> None:
    put(database)
    before = clock.now()
    time_machine.move_to(datetime(2031, 1, 1, tzinfo=UTC))  # type: ignore[attr-defined]
    assert leases.claim(database, ROSTER, LEASE) is not None
    (job,) = jobs(database)
    assert job.leased_until is not None
    assert LEASE <= job.leased_until - before + timedelta(milliseconds=1) < LEASE + timedelta(seconds=20)


# ── the dead ─────────────────────────────────────────────────────────────────────────────────────


def test_a_dead_job_is_listed_and_can_be_revived_once(database: Database, session: Session) -> None:
    job = put(database)
    die(database)
    put(database)
    assert [(found.id, found.error) for found in told(database, queries.dead)] == [(job.id, "Refused")]
    session.begin_write()
    service.revive(session, job.id, now=NOW)
    with pytest.raises(NotDead):
        service.revive(session, job.id, now=NOW)
    session.commit()
    assert told(database, queries.dead) == []
    claim = leases.claim(database, ROSTER, LEASE)
    assert claim is not None
    assert (claim.job_id, claim.attempt) == (job.id, 1)


def test_a_job_that_is_not_dead_cannot_be_revived(database: Database, session: Session) -> None:
    job = put(database)
    session.begin_write()
    for job_id in (job.id, uuid4()):
        with pytest.raises(NotDead):
            service.revive(session, job_id, now=NOW)


def test_all_dead_jobs_of_one_kind_can_be_revived_together(database: Database, session: Session) -> None:
    for _ in range(2):
        put(database)
        die(database)
    session.begin_write()
    assert service.revive_all(session, "test.other", now=NOW) == 0
    assert service.revive_all(session, "test.one", now=NOW) == 2


# ── the sweep ────────────────────────────────────────────────────────────────────────────────────


def test_the_sweep_deletes_what_was_done_long_ago_and_nothing_else(database: Database, session: Session) -> None:
    done, dead, running = put(database), put(database), put(database)
    waiting = put(database, run_at=clock.now() + timedelta(hours=1))
    first, second, _ = [leases.claim(database, ROSTER, LEASE) for _ in range(3)]
    assert first is not None
    assert second is not None
    with database.short_write() as connection:
        leases.finish(connection, first)
        leases.bury(connection, second, "Refused", tries=1)
    session.begin_write()
    assert service.sweep(session, now=clock.now() + timedelta(days=13)) == 0
    assert service.sweep(session, now=clock.now() + timedelta(days=15)) == 1
    session.commit()
    assert [job.id for job in jobs(database)] == [dead.id, running.id, waiting.id]
    assert done.id == first.job_id


# ── what the metrics and the readiness check are told ────────────────────────────────────────────


def test_counts_name_every_state(database: Database) -> None:
    assert told(database, queries.counts) == dict.fromkeys(JobState, 0)
    for _ in range(3):
        put(database)
    die(database)
    assert leases.claim(database, ROSTER, LEASE) is not None
    assert told(database, queries.counts) == {
        JobState.WAITING: 1,
        JobState.RUNNING: 1,
        JobState.DONE: 0,
        JobState.DEAD: 1,
    }


def test_the_oldest_waiting_age_counts_only_what_is_due(database: Database) -> None:
    assert told(database, queries.oldest_waiting_age) is None
    put(database, run_at=clock.now() + timedelta(hours=1))
    assert told(database, queries.oldest_waiting_age) is None
    put(database, run_at=clock.now() - timedelta(minutes=5))
    put(database, run_at=clock.now() - timedelta(minutes=2))
    age = told(database, queries.oldest_waiting_age)
    assert age is not None
    assert timedelta(minutes=5) <= age + timedelta(milliseconds=1) < timedelta(minutes=6)


def test_a_job_whose_worker_died_counts_as_waiting(database: Database) -> None:
    put(database)
    assert leases.claim(database, ROSTER, timedelta(minutes=-3)) is not None
    age = told(database, queries.oldest_waiting_age)
    assert age is not None
    assert timedelta(minutes=3) <= age + timedelta(milliseconds=1) < timedelta(minutes=4)


def test_the_last_done_age_is_the_sign_of_a_worker(database: Database) -> None:
    assert told(database, queries.last_done_age) is None
    put(database)
    claim = leases.claim(database, ROSTER, LEASE)
    assert claim is not None
    with database.short_write() as connection:
        leases.finish(connection, claim)
    age = told(database, queries.last_done_age)
    assert age is not None
    assert timedelta(0) <= age < timedelta(seconds=20)


# ── the table ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "change",
    [
        {"state": JobState.RUNNING},
        {"state": JobState.DONE},
        {"state": JobState.DEAD},
        {"token": uuid4()},
        {"settled_at": NOW},
        {"tries": -1},
    ],
)
def test_the_table_refuses_states_that_contradict_themselves(database: Database, change: dict[str, object]) -> None:
    put(database)
    with pytest.raises(sa.exc.IntegrityError), database.short_write() as connection:
        connection.execute(sa.update(Job).values(**change))


@pytest.mark.parametrize(("state", "index"), [("waiting", "ix_jobs_waiting"), ("running", "ix_jobs_running")])
def test_looking_for_work_reads_an_index_and_not_the_table(database: Database, state: str, index: str) -> None:
    """An idle worker looks every second; the jobs that are done must not make that slower."""
    moment = Job.run_at if state == "waiting" else Job.leased_until
    look = sa.select(Job.id).where(
        Job.state == sa.literal_column(f"'{state}'"), moment <= leases.database_now(), Job.kind.in_(ROSTER.tasks)
    )
    statement = look.limit(1).compile(database.engine, compile_kwargs={"render_postcompile": True})
    with database.writer.begin() as connection:
        if not database.is_sqlite:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
        parameters = (
            tuple(statement.params[name] for name in statement.positiontup or ())
            if database.is_sqlite
            else statement.params
        )
        plan = connection.exec_driver_sql(explain + str(statement), parameters).fetchall()
    assert index in str(plan)
    assert "Index Cond" in str(plan) or database.is_sqlite
