"""What was done to officers' accounts, as a chain for each of them: by whom, when, and what became of sign-ins.

Service of the room, cut by noun. An entry is written in the transaction of the act that it tells of, so that
there is neither without the other.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from portal.accounts.models import OfficerAccount
from portal.accounts.rules import AccountAct, Door
from portal.db import Session
from portal.history.models import AccountEntry, AccountLog
from portal.history.queries import opened
from portal.history.rules import Actor, ActorKind, Audience
from portal.history.service import append, held
from portal.jobs.service import enqueue
from portal.sealing import open_box

REFUSED = "accounts.refused"
# Who tries again and again at one door is noted once in so long: an entry says that it happened, not how often.
WINDOW = timedelta(minutes=10)
PAGE = 50


@dataclass(frozen=True, slots=True)
class Noted:
    """One entry. `by` is the officer who did it; None for the command line, and for a sign-in that was refused."""

    id: UUID
    officer_id: UUID
    act: AccountAct
    by: UUID | None
    at: datetime
    payload: Mapping[str, Any] = field(repr=False)


def note(
    session: Session,
    officer_id: UUID,
    act: AccountAct,
    *,
    by: UUID | None,
    now: datetime,
    payload: Mapping[str, Any] | None = None,
) -> None:
    """Add an entry to an officer's chain; the caller has begun the write. `by` is None for an operator's command."""
    append(
        session,
        _held(session, officer_id),
        kind=act,
        actor=Actor(ActorKind.SYSTEM) if by is None else Actor(ActorKind.OFFICER, by),
        at=now,
        audience=Audience.OFFICERS,
        payload=payload or {},
    )


def refused(session: Session, officer_id: UUID, door: Door, *, now: datetime) -> None:
    """Somebody was refused at an officer's door: a job notes it, once in `WINDOW`.

    A job, because the door must cost the same for an address that nobody has: its id is then a made-up one.
    """
    slot = int(now.timestamp() // WINDOW.total_seconds())
    payload = {"officer": officer_id, "door": door, "at": int(now.timestamp())}
    enqueue(session, REFUSED, payload, now=now, key=f"refused:{officer_id}:{door}:{slot}")


def note_refused(session: Session, payload: Mapping[str, Any]) -> None:
    """The job of `refused`. Nothing where nobody has this id."""
    officer_id = UUID(payload["officer"])
    if session.scalar(sa.select(OfficerAccount.id).where(OfficerAccount.id == officer_id)) is None:
        return
    at = datetime.fromtimestamp(payload["at"], UTC)
    note(session, officer_id, AccountAct.REFUSED, by=None, now=at, payload={"door": payload["door"]})


def noted(session: Session, *, officer_id: UUID | None = None, before: UUID | None = None) -> list[Noted]:
    """The newest entries of everybody or of one officer, those before an entry: `PAGE` of them, and one more.

    Raises `sealing.Tampered` for a payload that was changed or moved.
    """
    asked = (
        sa.select(AccountEntry, AccountLog.officer_id)
        .join(AccountLog, AccountLog.id == AccountEntry.subject_id)
        .order_by(AccountEntry.id.desc())
        .limit(PAGE + 1)
    )
    if officer_id is not None:
        asked = asked.where(AccountLog.officer_id == officer_id)
    if before is not None:
        asked = asked.where(AccountEntry.id < before)
    return [
        Noted(
            id=row.id,
            officer_id=whose,
            act=AccountAct(row.kind),
            by=row.actor_id,
            at=row.at,
            payload=json.loads(opened(open_box(session, row.key_id), row.__tablename__, row.id, row.sealed)[1]),
        )
        for row, whose in session.execute(asked)
    ]


def _held(session: Session, officer_id: UUID) -> AccountLog:
    """The officer's chain under its lock; the first entry begins it."""

    def first() -> AccountLog:
        key_id = session.scalars(sa.select(OfficerAccount.key_id).where(OfficerAccount.id == officer_id)).one()
        return AccountLog(officer_id=officer_id, key_id=key_id)

    return held(session, sa.select(AccountLog).where(AccountLog.officer_id == officer_id), first)
