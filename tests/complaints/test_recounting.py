"""A holiday decreed or withdrawn in mid-case: every open clock counted again, both dates kept, promises kept."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from portal.complaints import recounting, service, tasks
from portal.complaints.handed_in import Person
from portal.complaints.models import Authority, Clock, Complaint, Party
from portal.complaints.recounting import outdated, recount
from portal.complaints.rules import Action, promised_anew
from portal.complaints.states import AuthorityState, ClockPurpose
from portal.complaints.tasks import CRONS, RECOUNT_ONE, TASKS
from portal.config import Settings
from portal.db import Database, Session, uuid7, writing
from portal.history.queries import entries
from portal.history.rules import Audience, Told
from portal.institution.calendars import service as calendars
from portal.institution.calendars.queries import read
from portal.institution.calendars.rules import Authority as By
from portal.institution.calendars.service import CHANGED
from portal.institution.loader import load
from portal.institution.models import Institution
from portal.jobs.models import Job
from portal.jobs.rules import Roster, Work
from portal.notices.models import Notice
from portal.notices.rules import NoticeKind
from portal.sealing import open_box
from portal.workdays import seed
from portal.workdays.rules import ClosureKind, Names
from tests.builders import NOW
from tests.complaints.cases import BASE_URL, Case, file_case, take_back
from tests.complaints.test_completeness import acting

# A complaint of Monday 23 November 2026 is answered by Monday 7 December. Christmas and its joint leave
# (24 December, a Thursday) lie in the ten working days of one that came on Monday 14 December.
DUE, WEDNESDAY, THURSDAY = date(2026, 12, 7), date(2026, 12, 2), date(2026, 12, 3)
DECEMBER, CHRISTMAS_LEAVE = datetime(2026, 12, 14, 3, 15, tzinfo=UTC), date(2026, 12, 24)
LATER = NOW + timedelta(days=1)
ELECTION = Names("Pemilihan umum", "General election")


def decree(session: Session, on: date, *, closes: bool = True, number: str = "Keppres 7/2026", **more: Any) -> None:
    """A day is closed as a national holiday, or opened, and the change committed."""
    by = By(number, "decreed late", "sari", LATER)
    if closes:
        calendars.close(session, on, **{"kind": ClosureKind.HOLIDAY, "names": ELECTION, "codes": None, "by": by} | more)
    else:
        calendars.reopen(session, on, codes=None, by=by)
    session.commit()


@pytest.fixture
def run(database: Database, settings: Settings) -> Callable[..., list[str]]:
    """Run the jobs that a change has enqueued, as the worker would; returns their kinds in order."""

    def drain(*, now: datetime = LATER, at_most: int = 50) -> list[str]:
        done: list[str] = []
        wanted = sa.select(Job).where(Job.kind.in_([CHANGED, RECOUNT_ONE])).order_by(Job.id).limit(1)
        while len(done) < at_most:
            with database.session() as session:
                job = session.scalars(wanted).one_or_none()
                if job is None:
                    break
                task = Roster.of(TASKS, CRONS).tasks[job.kind]
                task.run(Work(session, dict(job.payload), now, settings, uuid7(), 1))
                session.begin_write()
                session.execute(sa.delete(Job).where(Job.id == job.id))
                session.commit()
                done.append(job.kind)
        return done

    return drain


def clock_of(session: Session, case: Case, purpose: ClockPurpose = ClockPurpose.ANSWER) -> Clock:
    session.rollback()
    session.expire_all()
    complaint = session.get_one(Complaint, case.complaint_id)
    return next(one for one in complaint.rounds[-1].clocks if one.purpose is purpose)


def dates(session: Session, case: Case) -> tuple[date | None, date | None, date | None]:
    """What the answer's clock counts and promises, and what the queue reads."""
    clock = clock_of(session, case)
    return clock.counted_on, clock.due_on, session.get_one(Complaint, case.complaint_id).due_on


def history(session: Session, case: Case) -> list[Told]:
    session.rollback()
    complaint = session.get_one(Complaint, case.complaint_id, populate_existing=True)
    return [told for told in entries(session, complaint, audience=Audience.CUSTOMER) if told.kind == Action.RECOUNT]


