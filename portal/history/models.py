"""The tables of a chain: its entries, the columns its subject's row carries, and the daily anchors."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event, orm
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base
from portal.history.rules import ActorKind, Audience


class AppendOnly(RuntimeError):
    """Something tried to change or delete what is only ever added to."""


class Entry(Base):
    """One act in the life of a subject. The columns of every chain; each chain has a table of its own.

    Nothing refers from here to the subject's table, because one table may serve several of them.
    `sealed` holds [salt, canonical payload]; the mac covers their commitment, so that the chain still
    verifies when the data key is destroyed.
    """

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID]
    key_id: Mapped[UUID]
    seq: Mapped[int]
    kind: Mapped[str]
    actor_kind: Mapped[ActorKind]
    actor_id: Mapped[UUID | None]
    behalf_id: Mapped[UUID | None]
    at: Mapped[datetime]
    audience: Mapped[Audience]
    commitment: Mapped[bytes]
    sealed: Mapped[bytes]
    chain_key_id: Mapped[str]
    previous: Mapped[bytes]
    mac: Mapped[bytes]

    @orm.declared_attr.directive
    def __table_args__(cls) -> tuple[sa.schema.SchemaItem, ...]:
        return (sa.UniqueConstraint("subject_id", "seq"), sa.CheckConstraint("seq > 0", name="counts_from_one"))


class HistoryEntry(Entry):
    """An entry of a case's history."""

    __tablename__ = "history_entries"


class ReadingEntry(Entry):
    """An entry of a reading log: who opened a case, or one of its documents, and when."""

    __tablename__ = "reading_entries"


class AccountEntry(Entry):
    """An entry of an officer's account: who let them in, changed what they may do, or tried their password."""

    __tablename__ = "account_entries"


class Chained(Base):
    """What a row has whose life is kept as a chain: `class Complaint(Chained, Base)`.

    The row also has `id` and `key_id`, the data key under which payloads are sealed; `key_id` should
    be unique, because a moved entry is traced by it. `history_seal` is an HMAC over id, count and
    head: who can write SQL can set neither. All three are set when the row is first inserted.
    """

    __abstract__ = True
    entry_class: ClassVar[type[Entry]] = HistoryEntry

    if TYPE_CHECKING:
        id: Mapped[UUID]
        key_id: Mapped[UUID]

    history_count: Mapped[int]
    history_head: Mapped[bytes]
    history_seal: Mapped[bytes]


class ReadingLog(Chained):
    """Who has read one case: a chain of its own, so that reading never changes the case or its history.

    `case_id` names a row of a room above this one, hence no foreign key; the payloads die with its data key.
    """

    __tablename__ = "reading_logs"
    entry_class: ClassVar[type[Entry]] = ReadingEntry

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(unique=True)
    key_id: Mapped[UUID] = mapped_column(sa.ForeignKey("case_keys.id"), unique=True)


class AccountLog(Chained):
    """What was done to one officer's account. `officer_id` names a row of a room above this one."""

    __tablename__ = "account_logs"
    entry_class: ClassVar[type[Entry]] = AccountEntry

    id: Mapped[UUID] = mapped_column(primary_key=True)
    officer_id: Mapped[UUID] = mapped_column(unique=True)
    key_id: Mapped[UUID] = mapped_column(sa.ForeignKey("case_keys.id"), unique=True)


class Anchor(Base):
    """The heads that moved since the anchor before, as one root that cannot be made without the key.

    The heads themselves stand in the copy outside the database. `through` is the newest entry id that
    the anchor saw.
    """

    __tablename__ = "history_anchors"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    anchored_on: Mapped[date] = mapped_column(unique=True)
    at: Mapped[datetime]
    through: Mapped[UUID | None]
    streams: Mapped[int]
    previous_root: Mapped[bytes]
    root: Mapped[bytes]
    chain_key_id: Mapped[str]
    mac: Mapped[bytes]


def _refuse(_mapper: orm.Mapper[Any], _connection: sa.Connection, row: Base) -> None:
    raise AppendOnly(row.__tablename__)


for _kept in (Entry, Anchor):
    event.listen(_kept, "before_update", _refuse, propagate=True)
    event.listen(_kept, "before_delete", _refuse, propagate=True)


def every_subject() -> list[type[Chained]]:
    """Every table of subjects whose model was imported, so that nobody has to keep a list of them."""
    mapped = [mapper.class_ for mapper in Base.registry.mappers]
    return [model for model in mapped if issubclass(model, Chained) and model.metadata is Base.metadata]
