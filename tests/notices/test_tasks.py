"""Sending: what a worker does with a notice when the mail server is good, bad or gone."""

from collections.abc import MutableMapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from portal.config import Settings
from portal.db import Database, Session, uuid7
from portal.institution.loader import load
from portal.jobs.models import Job
from portal.jobs.rules import JobState, Work, back_off
from portal.jobs.runner import Runner
from portal.jobs.service import enqueue
from portal.notices import service, tasks
from portal.notices.models import Notice
from portal.notices.rules import TRIES, Channel, NoticeKind, NoticeState
from portal.sealing import destroy_key
from tests.notices.conftest import a_runner
from tests.notices.letters import CODE, NOW, a_notice, jobs, read
from tests.notices.mailserver import MailServer

FAR = datetime(2100, 1, 1, tzinfo=UTC)


def work_off(runner: Runner) -> int:
    """Run every job until none waits, however long each has to wait between its tries; the number of tries."""
    return sum(runner.drain(due_by=NOW + timedelta(days=day)) for day in range(TRIES + 1))


@pytest.fixture(autouse=True)
def _at_the_time_of_writing() -> Any:
    with time_machine.travel(NOW, tick=True):
        yield


def job_of(session: Session, notice: Notice) -> Job:
    session.rollback()
    return session.scalars(sa.select(Job).where(Job.key == f"notice:{notice.id}:{notice.channel}")).one()


def swept(session: Session, settings: Settings, task: Any, *, now: datetime = NOW) -> None:
    """One run of a cron's handler, committed as the runner does."""
    session.rollback()
    task(Work(session, {}, now, settings, uuid7(), 1))
    session.commit()


def test_a_mail_is_sent_once_and_the_ledger_says_so(session: Session, runner: Runner, mail_server: MailServer) -> None:
    notice = a_notice(session)
    assert runner.drain() == 1
    (mail,) = mail_server.mails
    assert mail["To"] == "siti.rahmawati@example.id"
    assert mail["Message-ID"] == f"<{notice.id}@[127.0.0.1]>"
    assert "Nomor registrasi: BM-26-K7QX-4MTR\n" in mail.get_content()
    notice = read(session, notice.id)
    assert (notice.state, notice.tries, notice.failure) == (NoticeState.SENT, 1, None)
    assert notice.sent_at == notice.settled_at
    assert notice.sent_at is not None and NOW <= notice.sent_at < NOW + timedelta(minutes=1)
    assert runner.drain(due_by=FAR) == 0


def test_a_busy_server_gets_the_mail_at_the_next_try(session: Session, runner: Runner, mail_server: MailServer) -> None:
    mail_server.plan["RCPT"] = ["451 4.7.1 Greylisted"]
    notice = a_notice(session)
    assert runner.drain() == 1
    assert read(session, notice.id).state is NoticeState.WAITING
    assert (job_of(session, notice).state, job_of(session, notice).error) == (JobState.WAITING, "TryLater")
    assert runner.drain(due_by=FAR) == 1
    assert (read(session, notice.id).state, read(session, notice.id).tries) == (NoticeState.SENT, 2)
    assert len(mail_server.mails) == 1


@pytest.mark.parametrize(
    ("stage", "reply", "failure"), [("RCPT", "550 No", "smtp_550"), ("DATA", "554 No", "smtp_554")]
)
def test_a_refusal_for_good_is_final_at_once(
    session: Session, runner: Runner, mail_server: MailServer, stage: str, reply: str, failure: str
) -> None:
    mail_server.plan[stage] = [reply]
    notice = a_notice(session)
    assert runner.drain(due_by=FAR) == 1
    notice = read(session, notice.id)
    assert (notice.state, notice.failure, notice.tries) == (NoticeState.FAILED, failure, 1)
    assert notice.sent_at is None and notice.settled_at is not None
    # The ledger knows; nothing is left that reviving a job could mend.
    assert job_of(session, notice).state is JobState.DONE
    assert mail_server.mails == []


