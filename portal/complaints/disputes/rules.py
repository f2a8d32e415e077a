"""What is left to a customer once we have answered: a decision, an objection, and when silence closes a case. Pure."""

from collections.abc import Iterable
from datetime import date, timedelta

from portal.complaints.states import Novelty, RoundKind

# How the customer liked how the complaint was handled, from 1 to 5 (KF-04).
LEAST, MOST = 1, 5
# What is none of the forums that we know.
ELSEWHERE = "elsewhere"


def objections_made(rounds: Iterable[tuple[RoundKind, Novelty | None]]) -> int:
    """How many objections count: one that was ended because it brought nothing new takes nothing from the right."""
    return sum(1 for kind, novelty in rounds if kind is RoundKind.OBJECTION and novelty is not Novelty.ENDED)


def closes_on(decide_by: date, *, today: date, announced_days: int) -> date:
    """The day until which a case stays open whose closing is announced today: never sooner than was announced for."""
    return max(decide_by, today + timedelta(days=announced_days))


def announces(decide_by: date, *, today: date, announced_days: int) -> bool:
    """Whether the customer is to be told by now that the case will be closed."""
    return today >= decide_by - timedelta(days=announced_days)


def announced(warned: Iterable[date], decide_by: date, *, announced_days: int) -> bool:
    """Whether one of the announcements was for this last day; one that has moved since is announced anew."""
    return any(day >= decide_by - timedelta(days=announced_days) for day in warned)
