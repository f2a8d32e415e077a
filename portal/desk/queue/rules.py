"""What the queue can be asked, what is urgent in it, and what comes next in a case. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from portal.accounts.rules import Officer, OfficerRole
from portal.complaints.rules import COMPLAINT, OPEN, Status
from portal.institution.models import Institution
from portal.institution.rules import Form
from portal.workdays.rules import ONE_DAY, Calendar, CalendarCode, Unit

PAGE = 50
# Counting further would cost what nobody reads: beyond it a count says "1,000+".
COUNTED = 1000
# So many views of their own an officer may have: beyond that no row of links is read any more.
MOST_VIEWS = 12
# So many working days before its day an answer is due soon.
SOON = 2
# How far ahead the page looks for the next closed day.
AHEAD = timedelta(days=45)


# ── filters ──────────────────────────────────────────────────────────────────────────────────────


class Which(StrEnum):
    """Beside each single status: everything that is open, everything closed, everything."""

    OPEN = "open"
    CLOSED = "closed"
    ALL = "all"


MINE, NOBODY = "me", "nobody"
# Instead of an officer, where complaints are given away: each to whoever has the fewest then.
EVENLY = "evenly"
LATE = "late"
# "Due within so many working days", as filters offer it; "late" is what is overdue already.
DUE_WITHIN = ("0", "1", "2", "3", "5", "10")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to. Codes are the profile's; an empty one leaves its side open.

    `holder` is "me", "nobody" or an officer's id; `division` one that the complaint was passed to, and
    `asked` says that a division's answer is outstanding, `proposed` that a response is before a second
    officer. `due` is "late" or a number of working days,
    and what is overdue is due within any number. Days received are the institution's own, both included.
    """

    status: Which | Status = Which.OPEN
    kind: str = ""
    topic: str = ""
    channel: str = ""
    holder: str = ""
    division: str = ""
    due: str = ""
    incomplete: bool = False
    escalated: bool = False
    unanswered: bool = False
    asked: bool = False
    proposed: bool = False
    received_from: date | None = None
    received_to: date | None = None

    @property
    def by_due_date(self) -> bool:
        """Whether the list stands in the order of its due dates. What is closed has none: the newest comes first."""
        return self.status is Which.OPEN or self.status in OPEN

    def query(self) -> dict[str, str]:
        """The same as the arguments of a link; what is not narrowed is not named."""
        told: Mapping[str, object] = {
            "status": "" if self.status is Which.OPEN else self.status,
            "kind": self.kind,
            "topic": self.topic,
            "channel": self.channel,
            "holder": self.holder,
            "division": self.division,
            "due": self.due,
            "incomplete": "y" if self.incomplete else "",
            "escalated": "y" if self.escalated else "",
            "unanswered": "y" if self.unanswered else "",
            "asked": "y" if self.asked else "",
            "proposed": "y" if self.proposed else "",
            "received_from": self.received_from or "",
            "received_to": self.received_to or "",
        }
        return {name: str(value) for name, value in told.items() if value != ""}


class View(StrEnum):
    """The lists that are ready made."""

    OPEN = "open"
    MINE = "mine"
    FREE = "free"
    DUE_SOON = "due_soon"
    INCOMPLETE = "incomplete"
    ESCALATED = "escalated"
    UNANSWERED = "unanswered"
    ASKED = "asked"
    PROPOSED = "proposed"


VIEWS: Mapping[View, Filters] = {
    View.OPEN: Filters(),
    View.MINE: Filters(holder=MINE),
    View.FREE: Filters(holder=NOBODY),
    View.DUE_SOON: Filters(due=str(SOON)),
    View.INCOMPLETE: Filters(incomplete=True),
    View.ESCALATED: Filters(escalated=True),
    View.UNANSWERED: Filters(unanswered=True),
    View.ASKED: Filters(asked=True),
    View.PROPOSED: Filters(proposed=True),
}


