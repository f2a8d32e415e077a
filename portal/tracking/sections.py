"""The file of a case as its reader takes it along: its parts, in the order in which they stand.

A part is made by a builder from the same ground, and is left out where it has nothing to say.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.complaints.queries import CaseFile, OpenCase, OpenParty
from portal.complaints.representing import Reach
from portal.complaints.responses.letter import ResponseLetter
from portal.complaints.standing import RunningClock
from portal.complaints.states import ClockPurpose
from portal.institution.labels import BASES, CALENDARS, STARTED
from portal.institution.models import Institution
from portal.notices.queries import Kept
from portal.tracking import dispute_labels
from portal.tracking.after import After
from portal.tracking.bundle import Paper
from portal.tracking.deadlines import Deadline, deadline_of
from portal.tracking.labels import STATE_MARKS, words
from portal.tracking.raised import raised
from portal.tracking.timeline import Event, Reader, timeline
from portal.workdays.rules import CalendarOf, Start

# Whose time a date ends.
COUNTED: Mapping[ClockPurpose, LazyString] = {
    ClockPurpose.ANSWER: _l("Our answer"),
    ClockPurpose.DOCUMENTS: _l("Your documents"),
    ClockPurpose.DECISION: _l("Your reply"),
}


@dataclass(frozen=True, slots=True)
class Ground:
    """What the parts are made from: the case as this reader may read it today."""

    complaint: OpenCase
    party: OpenParty
    file: CaseFile = field(repr=False)
    facts: Mapping[str, Any] = field(repr=False)
    clocks: Sequence[RunningClock]
    papers: Sequence[Paper] = field(repr=False)
    letters: Sequence[Kept] = field(repr=False)
    # What there is after our response: None for who reads only what they sent, and before anybody handles it.
    after: After | None = field(repr=False)
    answers: Sequence[ResponseLetter] = field(repr=False)
    forums: Mapping[str, str]
    profile: Institution = field(repr=False)
    language: str
    calendars: CalendarOf = field(repr=False)
    today: date

    def reader(self, messages: Mapping[str, str]) -> Reader:
        people, kind = self.file.people, self.facts["kind"]
        return Reader(self.party.id, people, messages, kind, self.profile, self.language)


@dataclass(frozen=True, slots=True)
class Section:
    """One part: by what it is linked to, its heading, the template that shows it, and what that needs."""

    code: str
    title: str
    template: str
    facts: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Written:
    """Something that was written and is shown whole: when, what it is, by whom or how it went, and its text.

    `language` is set where title and text are kept as they were sent, whatever the page speaks.
    """

    at: datetime
    title: str
    text: str = field(repr=False)
    by: str | None = field(default=None, repr=False)
    state: str | None = None
    mark: str = ""
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """A date with its whole derivation, the rule it follows, and since when it waits for nothing more."""

    label: str
    deadline: Deadline
    source: str
    started: str
    basis: str
    calendar: str
    ended_at: datetime | None


def sections(ground: Ground) -> list[Section]:
    """The parts that this case has."""
    return [section for build in BUILDERS if (section := build(ground)) is not None]


def _told(ground: Ground) -> Section:
    others = ground.facts["acting"] and not ground.facts["represents"]
    return Section("told", _("What was told on your behalf") if others else _("What you told us"), _template("told"))


def _acting(ground: Ground) -> Section | None:
    if ground.facts["acting"] is None:
        return None
    title = _("For whom you act") if ground.facts["represents"] else _("Who acts for you")
    return Section("acting", title, _template("acting"))


def _dates(ground: Ground) -> Section | None:
    if ground.party.reach(ground.today) is Reach.OWN:
        return None
    found = [counted for clock in ground.clocks if (counted := _counted(clock, ground)) is not None]
    return Section("dates", _("Dates, day by day"), _template("dates"), {"dates": found}) if found else None


def _counted(clock: RunningClock, ground: Ground) -> Counted | None:
    deadline = deadline_of(clock, ground.profile, calendars=ground.calendars, today=ground.today)
    if deadline is None:
        return None
    limit, derivation = ground.profile.limits[clock.rule], deadline.derivation
    return Counted(
        label=str(COUNTED[clock.purpose]),
        deadline=deadline,
        source=limit.source[ground.language],
        started=_("Received") if derivation.limit.start is Start.RECEIVED else str(STARTED[derivation.limit.start]),
        basis=str(BASES[derivation.limit.basis]),
        calendar=str(CALENDARS[derivation.calendar]),
        ended_at=clock.ended_at,
    )


def _documents(ground: Ground) -> Section:
    return Section("documents", _("Documents"), _template("documents"), {"papers": ground.papers})


def _answers(ground: Ground) -> Section | None:
    if not ground.answers:
        return None
    return Section("answers", _("Our responses"), _template("answers"), {"answers": ground.answers})


def _rounds(ground: Ground) -> Section | None:
    if ground.after is None or not (ground.after.several or ground.after.dispute.taken):
        return None
    found = ground.after.dispute
    reads = ground.party.reach(ground.today) is Reach.WHOLE
    facts = {
        "raised": raised(found.turns, ground.file.history, ground.file.people, ground.papers) if reads else [],
        "taken": dispute_labels.steps(found.taken, ground.forums, ground.profile, ground.language),
    }
    return Section("rounds", _("Objections and forums"), _template("rounds"), facts)


def _history(ground: Ground) -> Section:
    # What was written stands by itself below, whole.
    events: list[Event] = timeline(
        reversed(ground.file.history),
        ground.reader({}),
        lambda told, reader: dispute_labels.said_of(told, reader, ground.forums),
    )
    return Section("history", _("What has happened"), _template("history"), {"events": events})


def _messages(ground: Ground) -> Section | None:
    history = [entry for entry in reversed(ground.file.history) if (entry.payload or {}).get("message")]
    events = timeline(history, ground.reader(ground.file.messages))
    found = [Written(event.at, event.title, event.text, event.by) for event in events if event.text]
    return Section("messages", _("Messages"), _template("written"), {"written": found}) if found else None


def _letters(ground: Ground) -> Section | None:
    said = words(ground.language)
    found = [
        Written(
            at=letter.line.written_at,
            title=letter.line.subject or said.kinds[letter.line.kind],
            text=letter.body,
            by=_("%(channel)s to %(where)s", channel=said.channels[letter.line.channel], where=letter.line.where),
            state=said.states[letter.line.state],
            mark=STATE_MARKS[letter.line.state],
            language=letter.line.language,
        )
        for letter in ground.letters
    ]
    return Section("letters", _("Our letters to you"), _template("written"), {"written": found}) if found else None


def _template(name: str) -> str:
    return f"tracking/file/_{name}.html"


BUILDERS: tuple[Callable[[Ground], Section | None], ...] = (
    _told,
    _acting,
    _documents,
    _dates,
    _answers,
    _rounds,
    _history,
    _messages,
    _letters,
)
