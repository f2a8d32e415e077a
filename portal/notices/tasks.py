"""The jobs of this room: sending a notice, finding those that lost their job, destroying old secrets."""

from datetime import timedelta
from uuid import UUID

import structlog

from portal.db import writing
from portal.institution.loader import load
from portal.jobs.rules import Cron, Task, Work
from portal.notices import queries, service
from portal.notices.models import Notice
from portal.notices.rules import LIMIT, OVERDUE, TRIES, Failure, NoticeState, Refused, SecretGone, TryLater
from portal.notices.senders import Origin, sender_for
from portal.sealing import KeyDestroyed

log = structlog.get_logger("portal.notices")


def send(work: Work) -> None:
    """Send the notice `{"notice": id}`, unless it has been settled, and write down what became of it.

    A worker that dies after the mail server took the mail and before this is committed leaves the
    notice waiting: it is sent once more, with the same Message-ID. What the other side refuses for
    good is settled here as failed, not as a dead job: nobody can mend it by reviving the job.
    """
    session = work.session
    notice = session.get(Notice, UUID(work.payload["notice"]))
    if notice is None or notice.state is not NoticeState.WAITING:
        return
    channel, failure, held = notice.channel, None, False
    try:
        letter = service.letter(session, notice, now=work.now)
        sender = sender_for(work.settings, channel, Origin.of(load(work.settings.institution), work.settings.base_url))
        # No snapshot of the database is kept open while a mail server takes its time.
        session.rollback()
        if sender is None:
            held = True
        else:
            sender.send(letter)
    except (SecretGone, Refused) as end:
        failure = end.failure
    except KeyDestroyed:
        failure = Failure.ERASED
    except TryLater as fault:
        if work.attempt < TRIES:
            raise
        failure = fault.failure
    notice = writing(session, notice)
    if held:
        service.hold(notice)
    elif failure is not None:
        service.mark_failed(notice, failure, tries=work.attempt, now=work.now)
    else:
        service.mark_sent(notice, tries=work.attempt, now=work.now)
    log.info("notice.settled", notice=str(notice.id), channel=channel, state=notice.state, failure=failure)


def sweep(work: Work) -> None:
    """Give a new job to every notice that waits without one."""
    lost = queries.without_job(work.session, before=work.now - OVERDUE)
    work.session.begin_write()
    for notice_id, channel in lost:
        service.enqueue_sending(work.session, notice_id, channel, now=work.now)


def purge(work: Work) -> None:
    """Destroy the secrets whose time is over."""
    work.session.begin_write()
    service.expire_secrets(work.session, now=work.now)


TASKS = (
    Task(service.SEND, send, tries=TRIES, limit=LIMIT),
    Task("notice.sweep", sweep),
    Task("notice.purge", purge),
)
CRONS = (
    Cron("notice.sweep", "notice.sweep", every=timedelta(minutes=10)),
    Cron("notice.purge", "notice.purge", every=timedelta(minutes=5)),
)
