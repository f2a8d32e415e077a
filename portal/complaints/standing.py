"""Reads of a complaint's clocks, and of the documents that its rounds need (queries of the room, cut by noun).

Built once and executed on the connection, by the names of tables: see `queries`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from portal.complaints.models import Clock, Requirement, Round
from portal.complaints.states import ClockPurpose
from portal.db import Base, Session


class RunningClock(NamedTuple):
    """A clock as it is stored: its rule, its start, and the promise made from it. Tells nothing of a person."""

    purpose: ClockPurpose
    rule: str
    amount: int
    unit: str
    starts: str
    calendar: str
    steps: tuple[int, ...]
    started_at: datetime | None
    ended_at: datetime | None
    counted_on: date | None
    due_on: date | None


class Asked(NamedTuple):
    """A document that a round needs: its code, when it was named, when it came, and since when it is in question."""

    code: str
    asked_at: datetime | None
    arrived_at: datetime | None
    questioned_at: datetime | None


@dataclass(frozen=True, slots=True)
class Running:
    """The clocks of the newest round that run, the one that ends first before the others, and what it waits for.

    `answer` are those by which we answer, `waiting` those that start when the documents are complete,
    `documents` the customer's own time; `missing` the documents that have not come, in the order in which
    they were noted, and `questioned` those that we ask for once more without stopping our time.
    """

    answer: tuple[RunningClock, ...]
    waiting: tuple[RunningClock, ...]
    documents: RunningClock | None
    missing: tuple[Asked, ...]
    questioned: tuple[Asked, ...]

    @property
    def binding(self) -> RunningClock | None:
        """The clock that ends first; None while none has started."""
        return self.answer[0] if self.answer else None


def columns(row: type[Base], names: tuple[str, ...]) -> list[sa.ColumnElement[Any]]:
    """These columns of a class's table."""
    return [row.__table__.c[name] for name in names]


_WANTED = Requirement.__table__.alias("wanted")
# Each clock of a round with each document that is wanted in it. Both are few, and one statement less is
# worth more than a row that comes twice.
CLOCKS = (
    sa.select(
        Round.__table__.c.ordinal,
        *columns(Clock, RunningClock._fields),
        *(_WANTED.c[name] for name in Asked._fields),
    )
    .join_from(Round.__table__, Clock.__table__)
    .outerjoin(
        _WANTED,
        sa.and_(
            _WANTED.c.round_id == Round.__table__.c.id,
            sa.or_(_WANTED.c.arrived_at.is_(None), _WANTED.c.questioned_at.is_not(None)),
        ),
    )
    .where(Round.__table__.c.complaint_id == sa.bindparam("complaint"))
    .order_by(Round.__table__.c.ordinal.desc(), Clock.__table__.c.id, _WANTED.c.id)
)
NEEDED = (
    sa.select(*columns(Round, ("ordinal",)), *columns(Requirement, Asked._fields))
    .join_from(Round.__table__, Requirement.__table__)
    .where(Round.__table__.c.complaint_id == sa.bindparam("complaint"))
    .order_by(Round.__table__.c.ordinal.desc(), Requirement.__table__.c.id)
)


def running(session: Session, complaint_id: UUID) -> Running:
    """The newest round's clocks that have not ended, and what it lacks."""
    clocks: dict[RunningClock, None] = {}
    wanted: dict[Asked, None] = {}
    newest = None
    for ordinal, *told in session.connection().execute(CLOCKS, {"complaint": complaint_id}):
        newest = newest or ordinal
        if ordinal != newest:
            break
        clock = RunningClock(*told[: len(RunningClock._fields)])
        clocks[clock._replace(steps=tuple(clock.steps))] = None
        asked = Asked(*told[len(RunningClock._fields) :])
        if asked.code is not None:
            wanted[asked] = None
    going = [clock for clock in clocks if clock.ended_at is None]
    answer = [clock for clock in going if clock.purpose is ClockPurpose.ANSWER]
    return Running(
        answer=tuple(
            sorted((clock for clock in answer if clock.due_on is not None), key=lambda clock: clock.due_on or date.max)
        ),
        waiting=tuple(clock for clock in answer if clock.due_on is None),
        documents=next((clock for clock in going if clock.purpose is ClockPurpose.DOCUMENTS), None),
        missing=tuple(asked for asked in wanted if asked.arrived_at is None),
        questioned=tuple(asked for asked in wanted if asked.arrived_at is not None),
    )


def counted(session: Session, complaint_id: UUID) -> list[RunningClock]:
    """Every clock of every round that has started, running or ended, in the order in which they began."""
    told = session.connection().execute(CLOCKS, {"complaint": complaint_id})
    clocks = {RunningClock(*row[1 : 1 + len(RunningClock._fields)])._replace(steps=tuple(row.steps)) for row in told}
    began = {clock: clock.started_at for clock in clocks if clock.started_at is not None}
    return sorted(began, key=lambda clock: (began[clock], clock.due_on or date.max, clock.rule))


def needed(session: Session, complaint_id: UUID) -> list[Asked]:
    """Every document that the newest round needs, in the order in which it was noted."""
    rows = session.connection().execute(NEEDED, {"complaint": complaint_id}).all()
    return [Asked(*told) for ordinal, *told in rows if ordinal == rows[0].ordinal]
