"""How a filing goes from step to step, and how far it has come. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from portal.complaints.handed_in import Acknowledged
from portal.complaints.rules import COMPLAINT
from portal.institution.models import Institution
from portal.institution.profile.asking import Guide, Topic
from portal.institution.rules import IdentityCheck

# The access code waits this long, sealed with the draft's token, for the customer to say that they keep it.
KEPT_FOR = timedelta(hours=24)
# At a counter it waits for the printer alone.
AT_THE_COUNTER = timedelta(minutes=15)
# Whoever has more than these to complain of tells the rest in a document.
MOST_TRANSACTIONS = 50
CUSTOMER, REPRESENTATIVE = "customer", "representative"


class Slug(StrEnum):
    """The steps of a filing, as they stand in the URL."""

    PRIVACY = "privacy"
    KIND = "kind"
    WHO = "who"
    IDENTITY = "identity"
    REPRESENTATIVE = "representative"
    AUTHORITY = "authority"
    CONTACT = "contact"
    CUSTOMER_CONTACT = "customer-contact"
    ACCOUNT = "account"
    TOPIC = "topic"
    GUIDE = "guide"
    ADVICE = "advice"
    TRANSACTIONS = "transactions"
    STORY = "story"
    LOSS = "loss"
    DOCUMENTS = "documents"
    CHECK = "check"


FULL = tuple(Slug)
# A question or suggestion: topic, text, contact, and a file if wanted (KF-02, KF-03, KX-11).
SHORT = (
    Slug.PRIVACY,
    Slug.KIND,
    Slug.TOPIC,
    Slug.ADVICE,
    Slug.STORY,
    Slug.CONTACT,
    Slug.DOCUMENTS,
    Slug.CHECK,
)
FOR_REPRESENTATIVES = frozenset({Slug.REPRESENTATIVE, Slug.AUTHORITY, Slug.CUSTOMER_CONTACT})
# Another topic has another guide, so that what was said to the former one is no mistake.
OF_THE_GUIDE = frozenset({Slug.GUIDE, Slug.ADVICE})


class AlreadySent(Exception):
    """The draft has become a complaint; nothing in it can be changed any more."""


class Unfinished(Exception):
    """The draft cannot be sent; `gap` is the first step that still needs an answer."""

    def __init__(self, gap: Slug) -> None:
        super().__init__(gap)
        self.gap = gap


@dataclass(frozen=True, slots=True)
class Answer:
    """What one step holds: each input as typed, and what was read from them, or None where that failed.

    Both are JSON: dates, times and amounts in `read` are written as ISO text and digits. The inputs of
    several transactions stand beside each other, each named with its row's prefix; `read` has a list of
    rows, with None for one that could not be read, and a row without a type for "none in particular".
    """

    typed: Mapping[str, str]
    read: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Told:
    """What a draft holds so far."""

    acknowledged: Acknowledged
    answers: Mapping[Slug, Answer] = field(repr=False)

    def read(self, slug: Slug) -> Mapping[str, Any] | None:
        """What was read from a step's inputs; None while it has no valid answer."""
        answer = self.answers.get(slug)
        return answer.read if answer else None


# ── what it depends on ───────────────────────────────────────────────────────────────────────────


def kind_of(told: Told | None, profile: Institution) -> str:
    """What is handed in: a complaint, unless the customer has named another kind of the profile (KF-03, KX-11)."""
    read = told.read(Slug.KIND) if told and asks_kind(profile) else None
    return str(read["kind"]) if read and read["kind"] in profile.kinds else COMPLAINT


def asks_kind(profile: Institution) -> bool:
    """Whether there is anything to choose from."""
    return len(profile.kinds) > 1


def is_short(told: Told | None, profile: Institution) -> bool:
    """Whether the kind takes the short path."""
    return profile.is_short(kind_of(told, profile))


def is_representing(told: Told | None, profile: Institution) -> bool:
    """Whether somebody else acts for the customer (SQ-12)."""
    read = told.read(Slug.WHO) if told else None
    return read is not None and read["role"] == REPRESENTATIVE and not is_short(told, profile)


def topic_of(told: Told | None, profile: Institution) -> Topic | None:
    """The topic chosen; None while there is none that fits the kind."""
    read = told.read(Slug.TOPIC) if told else None
    topic = profile.topics.get(read["topic"]) if read else None
    return topic if topic and (not topic.kinds or kind_of(told, profile) in topic.kinds) else None


