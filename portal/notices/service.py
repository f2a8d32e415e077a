"""Writing notices into the ledger, and what becomes of them. Never commits and never sends."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from portal.db import Session
from portal.institution.models import Institution
from portal.jobs.service import enqueue_again
from portal.notices.models import Notice
from portal.notices.render import render
from portal.notices.rules import (
    MASK,
    TO_PHONES,
    Channel,
    Failure,
    Letter,
    NoticeKind,
    NoticeState,
    Recipient,
    Secret,
    SecretGone,
    Way,
    harmless,
    job_key,
    masked,
    text_hash,
)
from portal.sealing import Box, open_box

SEND = "notice.send"
SALT_BYTES = 16


def write(
    session: Session,
    *,
    box: Box,
    subject_id: UUID,
    recipient: Recipient,
    kind: NoticeKind,
    facts: Mapping[str, Any],
    secret: Secret | None = None,
    now: datetime,
    profile: Institution,
) -> Notice:
    """Put a notice into the ledger and enqueue its sending, in the transaction of what it tells about.

    It is written once, in the recipient's language: the row is the record of what they were told
    (SQ-21, BM-10), for mail and for telephones alike, since nobody knows yet which way it will arrive.
    The secret stands in no text that is kept. Without any address it is held. Raises
    `jinja2.UndefinedError` for a missing fact.
    """
    ways = tuple(Way(channel, harmless(address)) for channel, address in recipient.ways)
    first, left = (ways[0], ways[1:]) if ways else (Way(Channel.NONE, ""), ())

    def text(channel: Channel) -> dict[str, str]:
        return asdict(render(kind, channel, recipient.language, name=recipient.name, facts=facts, profile=profile))

    mail, message = text(Channel.EMAIL), text(Channel.SMS)
    told = {
        "name": recipient.name,
        "ways": [list(way) for way in left],
        "mail": mail,
        "message": message,
    }
    notice = Notice(
        subject_id=subject_id,
        key_id=box.id,
        party_id=recipient.party_id,
        kind=kind,
        language=recipient.language,
        created_at=now,
    )
    return _put(session, box, notice, first, told, secret=secret, now=now)


def _put(
    session: Session,
    box: Box,
    notice: Notice,
    way: Way,
    told: Mapping[str, Any],
    *,
    secret: Secret | None,
    now: datetime,
) -> Notice:
    """Complete a row and add it to the ledger, with its job if it has a way."""
    notice.tries = 0
    _address(box, notice, way, told)
    if secret is not None:
        box.seal(notice, secret.value, "secret")
        notice.secret_expires_at = secret.expires_at
    session.add(notice)
    # Others refer to it by a foreign key without a relationship, so nothing else would insert it before them.
    session.flush()
    if way.channel is not Channel.NONE:
        enqueue_sending(session, notice.id, way.channel, now=now)
    return notice


def _address(box: Box, notice: Notice, way: Way, told: Mapping[str, Any]) -> None:
    """Write the notice out for a way, as it was worded for that medium when it was written."""
    text = told["message" if way.channel in TO_PHONES else "mail"]
    salt = secrets.token_hex(SALT_BYTES)
    notice.channel = way.channel
    notice.state = NoticeState.HELD if way.channel is Channel.NONE else NoticeState.WAITING
    notice.text_hash = text_hash(salt, text["subject"], text["body"])
    addressed = {"address": way.address or None, "masked": masked(way.channel, way.address), "salt": salt}
    box.seal(notice, {**told, **text, **addressed})


def ways_left(session: Session, notice: Notice) -> list[Way]:
    """By what this notice can still be sent if its own way fails. Raises `KeyDestroyed` if the case was erased."""
    told = open_box(session, notice.key_id).open(notice)
    return [Way(Channel(channel), address) for channel, address in told.get("ways", ())]


def turn(session: Session, notice: Notice, way: Way, *, now: datetime) -> None:
    """Send what has not left yet by another way instead: there is no sender for its own, and nothing to record."""
    box = open_box(session, notice.key_id)
    told = box.open(notice)
    told["ways"] = [left for left in told["ways"] if left[0] != way.channel]
    _address(box, notice, way, told)
    enqueue_sending(session, notice.id, way.channel, now=now)


def follow(session: Session, notice: Notice, way: Way, *, now: datetime) -> Notice:
    """Send a notice that failed once more by this way: a line of its own in the ledger, which names the first.

    To be called before the first one is settled, while its secret is still there. A notice is followed
    once; the table refuses a second successor.
    """
    box = open_box(session, notice.key_id)
    told = box.open(notice)
    told["ways"] = [left for left in told["ways"] if left[0] != way.channel]
    secret = None
    if notice.secret is not None and notice.secret_expires_at is not None:
        secret = Secret(box.open(notice, "secret"), notice.secret_expires_at)
    notice.handled_at = now
    next_one = Notice(
        subject_id=notice.subject_id,
        key_id=notice.key_id,
        party_id=notice.party_id,
        kind=notice.kind,
        language=notice.language,
        created_at=now,
        follows_id=notice.id,
    )
    return _put(session, box, next_one, way, told, secret=secret, now=now)


def enqueue_sending(session: Session, notice_id: UUID, channel: Channel, *, now: datetime) -> None:
    """Enqueue the sending of a notice by a channel; the key makes it one job, however often it is asked for."""
    enqueue_again(session, SEND, {"notice": notice_id}, now=now, key=job_key(notice_id, channel))


def letter(session: Session, notice: Notice, *, now: datetime) -> Letter:
    """The notice as it is sent, with its secret in place. Changes nothing.

    Raises `SecretGone` if it had a secret that is used, replaced or expired, `KeyDestroyed` if the
    case was erased.
    """
    box = open_box(session, notice.key_id)
    told = box.open(notice)
    body = told["body"]
    if notice.secret_expires_at is not None:
        if notice.secret_expires_at <= now:
            raise SecretGone(Failure.EXPIRED)
        if notice.secret is None:
            raise SecretGone(Failure.WITHDRAWN)
        body = body.replace(MASK, box.open(notice, "secret"))
    return Letter(
        id=notice.id,
        channel=notice.channel,
        language=notice.language,
        written_at=notice.created_at,
        address=told["address"],
        subject=told["subject"],
        body=body,
    )


def mark_sent(notice: Notice, *, tries: int, now: datetime) -> None:
    """The other side has taken it. The secret has done its work here and goes.

    Holds even if a sweep has called it expired meanwhile: what was taken was sent.
    """
    notice.state = NoticeState.SENT
    notice.failure = None
    notice.tries = tries
    notice.sent_at = notice.settled_at = now
    notice.secret = None


def mark_failed(notice: Notice, failure: str, *, tries: int, now: datetime) -> None:
    """It will not be tried again. `failure` is a short class such as "smtp_550", never personal data."""
    notice.state = NoticeState.FAILED
    notice.failure = failure
    notice.tries = tries
    notice.settled_at = now
    notice.secret = None


def told_by_phone(notice: Notice, *, now: datetime) -> None:
    """An officer has told the customer by telephone. What has not been sent then never is."""
    if notice.settled_at is None:
        mark_failed(notice, Failure.TOLD_BY_PHONE, tries=notice.tries, now=now)
    notice.handled_at = now


def release(session: Session, notice_ids: Sequence[UUID], *, now: datetime) -> None:
    """Let notices that were held go: there is a sender for their channel now."""
    for notice_id in notice_ids:
        channel = session.scalar(
            sa.update(Notice)
            .where(Notice.id == notice_id, Notice.state == NoticeState.HELD)
            .values(state=NoticeState.WAITING)
            .returning(Notice.channel)
        )
        if channel is not None:
            enqueue_sending(session, notice_id, channel, now=now)


def hold(notice: Notice) -> None:
    """There is no sender for its channel; it waits in the ledger until there is one."""
    notice.state = NoticeState.HELD


def forget_secrets(session: Session, notice_ids: Sequence[UUID]) -> None:
    """Destroy the secrets of these notices: used, or replaced by a newer one. What has not left never will."""
    session.execute(sa.update(Notice).where(Notice.id.in_(notice_ids), Notice.secret.is_not(None)).values(secret=None))


def expire_secrets(session: Session, *, now: datetime) -> None:
    """Destroy every secret whose time is over, and give up the notices that have not left with theirs."""
    over = Notice.secret_expires_at <= now
    session.execute(
        sa.update(Notice)
        .where(Notice.settled_at.is_(None), over)
        .values(state=NoticeState.FAILED, failure=Failure.EXPIRED, settled_at=now, secret=None)
    )
    session.execute(sa.update(Notice).where(Notice.secret.is_not(None), over).values(secret=None))
