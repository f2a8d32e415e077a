"""A decree moves a count: what becomes of the date that was promised."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from portal.complaints.handed_in import Person
from portal.complaints.models import Complaint
from portal.complaints.recounting import recount
from portal.complaints.rules import promised_anew
from portal.complaints.states import ClockPurpose
from portal.db import Database, Session, writing
from portal.institution.calendars import service as calendars
from portal.institution.calendars.queries import read
from portal.institution.calendars.rules import Authority as By
from portal.institution.calendars.service import CHANGED
from portal.institution.models import Institution
from tests.complaints.cases import BASE_URL, Case, file_case
from tests.complaints.recounting.decrees import (
    CHRISTMAS_LEAVE,
    DECEMBER,
    DUE,
    LATER,
    THURSDAY,
    WEDNESDAY,
    clock_of,
    dates,
    decree,
    history,
    letters,
)

# ── the rule ─────────────────────────────────────────────────────────────────────────────────────


FIRST, SECOND, THIRD, FOURTH, FIFTH = (date(2026, 12, day) for day in range(1, 6))


@pytest.mark.parametrize(
    ("promised", "counted", "soonest", "today", "stands", "expected"),
    [
        # later: the promise stands, or moves where the profile says so
        (FOURTH, FIFTH, SECOND, FIRST, True, FOURTH),
        (FOURTH, FIFTH, SECOND, FIRST, False, FIFTH),
        # earlier: promised, but never before the next working day, and never later than it was
        (FOURTH, THIRD, SECOND, FIRST, True, THIRD),
        (FOURTH, SECOND, THIRD, SECOND, True, THIRD),
        (FOURTH, FIRST, FIFTH, FOURTH, True, FOURTH),
        # the same again
        (FOURTH, FOURTH, SECOND, FIRST, False, FOURTH),
        # what was missed stays missed, and what was kept to the day too
        (FIRST, FIFTH, THIRD, SECOND, False, FIRST),
        (FIRST, FIFTH, SECOND, FIRST, False, FIFTH),
    ],
)
def test_a_promise_is_kept_or_bettered(
    promised: date, counted: date, soonest: date, today: date, stands: bool, expected: date
) -> None:
    purpose = ClockPurpose.ANSWER
    assert promised_anew(promised, counted, soonest=soonest, today=today, purpose=purpose, stands=stands) == expected


@pytest.mark.parametrize("counted", [THIRD, FOURTH, FIFTH])
@pytest.mark.parametrize("today", [FIRST, FIFTH])
def test_the_customers_time_is_never_shortened(counted: date, today: date) -> None:
    kept = promised_anew(FOURTH, counted, soonest=today, today=today, purpose=ClockPurpose.DOCUMENTS, stands=True)
    assert kept == max(FOURTH, counted)


# ── a holiday decreed in mid-case ────────────────────────────────────────────────────────────────


def test_a_holiday_decreed_moves_the_count_and_the_promise_stands(
    session: Session, case: Case, run: Callable[..., list[str]]
) -> None:
    """Bank Muamalat: ten working days end one later, and the answer comes on the day that was promised."""
    assert dates(session, case) == (DUE, DUE, DUE)
    decree(session, WEDNESDAY)
    assert run() == [CHANGED]
    assert dates(session, case) == (date(2026, 12, 8), DUE, DUE)
    assert clock_of(session, case).revision == read(session).of(clock_of(session, case).calendar).revision  # type: ignore[arg-type]

    (told,) = history(session, case)
    assert told.payload == {
        "answer": [
            {"due_on": "2026-12-07", "counted_on": "2026-12-07"},
            {"due_on": "2026-12-07", "counted_on": "2026-12-08"},
        ],
        "documents": None,
        "clocks": [
            {
                "rule": "written",
                "purpose": "answer",
                "counted_on": ["2026-12-07", "2026-12-08"],
                "due_on": ["2026-12-07", "2026-12-07"],
            }
        ],
        "changes": [
            {
                "number": 1,
                "act": "close",
                "on": "2026-12-02",
                "name": {"id": "Pemilihan umum", "en": "General election"},
                "decree": "Keppres 7/2026",
                "reason": "decreed late",
            }
        ],
    }
    (letter,) = letters(session)
    assert "Kami jawab paling lambat: Senin, 7 Desember 2026" in letter
    assert "hari terakhir kami jatuh pada Selasa, 8 Desember 2026" in letter
    assert "- Rabu, 2 Desember 2026 tidak dihitung: Pemilihan umum (Keppres 7/2026)." in letter


def test_doing_it_twice_does_nothing(session: Session, case: Case, run: Callable[..., list[str]]) -> None:
    decree(session, WEDNESDAY)
    run()
    version = session.get_one(Complaint, case.complaint_id).version
    session.begin_write()
    calendars.enqueue(session, CHANGED, {}, now=LATER)
    session.commit()
    assert run() == [CHANGED]
    session.rollback()
    assert session.get_one(Complaint, case.complaint_id, populate_existing=True).version == version
    assert (len(history(session, case)), len(letters(session))) == (1, 1)


def test_a_holiday_withdrawn_again_brings_the_count_back(
    session: Session, case: Case, run: Callable[..., list[str]]
) -> None:
    decree(session, WEDNESDAY)
    run()
    decree(session, WEDNESDAY, closes=False, number="Keppres 9/2026")
    run()
    assert dates(session, case) == (DUE, DUE, DUE)
    newest, first = history(session, case)
    assert newest.payload and first.payload
    assert [change["number"] for change in newest.payload["changes"]] == [2]
    assert "kembali sama dengan hari yang kami janjikan" in letters(session)[1]
    assert "- Rabu, 2 Desember 2026 kembali menjadi hari kerja (Keppres 9/2026)." in letters(session)[1]


def test_two_changes_before_the_worker_came_are_told_in_one_letter(
    session: Session, case: Case, run: Callable[..., list[str]]
) -> None:
    decree(session, WEDNESDAY)
    decree(session, THURSDAY, number="Keppres 8/2026")
    assert run() == [CHANGED, CHANGED]
    assert dates(session, case)[0] == date(2026, 12, 9)
    (letter,) = letters(session)
    assert "(Keppres 7/2026)" in letter and "(Keppres 8/2026)" in letter


def test_a_change_outside_its_days_touches_nobody(session: Session, case: Case, run: Callable[..., list[str]]) -> None:
    decree(session, date(2027, 2, 3))
    run()
    assert dates(session, case) == (DUE, DUE, DUE)
    assert clock_of(session, case).revision == read(session).of(clock_of(session, case).calendar).revision  # type: ignore[arg-type]
    assert (history(session, case), letters(session)) == ([], [])


def test_a_year_that_has_been_decreed_makes_a_date_firm_without_a_letter(
    database: Database, session: Session, profile: Institution, run: Callable[..., list[str]]
) -> None:
    late = datetime(2027, 12, 27, 3, tzinfo=UTC)
    case = file_case(database, profile, now=late)
    assert clock_of(session, case).provisional
    session.rollback()
    calendars.know(session, 2028, by=By("SKB 2028", "decreed", "sari", late))
    session.commit()
    run(now=late)
    assert not clock_of(session, case).provisional
    assert (history(session, case), letters(session)) == ([], [])


def test_where_the_profile_says_so_a_later_date_is_the_new_promise(
    database: Database, session: Session, profile: Institution, case: Case
) -> None:
    decree(session, WEDNESDAY)
    moving = profile.model_copy(update={"clocks": profile.clocks.model_copy(update={"promise_stands": False})})
    complaint = writing(session, session.get_one(Complaint, case.complaint_id))
    recount(session, complaint, there=read(session), profile=moving, base_url=BASE_URL, now=LATER)
    session.commit()
    assert dates(session, case) == (date(2026, 12, 8),) * 3
    (letter,) = letters(session)
    assert "Kami jawab paling lambat: Selasa, 8 Desember 2026" in letter
    assert "lebih akhir daripada Senin, 7 Desember 2026" in letter


# ── a holiday withdrawn ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("id", "lebih awal daripada Rabu, 30 Desember 2026, hari yang kami janjikan sebelumnya"),
        ("en", "earlier than Wednesday 30 December 2026, the day that we had promised"),
    ],
)
def test_an_earlier_date_is_promised(
    database: Database,
    session: Session,
    profile: Institution,
    run: Callable[..., list[str]],
    language: str,
    said: str,
) -> None:
    case = file_case(database, profile, now=DECEMBER, customer=Person("Siti Rahmawati", language, "siti@example.id"))
    assert dates(session, case) == (date(2026, 12, 30),) * 3
    decree(session, CHRISTMAS_LEAVE, closes=False)
    run(now=DECEMBER + timedelta(days=2))
    assert dates(session, case) == (date(2026, 12, 29),) * 3
    assert said in letters(session)[0]


def test_no_date_is_moved_before_the_next_working_day_after_the_change(
    database: Database, session: Session, profile: Institution, run: Callable[..., list[str]]
) -> None:
    """On Tuesday 29 December the count ends on that very day: Wednesday, the day promised, stays."""
    case = file_case(database, profile, now=DECEMBER)
    decree(session, CHRISTMAS_LEAVE, closes=False)
    run(now=datetime(2026, 12, 29, 3, tzinfo=UTC))
    assert dates(session, case) == (date(2026, 12, 29), date(2026, 12, 30), date(2026, 12, 30))
    assert "tidak pernah jatuh sebelum hari kerja berikutnya setelah perubahan" in letters(session)[0]


def test_a_day_that_was_missed_stays_missed_and_nobody_is_written_to(
    session: Session, case: Case, run: Callable[..., list[str]]
) -> None:
    """The change neither heals nor makes a breach in hindsight."""
    decree(session, WEDNESDAY)
    run(now=datetime(2026, 12, 9, 3, tzinfo=UTC))
    assert dates(session, case) == (date(2026, 12, 8), DUE, DUE)
    assert (len(history(session, case)), letters(session)) == (1, [])