def test_after_the_last_try_the_ledger_says_what_failed(
    session: Session, runner: Runner, mail_server: MailServer
) -> None:
    mail_server.plan["RCPT"] = ["451 Later"] * TRIES
    notice = a_notice(session)
    assert work_off(runner) == TRIES
    notice = read(session, notice.id)
    assert (notice.state, notice.failure, notice.tries) == (NoticeState.FAILED, "smtp_451", TRIES)
    assert mail_server.mails == []


def test_the_tries_outlast_a_weekend() -> None:
    """From Friday 17:00 to Monday 08:00, at the shortest waits that the back-off draws."""
    waits = [back_off(attempt, chance=0.0) for attempt in range(1, TRIES)]
    assert sum(waits, timedelta()) > timedelta(hours=63)


def test_a_server_that_lies_gets_a_second_mail_of_the_same_id_and_the_ledger_one_line(
    session: Session, runner: Runner, mail_server: MailServer, capsys: pytest.CaptureFixture[str]
) -> None:
    mail_server.lying = True
    mail_server.plan["DATA"] = ["451 Later", "drop"]
    notice = a_notice(session)
    assert work_off(runner) == 3
    assert len(mail_server.mails) == 3
    assert {mail["Message-ID"] for mail in mail_server.mails} == {f"<{notice.id}@[127.0.0.1]>"}
    assert mail_server.duplicates == 2
    assert read(session, notice.id).tries == 3
    assert session.scalar(sa.select(sa.func.count()).select_from(Notice)) == 1
    with capsys.disabled():
        print(f"\n[lying server] 3 tries, {mail_server.duplicates} duplicates, all with one Message-ID")


def test_a_notice_that_was_settled_is_not_sent_again(session: Session, runner: Runner, mail_server: MailServer) -> None:
    notice = a_notice(session)
    runner.drain()
    session.begin_write()
    enqueue(session, "notice.send", {"notice": notice.id}, now=NOW, key="by hand")
    enqueue(session, "notice.send", {"notice": uuid7()}, now=NOW, key="of nothing")
    session.commit()
    assert runner.drain() == 2
    assert len(mail_server.mails) == 1


def test_a_notice_of_an_erased_case_is_given_up(session: Session, runner: Runner, mail_server: MailServer) -> None:
    notice = a_notice(session)
    session.begin_write()
    destroy_key(session, notice.key_id, now=NOW)
    session.commit()
    runner.drain()
    assert (read(session, notice.id).state, read(session, notice.id).failure) == (NoticeState.FAILED, "erased")
    assert mail_server.mails == []


# ── channels ─────────────────────────────────────────────────────────────────────────────────────


def test_a_phone_alone_is_held_while_there_is_no_sms_sender(
    database: Database, session: Session, smtp_settings: Settings, mail_server: MailServer
) -> None:
    runner = a_runner(database, replace(smtp_settings, production=True))
    notice = a_notice(session, email=None, phone="+6281200004419")
    runner.drain()
    notice = read(session, notice.id)
    assert (notice.channel, notice.state, notice.settled_at) == (Channel.SMS, NoticeState.HELD, None)
    assert runner.drain(due_by=FAR) == 0
    assert mail_server.mails == []


