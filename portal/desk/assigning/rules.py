"""Giving several complaints away at once: who would get what, and what is left out and why. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from portal.complaints.rules import OPEN
from portal.desk.queue.rules import Row


class Skip(StrEnum):
    """Why a complaint is left out."""

    CLOSED = "closed"
    THEIRS = "theirs"
    # Sharing out takes nothing away from anybody.
    HELD = "held"


class Gift(NamedTuple):
    """A complaint as it stood when it was looked at, and who is to get it."""

    complaint_id: UUID
    version: int
    to: UUID

    def text(self) -> str:
        """The gift as a form carries it from the preview to the deed."""
        return f"{self.complaint_id.hex}.{self.version}.{self.to.hex}"


def read_gift(text: str) -> Gift | None:
    """What a form carried; None for what is no gift."""
    try:
        complaint_id, version, to = text.split(".")
        return Gift(UUID(hex=complaint_id), int(version), UUID(hex=to))
    except ValueError:
        return None


class Plan(NamedTuple):
    """What would be done. `gifts` and `skipped` keep the order in which the complaints were given."""

    gifts: Sequence[Gift]
    skipped: Sequence[tuple[UUID, Skip]]


def plan(cases: Iterable[Row], to: UUID | None, held: Mapping[UUID, int]) -> Plan:
    """Who gets what: all go to one officer, or without one to whoever has the fewest open complaints by then.

    `held` names those among whom is shared out, with how many they have; of equals the first.
    """
    now_held = dict(held)
    gifts: list[Gift] = []
    skipped: list[tuple[UUID, Skip]] = []
    for case in cases:
        why = _skip(case, to)
        if why is not None:
            skipped.append((case.id, why))
            continue
        taker = to or min(now_held, key=now_held.__getitem__)
        now_held[taker] = now_held.get(taker, 0) + 1
        gifts.append(Gift(case.id, case.version, taker))
    return Plan(gifts, skipped)


def _skip(case: Row, to: UUID | None) -> Skip | None:
    if case.status not in OPEN:
        return Skip.CLOSED
    if to is not None and case.holder_id == to:
        return Skip.THEIRS
    return Skip.HELD if to is None and case.holder_id is not None else None
