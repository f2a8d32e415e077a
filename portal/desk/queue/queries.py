"""Reads of the queue: a page of a list with its customers' names, counts, and whether anything has changed."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from portal.accounts.queries import Colleague, names
from portal.accounts.rules import Officer
from portal.complaints.handling import assignable
from portal.complaints.models import Complaint, Party, Pass, Review
from portal.complaints.responses.models import Answer
from portal.complaints.rules import Role, Status
from portal.complaints.sight import sees_all, visible
from portal.complaints.states import AnswerState
from portal.db import Session
from portal.desk.queue.models import SavedView
from portal.desk.queue.rules import (
    COUNTED,
    LATE,
    MINE,
    NOBODY,
    PAGE,
    Cursor,
    Filters,
    Listed,
    OwnView,
    Report,
    Row,
    Which,
    ahead,
)
from portal.evidence.models import Document
from portal.institution.models import Institution
from portal.sealing import CaseKey, KeyDestroyed, KeyRing, Tampered, open_box, unwrap
from portal.workdays.rules import Calendar


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, on which day, by which calendar: what every filter may depend on."""

    officer: Officer
    today: date
    calendar: Calendar
    profile: Institution


# ── conditions ───────────────────────────────────────────────────────────────────────────────────


def narrowed(filters: Filters, asking: Asking) -> list[sa.ColumnElement[bool]]:
    """The conditions of a list. Sight is always the first of them."""
    found = [visible(asking.officer)]
    if filters.by_due_date:
        # The indexes of what is open are built on exactly this condition.
        found.append(Complaint.closed_at.is_(None))
    elif filters.status is Which.CLOSED:
        found.append(Complaint.closed_at.is_not(None))
    if isinstance(filters.status, Status):
        found.append(Complaint.status == filters.status)
    if filters.kind:
        found.append(Complaint.kind == filters.kind)
    if filters.topic:
        # The officers' sorting prevails over the customer's own choice.
        found.append(sa.func.coalesce(Complaint.desk_topic, Complaint.topic) == filters.topic)
    if filters.channel:
        found.append(Complaint.channel == filters.channel)
    if filters.holder:
        found.append(_held_by(filters.holder, asking.officer))
    if filters.due:
        found.append(_due(filters.due, asking))
    if filters.incomplete:
        found.append(Complaint.documents_due_on.is_not(None))
    if filters.escalated:
        found.append(Complaint.escalated_at.is_not(None))
    if filters.unanswered:
        found.append(Complaint.first_response_at.is_(None))
    if filters.proposed:
        # One look for each open complaint, by an index; responses are kept for years.
        found.append(sa.exists().where(Answer.complaint_id == Complaint.id, Answer.state == AnswerState.PROPOSED))
    if filters.division or filters.asked:
        found.append(_passed(filters, asking.officer))
    zone = asking.profile.zone
    if filters.received_from:
        found.append(Complaint.received_at >= datetime.combine(filters.received_from, time.min, zone))
    if filters.received_to:
        next_day = filters.received_to + timedelta(days=1)
        found.append(Complaint.received_at < datetime.combine(next_day, time.min, zone))
    return found


def _held_by(holder: str, officer: Officer) -> sa.ColumnElement[bool]:
    if holder == NOBODY:
        return Complaint.holder_id.is_(None)
    return Complaint.holder_id == (officer.id if holder == MINE else UUID(holder))


def _due(within: str, asking: Asking) -> sa.ColumnElement[bool]:
    if within == LATE:
        return Complaint.due_on < asking.today
    return Complaint.due_on <= ahead(asking.calendar, asking.today, int(within))


def _passed(filters: Filters, officer: Officer) -> sa.ColumnElement[bool]:
    passed = sa.select(Pass.complaint_id)
    if filters.division:
        passed = passed.where(Pass.division == filters.division)
    if not sees_all(officer):
        # Whom else it was passed to is nothing that a division learns.
        passed = passed.where(Pass.division.in_(sorted(officer.divisions)))
    if filters.asked:
        passed = passed.where(Pass.answered_at.is_(None))
    return Complaint.id.in_(passed)


# ── a page of a list ─────────────────────────────────────────────────────────────────────────────


COLUMNS = [getattr(Complaint, name) for name in Row._fields]
Order = Callable[[Any], Sequence[Any]]
Rows = list[sa.Row[Any]]


def _by_due_date(row: Any) -> Sequence[Any]:
    return row.due_on.asc().nulls_last(), row.id


def _newest(row: Any) -> Sequence[Any]:
    return row.received_at.desc(), row.id.desc()


def rows(session: Session, filters: Filters, asking: Asking, *, after: Cursor | None = None) -> Rows:
    """The first rows of a list, or those after a cursor, and one more where there are more.

    The order is stable, and no offset has to be counted through: each page costs what the first does.
    """
    where = narrowed(filters, asking)
    if not filters.by_due_date:
        if after is not None:
            where.append(_place(Complaint.received_at) < _mark(after, Complaint.received_at))
        return some(session, where, _newest, PAGE + 1)
    if after is None:
        return some(session, where, _by_due_date, PAGE + 1)
    # Those with a date come first, then those without, each from its own part of the index.
    found: Rows = []
    undated = [*where, Complaint.due_on.is_(None)]
    if after.place is None:
        undated.append(Complaint.id > after.id)
    else:
        later = _place(Complaint.due_on) > _mark(after, Complaint.due_on)
        found = some(session, [*where, later], _by_due_date, PAGE + 1)
    left = PAGE + 1 - len(found)
    return found + some(session, undated, _by_due_date, left) if left else found


def _place(column: Any) -> Any:
    """A row's place in a list's order."""
    return sa.tuple_(column, Complaint.id)