def views_of(officer: Officer, *, four_eyes: bool) -> tuple[View, ...]:
    """The ready-made lists that are of use to an officer, in their order.

    Who is only a division's member answers what it was asked; who has no cases has none of their own. A second
    officer is waited for only where the institution asks for four eyes.
    """
    views = tuple(view for view in View if four_eyes or view is not View.PROPOSED)
    if officer.has(OfficerRole.AGENT, OfficerRole.CS_MANAGER):
        return views
    if officer.has(OfficerRole.AUDITOR):
        return tuple(view for view in views if view is not View.MINE)
    return (View.OPEN, View.ASKED, View.DUE_SOON)


@dataclass(frozen=True, slots=True)
class OwnView:
    """A view that an officer has saved. `query` is what its filters were in the address."""

    id: UUID
    name: str = field(repr=False)
    query: Mapping[str, str]


# ── where a page begins ──────────────────────────────────────────────────────────────────────────


class Cursor(NamedTuple):
    """The last row of the page before: its place in the list's order, and its id.

    `place` is the due date, None where there is none, or in a list of the newest the moment of receipt.
    """

    place: date | datetime | None
    id: UUID

    def text(self) -> str:
        """The cursor as a link's argument."""
        return f"{self.place.isoformat() if self.place else ''}~{self.id.hex}"


def read_cursor(text: str, filters: Filters) -> Cursor | None:
    """The cursor of a link; None, and so the first page, for anything that is none of this list's."""
    place, _, row = text.partition("~")
    try:
        if filters.by_due_date:
            return Cursor(date.fromisoformat(place) if place else None, UUID(hex=row))
        moment = datetime.fromisoformat(place)
        return Cursor(moment, UUID(hex=row)) if moment.tzinfo else None
    except ValueError:
        return None


# ── working days ─────────────────────────────────────────────────────────────────────────────────


def own_calendar(profile: Institution) -> CalendarCode:
    """The calendar that an institution's working days are counted by: that of its limit for a written complaint."""
    limits = profile.answer_limits(COMPLAINT, Form.WRITTEN)
    return next((limit.counted_by for limit in limits if limit.unit is Unit.WORKING), CalendarCode.NATIONAL_AND_JOINT)


@lru_cache(maxsize=4096)
def working_days(calendar: Calendar, after: date, until: date) -> int:
    """How many working days lie after one day and up to another; negative where the other has passed."""
    if until < after:
        return -working_days(calendar, until, after)
    return sum(calendar.is_working(after + timedelta(days=n)) for n in range(1, (until - after).days + 1))


def ahead(calendar: Calendar, today: date, days: int) -> date:
    """The day that is so many working days ahead."""
    for _ in range(days):
        today = calendar.next_working_day(today)
    return today


