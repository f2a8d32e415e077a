"""Decisions, objections and forums told to the customer: as rounds, and as entries of what has happened."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from portal.complaints.disputes.labels import NOVELTIES, OUTCOME_MARKS, OUTCOMES, ROUND_KINDS, SATISFACTIONS
from portal.complaints.disputes.queries import Taken, Turn
from portal.complaints.rules import Action
from portal.complaints.states import RoundKind
from portal.evidence.fingerprints import Compared
from portal.history.rules import Told
from portal.institution.models import Institution
from portal.tracking.timeline import Reader
from portal.web import formats
from portal.words import translations
from portal.workdays.rules import local_day


@dataclass(frozen=True, slots=True)
class Round:
    """A round in words. `words` is what an objection explains."""

    ordinal: int
    kind: str
    is_objection: bool
    outcome: str | None
    mark: str
    novelty: str | None
    received_at: datetime
    answered_at: datetime | None
    words: str | None = field(repr=False)


def rounds(turns: Iterable[Turn], *, reads: bool) -> list[Round]:
    """The rounds, the newest first; what is written in them only for who reads everything."""
    told = [
        Round(
            ordinal=turn.ordinal,
            kind=str(ROUND_KINDS[turn.kind]),
            is_objection=turn.kind is RoundKind.OBJECTION,
            outcome=str(OUTCOMES[turn.outcome]) if turn.outcome else None,
            mark=OUTCOME_MARKS.get(turn.outcome, "") if turn.outcome else "",
            novelty=str(NOVELTIES[turn.novelty]) if turn.novelty else None,
            received_at=turn.received_at,
            answered_at=turn.answered_at,
            words=turn.words if reads else None,
        )
        for turn in turns
    ]
    return told[::-1]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A document of an objection that shows no more than earlier ones: when those were sent, and as what."""

    name: str = field(repr=False)
    sentences: tuple[str, ...] = field(repr=False)


def repeats(compared: Iterable[Compared], profile: Institution, language: str) -> list[Repeat]:
    """The documents that only repeat, each beside what was sent before (BM-40)."""
    _ = translations(language).gettext
    said = _("You sent this on %(day)s as %(name)s.")
    return [
        Repeat(
            one.document.shown,
            tuple(
                said
                % {
                    "day": formats.day(local_day(twin.document.created_at, profile.zone), language),
                    "name": twin.document.shown,
                }
                for twin in one.verdict.twins
            ),
        )
        for one in compared
    ]


@dataclass(frozen=True, slots=True)
class Step:
    """A forum to which the matter was taken, in words."""

    sentence: str
    reference: str | None = field(repr=False)


def steps(taken: Iterable[Taken], names: Mapping[str, str], profile: Institution, language: str) -> list[Step]:
    """The forums that we were told of."""
    _ = translations(language).gettext
    found = []
    for one in taken:
        on = one.taken_on or local_day(one.told_at, profile.zone)
        said = _("Taken to: %(forum)s, %(day)s.") if one.taken_on else _("Taken to: %(forum)s (told on %(day)s).")
        told = said % {"forum": names.get(one.forum, one.forum), "day": formats.day(on, language)}
        found.append(Step(told, one.reference))
    return found


def said_of(told: Told, reader: Reader, names: Mapping[str, str]) -> str | None:
    """What an entry about a decision, an objection or a forum tells the customer; None where it says nothing more."""
    payload, _ = told.payload or {}, reader.say
    match told.kind:
        case Action.AGREE | Action.RECORD_AGREED:
            return _("With that the %(kind)s is completed.")
        case Action.DISAGREE | Action.RECORD_NOT_AGREED:
            return _where_next(payload, reader)
        case Action.OBJECT:
            return _objected(payload, reader)
        case Action.CONFIRM_OBJECTION:
            return _("It brought something that was not submitted before, and is being examined.")
        case Action.END_OBJECTION:
            return " ".join((str(payload["reason"]), _where_next(payload, reader)))
        case Action.WARN_SILENCE:
            day = reader.day(payload["due_on"])
            return _("We keep it open for your reply until %(day)s.", day=day)
        case Action.END_UNANSWERED:
            return _(
                "We heard nothing after our response. That is no agreement: you may still object or go to a forum."
            )
        case Action.REOPEN:
            return str(payload["reason"])
        case Action.TELL_FORUM:
            return names.get(payload["forum"], str(payload["forum"]))
        case Action.RATE:
            return str(SATISFACTIONS[payload["satisfaction"]])
        case _:
            return None


def _where_next(payload: Mapping[str, Any], reader: Reader) -> str:
    """That the forum information was sent, and where to (SQ-34)."""
    _ = reader.say
    if not payload.get("forums"):
        return _("With that the %(kind)s is closed without agreement.")
    return _("With that the %(kind)s is closed without agreement. We have told you where you can take it.")


def _objected(payload: Mapping[str, Any], reader: Reader) -> str:
    _ = reader.say
    if payload.get("due_on") is None:
        return _("We have recorded it.")
    return _("We have recorded it and answer by %(day)s.", day=reader.day(payload["due_on"]))
