"""Lengthening our own time: on a ground of the limit, as often as it allows, while it runs, and told at once."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from portal.accounts.rules import Officer, OfficerRole
from portal.complaints import by_hand
from portal.complaints.extending import Lengthening, NotExtendable, extend, lengthening
from portal.complaints.models import Clock, Complaint, Party
from portal.complaints.responses.rules import ExtensionBar
from portal.complaints.rules import Action, NotAllowed
from portal.complaints.standing import running
from portal.db import Database, Session, writing
from portal.history.queries import entries
from portal.history.rules import Audience
from portal.institution.calendars.queries import calendars
from portal.institution.loader import load
from portal.institution.models import Institution
from portal.institution.rules import Form
from portal.notices.models import Notice
from portal.notices.rules import NoticeKind
from portal.sealing import open_box
from tests.builders import NOW
from tests.complaints.cases import BASE_URL, Case, file_case, take_back
from tests.complaints.officers import seat

JAKARTA = ZoneInfo("Asia/Jakarta")
# Monday 21 December 2026 and Friday 13 March 2026: the starts of the golden dates (domain.md, section 4).
DECEMBER = datetime(2026, 12, 21, 3, 0, tzinfo=UTC)
MARCH = datetime(2026, 3, 13, 3, 0, tzinfo=UTC)


@pytest.fixture
def profile(request: pytest.FixtureRequest) -> Institution:
    """Bank Muamalat, unless a test says another institution by `@pytest.mark.institution`."""
    marker = request.node.get_closest_marker("institution")
    return load(marker.args[0] if marker else "muamalat")


@pytest.fixture
def agent(database: Database, profile: Institution) -> Officer:
    return seat(database, profile, OfficerRole.AGENT)


def do(
    session: Session,
    case: Case,
    profile: Institution,
    agent: Officer,
    *,
    ground: str,
    party: str | None = None,
    now: datetime = NOW,
) -> Lengthening:
    complaint = writing(session, session.get_one(Complaint, case.complaint_id))
    done = extend(
        session,
        complaint,
        ground=ground,
        party=party,
        profile=profile,
        base_url=BASE_URL,
        officer=agent,
        now=now,
    )
    session.commit()
    return done


def barred(session: Session, case: Case, profile: Institution, agent: Officer, **told: object) -> ExtensionBar:
    with pytest.raises(NotExtendable) as refusal:
        do(session, case, profile, agent, **told)  # type: ignore[arg-type]
    session.rollback()
    return refusal.value.bar


def letters(session: Session, case: Case) -> list[str]:
    rows = session.scalars(
        sa.select(Notice)
        .where(Notice.subject_id == case.complaint_id, Notice.kind == NoticeKind.EXTENDED)
        .order_by(Notice.id)
    )
    return [open_box(session, row.key_id).open(row)["body"].replace("\u00a0", " ") for row in rows]


def test_each_of_muamalats_two_steps_names_the_party_and_is_told(
    session: Session, case: Case, profile: Institution, agent: Officer
) -> None:
    """BM-31, BM-32, BM-33: 2 × 10 working days, each on coordination with an outside party, each told at once."""
    first = do(session, case, profile, agent, ground="external_party", party="Bank penerima")
    assert (first.before_on, first.due_on, first.step) == (date(2026, 12, 7), date(2026, 12, 21), 1)
    second = do(session, case, profile, agent, ground="external_party", party="PT Rintis", now=NOW + timedelta(days=9))
    assert (second.before_on, second.due_on) == (date(2026, 12, 21), date(2027, 1, 8))
    assert session.get_one(Complaint, case.complaint_id).due_on == date(2027, 1, 8)
    one, two = letters(session, case)
    assert "Senin, 21 Desember 2026" in one and "Senin, 7 Desember 2026" in one and "Bank penerima" in one
    assert "Jumat, 8 Januari 2027" in two and "PT Rintis" in two
    told = [
        entry.payload
        for entry in entries(session, session.get_one(Complaint, case.complaint_id), audience=Audience.CUSTOMER)
        if entry.kind == Action.EXTEND
    ]
    assert [one["party"] for one in told if one] == ["PT Rintis", "Bank penerima"]


def test_there_is_no_third_extension_on_any_ground(
    session: Session, case: Case, profile: Institution, agent: Officer
) -> None:
    """BM-31: beyond 10 + 10 there is no other ground anywhere."""
    for party in ("A", "B"):
        do(session, case, profile, agent, ground="external_party", party=party)
    for ground in profile.extension_grounds:
        assert barred(session, case, profile, agent, ground=ground, party="C") is ExtensionBar.SPENT
    assert len(letters(session, case)) == 2


def test_it_is_extended_on_the_last_day_and_not_after_it(
    session: Session, case: Case, profile: Institution, agent: Officer
) -> None:
    """BM-33: told before the limit ends, which is when its last day is over in the institution's zone."""
    over = datetime(2026, 12, 8, 0, 0, tzinfo=JAKARTA)
    assert barred(session, case, profile, agent, ground="external_party", party="A", now=over) is ExtensionBar.LATE
    done = do(session, case, profile, agent, ground="external_party", party="A", now=over - timedelta(minutes=1))
    assert done.due_on == date(2026, 12, 21)


