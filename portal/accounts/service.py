"""One-time codes: made and sent, checked, used. Nothing here commits but the count of tries."""

import hmac
import secrets
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from portal.accounts.models import OneTimeCode
from portal.accounts.rules import (
    CODE_DIGITS,
    CODE_LIFETIME,
    CODE_TRIES,
    CODES_AN_HOUR,
    HOUR,
    CodePurpose,
    CodeSpent,
    TooManyCodes,
    read_code,
)
from portal.db import Database, Session
from portal.institution.models import Institution
from portal.notices import service as notices
from portal.notices.rules import NoticeKind, Recipient, Secret
from portal.sealing import Box, KeyRing, Purpose

# The row on which a guess is counted when there is no code to guess: for a case that does not exist,
# and for one whose customer has asked for none. Its hash is random, so nothing ever fits it.
DECOY = UUID(int=0)


def issue_code(
    session: Session,
    *,
    box: Box,
    subject_id: UUID,
    recipient: Recipient,
    purpose: CodePurpose,
    now: datetime,
    profile: Institution,
) -> OneTimeCode:
    """Make a code for one party of a case and write the notice that carries it; both or neither.

    Six digits, valid for ten minutes. The notice is the only way out: the code is returned to nobody.
    An older code for the same party and purpose counts no longer, and if its notice has not left yet,
    it never will. Raises `TooManyCodes` beyond `CODES_AN_HOUR`.

    Call it from a job, not from the request that asks for a code: the request then does the same,
    one job, whether or not there is such a case.
    """
    older = session.execute(
        sa.select(OneTimeCode.notice_id).where(
            *_whose(subject_id, recipient.party_id, purpose), OneTimeCode.created_at > now - HOUR
        )
    ).all()
    if len(older) >= CODES_AN_HOUR:
        raise TooManyCodes
    notices.forget_secrets(session, [row.notice_id for row in older if row.notice_id])
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    expires_at = now + CODE_LIFETIME
    notice = notices.write(
        session,
        box=box,
        subject_id=subject_id,
        recipient=recipient,
        kind=NoticeKind.ONE_TIME_CODE,
        facts={"minutes": int(CODE_LIFETIME.total_seconds() // 60), "expires_at": expires_at},
        secret=Secret(code, expires_at),
        now=now,
        profile=profile,
    )
    row = OneTimeCode(
        subject_id=subject_id,
        party_id=recipient.party_id,
        purpose=purpose,
        mac_key_id=session.keys.current_id(Purpose.CODE),
        notice_id=notice.id,
        tries=0,
        created_at=now,
        expires_at=expires_at,
    )
    row.mac = _mac(session.keys, row.id, code, row.mac_key_id)
    session.add(row)
    session.flush()
    return row


def check_code(
    session: Session,
    *,
    subject_id: UUID | None,
    party_id: UUID | None = None,
    purpose: CodePurpose,
    code: str,
    now: datetime,
) -> UUID | None:
    """Count one try at the newest code of this party and purpose; the code's id if it was right, else None.

    The try is committed before it is judged, in a transaction of its own: nothing that happens to the
    request afterwards gives it back, and of many tries at once each is counted. So the session must
    still be reading; raises `RuntimeError` otherwise. A right code is not used up yet: `use_code`
    does that, together with what the code was for.

    `subject_id` is None for a case that does not exist. One statement, one changed row, one commit and
    one HMAC, whatever exists and whatever is wrong.
    """
    if session.is_writing:
        raise RuntimeError("check the code before the write begins")
    newest = (
        sa.select(OneTimeCode.id)
        .where(*_whose(subject_id or DECOY, party_id, purpose))
        .order_by(OneTimeCode.created_at.desc(), OneTimeCode.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    tried = _count(session.database, newest)
    if tried is None:
        _add_decoy(session.database, now)
        tried = _count(session.database, newest)
        assert tried is not None
    fits = hmac.compare_digest(tried.mac, _mac(session.keys, tried.id, read_code(code), tried.mac_key_id))
    alive = tried.tries <= CODE_TRIES and tried.used_at is None and now < tried.expires_at
    return tried.id if fits and alive else None


def use_code(session: Session, code_id: UUID, *, now: datetime) -> None:
    """Use up a code that `check_code` found right, in the transaction that does what it was for.

    The letter's secret dies with it. Raises `CodeSpent` if the code was used or has expired since:
    of two requests with the same right code one gets through.
    """
    used = session.execute(
        sa.update(OneTimeCode)
        .where(OneTimeCode.id == code_id, OneTimeCode.used_at.is_(None), OneTimeCode.expires_at > now)
        .values(used_at=now)
        .returning(OneTimeCode.notice_id)
    ).one_or_none()
    if used is None:
        raise CodeSpent
    if used.notice_id is not None:
        notices.forget_secrets(session, [used.notice_id])


def purge(session: Session, *, now: datetime) -> None:
    """Delete the codes that no rule looks at any more: expired, and older than the hour that is counted."""
    session.execute(sa.delete(OneTimeCode).where(OneTimeCode.created_at < now - HOUR, OneTimeCode.id != DECOY))


def _whose(subject_id: UUID, party_id: UUID | None, purpose: CodePurpose) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        OneTimeCode.subject_id == subject_id,
        # A literal, so that nobody is a value like any other and the statement stays the same.
        OneTimeCode.party_id.is_not_distinct_from(sa.literal(party_id, sa.Uuid())),
        OneTimeCode.purpose == purpose,
    )


def _count(
    database: Database, newest: sa.ScalarSelect[UUID]
) -> sa.Row[UUID, bytes, str, int, datetime, datetime | None] | None:
    with database.short_write() as connection:
        return connection.execute(
            sa.update(OneTimeCode)
            .where(OneTimeCode.id == sa.func.coalesce(newest, DECOY))
            .values(tries=OneTimeCode.tries + 1)
            .returning(
                OneTimeCode.id,
                OneTimeCode.mac,
                OneTimeCode.mac_key_id,
                OneTimeCode.tries,
                OneTimeCode.expires_at,
                OneTimeCode.used_at,
            )
        ).one_or_none()


def _add_decoy(database: Database, now: datetime) -> None:
    """Once in the life of a deployment, by whichever process comes first."""
    with database.short_write() as connection:
        connection.execute(
            database.inserting(OneTimeCode)
            .values(
                id=DECOY,
                subject_id=DECOY,
                purpose=CodePurpose.NEW_ACCESS_CODE,
                mac=secrets.token_bytes(32),
                # No key's id: the current key does, and rotating the ring cannot orphan the row.
                mac_key_id="",
                tries=0,
                created_at=now,
                expires_at=now,
            )
            .on_conflict_do_nothing(index_elements=[OneTimeCode.id])
        )


def _mac(keys: KeyRing, code_id: UUID, code: str, key_id: str) -> bytes:
    return keys.mac(Purpose.CODE, "one-time", str(code_id), code, key_id=key_id or None)
