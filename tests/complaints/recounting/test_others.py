"""A decree and the other clocks of a complaint, and its other people."""

from collections.abc import Callable
from datetime import date

import sqlalchemy as sa

from portal.complaints import service
from portal.complaints.models import Authority, Clock, Complaint, Party
from portal.complaints.recounting import outdated, recount
from portal.complaints.states import AuthorityState, ClockPurpose
from portal.db import Database, Session, writing
from portal.institution.calendars.queries import read
from portal.institution.calendars.service import CHANGED
from portal.institution.loader import load
from portal.institution.models import Institution
from portal.notices.models import Notice
from portal.notices.rules import NoticeKind
from tests.complaints.cases import BASE_URL, Case, file_case, take_back
from tests.complaints.recounting.decrees import (
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
from tests.complaints.test_completeness import acting


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
