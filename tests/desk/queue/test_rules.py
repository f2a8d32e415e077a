"""The queue's own rules: what is urgent, what is next, and what a link can say. Pure."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from portal.accounts.rules import Officer, OfficerRole
from portal.complaints.rules import CLOSED, Status
from portal.desk.queue.rules import (
    VIEWS,
    Count,
    Cursor,
    Due,
    Filters,
    Next,
    Report,
    Step,
    Urgency,
    View,
    Which,
    ahead,
    count_of,
    due,
    next_closure,
    next_step,
    own_calendar,
    read_cursor,
    views_of,
    working_days,
)
from portal.institution.loader import load
from portal.workdays.rules import CalendarCode
from portal.workdays.seed import calendar

JOINT = calendar(CalendarCode.NATIONAL_AND_JOINT)
# Idul Fitri 2026: closed from Wednesday 18 to Tuesday 24 March.
TUESDAY, LAST_BEFORE, FIRST_AFTER = date(2026, 3, 17), date(2026, 3, 17), date(2026, 3, 25)
ONE = UUID(int=1)


# ── days ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("after", "until", "days"),
    [
        (TUESDAY, TUESDAY, 0),
        (date(2026, 3, 16), TUESDAY, 1),
        (TUESDAY, date(2026, 3, 24), 0),
        (TUESDAY, FIRST_AFTER, 1),
        (TUESDAY, date(2026, 3, 27), 3),
        (FIRST_AFTER, TUESDAY, -1),
        (date(2026, 3, 27), date(2026, 3, 23), -3),
    ],
)
def test_working_days_leave_out_what_the_calendar_closes(after, until, days):
    assert working_days(JOINT, after, until) == days


def test_so_many_working_days_ahead():
    assert [ahead(JOINT, TUESDAY, days) for days in (0, 1, 2)] == [TUESDAY, FIRST_AFTER, date(2026, 3, 26)]


def test_the_next_closed_day_is_no_weekend_and_near():
    assert next_closure(JOINT, date(2026, 3, 13)) == date(2026, 3, 18)
    assert next_closure(JOINT, date(2026, 9, 1)) is None


@pytest.mark.parametrize(
    ("on", "left", "urgency"),
    [
        (date(2026, 11, 19), -2, Urgency.LATE),
        # Overdue since Friday, and it is Saturday: no working day has passed.
        (date(2026, 11, 23), 0, Urgency.SOON),
        (date(2026, 11, 25), 2, Urgency.SOON),
        (date(2026, 11, 26), 3, Urgency.CALM),
    ],
)
def test_what_is_due_within_two_working_days_is_due_soon(on, left, urgency):
    assert due(on, today=date(2026, 11, 23), calendar=JOINT) == Due(on, left, urgency)


def test_overdue_is_overdue_on_a_weekend_too():
    assert due(date(2026, 11, 20), today=date(2026, 11, 21), calendar=JOINT) == Due(date(2026, 11, 20), 0, Urgency.LATE)
    assert due(None, today=date(2026, 11, 21), calendar=JOINT) is None


@pytest.mark.parametrize(
    ("institution", "code"),
    [
        ("muamalat", CalendarCode.NATIONAL_AND_JOINT),
        ("sequis_am", CalendarCode.IDX),
        ("kredifazz", CalendarCode.NATIONAL_AND_JOINT),
        ("kredi360", CalendarCode.NATIONAL),
    ],
)
def test_working_days_are_counted_by_the_institutions_calendar(institution, code):
    assert own_calendar(load(institution)) is code


# ── what is next ─────────────────────────────────────────────────────────────────────────────────

CASE = {
    "status": Status.IN_PROCESS,
    "holder_id": ONE,
    "unread": False,
    "proposed": False,
    "documents_due_on": None,
    "due_on": date(2026, 12, 7),
    "decide_by": None,
    "reports": (),
    "divisions": None,
    "today": date(2026, 11, 23),
}
PAYMENTS = Report("payments", date(2026, 11, 27), contact=False)
COLLECTION = Report("collection", date(2026, 11, 25), contact=True)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, Next(Step.ANSWER, date(2026, 12, 7))),
        ({"reports": (PAYMENTS, COLLECTION)}, Next(Step.AWAIT_DIVISION, date(2026, 11, 25), "collection")),
        (
            {"documents_due_on": date(2026, 12, 1), "due_on": None, "reports": (PAYMENTS,)},
            Next(Step.AWAIT_DOCUMENTS, date(2026, 12, 1)),
        ),
        # A promise runs from receipt beside it, and documents are missing all the same.
        ({"documents_due_on": date(2026, 12, 1)}, Next(Step.AWAIT_DOCUMENTS, date(2026, 12, 1))),
        ({"due_on": None}, Next(Step.AWAIT_DOCUMENTS)),
        # On its last day it is waited for still; the day after nobody waits, and a person decides.
        ({"documents_due_on": date(2026, 11, 23)}, Next(Step.AWAIT_DOCUMENTS, date(2026, 11, 23))),
        (
            {"documents_due_on": date(2026, 11, 22), "reports": (PAYMENTS,)},
            Next(Step.DOCUMENTS_LATE, date(2026, 11, 22)),
        ),
        ({"documents_due_on": date(2026, 11, 22), "unread": True}, Next(Step.CHECK_DOCUMENTS)),
        ({"documents_due_on": date(2026, 12, 1), "unread": True}, Next(Step.CHECK_DOCUMENTS)),
        ({"unread": True, "status": Status.RECEIVED}, Next(Step.TAKE_UP)),
        ({"proposed": True, "status": Status.RECEIVED, "unread": True}, Next(Step.APPROVE, date(2026, 12, 7))),
        ({"proposed": True, "divisions": ["payments"]}, Next(Step.REPORTED)),
        ({"holder_id": None, "unread": True}, Next(Step.TAKE_UP)),
        ({"status": Status.WITHDRAWN, "holder_id": None}, Next(Step.CLOSED)),
        ({"divisions": ["payments"], "reports": (PAYMENTS,)}, Next(Step.REPORT_BACK, date(2026, 11, 27), "payments")),
        (
            {"divisions": ["collection", "payments"], "reports": (PAYMENTS, COLLECTION), "holder_id": None},
            Next(Step.CONTACT, date(2026, 11, 25), "collection"),
        ),
        (
            {"status": Status.ANSWERED, "due_on": None, "decide_by": date(2026, 12, 28)},
            Next(Step.AWAIT_DECISION, date(2026, 12, 28)),
        ),
        ({"status": Status.ANSWERED, "due_on": None}, Next(Step.AWAIT_DECISION)),
        ({"divisions": ["payments"], "unread": True}, Next(Step.REPORTED)),
        ({"divisions": ["payments"], "status": Status.DEEMED_WITHDRAWN}, Next(Step.CLOSED)),
    ],
)
def test_the_most_pressing_step_is_the_next_one(facts, expected):
    assert next_step(**{**CASE, **facts}) == expected


@pytest.mark.parametrize(
    ("due_on", "count"), [(date(2026, 12, 7), Count.RUNNING), (None, Count.NOT_BEGUN)], ids=["a day", "no day"]
)
def test_what_is_closed_or_answered_has_no_count_that_could_begin(due_on, count):
    for status in Status:
        expected = Count.OVER if status in CLOSED else Count.ANSWERED if status is Status.ANSWERED else count
        assert count_of(status, due_on) is expected


# ── links ────────────────────────────────────────────────────────────────────────────────────────

EVERYTHING = Filters(
    status=Status.RECEIVED,
    kind="complaint",
    topic="transfer",
    channel="branch",
    holder="me",
    division="payments",
    due="2",
    incomplete=True,
    escalated=True,
    unanswered=True,
    asked=True,
    proposed=True,
    received_from=date(2026, 11, 1),
    received_to=date(2026, 11, 30),
)


def test_a_link_names_what_is_narrowed_and_nothing_else():
    assert Filters().query() == {}
    for field in fields(Filters):
        narrowed = replace(Filters(), **{field.name: getattr(EVERYTHING, field.name)})
        assert list(narrowed.query()) == [field.name]
    assert len(EVERYTHING.query()) == len(fields(Filters))


def test_what_is_closed_stands_newest_first():
    due_date = {which for which in (*Which, *Status) if Filters(status=which).by_due_date}
    assert due_date == {Which.OPEN, Status.RECEIVED, Status.IN_PROCESS, Status.ANSWERED}


@pytest.mark.parametrize(
    ("filters", "place"),
    [
        (Filters(), date(2026, 4, 6)),
        (Filters(), None),
        (Filters(status=Which.ALL), datetime(2026, 4, 6, 3, 15, 7, 120, tzinfo=UTC)),
    ],
)
def test_a_cursor_survives_its_link(filters, place):
    cursor = Cursor(place, ONE)
    assert read_cursor(cursor.text(), filters) == cursor


@pytest.mark.parametrize("text", ["", "~", "x~y", "2026-04-06", f"2026-13-01~{ONE.hex}", "2026-04-06~zz"])
@pytest.mark.parametrize("filters", [Filters(), Filters(status=Which.CLOSED)])
def test_anything_else_in_a_link_means_the_first_page(text, filters):
    assert read_cursor(text, filters) is None


def test_a_moment_without_its_zone_is_no_place_in_a_list():
    assert read_cursor(f"2026-04-06T03:15:00~{ONE.hex}", Filters(status=Which.ALL)) is None


def officer(*roles):
    return Officer(ONE, "Ratna", "id", frozenset(roles), frozenset(), shortcuts=True)


def test_the_ready_made_lists_are_those_of_use():
    assert set(VIEWS) == set(View)
    for four_eyes, everything in ((True, set(View)), (False, set(View) - {View.PROPOSED})):
        for role in (OfficerRole.AGENT, OfficerRole.CS_MANAGER):
            assert set(views_of(officer(role), four_eyes=four_eyes)) == everything
        assert everything - set(views_of(officer(OfficerRole.AUDITOR), four_eyes=four_eyes)) == {View.MINE}
    member = officer(OfficerRole.DIVISION_MEMBER)
    assert views_of(member, four_eyes=True) == (View.OPEN, View.ASKED, View.DUE_SOON)
    both = officer(OfficerRole.DIVISION_MEMBER, OfficerRole.AGENT)
    assert set(views_of(both, four_eyes=True)) == set(View)
