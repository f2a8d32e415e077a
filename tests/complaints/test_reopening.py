"""A document that does not hold: while we may still check it our time waits for another; later we can only ask."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.complaints import completeness, standing
from portal.complaints.completeness import Reopened
from portal.complaints.models import Complaint
from portal.complaints.rules import NotAllowed, Role, still_checked
from portal.db import Database, Session, writing
from portal.history.queries import entries
from portal.history.rules import Audience
from portal.institution.loader import load
from portal.institution.models import Institution
from portal.workdays.seed import calendar
from tests.complaints.cases import Case, file_case

# Friday 13 March 2026, 10.00 WIB. Wednesday to Tuesday after it are Nyepi and Idul Fitri with their joint leave.
FRIDAY = datetime(2026, 3, 13, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def reopen(
    session: Session, case: Case, profile: Institution, *, now: datetime, code: str = "transaction_receipt"
) -> Reopened | None:
    complaint = writing(session, session.get_one(Complaint, case.complaint_id))
    found = completeness.reopen(
        session,
        complaint,
        code,
        role=Role.AGENT,
        actor_id=None,
        reason="Angkanya tidak terbaca",
        profile=profile,
        calendars=calendar,
        now=now,
    )
    session.commit()
    return found


def bring(
    session: Session, case: Case, profile: Institution, *, now: datetime, code: str = "transaction_receipt"
) -> None:
    complaint = writing(session, session.get_one(Complaint, case.complaint_id))
    completeness.meet(session, complaint, {code}, profile=profile, calendars=calendar, now=now)
    session.commit()


# ── how long we may check ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("institution", "arrived_at", "last"),
    [
        # Monday and Tuesday; Wednesday is joint leave.
        ("muamalat", FRIDAY, date(2026, 3, 17)),
        # The last working day before Lebaran: the second one is the Wednesday after it.
        ("muamalat", FRIDAY + 3 * DAY, date(2026, 3, 25)),
        # Late on Friday in UTC is Saturday in Jakarta: counting starts on Monday all the same.
        ("muamalat", datetime(2026, 3, 13, 17, 30, tzinfo=UTC), date(2026, 3, 17)),
        # Without joint leave the Wednesday is a working day.
        ("kredi360", FRIDAY + 3 * DAY, date(2026, 3, 18)),
    ],
)
def test_two_working_days_after_the_arrival_and_not_one_more(
    institution: str, arrived_at: datetime, last: date
) -> None:
    profile = load(institution)
    midnight = datetime(last.year, last.month, last.day, tzinfo=profile.zone) + DAY
    assert still_checked(arrived_at, profile, calendar, now=midnight - timedelta(seconds=1))
    assert not still_checked(arrived_at, profile, calendar, now=midnight)


def test_an_institution_without_such_a_time_can_only_ask(profile: Institution) -> None:
    clocks = profile.clocks.model_copy(update={"checking": None})
    assert not still_checked(FRIDAY, profile.model_copy(update={"clocks": clocks}), calendar, now=FRIDAY)


# ── in time ──────────────────────────────────────────────────────────────────────────────────────


def test_in_time_the_count_stops_and_begins_with_the_replacement(
    database: Database, session: Session, profile: Institution
) -> None:
    """BM-30: ten working days from complete documents, and a document that does not hold completes nothing."""
    case = file_case(database, profile, now=FRIDAY)
    tuesday = FRIDAY + 4 * DAY
    assert reopen(session, case, profile, now=tuesday) is Reopened.STOPPED

    running = standing.running(session, case.complaint_id)
    assert running.binding is None
    assert [(asked.code, asked.asked_at) for asked in running.missing] == [("transaction_receipt", tuesday)]
    assert running.documents is not None
    assert (running.documents.started_at, running.documents.due_on) == (tuesday, date(2026, 4, 8))
    complaint = session.get_one(Complaint, case.complaint_id)
    assert (complaint.due_on, complaint.documents_due_on) == (None, date(2026, 4, 8))
    newest = entries(session, complaint, audience=Audience.CUSTOMER)[0]
    assert newest.kind == "reopen_documents"
    assert newest.payload == {
        "codes": ["transaction_receipt"],
        "reason": "Angkanya tidak terbaca",
        "bring_by": "2026-04-08",
    }

    monday = datetime(2026, 3, 30, 3, 0, tzinfo=UTC)
    bring(session, case, profile, now=monday)
    running = standing.running(session, case.complaint_id)
    assert (running.missing, running.documents) == ((), None)
    assert running.binding is not None
    assert (running.binding.started_at, running.binding.due_on) == (monday, date(2026, 4, 14))


def test_what_runs_from_receipt_runs_on(database: Database, session: Session) -> None:
    """KF-33: twenty calendar days from receipt wait for no document."""
    profile = load("kredifazz")
    from tests.complaints.test_completeness import acting

    case = file_case(database, profile, now=FRIDAY, account=None, transactions=(), representation=acting())
    before = standing.running(session, case.complaint_id)
    assert {clock.rule for clock in before.answer} == {"promise", "law_written"}
    reopen(session, case, profile, now=FRIDAY + DAY, code="power_of_attorney")
    after = standing.running(session, case.complaint_id)
    assert [clock.rule for clock in after.answer] == ["promise"]
    assert session.get_one(Complaint, case.complaint_id).due_on == date(2026, 4, 2)


def test_a_second_document_that_does_not_hold_gives_the_customer_their_time_anew(
    database: Database, session: Session, profile: Institution
) -> None:
    case = file_case(database, profile, now=FRIDAY)
    reopen(session, case, profile, now=FRIDAY + 3 * DAY)
    reopen(session, case, profile, now=FRIDAY + 4 * DAY, code="identity")
    running = standing.running(session, case.complaint_id)
    assert {asked.code for asked in running.missing} == {"identity", "transaction_receipt"}
    assert running.documents is not None and running.documents.started_at == FRIDAY + 4 * DAY
    bring(session, case, profile, now=FRIDAY + 13 * DAY)
    assert standing.running(session, case.complaint_id).binding is None
    bring(session, case, profile, now=FRIDAY + 14 * DAY, code="identity")
    binding = standing.running(session, case.complaint_id).binding
    assert binding is not None and binding.started_at == FRIDAY + 14 * DAY


# ── too late ─────────────────────────────────────────────────────────────────────────────────────


def test_later_it_is_a_question_that_stops_nothing(database: Database, session: Session, profile: Institution) -> None:
    case = file_case(database, profile, now=FRIDAY)
    before = standing.running(session, case.complaint_id)
    wednesday = FRIDAY + 5 * DAY
    assert reopen(session, case, profile, now=wednesday) is Reopened.ASKED
    assert standing.running(session, case.complaint_id).answer == before.answer
    complaint = session.get_one(Complaint, case.complaint_id)
    opened = completeness.newest_round(session, complaint)
    assert (opened.complete_at, complaint.due_on) == (FRIDAY, date(2026, 4, 6))
    (row,) = [row for row in completeness.needs(session, opened) if row.code == "transaction_receipt"]
    assert (row.arrived_at, row.questioned_at) == (FRIDAY, wednesday)

    bring(session, case, profile, now=wednesday + DAY)
    assert standing.running(session, case.complaint_id).answer == before.answer
    # The answer to a question begins no new time to check it by which the count could be stopped.
    assert (row.arrived_at, row.questioned_at) == (FRIDAY, None)
    assert reopen(session, case, profile, now=wednesday + DAY) is Reopened.ASKED


def test_what_is_not_required_or_has_not_come_reopens_nothing(
    database: Database, session: Session, profile: Institution
) -> None:
    case = file_case(database, profile, now=FRIDAY, given=["identity"])
    for code in ("other-evidence", "transaction_receipt"):
        assert reopen(session, case, profile, now=FRIDAY, code=code) is None
    assert session.get_one(Complaint, case.complaint_id).version == 1


def test_a_customer_reopens_nothing(database: Database, session: Session, profile: Institution) -> None:
    case = file_case(database, profile, now=FRIDAY)
    complaint = writing(session, session.get_one(Complaint, case.complaint_id))
    with pytest.raises(NotAllowed):
        completeness.reopen(
            session,
            complaint,
            "identity",
            role=Role.CUSTOMER,
            actor_id=case.party_id,
            reason=None,
            profile=profile,
            calendars=calendar,
            now=FRIDAY,
        )


# ── nobody's delay but the customer's moves a date ───────────────────────────────────────────────

HOURS = st.integers(min_value=0, max_value=24 * 30)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arrived=HOURS, delay=HOURS, brought=HOURS)
def test_no_officers_delay_moves_a_date(database: Database, arrived: int, delay: int, brought: int) -> None:
    """The customer brings the replacement at one and the same moment, whether an officer looked at once or late.

    Hours: `arrived` after the filing, `delay` of the officer after that, `brought` after the officer.
    """
    profile = load("muamalat")
    arrival = FRIDAY + timedelta(hours=arrived)
    late, replacement = arrival + timedelta(hours=delay), arrival + timedelta(hours=delay + brought)

    def due(checked: datetime | None) -> date:
        case = file_case(database, profile, now=FRIDAY, given=["identity", "account_ownership"])
        with database.session() as session:
            bring(session, case, profile, now=arrival)
            if checked is not None:
                reopen(session, case, profile, now=checked)
            bring(session, case, profile, now=replacement)
            found = session.get_one(Complaint, case.complaint_id).due_on
            assert found is not None
            return found

    if still_checked(arrival, profile, calendar, now=late):
        assert due(late) == due(arrival)
    else:
        assert due(late) == due(None) <= due(arrival)