def next_closure(calendar: Calendar, today: date) -> date | None:
    """The next closed day that is no weekend, if it is near."""
    days = (today + timedelta(days=n) for n in range(1, AHEAD // ONE_DAY + 1))
    return next((on for on in days if on in calendar.closures and not calendar.is_weekend(on)), None)


class Urgency(StrEnum):
    """How an answer stands to its day."""

    LATE = "late"
    SOON = "soon"
    CALM = "calm"


class Due(NamedTuple):
    """A day by which an answer is due. `left`: working days after today, negative once it has passed."""

    on: date
    left: int
    urgency: Urgency


def due(on: date | None, *, today: date, calendar: Calendar) -> Due | None:
    """How a due date stands today; None where no clock has started."""
    if on is None:
        return None
    left = working_days(calendar, today, on)
    if on < today:
        return Due(on, left, Urgency.LATE)
    return Due(on, left, Urgency.SOON if left <= SOON else Urgency.CALM)


class Count(StrEnum):
    """How the count of our time stands: the queue and the page of a case say the same."""

    RUNNING = "running"
    NOT_BEGUN = "not_begun"
    ANSWERED = "answered"
    OVER = "over"


def count_of(status: Status, due_on: date | None) -> Count:
    """How the count stands. Without a day there is none that we owe: it has not begun, or it is over."""
    if status not in OPEN:
        return Count.OVER
    if status is Status.ANSWERED:
        return Count.ANSWERED
    return Count.NOT_BEGUN if due_on is None else Count.RUNNING


# ── what is next ─────────────────────────────────────────────────────────────────────────────────


class Step(StrEnum):
    """What comes next in a case, for who looks at it."""

    CLOSED = "closed"
    TAKE_UP = "take_up"
    CHECK_DOCUMENTS = "check_documents"
    AWAIT_DOCUMENTS = "await_documents"
    DOCUMENTS_LATE = "documents_late"
    AWAIT_DIVISION = "await_division"
    APPROVE = "approve"
    ANSWER = "answer"
    AWAIT_DECISION = "await_decision"
    REPORT_BACK = "report_back"
    CONTACT = "contact"
    REPORTED = "reported"


class Report(NamedTuple):
    """An internal report that waits for its division's answer. `contact`: the division is to call the customer."""

    division: str
    due_on: date
    contact: bool


class Next(NamedTuple):
    """A step, the day until which it waits or must be done, and the division that it waits for."""

    step: Step
    on: date | None = None
    division: str | None = None


def next_step(
    *,
    status: Status,
    holder_id: UUID | None,
    unread: bool,
    proposed: bool,
    documents_due_on: date | None,
    due_on: date | None,
    decide_by: date | None,
    reports: Sequence[Report],
    divisions: Iterable[str] | None,
    today: date,
) -> Next:
    """What is next, the most pressing of what could be said.

    `unread`: a document has come that nobody has judged. `proposed`: a response is before a second officer.
    `reports` are those that wait for an answer. `divisions` are given for an officer who only answers for
    these, None for who handles the case.
    """
    waiting = sorted(reports, key=lambda report: report.due_on)
    if status not in OPEN:
        return Next(Step.CLOSED)
    if divisions is not None:
        mine = next((report for report in waiting if report.division in set(divisions)), None)
        if mine is None:
            return Next(Step.REPORTED)
        return Next(Step.CONTACT if mine.contact else Step.REPORT_BACK, mine.due_on, mine.division)
    if status is Status.ANSWERED:
        return Next(Step.AWAIT_DECISION, decide_by)
    if proposed:
        return Next(Step.APPROVE, due_on)
    if holder_id is None or status is Status.RECEIVED:
        return Next(Step.TAKE_UP)
    if unread:
        return Next(Step.CHECK_DOCUMENTS)
    if documents_due_on is not None and documents_due_on < today:
        # Nothing ends by itself here: the institution's rule wants a person to refuse, or to wait longer.
        return Next(Step.DOCUMENTS_LATE, documents_due_on)
    if documents_due_on is not None or due_on is None:
        return Next(Step.AWAIT_DOCUMENTS, documents_due_on)
    if waiting:
        return Next(Step.AWAIT_DIVISION, waiting[0].due_on, waiting[0].division)
    return Next(Step.ANSWER, due_on)


# ── a row of a list ──────────────────────────────────────────────────────────────────────────────


class Row(NamedTuple):
    """A complaint as a list shows it, without anything sealed."""

    id: UUID
    key_id: UUID
    folder_id: UUID | None
    registration: str
    status: Status
    kind: str
    form: Form
    channel: str
    topic: str
    desk_topic: str | None
    received_at: datetime
    due_on: date | None
    documents_due_on: date | None
    decide_by: date | None
    escalated_at: datetime | None
    holder_id: UUID | None
    version: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of a list with what stands around it.

    `name` is None for an erased case, and for a value that does not belong where it stands: one such
    row must not keep all others from being shown. `unread`: a document came that nobody has judged.
    `proposed`: a response is before a second officer.
    """

    row: Row
    name: str | None = field(repr=False)
    unread: bool
    proposed: bool
    reports: Sequence[Report]