def _mark(after: Cursor, column: Any) -> Any:
    """A cursor's place, to be compared with a row's."""
    return sa.tuple_(sa.literal(after.place, column.type), sa.literal(after.id, Complaint.id.type))


def some(session: Session, where: Iterable[sa.ColumnElement[bool]], order: Order, number: int) -> Rows:
    """So many rows with the wrapped keys and sealed names that belong to them, in one statement."""
    few = sa.select(*COLUMNS).where(*where).order_by(*order(Complaint)).limit(number).subquery("few")
    statement = (
        sa.select(few, CaseKey.master_id, CaseKey.wrapped, Party.id.label("party_id"), Party.sealed)
        .join(CaseKey, CaseKey.id == few.c.key_id)
        .outerjoin(Party, sa.and_(Party.complaint_id == few.c.id, Party.role == Role.CUSTOMER))
        .order_by(*order(few.c))
    )
    return list(session.connection().execute(statement))


def listed(session: Session, found: Rows, asking: Asking) -> list[Listed]:
    """The rows of one page opened, and what else their list says of them: a few statements, however many they are."""
    told = [(Row(*row[: len(Row._fields)]), row) for row in found[:PAGE]]
    ids = [row.id for row, _ in told]
    unread, reports = _unread(session, ids), _reports(session, ids, asking.officer)
    proposed = _proposed(session, ids) if asking.profile.responses.four_eyes else set()
    return [
        Listed(row, _name(session.keys, row, raw), row.id in unread, row.id in proposed, reports[row.id])
        for row, raw in told
    ]


def next_page(found: Rows, filters: Filters) -> Cursor | None:
    """Where the next page begins; None where there is none."""
    if len(found) <= PAGE:
        return None
    last = found[PAGE - 1]
    return Cursor(last.due_on if filters.by_due_date else last.received_at, last.id)


def _name(keys: KeyRing, row: Row, found: Any) -> str | None:
    if found.party_id is None:
        return None
    try:
        box = unwrap(keys, found.master_id, row.key_id, found.wrapped)
        return str(box.open_from(Party.__tablename__, found.party_id, found.sealed)["name"])
    except (KeyDestroyed, Tampered, KeyError):
        return None


def _unread(session: Session, ids: Sequence[UUID]) -> set[UUID]:
    """Which of these complaints have a document that no officer has judged."""
    judged = sa.select(Review.id).where(Review.complaint_id == Complaint.id, Review.document_id == Document.id).exists()
    return set(
        session.scalars(
            sa.select(Complaint.id)
            .join(Document, Document.folder_id == Complaint.folder_id)
            .where(Complaint.id.in_(ids), Document.removed_at.is_(None), Document.sent_by.is_(None), ~judged)
            .distinct()
        )
    )


def _proposed(session: Session, ids: Sequence[UUID]) -> set[UUID]:
    """Which of these complaints have a response before a second officer."""
    return set(
        session.scalars(
            sa.select(Answer.complaint_id).where(Answer.complaint_id.in_(ids), Answer.state == AnswerState.PROPOSED)
        )
    )


def _reports(session: Session, ids: Sequence[UUID], officer: Officer) -> Mapping[UUID, list[Report]]:
    """The reports of these complaints that wait for an answer; a division learns of its own alone."""
    asked = sa.select(Pass.complaint_id, Pass.division, Pass.due_on, Pass.contact).where(
        Pass.complaint_id.in_(ids), Pass.answered_at.is_(None)
    )
    if not sees_all(officer):
        asked = asked.where(Pass.division.in_(sorted(officer.divisions)))
    found: Mapping[UUID, list[Report]] = defaultdict(list)
    for row in session.execute(asked):
        found[row.complaint_id].append(Report(row.division, row.due_on, row.contact))
    return found


# ── counts, and whether anything has changed ─────────────────────────────────────────────────────


def counts(session: Session, lists: Sequence[Filters], asking: Asking) -> list[int]:
    """How many complaints each list holds, counted as far as `COUNTED` and one more, in one statement."""
    return list(session.execute(sa.select(*(_count(filters, asking) for filters in lists))).one())


def _count(filters: Filters, asking: Asking) -> sa.ScalarSelect[int]:
    few = sa.select(sa.literal(1)).select_from(Complaint).where(*narrowed(filters, asking)).limit(COUNTED + 1)
    return sa.select(sa.func.count()).select_from(few.subquery()).scalar_subquery()


def fingerprint(found: Rows, counted: Iterable[int], today: date) -> str:
    """What a list looks like: its rows in their versions, its counts, and the day that its words depend on."""
    told = "|".join([*(f"{row.id.hex}.{row.version}" for row in found), *map(str, counted), today.isoformat()])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


# ── an officer's own views ───────────────────────────────────────────────────────────────────────


def saved_views(session: Session, officer_id: UUID, key_id: UUID) -> list[OwnView]:
    """The views that an officer has saved, in the order in which they made them. `key_id`: their own data key."""
    rows = session.scalars(sa.select(SavedView).where(SavedView.officer_id == officer_id).order_by(SavedView.id)).all()
    if not rows:
        return []
    box = open_box(session, key_id)
    return [OwnView(row.id, box.open(row)["name"], row.query) for row in rows]


# ── whom a filter can name ───────────────────────────────────────────────────────────────────────


def holders(session: Session, asking: Asking) -> list[Colleague]:
    """Whose cases a list can be narrowed to, by name; a division learns only of who has what was passed to it."""
    if sees_all(asking.officer):
        return assignable(session)
    seen = sa.select(Complaint.holder_id).where(visible(asking.officer), Complaint.holder_id.is_not(None))
    known = names(session)
    found = [Colleague(holder, known[holder]) for holder in session.scalars(seen.distinct()) if holder]
    return sorted(found, key=lambda one: (one.name.casefold(), one.id))