def test_without_a_ground_of_the_limit_or_without_the_party_nothing_is_extended(
    session: Session, case: Case, profile: Institution, agent: Officer
) -> None:
    """BM-32."""
    assert barred(session, case, profile, agent, ground="", party="A") is ExtensionBar.GROUND
    assert barred(session, case, profile, agent, ground="beyond_control", party="A") is ExtensionBar.GROUND
    assert barred(session, case, profile, agent, ground="external_party", party="  ") is ExtensionBar.PARTY
    assert letters(session, case) == []


def test_what_waits_for_documents_has_nothing_to_extend(
    session: Session, database: Database, profile: Institution, agent: Officer
) -> None:
    case = file_case(database, profile, given=())
    assert barred(session, case, profile, agent, ground="external_party", party="A") is ExtensionBar.INCOMPLETE


def test_a_verbal_complaint_goes_on_in_writing_instead(
    session: Session, database: Database, profile: Institution, agent: Officer
) -> None:
    """BM-29: the verbal limit has no extension; after the change of form the written one has."""
    case = file_case(database, profile, form=Form.VERBAL)
    assert barred(session, case, profile, agent, ground="external_party", party="A") is ExtensionBar.VERBAL
    complaint = writing(session, session.get_one(Complaint, case.complaint_id))
    by_hand.convert(session, complaint, profile=profile, base_url=BASE_URL, officer=agent, now=NOW)
    session.commit()
    assert do(session, case, profile, agent, ground="external_party", party="A").step == 1


def test_a_closed_complaint_is_not_extended(session: Session, case: Case, profile: Institution, agent: Officer) -> None:
    complaint = writing(session, session.get_one(Complaint, case.complaint_id))
    take_back(session, complaint, party=session.get_one(Party, case.party_id), now=NOW)
    session.commit()
    with pytest.raises(NotAllowed):
        do(session, case, profile, agent, ground="external_party", party="A")


@pytest.mark.institution("sequis_am")
def test_sequis_extends_once_over_a_bourse_holiday(
    session: Session, database: Database, profile: Institution, agent: Officer
) -> None:
    """SQ-G1, SQ-23: 10 working days of the bourse end on 11 January 2027, 31 December being closed; ten more follow."""
    case = file_case(database, profile, now=DECEMBER)
    done = do(session, case, profile, agent, ground="special_examination", now=DECEMBER)
    assert (done.before_on, done.due_on) == (date(2027, 1, 11), date(2027, 1, 25))
    closed = {day.on for day in done.derivation.days if day.counted is None}
    assert {date(2026, 12, 24), date(2026, 12, 25), date(2026, 12, 31), date(2027, 1, 1)} <= closed
    assert barred(session, case, profile, agent, ground="special_examination", now=DECEMBER) is ExtensionBar.SPENT
    (letter,) = letters(session, case)
    assert "Senin, 25 Januari 2027" in letter and "Pihak luar" not in letter


@pytest.mark.institution("kredifazz")
def test_an_extension_lengthens_only_its_own_limit_and_the_promise_binds(
    session: Session, database: Database, profile: Institution, agent: Officer
) -> None:
    """KF-33: the law's written limit is lengthened, but the promise of 20 calendar days has no extension."""
    case = file_case(database, profile)
    done = do(session, case, profile, agent, ground="special_examination")
    assert (done.before_on, done.due_on, done.bound_by) == (date(2026, 12, 7), date(2026, 12, 13), "promise")
    assert done.derivation.counted_on == date(2026, 12, 21)
    clocks = {clock.rule: clock for clock in session.scalars(sa.select(Clock))}
    assert (clocks["law_written"].due_on, clocks["promise"].due_on) == (date(2026, 12, 21), date(2026, 12, 13))
    assert session.get_one(Complaint, case.complaint_id).due_on == date(2026, 12, 13)
    (letter,) = letters(session, case)
    assert "Minggu, 13 Desember 2026" in letter and "21 Desember" not in letter


@pytest.mark.institution("kredifazz")
def test_where_the_promise_ends_first_there_is_nothing_to_gain(
    session: Session, database: Database, profile: Institution, agent: Officer
) -> None:
    """KF-33, around Lebaran: 20 calendar days end on 2 April 2026, before 10 working days do (domain.md 1.2)."""
    case = file_case(database, profile, now=MARCH)
    assert session.get_one(Complaint, case.complaint_id).due_on == date(2026, 4, 2)
    assert barred(session, case, profile, agent, ground="special_examination", now=MARCH) is ExtensionBar.BINDS


@pytest.mark.institution("kredifazz")
def test_a_question_has_no_extension(
    session: Session, database: Database, profile: Institution, agent: Officer
) -> None:
    case = file_case(database, profile, kind="question", transactions=())
    assert barred(session, case, profile, agent, ground="special_examination") is ExtensionBar.NONE


def test_looking_at_the_new_date_changes_nothing(session: Session, case: Case, profile: Institution) -> None:
    of = calendars(session).of
    seen = [
        lengthening(
            running(session, case.complaint_id), form=Form.WRITTEN, profile=profile, calendars=of, today=NOW.date()
        )
        for _ in range(2)
    ]
    assert seen[0].due_on == seen[1].due_on == date(2026, 12, 21)
