"""A complaint told to its customer: what happened, what was sent, what they told us."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import NamedTuple, TypeVar
from uuid import UUID

from flask_babel import LazyString

from portal.complaints.handed_in import Guided, Transaction
from portal.complaints.labels import ACTIONS, POWER_ENDED, POWERS, REFUSALS, STATUSES
from portal.complaints.queries import Power, Someone
from portal.complaints.representing import why_not_acting
from portal.complaints.rules import Action, Refusal, Role, Status
from portal.complaints.states import AuthorityState
from portal.institution.models import Institution
from portal.notices.labels import CHANNELS, KINDS, STATES, TOLD_BY_PHONE
from portal.notices.queries import LedgerLine
from portal.notices.rules import Channel, Failure, NoticeKind, NoticeState
from portal.tracking.deadlines import Deadline
from portal.web import formats
from portal.words import translations

Member = TypeVar("Member", bound=StrEnum)

# The mark that stands before a notice's state; its shape says the same without colour.
STATE_MARKS: Mapping[NoticeState, str] = {
    NoticeState.WAITING: "wait",
    NoticeState.HELD: "wait",
    NoticeState.SENT: "done",
    NoticeState.FAILED: "late",
}


class Words(NamedTuple):
    """The words that the page of a case takes from tables, in one language."""

    statuses: Mapping[Status, str]
    actions: Mapping[Action, str]
    kinds: Mapping[NoticeKind, str]
    channels: Mapping[Channel, str]
    states: Mapping[NoticeState, str]
    refusals: Mapping[Refusal, str]
    powers: Mapping[AuthorityState, str]


@cache
def words(language: str) -> Words:
    """The tables as text. `language` is the request's: a lazy text takes it from there.

    It would look for the language and its catalogue each time it is shown, and this page is shown
    again and again: so each is asked once.
    """
    tables = (STATUSES, ACTIONS, KINDS, CHANNELS, STATES, REFUSALS, POWERS)
    return Words(*(_said(table) for table in tables))


def _said(table: Mapping[Member, LazyString]) -> Mapping[Member, str]:
    return {member: str(text) for member, text in table.items()}


def document_name(code: str, profile: Institution, language: str) -> str:
    """A required document in words. A code that the profile no longer knows stays as it is."""
    known = profile.documents.get(code)
    return known.label[language] if known else code


def refusal(reason: Refusal, profile: Institution, language: str) -> str:
    """Why something may not be done, with the institution's own word for its customers."""
    return words(language).refusals[reason] % {"customer": profile.customer[language]}


def difference(deadline: Deadline, language: str) -> str | None:
    """Why the day that was promised is another than the one that the calendar gives now; None where it is the same."""
    _, counted = translations(language).gettext, formats.day(deadline.derivation.counted_on, language)
    if deadline.stands:
        told = _(
            "By the calendar as it is now, the last day would be %(counted)s: a holiday was decreed or withdrawn "
            "after we promised. The date above is our promise, and it stands."
        )
        return told % {"counted": counted}
    if deadline.too_soon:
        told = _(
            "By the calendar as it is now, the last day would be %(counted)s: a holiday was withdrawn after we "
            "promised. A date that is counted again never falls before the next working day after the change, so the "
            "date above stands."
        )
        return told % {"counted": counted}
    return None


@dataclass(frozen=True, slots=True)
class Letter:
    """One notice of the ledger: what, by which channel, where to (masked), when, and whether it arrived."""

    id: UUID
    written_at: datetime
    kind: str
    subject: str
    language: str
    channel: str
    where: str
    state: str
    mark: str
    sent_at: datetime | None


def letters(ledger: Iterable[LedgerLine], language: str) -> list[Letter]:
    """The notices as the customer reads them, in the order given."""
    said = words(language)
    return [
        Letter(
            id=line.id,
            written_at=line.written_at,
            kind=said.kinds[line.kind],
            subject=line.subject,
            language=line.language,
            channel=said.channels[line.channel],
            where=line.where,
            state=str(TOLD_BY_PHONE) if line.failure == Failure.TOLD_BY_PHONE else said.states[line.state],
            mark=STATE_MARKS[line.state],
            sent_at=line.sent_at,
        )
        for line in ledger
    ]


@dataclass(frozen=True, slots=True)
class Movement:
    """A transaction complained of, in words."""

    type: str
    on: str
    at: str | None
    amount: str | None
    reference: str | None = field(repr=False)


def movements(transactions: Iterable[Transaction], profile: Institution, language: str) -> list[Movement]:
    """The transactions as their customer told them. A type that the profile no longer knows keeps its code."""
    types = profile.transaction_types
    return [
        Movement(
            type=types[one.type].label.in_(language) if one.type in types else one.type,
            on=formats.day(one.on, language),
            at=_at(one, profile, language),
            amount=None if one.amount is None else formats.amount(one.amount, language),
            reference=one.reference,
        )
        for one in transactions
    ]


def _at(transaction: Transaction, profile: Institution, language: str) -> str | None:
    if transaction.at is None:
        return None
    return formats.time(datetime.combine(transaction.on, transaction.at, profile.zone), language, profile.zone)


@dataclass(frozen=True, slots=True)
class Guidance:
    """What the topic's guide asked and what was answered (K3-15, K3-28)."""

    moment_asked: str
    moment: datetime
    open_asked: str | None
    still_open: bool | None


def guided(told: Guided | None, topic: str, profile: Institution, language: str) -> Guidance | None:
    """The answers to a topic's guide beside its questions; None where nothing was asked."""
    known = profile.topics.get(topic)
    guide = known.guide if known else None
    if told is None or guide is None or guide.moment is None:
        return None
    return Guidance(
        moment_asked=guide.moment[language],
        moment=told.moment,
        open_asked=guide.open_question[language] if guide.open_question else None,
        still_open=told.still_open,
    )


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts for whom, and how their power of attorney stands today."""

    customer: str = field(repr=False)
    representative: str = field(repr=False)
    power: Power = field(repr=False)
    state: str
    mark: str
    runs: bool


# The mark that stands before a power's state; its shape says the same without colour.
POWER_MARKS: Mapping[AuthorityState, str] = {AuthorityState.CLAIMED: "wait", AuthorityState.ACCEPTED: "done"}


def acting(people: Iterable[Someone], language: str, *, today: date) -> Acting | None:
    """Who acts for the customer, and under which power; None where nobody does."""
    known = {someone.role: someone for someone in people}
    representative = known.get(Role.REPRESENTATIVE)
    if representative is None or representative.power is None:
        return None
    power = representative.power
    why_not = why_not_acting(power.state, power.ends_on, today=today)
    return Acting(
        customer=known[Role.CUSTOMER].name,
        representative=representative.name,
        power=power,
        state=str(POWER_ENDED) if why_not is Refusal.ENDED else words(language).powers[power.state],
        mark="" if why_not else POWER_MARKS.get(power.state, ""),
        runs=why_not is None,
    )