def guide_of(told: Told | None, profile: Institution) -> Guide | None:
    """What the topic asks and answers before and while filing."""
    topic = topic_of(told, profile)
    return topic.guide if topic else None


# ── from step to step ────────────────────────────────────────────────────────────────────────────


def path(told: Told | None, profile: Institution) -> tuple[Slug, ...]:
    """The steps of this filing in order, as far as the answers so far tell which are needed."""
    without = unneeded(told, profile)
    return tuple(slug for slug in (SHORT if is_short(told, profile) else FULL) if slug not in without)


def unneeded(told: Told | None, profile: Institution) -> frozenset[Slug]:
    """The steps of the kind's way that the answers so far do not call for.

    Who complains for themselves has no power of attorney; a topic that is not about transactions has
    none, and one without a guide asks nothing of its own.
    """
    without: set[Slug] = set() if asks_kind(profile) else {Slug.KIND}
    if not is_representing(told, profile):
        without |= FOR_REPRESENTATIVES
    topic, guide = topic_of(told, profile), guide_of(told, profile)
    if topic and not topic.transaction:
        without.add(Slug.TRANSACTIONS)
    if guide is None:
        without.add(Slug.ADVICE)
    if guide is None or guide.moment is None:
        without.add(Slug.GUIDE)
    return frozenset(without)


def is_answered(told: Told, slug: Slug, profile: Institution) -> bool:
    """Whether a step has an answer that still holds: the notice, the lists of the profile and earlier answers may
    have changed since it was given."""
    if slug is Slug.PRIVACY:
        return told.acknowledged.version == profile.privacy.version
    read = told.read(slug)
    return read is not None and _still_holds(read, told, slug, profile)


def _still_holds(read: Mapping[str, Any], told: Told, slug: Slug, profile: Institution) -> bool:
    match slug:
        case Slug.KIND:
            return read["kind"] in profile.kinds
        case Slug.WHO:
            return read["capacity"] is None or read["capacity"] in profile.parties
        case Slug.IDENTITY | Slug.REPRESENTATIVE:
            return not asks_proof(profile) or read["proof"] in profile.identity.proofs
        case Slug.CONTACT:
            return bool(read["name"]) or not is_short(told, profile)
        case Slug.TOPIC:
            return topic_of(told, profile) is not None
        case Slug.GUIDE:
            topic = topic_of(told, profile)
            return topic is not None and read["topic"] == topic.code
        case Slug.ADVICE:
            return bool(read["about"] == advised_about(told, profile))
        case Slug.TRANSACTIONS:
            return all(_is_known(row, profile) for row in read["rows"])
        case _:
            return True


def asks_proof(profile: Institution) -> bool:
    """Whether identity is shown by a document, whose kind and number are asked for (BM-12)."""
    return profile.identity.check is IdentityCheck.DOCUMENT


def advised_about(told: Told | None, profile: Institution) -> list[str | None]:
    """What the advice of a guide rests on: it is given anew when one of these changes."""
    topic, read = topic_of(told, profile), told.read(Slug.GUIDE) if told else None
    asked = Slug.GUIDE in path(told, profile) and read is not None and topic and read["topic"] == topic.code
    return [topic.code if topic else None, f"{read['on']}T{read['at']}" if asked and read else None]


def first_gap(told: Told | None, profile: Institution) -> Slug | None:
    """The first step without an answer that holds, or None when the filing may be sent."""
    if told is None:
        return Slug.PRIVACY
    return next(
        (slug for slug in path(told, profile) if slug is not Slug.CHECK and not is_answered(told, slug, profile)), None
    )


def next_step(told: Told | None, profile: Institution) -> Slug:
    """Where to go on: the first gap, else the check. So whoever changes one answer comes straight back there."""
    return first_gap(told, profile) or Slug.CHECK


def step_before(slug: Slug, told: Told | None, profile: Institution) -> Slug | None:
    """The step before this one; None for the first."""
    steps = path(told, profile)
    return steps[steps.index(slug) - 1] if slug in steps[1:] else None


def is_open(told: Told | None, slug: Slug, profile: Institution) -> bool:
    """Whether a step may be visited: it belongs to this filing and no gap lies before it."""
    steps = path(told, profile)
    return slug in steps and steps.index(slug) <= steps.index(next_step(told, profile))


