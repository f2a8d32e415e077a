"""The queue in words: its views and filters, what is due, and what is next."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.complaints.labels import STATUSES
from portal.complaints.numbers import Number
from portal.complaints.rules import OPEN, Status
from portal.desk.queue.rules import (
    COUNTED,
    LATE,
    Count,
    Due,
    Listed,
    Next,
    Step,
    Urgency,
    View,
    Which,
    count_of,
    due,
    next_step,
)
from portal.institution.models import Institution
from portal.institution.profile.channels import Channel
from portal.institution.profile.parts import Labelled
from portal.institution.rules import Form
from portal.web import formats
from portal.words import translations
from portal.workdays.rules import Calendar

VIEWS: Mapping[View, LazyString] = {
    View.OPEN: _l("All open"),
    View.MINE: _l("Mine"),
    View.FREE: _l("Nobody’s yet"),
    View.DUE_SOON: _l("Due in 2 days"),
    View.INCOMPLETE: _l("Waiting for documents"),
    View.ESCALATED: _l("With the manager"),
    View.UNANSWERED: _l("No first response"),
    View.ASKED: _l("Division asked"),
    View.PROPOSED: _l("Before a second officer"),
}

STANDINGS: Mapping[Which | Status, LazyString] = {
    Which.OPEN: _l("All open"),
    **{status: words for status, words in STATUSES.items()},
    Which.CLOSED: _l("All closed"),
    Which.ALL: _l("Open and closed"),
}

NAME_TAKEN = _l("You have a view of this name already. Choose another one")
TOO_MANY_VIEWS = _l("You have twelve views, and no more fit. Delete one first")

FORMS: Mapping[Form, LazyString] = {Form.VERBAL: _l("Verbal"), Form.WRITTEN: _l("Written")}

# What stands where no day is due. What is closed says so itself.
COUNTS: Mapping[Count, LazyString] = {Count.NOT_BEGUN: _l("Count not begun"), Count.ANSWERED: _l("Answered")}

# The mark beside a due date; its shape says the same without colour.
MARKS: Mapping[Urgency, str] = {Urgency.LATE: "late", Urgency.SOON: "wait", Urgency.CALM: ""}


def count(number: int, language: str) -> str:
    """A count as far as it was counted: "47", "1,000+"."""
    return counted(min(number, COUNTED), number > COUNTED, language)


def counted(number: int, more: bool, language: str) -> str:
    """A count that may have ended early: "47", "12+"."""
    return formats.number(number, language) + ("+" if more else "")


def within(choice: str, language: str) -> str:
    """A choice of the filter by due date."""
    _ = translations(language).gettext
    if choice == LATE:
        return _("Overdue")
    if choice == "0":
        return _("Today")
    return _("Within %(days)s") % {"days": formats.days(int(choice), "working", language)}


class Line(NamedTuple):
    """A row of a list as it is read.

    `left` is how its day stands, empty where none is due any more; `urgency` and `mark` name classes of the
    stylesheet.
    """

    id: UUID
    number: str
    name: str | None
    received: str
    due: str | None
    left: str
    urgency: Urgency
    mark: str
    next: str
    topic: str
    kind: str
    channel: str
    form: LazyString
    holder: str | None
    escalated: bool
    version: int


def lines(
    listed: Iterable[Listed],
    *,
    profile: Institution,
    calendar: Calendar,
    today: date,
    divisions: Iterable[str] | None,
    names: Mapping[UUID, str],
    language: str,
) -> list[Line]:
    """The rows of a list as an officer reads them. `divisions`: see `rules.next_step`."""
    found = []
    for one in listed:
        row = one.row
        answer = due(row.due_on, today=today, calendar=calendar)
        step = next_step(
            status=row.status,
            holder_id=row.holder_id,
            unread=one.unread,
            proposed=one.proposed,
            documents_due_on=row.documents_due_on,
            decide_by=row.decide_by,
            due_on=row.due_on,
            reports=one.reports,
            divisions=divisions,
            today=today,
        )
        urgency = answer.urgency if answer else Urgency.CALM
        found.append(
            Line(
                id=row.id,
                number=Number(row.registration, profile.prefix).printed,
                name=one.name,
                received=day(row.received_at.astimezone(profile.zone).date(), today, language),
                due=day(row.due_on, today, language) if row.due_on else None,
                left=str(COUNTS.get(count_of(row.status, row.due_on), "")) or left(answer, today, language),
                urgency=urgency,
                mark=MARKS[urgency],
                next=next_(step, row.status, profile, today, language, decides=not profile.is_short(row.kind)),
                topic=named(profile.topics, row.desk_topic or row.topic, language),
                kind=named(profile.kinds, row.kind, language),
                channel=named(profile.channels, row.channel, language),
                form=FORMS[row.form],
                holder=names.get(row.holder_id) if row.holder_id else None,
                escalated=row.escalated_at is not None and row.status in OPEN,
                version=row.version,
            )
        )
    return found


def day(on: date, today: date, language: str) -> str:
    """A day as short as it can be told apart: with its year only where that is another than this."""
    return formats.day_short(on, language) if on.year == today.year else formats.date_only(on, language)


def left(answer: Due | None, today: date, language: str) -> str:
    """How many working days an answer still has, or is late."""
    _ = translations(language).gettext
    if answer is None:
        return ""
    days = formats.days(abs(answer.left), "working", language)
    if answer.urgency is Urgency.LATE:
        # Since the last working day only days have passed that nobody works on.
        return _("Overdue by %(days)s") % {"days": days} if answer.left else _("Overdue")
    if answer.on == today:
        return _("Due today")
    if answer.left == 0:
        return _("Due soon, no working day left")
    return _("Due soon, %(days)s") % {"days": days} if answer.urgency is Urgency.SOON else days


def next_(step: Next, status: Status, profile: Institution, today: date, language: str, *, decides: bool = True) -> str:
    """What is next, in plain words."""
    _ = translations(language).gettext
    on = {"day": day(step.on, today, language) if step.on else ""}
    match step.step:
        case Step.CLOSED:
            return str(STATUSES[status])
        case Step.TAKE_UP:
            return _("Take it up")
        case Step.CHECK_DOCUMENTS:
            return _("Check the documents")
        case Step.AWAIT_DOCUMENTS:
            return _("Waiting for documents until %(day)s") % on if step.on else _("Waiting for documents")
        case Step.DOCUMENTS_LATE:
            return _("Documents not complete by %(day)s: decide") % on
        case Step.AWAIT_DIVISION:
            division = named(profile.divisions, step.division or "", language)
            return _("%(division)s answers by %(day)s") % {"division": division, **on}
        case Step.AWAIT_DECISION if not decides:
            return _("Answered, closes by itself on %(day)s") % on if step.on else _("Answered")
        case Step.AWAIT_DECISION:
            return _("The customer decides until %(day)s") % on if step.on else _("The customer decides")
        case Step.REPORT_BACK:
            return _("Report back by %(day)s") % on
        case Step.CONTACT:
            return _("Contact the customer by %(day)s") % on
        case Step.REPORTED:
            return _("Your division has answered")
        case Step.APPROVE:
            return (
                _("A second officer looks at the response by %(day)s") % on
                if step.on
                else _("A second officer looks at it")
            )
        case Step.ANSWER:
            return _("Answer by %(day)s") % on if step.on else _("Answer")


def named(table: Mapping[str, Labelled | Channel], code: str, language: str) -> str:
    """A row of the profile by its name. A code that the profile no longer knows stays a code."""
    return table[code].label.in_(language) if code in table else code
