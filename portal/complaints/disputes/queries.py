"""Reads of what follows an answer: the rounds, the time to decide, the forums, what is still to be asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from portal.complaints.disputes import rules
from portal.complaints.disputes.models import ForumStep
from portal.complaints.models import Round
from portal.complaints.states import Novelty, RoundKind, RoundOutcome
from portal.db import Session
from portal.sealing import Box


@dataclass(frozen=True, slots=True)
class Turn:
    """One round as it is shown. `words`: what an objection explains, or why we took the case up again.

    `documents`: what an objection brought.
    """

    id: UUID
    ordinal: int
    kind: RoundKind
    received_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    outcome: RoundOutcome | None
    novelty: Novelty | None
    satisfaction: int | None
    words: str | None = field(repr=False)
    documents: tuple[UUID, ...] = ()

    @property
    def responded_at(self) -> datetime | None:
        """When we answered or refused in this round."""
        return self.answered_at or (self.closed_at if self.outcome is RoundOutcome.REFUSED else None)


@dataclass(frozen=True, slots=True)
class Taken:
    """A forum to which the matter was taken, as we were told."""

    forum: str
    taken_on: date | None
    told_at: datetime
    by_officer: UUID | None
    reference: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Dispute:
    """Where a complaint stands after our answer."""

    turns: tuple[Turn, ...]
    taken: tuple[Taken, ...]

    @property
    def newest(self) -> Turn:
        """The round that runs, or ran last."""
        return self.turns[-1]

    @property
    def answered_at(self) -> datetime | None:
        """When the newest of our responses was sent; a refusal is one."""
        sent = (turn.responded_at for turn in self.turns)
        return max((at for at in sent if at), default=None)

    @property
    def objections(self) -> int:
        """How many objections count."""
        return rules.objections_made((turn.kind, turn.novelty) for turn in self.turns)


def dispute(session: Session, box: Box, complaint_id: UUID) -> Dispute:
    """The rounds, oldest first, and the forums, newest first."""
    rounds = session.scalars(sa.select(Round).where(Round.complaint_id == complaint_id).order_by(Round.ordinal))
    return Dispute(
        turns=tuple(_turn(box, row) for row in rounds),
        taken=tuple(taken(session, box, complaint_id)),
    )


def taken(session: Session, box: Box, complaint_id: UUID) -> Sequence[Taken]:
    """The forums to which the matter was taken, newest first."""
    rows = session.scalars(
        sa.select(ForumStep)
        .where(ForumStep.complaint_id == complaint_id)
        .order_by(ForumStep.told_at.desc(), ForumStep.id.desc())
    )
    return [
        Taken(
            forum=row.forum,
            taken_on=row.taken_on,
            told_at=row.told_at,
            by_officer=row.officer_id,
            reference=box.open(row)["reference"],
        )
        for row in rows
    ]


def objections_made(session: Session, complaint_id: UUID) -> int:
    """How many objections of a complaint count."""
    rows = session.execute(sa.select(Round.kind, Round.novelty).where(Round.complaint_id == complaint_id))
    return rules.objections_made((row.kind, row.novelty) for row in rows)


def _turn(box: Box, row: Round) -> Turn:
    told = box.open(row) if row.sealed else {}
    return Turn(
        id=row.id,
        ordinal=row.ordinal,
        kind=row.kind,
        received_at=row.received_at,
        answered_at=row.answered_at,
        closed_at=row.closed_at,
        outcome=row.outcome,
        novelty=row.novelty,
        satisfaction=row.satisfaction,
        words=told.get("words"),
        documents=tuple(UUID(one) for one in told.get("documents", ())),
    )
