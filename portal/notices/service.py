"""Writing notices into the ledger, and what becomes of them. Never commits and never sends."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from portal.db import Session
from portal.institution.models import Institution
from portal.jobs.service import enqueue
from portal.notices.models import Notice
from portal.notices.render import render
from portal.notices.rules import (
    MASK,
    Channel,
    Failure,
    Letter,
    NoticeKind,
    NoticeState,
    Recipient,
    Secret,
    SecretGone,
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
    (SQ-21, BM-10). The secret stands in no text that is kept. Without an e-mail address it goes to the
    telephone; without either it is held. Raises `jinja2.UndefinedError` for a missing fact.
    """
    channel, address = recipient.channel, recipient.address and harmless(recipient.address)
    text = render(kind, channel, recipient.language, name=recipient.name, facts=facts, profile=profile)
    salt = secrets.token_hex(SALT_BYTES)
    notice = Notice(
        subject_id=subject_id,
        key_id=box.id,
        party_id=recipient.party_id,
        kind=kind,
        language=recipient.language,
        channel=channel,
        text_hash=text_hash(salt, text.subject, text.body),
        state=NoticeState.HELD if channel is Channel.NONE else NoticeState.WAITING,
        tries=0,
        created_at=now,
    )
    told = {
        "name": recipient.name,
        "address": address,
        "masked": masked(channel, address),
        "subject": text.subject,
        "body": text.body,
        "salt": salt,
    }
    box.seal(notice, told)
    if secret is not None:
        box.seal(notice, secret.value, "secret")
        notice.secret_expires_at = secret.expires_at
    session.add(notice)
    # Others refer to it by a foreign key without a relationship, so nothing else would insert it before them.
    session.flush()
    if channel is not Channel.NONE:
        enqueue_sending(session, notice.id, channel, now=now)
    return notice


def enqueue_sending(session: Session, notice_id: UUID, channel: Channel, *, now: datetime) -> None:
    """Enqueue the sending of a notice by a channel; the key makes it one job, however often it is asked for."""
    enqueue(session, SEND, {"notice": notice_id}, now=now, key=job_key(notice_id, channel))


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
