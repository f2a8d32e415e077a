"""Reading a chain for its readers."""

import json
from functools import cache
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa

from portal.db import Session
from portal.history.models import Entry
from portal.history.rules import Actor, Audience, Told
from portal.sealing import Box, KeyDestroyed, open_box


class Subject(Protocol):
    """What has a history: a row with its chain's columns, or what was read of such a row."""

    @property
    def id(self) -> UUID: ...

    @property
    def key_id(self) -> UUID: ...

    @property
    def entry_class(self) -> type[Entry]: ...


# Read on every visit of a case's page, so it is built once and names the table instead of the class.
@cache
def _listing(entry: type[Entry], audience: Audience, newest_first: bool) -> sa.Select[Any]:
    column = entry.__table__.c
    names = ("id", "seq", "kind", "actor_kind", "actor_id", "behalf_id", "at", "audience", "sealed", "mac")
    query = sa.select(*(column[name] for name in names)).where(column.subject_id == sa.bindparam("subject"))
    if audience is Audience.CUSTOMER:
        query = query.where(column.audience == Audience.CUSTOMER)
    return query.order_by(column.seq.desc() if newest_first else column.seq)


def entries(session: Session, subject: Subject, *, audience: Audience, newest_first: bool = True) -> list[Told]:
    """The entries that this audience may read, with their payloads opened.

    After the data key was destroyed the entries are still told, with `payload` None. Raises
    `sealing.Tampered` for a payload that was changed or moved.
    """
    entry = subject.entry_class
    if session.is_writing:
        # The statement below goes past the session, which would else have flushed by itself.
        session.flush()
    rows = session.connection().execute(_listing(entry, audience, newest_first), {"subject": subject.id})
    box: Box | None
    try:
        box = open_box(session, subject.key_id)
    except KeyDestroyed:
        box = None
    return [
        Told(
            seq=row.seq,
            kind=row.kind,
            actor=Actor(row.actor_kind, row.actor_id, row.behalf_id),
            at=row.at,
            audience=row.audience,
            payload=None if box is None else json.loads(opened(box, entry.__tablename__, row.id, row.sealed)[1]),
            mac=row.mac,
        )
        for row in rows
    ]


def opened(box: Box, table: str, entry_id: UUID, sealed: Any) -> tuple[bytes, str]:
    """An entry's salt and the canonical text of its payload. Raises `sealing.Tampered`."""
    salt, text = box.open_from(table, entry_id, sealed)
    return bytes.fromhex(salt), text