def test_the_console_shows_mails_and_messages_with_their_codes(
    database: Database, session: Session, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    mail = a_notice(session, NoticeKind.ONE_TIME_CODE)
    message = a_notice(session, NoticeKind.ONE_TIME_CODE, email=None, phone="+6281200004419")
    a_runner(database, settings).drain()
    shown = capsys.readouterr().out
    assert f"Kode sekali pakai Anda: {CODE}\n" in shown
    assert "sms to +6281200004419" in shown
    assert f"kode sekali pakai {CODE}, berlaku" in shown
    assert {read(session, notice.id).state for notice in (mail, message)} == {NoticeState.SENT}


# ── secrets ──────────────────────────────────────────────────────────────────────────────────────


def test_a_code_is_sent_and_its_secret_dies_with_the_sending(
    session: Session, runner: Runner, mail_server: MailServer
) -> None:
    notice = a_notice(session, NoticeKind.ONE_TIME_CODE)
    runner.drain()
    assert f"Kode sekali pakai Anda: {CODE}\n" in mail_server.mails[0].get_content()
    assert read(session, notice.id).secret is None


def test_an_expired_code_is_never_sent(session: Session, runner: Runner, mail_server: MailServer) -> None:
    notice = a_notice(session, NoticeKind.ONE_TIME_CODE, now=NOW - timedelta(minutes=10))
    runner.drain()
    notice = read(session, notice.id)
    assert (notice.state, notice.failure, notice.secret) == (NoticeState.FAILED, "expired", None)
    assert mail_server.mails == []


def test_a_code_that_was_replaced_is_never_sent(session: Session, runner: Runner, mail_server: MailServer) -> None:
    notice = a_notice(session, NoticeKind.ONE_TIME_CODE)
    session.begin_write()
    service.forget_secrets(session, [notice.id])
    session.commit()
    runner.drain()
    assert (read(session, notice.id).state, read(session, notice.id).failure) == (NoticeState.FAILED, "withdrawn")
    assert mail_server.mails == []


@pytest.mark.parametrize(
    "reply", [None, "451 4.7.1 siti.rahmawati@example.id is greylisted", "550 5.1.1 No Siti", "drop"]
)
def test_no_log_names_the_customer_or_the_code(
    session: Session,
    runner: Runner,
    mail_server: MailServer,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    logged: list[MutableMapping[str, Any]],
    reply: str | None,
) -> None:
    mail_server.plan["RCPT"] = [reply] if reply else []
    notice = a_notice(session, NoticeKind.ONE_TIME_CODE)
    runner.drain()
    assert any(entry["event"] in ("job.done", "job.failed") for entry in logged)
    out, err = capfd.readouterr()
    told = (
        str(logged) + out + err + "".join(record.getMessage() for record in caplog.records if "portal" in record.name)
    )
    failures = [entry["exc_info"] for entry in logged if isinstance(entry.get("exc_info"), BaseException)]
    told += "".join(f"{failure!r} {failure}" for failure in failures)
    assert not any(private in told for private in (CODE, "siti", "Siti", "example.id", "greylisted"))
    stored = str(session.execute(sa.text("SELECT * FROM jobs")).all())
    assert not any(private in stored for private in (CODE, "siti", "Siti", "example.id", "greylisted"))
    assert notice.id


# ── sweeps ───────────────────────────────────────────────────────────────────────────────────────


def test_a_notice_that_lost_its_job_gets_a_new_one_and_is_sent(
    session: Session, runner: Runner, smtp_settings: Settings, mail_server: MailServer
) -> None:
    lost = a_notice(session, now=NOW - timedelta(minutes=11))
    busy = a_notice(session, now=NOW - timedelta(minutes=11))
    session.begin_write()
    session.execute(sa.delete(Job).where(Job.key == f"notice:{lost.id}:email"))
    session.commit()
    swept(session, smtp_settings, tasks.sweep)
    swept(session, smtp_settings, tasks.sweep)
    assert sorted(jobs(session)) == sorted(("notice.send", f"notice:{notice.id}:email") for notice in (lost, busy))
    runner.drain()
    assert len(mail_server.mails) == 2


def test_old_secrets_are_destroyed_by_the_clock(session: Session, settings: Settings) -> None:
    notice = a_notice(session, NoticeKind.ONE_TIME_CODE, email=None)
    swept(session, settings, tasks.purge, now=NOW + timedelta(minutes=9))
    assert read(session, notice.id).secret is not None
    swept(session, settings, tasks.purge, now=NOW + timedelta(minutes=10))
    assert read(session, notice.id).secret is None


def test_both_sweeps_come_by_themselves() -> None:
    zone = load("muamalat").zone
    for cron in tasks.CRONS:
        assert cron.slot(NOW + timedelta(minutes=10), zone) > cron.slot(NOW, zone)
    assert {cron.kind for cron in tasks.CRONS} < {task.kind for task in tasks.TASKS}