def letters(session: Session) -> list[str]:
    session.rollback()
    notices = session.scalars(sa.select(Notice).where(Notice.kind == NoticeKind.DATE_CHANGED).order_by(Notice.id))
    return [open_box(session, notice.key_id).open(notice)["body"].replace("\u00a0", " ") for notice in notices]


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


# ── other clocks, and other people ───────────────────────────────────────────────────────────────


def test_the_customers_time_for_documents_is_lengthened_and_told(
    database: Database, session: Session, profile: Institution, run: Callable[..., list[str]]
) -> None:
    """BM-19: nobody loses the right to be answered by a holiday on which they could get no paper."""
    case = file_case(database, profile, given=["identity"])
    assert clock_of(session, case, ClockPurpose.DOCUMENTS).due_on == DUE
    decree(session, WEDNESDAY)
    run()
    assert clock_of(session, case, ClockPurpose.DOCUMENTS).due_on == date(2026, 12, 8)
    assert session.get_one(Complaint, case.complaint_id).documents_due_on == date(2026, 12, 8)
    assert dates(session, case) == (None, None, None)
    (letter,) = letters(session)
    assert "Waktu untuk dokumen Anda: sampai Selasa, 8 Desember 2026" in letter
    assert "Kami jawab" not in letter
    decree(session, WEDNESDAY, closes=False)
    run()
    assert clock_of(session, case, ClockPurpose.DOCUMENTS).due_on == date(2026, 12, 8)
    assert len(letters(session)) == 1


def test_of_two_limits_the_date_of_the_one_that_binds_is_told(database: Database, session: Session) -> None:
    """KrediFazz: twenty calendar days, which no holiday moves, beside the law's working days."""
    lender = load("kredifazz")
    case = file_case(database, lender, form=lender.channels[lender.own_channel].form)
    before = {one.rule: one.due_on for one in _clocks(session, case)}
    decree(session, WEDNESDAY)
    complaint = writing(session, session.get_one(Complaint, case.complaint_id))
    recount(session, complaint, there=read(session), profile=lender, base_url=BASE_URL, now=LATER)
    session.commit()
    assert {one.rule: one.due_on for one in _clocks(session, case)} == before
    (told,) = history(session, case)
    assert told.payload
    assert [clock["rule"] for clock in told.payload["clocks"]] == ["law_written"]
    assert told.payload["answer"][1]["due_on"] == min(day for day in before.values() if day).isoformat()


def _clocks(session: Session, case: Case) -> list[Clock]:
    session.rollback()
    session.expire_all()
    return session.get_one(Complaint, case.complaint_id).rounds[-1].clocks


def test_what_has_ended_is_not_counted_again(session: Session, case: Case, run: Callable[..., list[str]]) -> None:
    complaint = writing(session, session.get_one(Complaint, case.complaint_id))
    take_back(session, complaint, party=complaint.parties[0], now=LATER)
    session.commit()
    decree(session, WEDNESDAY)
    run()
    assert clock_of(session, case).counted_on == DUE
    assert (history(session, case), letters(session)) == ([], [])


def test_an_erased_complaint_is_counted_and_nobody_is_told(
    session: Session, case: Case, run: Callable[..., list[str]]
) -> None:
    complaint = writing(session, session.get_one(Complaint, case.complaint_id))
    service.erase(session, complaint, now=LATER)
    session.commit()
    decree(session, WEDNESDAY)
    assert run() == [CHANGED]
    assert clock_of(session, case).counted_on == date(2026, 12, 8)
    assert outdated(session, read(session), after=None, limit=10) == []


def test_customer_and_representative_are_told_as_long_as_each_may_act(
    database: Database, session: Session, profile: Institution, run: Callable[..., list[str]]
) -> None:
    """SQ-21: a power that has ended brings no letters any more."""
    case = file_case(database, profile, representation=acting())
    decree(session, WEDNESDAY)
    run()
    by_party = {notice.party_id for notice in session.scalars(sa.select(Notice).where(_is_letter()))}
    session.rollback()
    parties = {party.id for party in session.scalars(sa.select(Party).where(Party.complaint_id == case.complaint_id))}
    assert by_party == parties and len(parties) == 2

    session.rollback()
    session.begin_write()
    session.execute(sa.update(Authority).values(state=AuthorityState.REVOKED, decided_at=LATER))
    session.commit()
    decree(session, THURSDAY)
    run()
    session.rollback()
    assert session.scalar(sa.select(sa.func.count()).select_from(Notice).where(_is_letter())) == 3


