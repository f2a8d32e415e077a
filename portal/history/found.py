"""Everything of a chain as it stands in the database, for those who check it.

Who can write SQL can put anything anywhere, on SQLite even text where a number belongs. So nothing
here goes through the column types, which would stop at the first id that is none: a value that
cannot be read becomes one over which no mac was ever made.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from portal.history.models import Anchor, Chained, Entry
from portal.history.rules import AnchorFacts, Link
from portal.sealing import CaseKey

NO_ID = b"?"
NO_TEXT = "\0"
BATCH = 500


class Found(NamedTuple):
    """An entry as found: what its mac covers, and what is needed to open it."""

    link: Link
    sealed: Any
    has_key_row: bool
    master_id: Any
    wrapped: Any


class FoundSubject(NamedTuple):
    """A subject's row as found."""

    id: bytes
    key_id: bytes
    length: int
    head: bytes
    seal: bytes


def chains(
    connection: sa.Connection, entry: type[Entry], only: Collection[UUID] | None = None
) -> Iterator[tuple[Any, list[Found]]]:
    """Every chain of a table by the subject id that its entries name, as the database sorts them.

    Memory holds one chain at a time and a batch of rows.
    """
    query = (
        sa.select(
            *_link_columns(entry, connection),
            *map(_raw, (entry.sealed, CaseKey.id, CaseKey.master_id, CaseKey.wrapped)),
        )
        .join_from(entry, CaseKey, CaseKey.id == entry.key_id, isouter=True)
        .order_by(entry.subject_id, entry.seq)
    )
    if only is not None:
        query = query.where(entry.subject_id.in_(only))
    for raw_id, rows in groupby(_streamed(connection, query), key=itemgetter(1)):
        yield raw_id, [Found(_link(row), row[-4], row[-3] is not None, row[-2], row[-1]) for row in rows]


def subjects(
    connection: sa.Connection, subject: type[Chained], only: Collection[UUID] | None = None
) -> Iterator[tuple[Any, FoundSubject]]:
    """Every row of a subject's table with its id as found, as the database sorts them."""
    query = sa.select(*_subject_columns(subject)).order_by(subject.id)
    if only is not None:
        query = query.where(subject.id.in_(only))
    for row in _streamed(connection, query):
        yield row[0], _subject(row)


def subjects_by_id(connection: sa.Connection, subject: type[Chained], ids: Sequence[UUID]) -> dict[bytes, FoundSubject]:
    query = sa.select(*_subject_columns(subject)).where(subject.id.in_(ids))
    return {found.id: found for found in map(_subject, connection.execute(query))}


def subjects_by_key(connection: sa.Connection, subject: type[Chained], key_id: UUID) -> list[FoundSubject]:
    query = sa.select(*_subject_columns(subject)).where(subject.key_id == key_id)
    return [_subject(row) for row in connection.execute(query)]


def macs_at(
    connection: sa.Connection, entry: type[Entry], places: Sequence[tuple[UUID, int]]
) -> dict[tuple[bytes, int], bytes]:
    """The macs of the entries at these places (subject id, seq), and of some at others."""
    # Not `(subject_id, seq) IN …`: for that SQLite reads the whole table. The few entries too many do no harm.
    query = sa.select(_raw(entry.subject_id), _raw(entry.seq), _raw(entry.mac)).where(
        entry.subject_id.in_([subject_id for subject_id, _ in places]), entry.seq.in_({seq for _, seq in places})
    )
    return {(_id(row[0]), _number(row[1])): _bytes(row[2]) for row in connection.execute(query)}


def moved_heads(connection: sa.Connection, entry: type[Entry], since: UUID | None) -> Iterator[Link]:
    """The newest entry of each chain that grew by an entry with an id not below `since`; of all without."""
    other, moved = orm.aliased(entry), orm.aliased(entry)
    newest = sa.select(sa.func.max(other.seq)).where(other.subject_id == entry.subject_id).scalar_subquery()
    query = sa.select(*_link_columns(entry, connection)).where(entry.seq == newest).order_by(entry.subject_id)
    if since is not None:
        query = query.where(entry.subject_id.in_(sa.select(moved.subject_id).where(moved.id >= since)))
    yield from map(_link, _streamed(connection, query))


def links_downwards(connection: sa.Connection, entry: type[Entry], subject_id: UUID) -> Iterator[Link]:
    """One chain from its newest entry to its first."""
    query = sa.select(*_link_columns(entry, connection)).where(entry.subject_id == subject_id)
    yield from map(_link, connection.execute(query.order_by(entry.seq.desc())))


