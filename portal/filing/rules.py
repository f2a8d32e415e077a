"""How a filing goes from step to step, what it must hold, and what becomes of it. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from portal.complaints.rules import COMPLAINT, Acknowledged, Filing, Person, Transaction
from portal.institution.models import Institution

# The access code waits this long, sealed with the draft's token, for the customer to say that they keep it.
KEPT_FOR = timedelta(hours=24)


class Slug(StrEnum):
    """The steps of a filing, as they stand in the URL."""

    PRIVACY = "privacy"
    WHO = "who"
    CONTACT = "contact"
    ACCOUNT = "account"
    TOPIC = "topic"
    TRANSACTION = "transaction"
    STORY = "story"
    DOCUMENTS = "documents"
    CHECK = "check"


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

    Both are JSON: dates, times and amounts in `read` are written as ISO text and digits.
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


# ── from step to step ────────────────────────────────────────────────────────────────────────────


def path(told: Told | None, profile: Institution) -> tuple[Slug, ...]:
    """The steps of this filing in order. A topic that is not about transactions leaves that step out."""
    read = told.read(Slug.TOPIC) if told else None
    topic = profile.topics.get(read["topic"]) if read else None
    without = {Slug.TRANSACTION} if topic and not topic.transaction else set()
    return tuple(slug for slug in Slug if slug not in without)


def is_answered(told: Told, slug: Slug, profile: Institution) -> bool:
    """Whether a step has an answer that still holds: the notice and the lists of the profile may have changed."""
    if slug is Slug.PRIVACY:
        return told.acknowledged.version == profile.privacy.version
    read = told.read(slug)
    if read is None:
        return False
    if slug is Slug.TOPIC:
        return any(read["topic"] == topic.code for topic in profile.topics_of(COMPLAINT))
    if slug is Slug.TRANSACTION:
        return read["type"] is None or read["type"] in profile.transaction_types
    return True


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


# ── what is handed in ────────────────────────────────────────────────────────────────────────────


def filing_of(told: Told, profile: Institution, *, language: str) -> Filing:
    """The complaint that a draft without a gap amounts to (SQ-08, SQ-19, SQ-20, KF-26).

    `language` is that of the page it is sent from. Raises `Unfinished` where there is a gap.
    """
    gap = first_gap(told, profile)
    if gap is not None:
        raise Unfinished(gap)
    who, contact, account, topic, story = (
        _certain(told, slug) for slug in (Slug.WHO, Slug.CONTACT, Slug.ACCOUNT, Slug.TOPIC, Slug.STORY)
    )
    transaction = told.read(Slug.TRANSACTION) if Slug.TRANSACTION in path(told, profile) else None
    return Filing(
        kind=COMPLAINT,
        channel=profile.own_channel,
        form=profile.channels[profile.own_channel].form,
        topic=topic["topic"],
        language=language,
        customer=Person(name=who["name"], language=contact["language"], email=contact["email"], phone=contact["phone"]),
        account=account["account"],
        transactions=(transaction_of(transaction),) if transaction and transaction["type"] else (),
        story=story["story"],
        acknowledged=told.acknowledged,
    )


def transaction_of(read: Mapping[str, Any]) -> Transaction:
    """The transaction that was read from its step."""
    return Transaction(
        type=read["type"],
        on=date.fromisoformat(read["on"]),
        at=time.fromisoformat(read["at"]) if read["at"] else None,
        amount=Decimal(read["amount"]) if read["amount"] else None,
        reference=read["reference"] or None,
    )


def _certain(told: Told, slug: Slug) -> Mapping[str, Any]:
    read = told.read(slug)
    assert read is not None, slug
    return read


# ── what nobody should see ───────────────────────────────────────────────────────────────────────


def ending(number: str) -> str:
    """The end of a number by which its owner knows it: four characters, of a short one a third."""
    return number[-(4 if len(number) >= 8 else max(1, len(number) // 3)) :]


class Exposed(StrEnum):
    """What a customer should take out of their text before they send it, because we never need it."""

    CARD = "card"
    SECRET = "secret"


CARD = re.compile(r"(?<![\d])\d(?:[ .-]?\d){12,18}(?![\d])")
# A word for a secret with digits close behind it: "PIN saya 123456", "OTP: 48 12 33". The word alone is no secret.
SECRET = re.compile(
    r"\b(?:pin|otp|cvv2?|cvc2?|kode\s+verifikasi|verification\s+code)\b[^\d\n]{0,24}\d(?:[ .-]?\d){2,7}(?!\d)"
    r"|\b(?:password|passcode|kata\s+sandi)\b(?:\s+(?:saya|my|is|adalah|nya))*\s*[:=]\s*\S",
    re.IGNORECASE,
)


def exposed(text: str) -> set[Exposed]:
    """What a text seems to give away: a whole card number (13 to 19 digits that pass Luhn's check), a PIN or code.

    A guess for a hint, never a ground to refuse the text.
    """
    found = {Exposed.CARD for digits in _card_like(text) if passes_luhn(digits)}
    if SECRET.search(text):
        found.add(Exposed.SECRET)
    return found


def passes_luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of ISO/IEC 7812: every second digit from the right counts double."""
    doubled = "0246813579"
    total = sum(int(digit) for digit in digits[-1::-2]) + sum(int(doubled[int(digit)]) for digit in digits[-2::-2])
    return total % 10 == 0


def _card_like(text: str) -> Iterator[str]:
    for match in CARD.finditer(text):
        yield re.sub(r"\D", "", match[0])


# ── how long a draft lives ───────────────────────────────────────────────────────────────────────


def expires_at(now: datetime, profile: Institution) -> datetime:
    """When a draft that is left alone from now on is deleted; the page says so (the profile's `draft_days`)."""
    return now + timedelta(days=profile.retention.draft_days)