def _is_letter() -> sa.ColumnElement[bool]:
    return Notice.kind == NoticeKind.DATE_CHANGED


# ── one job for all of them ──────────────────────────────────────────────────────────────────────


def test_many_are_counted_in_batches_that_go_on_after_a_kill(
    database: Database,
    session: Session,
    profile: Institution,
    run: Callable[..., list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cases = [file_case(database, profile) for _ in range(5)]
    monkeypatch.setattr(tasks, "RECOUNT_BATCH", 2)
    decree(session, WEDNESDAY)
    assert run(at_most=1) == [CHANGED]
    done = [case for case in cases if dates(session, case)[0] == date(2026, 12, 8)]
    # In the order of their ids, which is the order in which they were filed.
    assert done == cases[:2]
    # The worker dies; whichever comes next goes on where it stopped.
    assert run() == [CHANGED, CHANGED]
    assert [dates(session, case)[0] for case in cases] == [date(2026, 12, 8)] * 5
    assert [len(history(session, case)) for case in cases] == [1] * 5
    assert len(letters(session)) == 5


def test_one_that_cannot_be_counted_keeps_nobody_else_from_their_date(
    database: Database,
    session: Session,
    profile: Institution,
    run: Callable[..., list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken, whole = file_case(database, profile), file_case(database, profile)
    decree(session, WEDNESDAY)
    tell, failing = recounting.letters.tell_recounted, True

    def stumble(session: Session, complaint: Complaint, *arguments: Any, **more: Any) -> None:
        if failing and complaint.id == broken.complaint_id:
            raise RuntimeError("its letter cannot be written")
        tell(session, complaint, *arguments, **more)

    monkeypatch.setattr(recounting.letters, "tell_recounted", stumble)
    assert run(at_most=1) == [CHANGED]
    assert dates(session, whole)[0] == date(2026, 12, 8)
    # Nothing of it is kept by halves, and a job of its own stands for it until it can be done.
    assert dates(session, broken)[0] == DUE
    assert history(session, broken) == []
    with pytest.raises(RuntimeError):
        run()
    failing = False
    assert run() == [RECOUNT_ONE]
    assert dates(session, broken)[0] == date(2026, 12, 8)


def test_what_an_older_calendar_counted_in_the_moment_of_a_change_is_found_at_night(
    database: Database, session: Session, profile: Institution, run: Callable[..., list[str]]
) -> None:
    """Its write began before the change and ended after the job: it has the older revision."""
    decree(session, WEDNESDAY)
    run()
    case = file_case(database, profile)
    assert dates(session, case)[0] == date(2026, 12, 8)
    session.rollback()
    session.begin_write()
    older = seed.calendar(clock_of_writing(session, case).calendar).revision  # type: ignore[arg-type]
    session.execute(sa.update(Clock).values(revision=older, counted_on=DUE, due_on=DUE))
    session.commit()
    assert [cron.kind for cron in CRONS].count(CHANGED) == 1
    session.begin_write()
    calendars.enqueue(session, CHANGED, {"slot": "2026-11-25T02:30:00+07:00"}, now=LATER)
    session.commit()
    run()
    assert dates(session, case) == (date(2026, 12, 8), DUE, DUE)


def clock_of_writing(session: Session, case: Case) -> Clock:
    return session.get_one(Complaint, case.complaint_id).rounds[-1].clocks[0]


def test_a_newer_list_of_published_holidays_is_told_as_such(
    session: Session, case: Case, run: Callable[..., list[str]]
) -> None:
    """The portal was updated: no change of ours explains why the count is another."""
    session.begin_write()
    session.execute(sa.update(Clock).values(revision="2026-another", counted_on=date(2026, 12, 4)))
    session.commit()
    session.begin_write()
    calendars.enqueue(session, CHANGED, {}, now=LATER)
    session.commit()
    run()
    (told,) = history(session, case)
    assert told.payload and told.payload["changes"] == []
    assert "- Daftar hari libur yang diterbitkan diperbaiki." in letters(session)[0]