class Standing(StrEnum):
    """How a step stands in the list of all steps."""

    DONE = "done"
    NEXT = "next"
    TO_CORRECT = "to_correct"
    LATER = "later"
    NOT_NEEDED = "not_needed"


def standings(told: Told | None, profile: Institution) -> list[tuple[Slug, Standing]]:
    """Every step and how it stands, in order. What the answers have made unnecessary is said to be so; what only
    later answers will decide is left out."""
    steps, gap = path(told, profile), next_step(told, profile)
    ruled_out: set[Slug] = set()
    if told and told.read(Slug.WHO) and not is_representing(told, profile):
        ruled_out |= FOR_REPRESENTATIVES
    if told and (topic := topic_of(told, profile)):
        ruled_out |= {Slug.TRANSACTIONS} if not topic.transaction else set()
    found = []
    for slug in SHORT if is_short(told, profile) else FULL:
        if slug in steps:
            found.append((slug, _standing(slug, told, profile, gap)))
        elif slug in ruled_out:
            found.append((slug, Standing.NOT_NEEDED))
    return found


def _standing(slug: Slug, told: Told | None, profile: Institution, gap: Slug) -> Standing:
    if slug is not Slug.CHECK and told and is_answered(told, slug, profile):
        return Standing.DONE
    if told and slug in told.answers and slug not in OF_THE_GUIDE:
        # Something stands there that could not be read, or that does not hold any more.
        return Standing.TO_CORRECT
    return Standing.NEXT if slug is gap else Standing.LATER


# ── several transactions ─────────────────────────────────────────────────────────────────────────

ROW = re.compile(r"t(\d+)-(.+)", re.DOTALL)


def row_prefix(number: int) -> str:
    """What the inputs of a transaction are named with; the first is number 1."""
    return f"t{number}"


def typed_rows(typed: Mapping[str, str]) -> list[dict[str, str]]:
    """The inputs of each transaction by their own names, in order."""
    rows: dict[int, dict[str, str]] = {}
    for name, text in typed.items():
        if match := ROW.fullmatch(name):
            rows.setdefault(int(match[1]), {})[match[2]] = text
    return [rows[number] for number in sorted(rows)]


def is_none_in_particular(answer: Answer | None) -> bool:
    """Whether the complaint was said not to be about a particular transaction."""
    rows = answer.read["rows"] if answer and answer.read else []
    return len(rows) == 1 and rows[0] is not None and rows[0]["type"] is None


def unread_row(answer: Answer, profile: Institution) -> int | None:
    """The number of the first transaction that is still to be corrected; None where there is none."""
    reads = _reads(answer, len(typed_rows(answer.typed)))
    return next((number for number, row in enumerate(reads, start=1) if not _is_known(row, profile)), None)


def _is_known(row: Mapping[str, Any] | None, profile: Institution) -> bool:
    return row is not None and (row["type"] is None or row["type"] in profile.transaction_types)


def with_row(before: Answer | None, number: int, typed: Mapping[str, str], read: Mapping[str, Any] | None) -> Answer:
    """The answer with this transaction in the place of the one with this number, or as the last one.

    `typed` has its inputs by their own names, without a prefix.
    """
    texts = typed_rows(before.typed) if before else []
    reads = _reads(before, len(texts))
    place = min(number, len(texts) + 1) - 1
    texts[place : place + 1], reads[place : place + 1] = [dict(typed)], [read]
    return _rows(texts, reads)


def without_row(before: Answer, number: int) -> Answer:
    """The answer without the transaction with this number; the later ones move up."""
    texts = typed_rows(before.typed)
    reads = _reads(before, len(texts))
    if 1 <= number <= len(texts):
        del texts[number - 1], reads[number - 1]
    return _rows(texts, reads)


def _reads(answer: Answer | None, rows: int) -> list[Any]:
    kept = list(answer.read["rows"]) if answer and answer.read else []
    return (kept + [None] * rows)[:rows]


def _rows(texts: list[dict[str, str]], reads: list[Any]) -> Answer:
    typed = {f"{row_prefix(n)}-{name}": text for n, row in enumerate(texts, start=1) for name, text in row.items()}
    return Answer(typed, {"rows": reads} if texts else None)


# ── how long a draft lives ───────────────────────────────────────────────────────────────────────


def expires_at(now: datetime, profile: Institution) -> datetime:
    """When a draft that is left alone from now on is deleted; the page says so (the profile's `draft_days`)."""
    return now + timedelta(days=profile.retention.draft_days)
