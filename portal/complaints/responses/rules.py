"""What a response is, what it must have before it may be sent, and why our acts can be barred. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from portal.complaints.states import AnswerKind, AnswerState, Outcome, PointState, RoundKind
from portal.institution.models import Institution
from portal.institution.rules import RefusalGround

MOST_POINTS = 20

# What sets right what the customer complained of; an answer without any of it may leave them unsolved.
REMEDIES = frozenset({Outcome.CORRECTION, Outcome.COMPENSATION, Outcome.DISBURSEMENT})


class ExtensionBar(StrEnum):
    """The rule by which our time cannot be lengthened."""

    # A verbal complaint that needs longer goes on in writing (domain.md 1.2).
    VERBAL = "verbal"
    NONE = "none"
    INCOMPLETE = "incomplete"
    NOT_RUNNING = "not_running"
    # The customer is told before the limit ends, or not at all.
    LATE = "late"
    SPENT = "spent"
    # Another limit ends first and has no extension: lengthening this one would move nothing.
    BINDS = "binds"
    GROUND = "ground"
    PARTY = "party"


class RefusalBar(StrEnum):
    """The rule by which a complaint cannot be refused so."""

    GROUND = "ground"
    # What is no complaint, such as a question, is never refused.
    SHORT = "short"
    # Here documents that do not come mean withdrawal, which the passing of the day brings about (BM-20).
    WITHDRAWS = "withdraws"
    COMPLETE = "complete"
    RUNNING = "running"
    UNTOLD = "untold"
    UNREAD = "unread"
    NO_CASE = "no_case"
    ITSELF = "itself"
    ANOTHERS = "anothers"
    UNRESOLVED = "unresolved"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class Treated:
    """One of the customer's points and what we say to it, by language."""

    id: UUID
    state: PointState
    text: str = field(repr=False)
    reply: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Response:
    """A response as it stands: texts by language, outcomes, and what was promised with them.

    `evidence` is what a refusal rests on; only officers read it.
    """

    id: UUID
    round_id: UUID
    ordinal: int
    round_kind: RoundKind
    kind: AnswerKind
    state: AnswerState
    outcomes: tuple[Outcome, ...]
    ground: RefusalGround | None
    earlier_id: UUID | None
    author_id: UUID
    approver_id: UUID | None
    written_at: datetime
    points: tuple[Treated, ...] = field(repr=False)
    findings: Mapping[str, str] = field(repr=False)
    words: Mapping[str, str] = field(repr=False)
    amount: Decimal | None = field(repr=False)
    on: date | None = field(repr=False)
    reference: str | None = field(repr=False)
    evidence: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class SentAnswer(Response):
    """A response that was sent. `head` is the head of the history's chain with its sending as the last entry."""

    sent_at: datetime
    head: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """How one point is treated, and in which words by language."""

    state: PointState
    words: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Draft:
    """A response as it is being written: texts by language, replies by the points' ids."""

    kind: AnswerKind
    words: Mapping[str, str] = field(default_factory=dict, repr=False)
    findings: Mapping[str, str] = field(default_factory=dict, repr=False)
    replies: Mapping[UUID, Reply] = field(default_factory=dict, repr=False)
    outcomes: tuple[Outcome, ...] = ()
    amount: Decimal | None = field(default=None, repr=False)
    on: date | None = None
    reference: str | None = field(default=None, repr=False)


class Lack(StrEnum):
    """What a response lacks. `REPORT`: nothing unsolved is closed without the report to the manager (K3-05, K3-06)."""

    POINTS = "points"
    REPLY = "reply"
    FINDINGS = "findings"
    OUTCOME = "outcome"
    AMOUNT = "amount"
    ON = "on"
    REFERENCE = "reference"
    WORDS = "words"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing, and where: in which language, in the reply to which point."""

    lack: Lack
    language: str | None = None
    point: UUID | None = None


class Unfinished(Exception):
    """The response cannot be sent yet; `gaps` say what is missing."""

    def __init__(self, gaps: Sequence[Gap]) -> None:
        super().__init__(", ".join(gap.lack for gap in gaps))
        self.gaps = tuple(gaps)


def languages_of(customers: str, profile: Institution) -> tuple[str, ...]:
    """The languages in which a response goes out: the customer's, first, and the other where the profile asks."""
    others = (one for one in profile.languages if one != customers) if profile.responses.both_languages else ()
    return (customers, *others)


def gaps(draft: Draft, points: Collection[UUID], languages: Sequence[str], *, reported: bool) -> list[Gap]:
    """Everything that keeps the response from being sent, in the order of its page.

    Each point is answered or marked in words, what the investigation found is told, and there is an outcome
    (BM-37); a payment has its amount, a disbursement its date and reference (K3-20). `reported`: the manager
    has the complaint, or sends the response.
    """
    if draft.kind is not AnswerKind.ANSWER:
        return _texts(Lack.WORDS, draft.words, languages)
    found = [] if points else [Gap(Lack.POINTS)]
    for point in points:
        reply = draft.replies.get(point)
        said = reply.words if reply and reply.state is not PointState.OPEN else {}
        found += [Gap(Lack.REPLY, one, point) for one in languages if not said.get(one, "").strip()]
    found += _texts(Lack.FINDINGS, draft.findings, languages)
    if not draft.outcomes:
        found.append(Gap(Lack.OUTCOME))
    if Outcome.COMPENSATION in draft.outcomes and draft.amount is None:
        found.append(Gap(Lack.AMOUNT))
    if Outcome.DISBURSEMENT in draft.outcomes:
        found += [Gap(Lack.ON)] if draft.on is None else []
        found += [] if (draft.reference or "").strip() else [Gap(Lack.REFERENCE)]
    if any(draft.words.values()):
        # What is added in one language is said in the other too.
        found += _texts(Lack.WORDS, draft.words, languages)
    if Outcome.NOT_UPHELD in draft.outcomes and REMEDIES.isdisjoint(draft.outcomes) and not reported:
        found.append(Gap(Lack.REPORT))
    return found


def _texts(lack: Lack, texts: Mapping[str, str], languages: Sequence[str]) -> list[Gap]:
    return [Gap(lack, one) for one in languages if not texts.get(one, "").strip()]
