"""What is done to a complaint: filed whole or not at all, moved through one door, withdrawn, erased."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from portal.complaints import clocks, codes, queries, service, standing
from portal.complaints.entry.models import AccessCode
from portal.complaints.handed_in import Person
from portal.complaints.models import Acknowledgement, Clock, Complaint, ComplaintTransaction, Party, Round, SearchTerm
from portal.complaints.numbers import Number
from portal.complaints.queries import OpenCase, OpenParty
from portal.complaints.recording import record
from portal.complaints.rules import Action, NotAllowed, Refusal, Role, Status
from portal.complaints.states import ClockPurpose
from portal.db import Database, NotHeld, Session, writing
from portal.history.checking import verify
from portal.history.queries import entries
from portal.history.rules import ActorKind, Audience
from portal.institution.models import Institution
from portal.jobs.models import Job
from portal.notices.models import Notice
from portal.notices.rules import NoticeKind
from portal.sealing import CaseKey, KeyDestroyed, new_box, open_box
from portal.workdays import seed
from tests.builders import NOW
from tests.complaints.cases import ACCOUNT, BASE_URL, STORY, Case, a_filing, file_case, take_back

LATER = NOW + timedelta(hours=1)


def complaint_of(session: Session, case: Case) -> Complaint:
    return session.get_one(Complaint, case.complaint_id)


def read(session: Session, case: Case) -> queries.CaseFile:
    complaint, party = complaint_of(session, case), session.get_one(Party, case.party_id)
    return queries.case_file(
        session,
        OpenCase(*(getattr(complaint, name) for name in OpenCase._fields)),
        OpenParty(*(getattr(party, name) for name in codes.PARTY)),
        today=NOW.date(),
    )


# ── filing ───────────────────────────────────────────────────────────────────────────────────────


def test_a_filed_complaint_holds_everything_that_was_handed_in(
    session: Session, case: Case, profile: Institution
) -> None:
    """SQ-19, SQ-20: transaction type, date, time and amount; the problem."""
    complaint, file = complaint_of(session, case), read(session, case)
    told = a_filing(profile)
    assert (complaint.status, complaint.version, complaint.closed_at) == (Status.RECEIVED, 1, None)
    assert (complaint.topic, complaint.channel, complaint.received_at) == (told.topic, told.channel, NOW)
    assert (file.account, file.story, file.person) == (ACCOUNT, STORY, told.customer)
    assert file.transactions == told.transactions
    assert Number(complaint.registration, "BM").printed == case.number


def test_the_receipt_is_written_with_the_complaint(session: Session, case: Case) -> None:
    """SQ-21, BM-10: registration number and date of receipt are confirmed to the customer."""
    (notice,) = session.scalars(sa.select(Notice)).all()
    body = open_box(session, notice.key_id).open(notice)["body"]
    assert notice.kind is NoticeKind.RECEIPT
    assert case.number in body and "23\u00a0November 2026" in body
    assert case.code not in body
    (line,) = read(session, case).notices
    assert line.where == "s•••@example.id"


@pytest.mark.parametrize(
    ("received_at", "due_on"),
    [
        # Friday 13 March 2026, 15.42 WIB: Nyepi and Idul Fitri with their joint leave lie between.
        (datetime(2026, 3, 13, 8, 42, tzinfo=UTC), date(2026, 4, 6)),
        # Monday 21 December 2026: over the turn of the year.
        (datetime(2026, 12, 21, 3, 0, tzinfo=UTC), date(2027, 1, 8)),
        # Late on Thursday in UTC is Friday in Jakarta, so counting starts on Monday.
        (datetime(2026, 3, 12, 18, 0, tzinfo=UTC), date(2026, 4, 6)),
    ],
)
def test_ten_working_days_run_from_receipt(
    database: Database, session: Session, profile: Institution, received_at: datetime, due_on: date
) -> None:
    """BM-30: everything required is attached at filing, so the complaint is complete when it is received."""
    case = file_case(database, profile, now=received_at)
    assert complaint_of(session, case).due_on == due_on
    clock = standing.running(session, case.complaint_id).binding
    assert clock is not None
    assert (clock.amount, clock.unit, clock.started_at, clock.due_on) == (10, "working", received_at, due_on)
    derivation = clocks.derivation_of(clock, profile, seed.calendar)
    assert derivation is not None and derivation.counted_on == due_on


def test_of_several_clocks_the_earliest_binds_and_only_the_newest_round_counts(
    database: Database, session: Session, case: Case, profile: Institution
) -> None:
    noise = file_case(database, profile, now=NOW - timedelta(days=30))
    session.begin_write()
    first = session.scalar(sa.select(Round).where(Round.complaint_id == case.complaint_id))
    objection = Round(complaint_id=case.complaint_id, ordinal=2, kind=first.kind, received_at=LATER)
    session.add(objection)
    session.flush()
    for due_on in (date(2026, 12, 31), date(2026, 12, 24), None):
        session.add(
            Clock(
                round_id=objection.id,
                purpose=ClockPurpose.ANSWER,
                steps=[],
                rule="written",
                amount=10,
                unit="working",
                starts="complete",
                calendar="national_and_joint",
                started_at=LATER if due_on else None,
                counted_on=due_on,
                due_on=due_on,
            )
        )
    session.commit()
    clock = standing.running(session, case.complaint_id).binding
    assert clock is not None and clock.due_on == date(2026, 12, 24)
    assert standing.running(session, noise.complaint_id).binding.due_on < NOW.date()


def test_a_round_whose_clocks_all_wait_has_no_date(session: Session, case: Case) -> None:
    session.begin_write()
    session.execute(sa.update(Clock).values(started_at=None, counted_on=None, due_on=None))
    session.commit()
    assert standing.running(session, case.complaint_id).binding is None


def test_either_everything_is_registered_or_nothing(database: Database, session: Session, profile: Institution) -> None:
    with database.session() as filing:
        filing.begin_write()
        box = new_box(filing, now=NOW)
        service.file_complaint(filing, box=box, filing=a_filing(profile), profile=profile, base_url=BASE_URL, now=NOW)
        filing.rollback()
    for table in (Complaint, Party, ComplaintTransaction, SearchTerm, Round, Clock, AccessCode, Notice, Job, CaseKey):
        assert session.scalar(sa.select(sa.func.count()).select_from(table)) == 0, table


def test_a_complaint_without_transaction_or_mail_is_filed_too(
    database: Database, session: Session, profile: Institution
) -> None:
    person = Person(name="Siti", language="en", phone="+6281200004419")
    case = file_case(database, profile, transactions=(), customer=person, language="en")
    file = read(session, case)
    assert (file.transactions, file.person) == ((), person)
    assert file.notices[0].where == "•••4419"


def test_what_was_acknowledged_is_kept(session: Session, case: Case, profile: Institution) -> None:
    """UU 27/2022 art. 24: the controller can show which notice was read, in which language and when."""
    (kept,) = session.scalars(sa.select(Acknowledgement)).all()
    assert (kept.version, kept.language, kept.at) == (profile.privacy.version, "id", NOW)


# ── one door ─────────────────────────────────────────────────────────────────────────────────────


def test_nothing_moves_a_complaint_that_is_not_held(session: Session, case: Case) -> None:
    complaint = complaint_of(session, case)
    session.begin_write()
    with pytest.raises(NotHeld):
        record(session, complaint, Action.WITHDRAW, role=Role.CUSTOMER, actor_id=case.party_id, now=NOW)


def test_every_act_is_one_entry_and_one_version(session: Session, case: Case) -> None:
    complaint = writing(session, complaint_of(session, case))
    party = session.get_one(Party, case.party_id)
    record(session, complaint, Action.RENEW_CODE, role=Role.CUSTOMER, actor_id=party.id, now=LATER)
    take_back(session, complaint, party=party, now=LATER)
    session.commit()
    told = entries(session, complaint, audience=Audience.CUSTOMER, newest_first=False)
    assert [entry.kind for entry in told] == [Action.FILE, Action.RENEW_CODE, Action.WITHDRAW]
    assert {(entry.actor.kind, entry.actor.id) for entry in told} == {(ActorKind.CUSTOMER, party.id)}
    assert complaint.version == 3
    assert verify(session, complaint) == []


def test_a_withdrawn_complaint_is_closed_and_owes_no_answer(session: Session, case: Case) -> None:
    complaint = writing(session, complaint_of(session, case))
    take_back(session, complaint, party=session.get_one(Party, case.party_id), now=LATER)
    session.commit()
    assert (complaint.status, complaint.closed_at, complaint.due_on) == (Status.WITHDRAWN, LATER, None)
    assert [one.closed_at for one in complaint.rounds] == [LATER]
    assert standing.running(session, case.complaint_id).binding is None
    # What was promised once stays on record.
    (clock,) = complaint.rounds[0].clocks
    assert (clock.due_on, clock.ended_at) == (date(2026, 12, 7), LATER)


def test_a_representative_cannot_withdraw(session: Session, case: Case) -> None:
    complaint = writing(session, complaint_of(session, case))
    party = session.get_one(Party, case.party_id)
    party.role = Role.REPRESENTATIVE
    with pytest.raises(NotAllowed) as refusal:
        take_back(session, complaint, party=party, now=LATER)
    assert refusal.value.reason is Refusal.ROLE


def test_of_many_withdrawals_at_once_one_counts(database: Database, session: Session, case: Case) -> None:
    def withdraw(_: int) -> bool:
        with database.session() as each:
            complaint = writing(each, each.get_one(Complaint, case.complaint_id))
            try:
                take_back(each, complaint, party=each.get_one(Party, case.party_id), now=LATER)
            except NotAllowed as refusal:
                assert refusal.reason is Refusal.STATUS
                return False
            each.commit()
            return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(withdraw, range(8))) == 1
    assert complaint_of(session, case).version == 2


# ── the end ──────────────────────────────────────────────────────────────────────────────────────


def test_an_erased_case_can_be_read_by_nobody_and_its_chain_holds(session: Session, case: Case) -> None:
    complaint = writing(session, complaint_of(session, case))
    service.erase(session, complaint, now=LATER)
    session.commit()
    session.expire_all()
    assert session.scalar(sa.select(sa.func.count()).select_from(SearchTerm)) == 0
    assert session.scalar(sa.select(sa.func.count()).select_from(AccessCode)) == 0
    session.info.clear()
    with pytest.raises(KeyDestroyed):
        read(session, case)
    assert verify(session, complaint_of(session, case)) == []