def anchors(connection: sa.Connection) -> list[AnchorFacts]:
    """All anchors, oldest first."""
    query = sa.select(
        _day(Anchor.anchored_on, connection),
        _moment(Anchor.at, connection),
        _raw(Anchor.through),
        _raw(Anchor.streams),
        _raw(Anchor.previous_root),
        _raw(Anchor.root),
        _raw(Anchor.chain_key_id),
        _raw(Anchor.mac),
    ).order_by(Anchor.anchored_on)
    return [
        AnchorFacts(
            on=_text(row[0]),
            at=_text(row[1]),
            through=_id(row[2]),
            streams=_number(row[3]),
            previous_root=_bytes(row[4]),
            root=_bytes(row[5]),
            chain_key_id=_text(row[6]),
            mac=_bytes(row[7]),
        )
        for row in connection.execute(query)
    ]


def in_order(raw_id: Any) -> tuple[bool, Any]:
    """A key that sorts ids as found the way the database does: on SQLite a blob comes after all text."""
    return isinstance(raw_id, bytes), raw_id


@contextmanager
def tolerant(connection: sa.Connection) -> Iterator[None]:
    """Let text be read that is no UTF-8, which SQLite can hold and its driver refuses to give back."""
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        driver.text_factory = _decoded
    try:
        yield
    finally:
        if connection.dialect.name == "sqlite":
            driver.text_factory = str


def _decoded(text: bytes) -> str:
    return text.decode(errors="backslashreplace")


def _streamed(connection: sa.Connection, query: sa.Select[Any]) -> Iterator[Sequence[Any]]:
    with connection.execute(query, execution_options={"yield_per": BATCH}) as result:
        yield from result


def _raw(column: Any) -> sa.ColumnElement[Any]:
    return sa.type_coerce(column, sa.types.NullType())


def _moment(column: Any, connection: sa.Connection) -> sa.ColumnElement[Any]:
    # SQLite keeps a moment as just this text.
    if connection.dialect.name == "sqlite":
        return _raw(column)
    return _raw(sa.func.to_char(sa.func.timezone("UTC", column), "YYYY-MM-DD HH24:MI:SS.US"))


def _day(column: Any, connection: sa.Connection) -> sa.ColumnElement[Any]:
    return _raw(column) if connection.dialect.name == "sqlite" else _raw(sa.func.to_char(column, "YYYY-MM-DD"))


def _link_columns(entry: type[Entry], connection: sa.Connection) -> list[sa.ColumnElement[Any]]:
    """The columns of a `Link`, in its order."""
    return [_moment(entry.at, connection) if name == "at" else _raw(getattr(entry, name)) for name in Link._fields]


def _link(row: Sequence[Any]) -> Link:
    return Link(
        id=_id(row[0]),
        subject_id=_id(row[1]),
        key_id=_id(row[2]),
        seq=_number(row[3]),
        kind=_text(row[4]),
        actor_kind=_text(row[5]),
        actor_id=_id(row[6]),
        behalf_id=_id(row[7]),
        at=_text(row[8]),
        audience=_text(row[9]),
        commitment=_bytes(row[10]),
        chain_key_id=_text(row[11]),
        previous=_bytes(row[12]),
        mac=_bytes(row[13]),
    )


def _subject_columns(subject: type[Chained]) -> list[sa.ColumnElement[Any]]:
    columns = (subject.id, subject.key_id, subject.history_count, subject.history_head, subject.history_seal)
    return [_raw(column) for column in columns]


def _subject(row: Sequence[Any]) -> FoundSubject:
    return FoundSubject(_id(row[0]), _id(row[1]), _number(row[2]), _bytes(row[3]), _bytes(row[4]))


def _id(value: Any) -> bytes:
    """An id's 16 bytes; nothing for NULL, which must not be taken for something unreadable."""
    if isinstance(value, UUID):
        return value.bytes
    if value is None:
        return b""
    try:
        read = bytes.fromhex(value)
    except (TypeError, ValueError):
        return NO_ID
    return read if len(read) == 16 and read.hex() == value else NO_ID


def _number(value: Any) -> int:
    return value if isinstance(value, int) else -1


def _text(value: Any) -> str:
    return value if isinstance(value, str) else NO_TEXT


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else b""
