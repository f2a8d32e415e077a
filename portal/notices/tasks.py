"""The jobs of this room: sending a notice, finding those that lost their job, destroying old secrets."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

import structlog

from portal.db import Session, writing
from portal.institution.loader import load
from portal.jobs.rules import Cron, Task, Work
from portal.notices import queries, service
from portal.notices.models import Notice
from portal.notices.rules import (
    LIMIT,
    OVERDUE,
    TRIES,
    Channel,
    Failure,
    NoticeState,
    Refused,
    SecretGone,
    TryLater,
    Way,
)
from portal.notices.senders import Origin, Sender, sender_for
from portal.sealing import KeyDestroyed

log = structlog.get_logger("portal.notices")


def send(work: Work) -> None:
    """Send the notice `{"notice": id}`, unless it has been settled, and write down what became of it.

    A worker that dies after the other side took the notice and before this is committed leaves it
    waiting: it is sent once more, under the same id. What is refused for good is settled here as failed,
    not as a dead job: nobody can mend it by reviving the job. Then the next way is tried, by a notice of
    its own that is written in the same transaction.
    """
    session = work.session
    notice = session.get(Notice, UUID(work.payload["notice"]))
    if notice is None or notice.state is not NoticeState.WAITING:
        return
    channel, failure, elsewhere = notice.channel, None, False
    senders = _senders(work)
    if channel not in senders:
        _go_without(work, notice, senders)
        return
    try:
        letter = service.letter(session, notice, now=work.now)
        # No snapshot of the database is kept open while the other side takes its time.
        session.rollback()
        senders[channel].send(letter)
    except Refused as end:
        failure, elsewhere = end.failure, True
    except SecretGone as end:
        failure = end.failure
    except KeyDestroyed:
        failure = Failure.ERASED
    except TryLater as fault:
        if work.attempt < TRIES:
            raise
        failure, elsewhere = fault.failure, True
    notice = writing(session, notice)
    if failure is None:
        service.mark_sent(notice, tries=work.attempt, now=work.now)
    else:
        way = _next_way(session, notice, senders) if elsewhere and notice.settled_at is None else None
        if way:
            service.follow(session, notice, way, now=work.now)
        service.mark_failed(notice, failure, tries=work.attempt, now=work.now)
    log.info("notice.settled", notice=str(notice.id), channel=channel, state=notice.state, failure=failure)


def _senders(work: Work) -> dict[Channel, Sender]:
    origin = Origin.of(load(work.settings.institution), work.settings.base_url)
    found = {channel: sender_for(work.settings, channel, origin) for channel in Channel}
    return {channel: sender for channel, sender in found.items() if sender}


def _next_way(session: Session, notice: Notice, channels: Collection[Channel]) -> Way | None:
    """The next way of a notice that this deployment has a sender for; none for a case that was erased."""
    try:
        left = service.ways_left(session, notice)
    except KeyDestroyed:
        return None
    return next((way for way in left if way.channel in channels), None)


def _go_without(work: Work, notice: Notice, channels: Collection[Channel]) -> None:
    """There is no sender for its channel: it takes another way if it has one, else it waits until there is one."""
    notice = writing(work.session, notice)
    way = _next_way(work.session, notice, channels)
    if way:
        service.turn(work.session, notice, way, now=work.now)
    else:
        service.hold(notice)
    log.info("notice.no_sender", notice=str(notice.id), channel=notice.channel, state=notice.state)


def sweep(work: Work) -> None:
    """Give a new job to every notice that waits without one, and let go what was held for want of a sender."""
    lost = queries.without_job(work.session, before=work.now - OVERDUE)
    held = queries.held(work.session, _senders(work))
    work.session.begin_write()
    for notice_id, channel in lost:
        service.enqueue_sending(work.session, notice_id, channel, now=work.now)
    service.release(work.session, held, now=work.now)


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
