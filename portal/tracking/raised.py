"""The rounds of a complaint told for paper: each objection as a letter with its words and what it brought."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from portal.complaints.disputes.labels import OUTCOME_MARKS, OUTCOMES, ROUND_KINDS
from portal.complaints.disputes.queries import Turn
from portal.complaints.queries import Someone
from portal.complaints.rules import Action, Role
from portal.complaints.states import RoundKind
from portal.history.rules import Told
from portal.tracking.bundle import Paper


@dataclass(frozen=True, slots=True)
class Raised:
    """A round after the first: what was said to begin it, by whom, and how it went.

    `due_on` is the day by which we promised to answer an objection when it came. `papers` are its documents by
    their numbers in the case. `behalf` is the customer where somebody acted for them.
    """

    ordinal: int
    title: str
    is_objection: bool
    received_at: datetime
    answered_at: datetime | None
    outcome: str | None
    mark: str
    due_on: date | None
    sender: str | None = field(repr=False)
    behalf: str | None = field(repr=False)
    words: str | None = field(repr=False)
    papers: tuple[Paper, ...] = field(repr=False)


def raised(
    turns: Iterable[Turn], history: Iterable[Told], people: Sequence[Someone], papers: Iterable[Paper]
) -> list[Raised]:
    """The rounds after the first, oldest first, for who reads the whole case."""
    entries = {entry.payload["round"]: entry for entry in history if entry.kind == Action.OBJECT and entry.payload}
    by_id = {paper.document.id: paper for paper in papers}
    return [
        _raised(turn, entries.get(turn.ordinal), people, by_id)
        for turn in turns
        if turn.kind is not RoundKind.COMPLAINT
    ]


def _raised(turn: Turn, entry: Told | None, people: Sequence[Someone], papers: Mapping[UUID, Paper]) -> Raised:
    payload: Mapping[str, Any] = (entry.payload if entry else None) or {}
    sender = _sender(entry, payload, people)
    customer = next(one for one in people if one.role is Role.CUSTOMER)
    return Raised(
        ordinal=turn.ordinal,
        title=str(ROUND_KINDS[turn.kind]),
        is_objection=turn.kind is RoundKind.OBJECTION,
        received_at=turn.received_at,
        answered_at=turn.answered_at,
        outcome=str(OUTCOMES[turn.outcome]) if turn.outcome else None,
        mark=OUTCOME_MARKS.get(turn.outcome, "") if turn.outcome else "",
        due_on=date.fromisoformat(payload["due_on"]) if payload.get("due_on") else None,
        sender=sender.name if sender else None,
        behalf=customer.name if sender and sender.role is Role.REPRESENTATIVE else None,
        words=turn.words,
        papers=tuple(papers[one] for one in turn.documents if one in papers),
    )


def _sender(entry: Told | None, payload: Mapping[str, Any], people: Sequence[Someone]) -> Someone | None:
    """Who objects: the party who sent it, or the one of whom an officer has recorded it."""
    if entry is None:
        return None
    who = UUID(payload["of"]) if payload.get("of") else entry.actor.id
    return next((one for one in people if one.id == who), None)
