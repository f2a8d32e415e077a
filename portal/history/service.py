"""Appending to a chain: the one way in which an entry comes to be."""

import hmac
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import event, orm
from sqlalchemy.exc import IntegrityError

from portal.db import NotHeld, Session, writing
from portal.history.models import Chained, Entry
from portal.history.rules import (
    GENESIS,
    SALT_BYTES,
    Actor,
    Audience,
    Link,
    canonical,
    commitment,
    link_parts,
    seal_parts,
    written,
)
from portal.sealing import KeyRing, Purpose, open_box


class BrokenHistory(RuntimeError):
    """The row's count and head are not what we wrote: adding to them would make the damage look genuine."""


def append(
    session: Session,
    subject: Chained,
    *,
    kind: str,
    actor: Actor,
    at: datetime,
    audience: Audience,
    payload: Mapping[str, Any],
) -> Entry:
    """Add an entry to the subject's chain and seal the row's new count and head. Flushes nothing.

    Order is the order of appending, not of `at`: a clock may go backwards. Raises `NotHeld` for a
    row that this transaction has not re-read under its lock, `BrokenHistory` for a row whose seal
    does not fit, `sealing.KeyDestroyed` after an erasure.
    """
    if not session.holds(subject):
        raise NotHeld(subject.__tablename__)
    if subject.history_seal is None and not sa.inspect(subject).persistent:
        _begin(session.keys, subject)
    elif not _is_sealed(session.keys, subject):
        raise BrokenHistory(f"{subject.__tablename__} {subject.id}")
    salt, text = secrets.token_bytes(SALT_BYTES), canonical(payload)
    entry = subject.entry_class(
        subject_id=subject.id,
        key_id=subject.key_id,
        seq=subject.history_count + 1,
        kind=kind,
        actor_kind=actor.kind,
        actor_id=actor.id,
        behalf_id=actor.behalf,
        at=at,
        audience=audience,
        commitment=commitment(salt, text),
        chain_key_id=session.keys.current_id(Purpose.CHAIN),
        previous=subject.history_head,
    )
    open_box(session, subject.key_id).seal(entry, [salt.hex(), text])
    entry.mac = session.keys.mac(
        Purpose.CHAIN, *link_parts(entry.__tablename__, _link(entry)), key_id=entry.chain_key_id
    )
    session.add(entry)
    subject.history_count = entry.seq
    subject.history_head = entry.mac
    subject.history_seal = _seal(session.keys, subject)
    return entry


Log = TypeVar("Log", bound=Chained)


def held(session: Session, asked: sa.Select[Log], first: Callable[[], Log]) -> Log:
    """The log that `asked` finds, under its lock; where there is none yet, `first` is the row that begins it."""
    log = session.scalar(asked)
    if log is None:
        log = first()
        try:
            with session.begin_nested():
                session.add(log)
                session.flush()
            return log
        except IntegrityError:
            # Another first entry was faster.
            log = session.scalars(asked).one()
    return writing(session, log)


def _link(entry: Entry) -> Link:
    return Link(
        id=entry.id.bytes,
        subject_id=entry.subject_id.bytes,
        key_id=entry.key_id.bytes,
        seq=entry.seq,
        kind=entry.kind,
        actor_kind=entry.actor_kind,
        actor_id=entry.actor_id.bytes if entry.actor_id else b"",
        behalf_id=entry.behalf_id.bytes if entry.behalf_id else b"",
        at=written(entry.at),
        audience=entry.audience,
        commitment=entry.commitment,
        chain_key_id=entry.chain_key_id,
        previous=entry.previous,
        mac=b"",
    )


# ── the seal on the subject's row ────────────────────────────────────────────────────────────────


def is_sealed(keys: KeyRing, table: str, subject_id: bytes, length: int, head: bytes, seal: bytes) -> bool:
    """Whether the seal was made by us over exactly this count and head, under any chain key of the ring."""
    parts = seal_parts(table, subject_id, length, head)
    return any(
        hmac.compare_digest(keys.mac(Purpose.CHAIN, *parts, key_id=key_id), seal) for key_id in keys.ids(Purpose.CHAIN)
    )


def _is_sealed(keys: KeyRing, subject: Chained) -> bool:
    return is_sealed(
        keys,
        subject.__tablename__,
        subject.id.bytes,
        subject.history_count,
        subject.history_head,
        subject.history_seal,
    )


def _seal(keys: KeyRing, subject: Chained) -> bytes:
    parts = seal_parts(subject.__tablename__, subject.id.bytes, subject.history_count, subject.history_head)
    return keys.mac(Purpose.CHAIN, *parts)


def _begin(keys: KeyRing, subject: Chained) -> None:
    subject.history_count = 0
    subject.history_head = GENESIS
    subject.history_seal = _seal(keys, subject)


@event.listens_for(Chained, "before_insert", propagate=True)
def _begin_with_the_row(_mapper: orm.Mapper[Any], _connection: sa.Connection, subject: Chained) -> None:
    # An empty history is sealed too. Else whoever deletes all entries could set the row back to "none yet".
    session = orm.object_session(subject)
    if subject.history_seal is None and isinstance(session, Session):
        _begin(session.keys, subject)
