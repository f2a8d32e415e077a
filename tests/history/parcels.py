"""A small subject with a history, and the hands of somebody who can write SQL."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal import history
from portal.db import Base, Database, Session, writing
from portal.history.models import Chained, Entry
from portal.history.rules import Actor, ActorKind, Audience, Fault
from portal.history.shelf import Shelf
from portal.sealing import new_box

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NOW = datetime(2026, 3, 13, 3, 0, 0, 123456, tzinfo=UTC)
CUSTOMER = Actor(ActorKind.CUSTOMER, UUID(int=7))
OFFICER = Actor(ActorKind.OFFICER, UUID(int=8), behalf=UUID(int=7))


class Logbook(Base):
    """A second table of entries, as the reading log will be one."""

    __abstract__ = True
    # Of their own, so that no migration is missed for them.
    metadata: ClassVar[sa.MetaData] = sa.MetaData()


class LogEntry(Entry):
    __tablename__ = "test_log_entries"
    metadata = Logbook.metadata


class Parcel(Chained, Base):
    """A subject whose entries stand in the table that complaints use."""

    __tablename__ = "test_parcels"
    metadata = Logbook.metadata

    id: Mapped[UUID] = mapped_column(primary_key=True)
    key_id: Mapped[UUID] = mapped_column(unique=True)
    place: Mapped[str] = mapped_column(default="Jakarta")


class Crate(Chained, Base):
    """A second table of subjects that shares the table of entries."""

    __tablename__ = "test_crates"
    metadata = Logbook.metadata

    id: Mapped[UUID] = mapped_column(primary_key=True)
    key_id: Mapped[UUID] = mapped_column(unique=True)


class Reading(Chained, Base):
    """A subject whose entries stand in a table of their own."""

    __tablename__ = "test_readings"
    metadata = Logbook.metadata
    entry_class = LogEntry

    id: Mapped[UUID] = mapped_column(primary_key=True)
    key_id: Mapped[UUID] = mapped_column(unique=True)


def make_tables(database: Database) -> None:
    with database.writer.begin() as connection:
        Logbook.metadata.create_all(connection)


def make(session: Session, model: type[Chained] = Parcel, *, entries: int = 5, **columns: Any) -> Any:
    """A subject with so many entries, committed."""
    session.begin_write()
    subject = model(key_id=new_box(session, now=NOW).id, **columns)
    session.add(subject)
    for number in range(1, entries + 1):
        note(session, subject, number)
    session.commit()
    return subject


def note(session: Session, subject: Chained, number: int, **changes: Any) -> Entry:
    """Append an entry that tells its number."""
    told: dict[str, Any] = {
        "kind": "noted",
        "actor": CUSTOMER if number % 2 else OFFICER,
        "at": NOW + timedelta(minutes=number),
        "audience": Audience.CUSTOMER if number % 2 else Audience.OFFICERS,
        "payload": {"number": number, "words": "uang saya belum kembali – 12.500 €"},
    }
    return history.append(session, subject, **(told | changes))


def add(session: Session, subject: Chained, *numbers: int) -> None:
    """Append entries in a transaction of their own."""
    writing(session, subject)
    for number in numbers:
        note(session, subject, number)
    session.commit()


def sql(database: Database, statement: str, **values: Any) -> Any:
    """Run SQL past everything, as somebody with the database's password would."""
    text = sa.text(statement)
    typed = [sa.bindparam(name, value, _type(value)) for name, value in values.items()]
    with database.writer.begin() as connection:
        result = connection.execute(text.bindparams(*typed))
        return result.fetchall() if result.returns_rows else result.rowcount


def _type(value: Any) -> Any:
    return sa.Uuid() if isinstance(value, UUID) else None


def edit(database: Database, subject: Chained, seq: int, /, **columns: Any) -> None:
    """Change columns of an entry."""
    assignments = ", ".join(f"{name} = :{name}" for name in columns)
    table = subject.entry_class.__tablename__
    changed = sql(
        database,
        f"UPDATE {table} SET {assignments} WHERE subject_id = :of_subject AND seq = :of_seq",
        of_subject=subject.id,
        of_seq=seq,
        **columns,
    )
    assert changed == 1


def columns_of(database: Database, subject: Chained, seq: int) -> dict[str, Any]:
    """An entry as it stands, to be put back or somewhere else."""
    entry = subject.entry_class.__table__
    with database.reader.connect() as connection:
        query = sa.select(entry).where(entry.c.subject_id == subject.id, entry.c.seq == seq)
        return dict(connection.execute(query).one()._mapping)


def row_of(database: Database, subject: Chained) -> dict[str, Any]:
    """The history columns of a subject's row."""
    table = type(subject).__table__
    with database.reader.connect() as connection:
        row = connection.execute(sa.select(table).where(table.c.id == subject.id)).one()
    return {name: value for name, value in row._mapping.items() if name.startswith("history_")}


def set_row(database: Database, subject: Chained, **columns: Any) -> None:
    """Change columns of a subject's row."""
    assignments = ", ".join(f"{name} = :{name}" for name in columns)
    changed = sql(
        database,
        f"UPDATE {type(subject).__tablename__} SET {assignments} WHERE id = :of_id",
        of_id=subject.id,
        **columns,
    )
    assert changed == 1


def delete(database: Database, subject: Chained, *seqs: int) -> None:
    """Delete entries."""
    for seq in seqs:
        table = subject.entry_class.__tablename__
        assert sql(database, f"DELETE FROM {table} WHERE subject_id = :id AND seq = :seq", id=subject.id, seq=seq)


def insert(database: Database, entry: type[Entry], **columns: Any) -> None:
    """Insert an entry that was put together by hand."""
    with database.writer.begin() as connection:
        connection.execute(sa.insert(entry.__table__).values(**columns))


def verify(database: Database, subject: Chained, *, shelf: Shelf | None = None) -> list[Fault]:
    """The faults of one subject as a fresh process sees them."""
    with database.session() as session:
        return history.verify(session, subject, shelf=shelf)


def verify_all(database: Database, *models: type[Chained], shelf: Shelf | None = None) -> list[Fault]:
    """All faults as a fresh process sees them."""
    with database.session() as session:
        return history.verify_all(session, models or (Parcel,), shelf=shelf).faults


def names(faults: list[Fault]) -> list[tuple[str, int | None]]:
    """What is wrong and where, in order."""
    return sorted((str(fault.kind), fault.seq) for fault in faults)


def payload_text(number: int) -> str:
    return json.dumps({"number": number})
