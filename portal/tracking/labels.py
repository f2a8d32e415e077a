"""A complaint told to its customer: what happened, what was sent, what they told us."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple, TypeVar

from flask_babel import LazyString

from portal.complaints.labels import ACTIONS, STATUSES
from portal.complaints.rules import Action, Status, Transaction
from portal.history.rules import Told
from portal.institution.calendars.rules import Act
from portal.institution.models import Institution
from portal.notices.labels import CHANNELS, KINDS, STATES
from portal.notices.queries import LedgerLine
from portal.notices.rules import Channel, NoticeKind, NoticeState
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


@cache
def words(language: str) -> Words:
    """The tables as text. `language` is the request's: a lazy text takes it from there.

    It would look for the language and its catalogue each time it is shown, and this page is shown
    again and again: so each is asked once.
    """
    return Words(_said(STATUSES), _said(ACTIONS), _said(KINDS), _said(CHANNELS), _said(STATES))


def _said(table: Mapping[Member, LazyString]) -> Mapping[Member, str]:
    return {member: str(text) for member, text in table.items()}


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the timeline."""

    at: datetime
    title: str
    text: str | None


def timeline(history: Iterable[Told], messages: Mapping[str, str], language: str) -> list[Event]:
    """The entries as the customer reads them, in the order given; `messages` are the texts that they may read."""
    titles = words(language).actions
    return [
        Event(told.at, titles[Action(told.kind)], _message(told, messages) or _text(told, language)) for told in history
    ]


def _message(told: Told, messages: Mapping[str, str]) -> str | None:
    return messages.get((told.payload or {}).get("message", ""))


def _text(told: Told, language: str) -> str | None:
    payload, _ = told.payload or {}, translations(language).gettext
    match Action(told.kind):
        case Action.FILE:
            due_on = payload.get("due_on")
            if due_on is None:
                return _("The registration number is your proof that we have recorded it.")
            day = formats.day(date.fromisoformat(due_on), language)
            return _("We have recorded it and answer by %(day)s.") % {"day": day}
        case Action.ADD_DOCUMENTS:
            count = len(payload.get("documents", ()))
            told_so = translations(language).ngettext(
                "We have received one file.",
                "We have received %(count)s files.",
                count,
            )
            return told_so % {"count": count}
        case Action.LOCK_DOCUMENT:
            return _("The scanner found a virus in %(name)s. Nobody opens it; your complaint goes on.") % {
                "name": payload.get("name", "")
            }
        case Action.ESCALATE:
            if "by" in payload:
                return _("The customer service manager has it now.")
            return _("The customer service manager has it from the beginning.")
        case Action.ASK_DOCUMENTS | Action.EXTEND_DOCUMENTS:
            bring_by = payload.get("due_on")
            if bring_by is None:
                return None
            return _("Bring them by %(day)s.") % {"day": formats.day(date.fromisoformat(bring_by), language)}
        case Action.REJECT_DOCUMENT:
            return str(payload["reason"])
        case Action.REJECT_AUTHORITY:
            return str(payload["mending"])
        case Action.INVOLVE:
            return str(payload["party"])
        case Action.DEEM_WITHDRAWN:
            return _("The documents did not come in time. You may make the complaint again at any time.")
        case Action.RECORD_CONTACT:
            return _("Letters to the customer go to the contact in our own records.")
        case Action.COMPLETE:
            due_on = payload.get("due_on")
            if due_on is None:
                return _("The last document that was missing has arrived.")
            day = formats.day(date.fromisoformat(due_on), language)
            return _("The last document that was missing has arrived. We answer by %(day)s.") % {"day": day}
        case Action.REOPEN_DOCUMENTS:
            return _("Our time to answer begins when its replacement has arrived.")
        case Action.RECOUNT:
            return _recounted(payload, language)
        case Action.RENEW_CODE:
            return _("The earlier code no longer opens this complaint.")
        case Action.WITHDRAW:
            return _("You took the complaint back. You may make it again at any time.")
        case _:
            return None


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


def _recounted(payload: Mapping[str, Any], language: str) -> str:
    """Old and new date, and by which decrees (the published list, where none of ours did it)."""
    _ = translations(language).gettext
    said: list[str] = []
    if answer := payload["answer"]:
        before, now, counted = (
            formats.day(date.fromisoformat(day), language)
            for day in (answer[0]["due_on"], answer[1]["due_on"], answer[1]["counted_on"])
        )
        if now != before:
            said.append(_("We answer by %(day)s, instead of %(before)s.") % {"day": now, "before": before})
        else:
            told = _("By the new calendar the last day is %(counted)s; the day that we promised stays %(day)s.")
            said.append(told % {"counted": counted, "day": now})
    if documents := payload["documents"]:
        before, now = (formats.day(date.fromisoformat(day), language) for day in documents)
        told = _("You have until %(day)s for your documents, instead of %(before)s.")
        said.append(told % {"day": now, "before": before})
    if not said:
        said.append(_("The date by which we answer stays."))
    for change in payload["changes"]:
        on = formats.day(date.fromisoformat(change["on"]), language)
        facts = {"on": on, "decree": change["decree"], "name": (change["name"] or {}).get(language)}
        if change["act"] == Act.OPEN:
            said.append(_("%(on)s is a working day again (%(decree)s).") % facts)
        elif facts["name"]:
            said.append(_("%(on)s is not counted: %(name)s (%(decree)s).") % facts)
        else:
            said.append(_("%(on)s is not counted (%(decree)s).") % facts)
    if not payload["changes"]:
        said.append(_("The published list of holidays was corrected."))
    return " ".join(said)


@dataclass(frozen=True, slots=True)
class Letter:
    """One notice of the ledger: what, by which channel, where to (masked), when, and whether it arrived."""

    written_at: datetime
    kind: str
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
            written_at=line.written_at,
            kind=said.kinds[line.kind],
            channel=said.channels[line.channel],
            where=line.where,
            state=said.states[line.state],
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
