"""The invented cases of each institution fit its profile, stand in every state, and their papers open."""

import json
import tomllib
from datetime import UTC, datetime
from itertools import groupby

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from portal import clock
from portal.complaints import overdue
from portal.complaints.disputes import silence
from portal.complaints.disputes.models import ForumStep
from portal.complaints.models import Authority, Complaint, Party, Pass, Requirement, Round
from portal.complaints.rules import HANDLED, Action, Role, Status
from portal.complaints.states import Novelty, RoundKind
from portal.complaints.tasks import watch
from portal.config import Settings
from portal.db import writing
from portal.demo.believable import STORIES, filing_of, load
from portal.evidence import queries
from portal.evidence.inspection import inspect
from portal.evidence.models import Document
from portal.evidence.service import content
from portal.evidence.storage import Depot
from portal.filing.cautions import exposed
from portal.filing.forms.matter import ACCOUNT
from portal.history.models import HistoryEntry
from portal.institution.loader import codes
from portal.institution.loader import load as load_profile
from portal.institution.rules import Path as Way
from portal.jobs.models import Job
from portal.notices.models import Notice
from portal.notices.rules import NoticeState
from portal.sealing import open_box
from portal.workdays.rules import local_day
from tests.builders import NOW
from tests.journeys.filing import sign_in
from tests.page import Client

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(params=codes())
def code(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def environment(environment: dict[str, str], code: str) -> dict[str, str]:
    return environment | {"PORTAL_INSTITUTION": code}


def test_the_stories_of_each_institution_could_have_been_filed(code: str) -> None:
    profile = load_profile(code)
    cases = tomllib.loads(STORIES.read_text())[code]["cases"]
    assert len(cases) >= (30 if code == "muamalat" else 10)
    assert {case["language"] for case in cases} == {"id", "en"}
    for case in cases:
        filing = filing_of(case, profile, now=NOW)
        assert profile.topics[filing.topic] in profile.topics_of(filing.kind), case["name"]
        assert filing.capacity is None or filing.capacity in profile.parties
        assert all(one.type in profile.transaction_types for one in filing.transactions)
        assert filing.customer.proof is None or filing.customer.proof.kind in profile.identity.proofs
        if profile.kinds[filing.kind].path is Way.FULL:
            assert filing.account and ACCOUNT.fullmatch(filing.account.replace("-", "")), case["account"]
        assert not exposed(filing.story)
        people = [filing.customer] + ([filing.representation.person] if filing.representation else [])
        for person in people:
            # Domains that belong to nobody (RFC 2606, and example.id by PANDI's reservation).
            assert person.email is None or ".example" in person.email or "@example." in person.email


# How cases end in both languages of the stories.
ENDS = (Status.ANSWERED, Status.AGREED, Status.NOT_AGREED)
# The jobs that look at papers. One that would confirm a broken-off delivery finds that its next paper came.
QUIET = {"evidence.fingerprint", "complaints.scan", "complaints.confirm_delivery", "complaints.judge_objection"}


@sqlite_only
def test_they_stand_in_every_state_and_their_papers_open(app: Flask, code: str) -> None:
    floor = app.extensions["aduan"]
    known = load(floor, now=clock.now())
    assert load(floor, now=clock.now()) == known
    said = app.test_cli_runner().invoke(args=["history", "verify"])
    assert said.exit_code == 0 and "nothing was changed" in said.output
    with floor.database.session() as session:
        complaints = list(session.scalars(sa.select(Complaint)))
        assert len(complaints) == len(known)
        states = {one.status for one in complaints}
        short = any(kind.path is Way.SHORT for kind in floor.institution.kinds.values())
        if code == "muamalat":
            # Nothing but what asks for no decision is ever settled, and there every matter is a complaint.
            assert states == set(Status) - (set() if short else {Status.SETTLED})
            ends = {(one.status, one.language) for one in complaints if one.status not in HANDLED}
            assert {(end, lang) for end in ENDS for lang in ("id", "en")} <= ends
            # Some were incomplete and are not any more, and two are filed by somebody who acts for a customer.
            assert sum(1 for one in complaints if one.due_on is None and one.status in HANDLED) >= 5
            assert session.scalar(sa.select(sa.func.count()).where(Requirement.asked_at < Requirement.arrived_at))
            assert session.scalar(sa.select(sa.func.count(Authority.id))) == 2
            assert session.scalar(sa.select(sa.func.count(Party.id)).where(Party.role == Role.REPRESENTATIVE)) == 2
        else:
            assert states >= {Status.RECEIVED, Status.IN_PROCESS, Status.ANSWERED, Status.AGREED}
            assert (Status.SETTLED in states) == short
        if code == "kredi360":
            assert any(one.escalated_at for one in complaints)
        if code in ("kredifazz", "kredi360"):
            assert {one.kind for one in complaints} > {"complaint"}
        depot = Depot.at(floor.settings.evidence_url)
        # What an objection brought is a paper of another kind than all the others of its purpose.
        rows = sorted(session.scalars(sa.select(Document)), key=lambda row: (row.purpose, row.media_type))
        for _, alike in groupby(rows, key=lambda row: (row.purpose, row.media_type)):
            row = next(alike)
            box = open_box(
                session, session.scalars(sa.select(Complaint.key_id).filter_by(folder_id=row.folder_id)).one()
            )
            found = inspect(content(depot, box, queries.told(box, row)), row.media_type)
            assert found.facts == row.facts


@sqlite_only
@pytest.mark.parametrize("code", ["muamalat"], indirect=True)
def test_what_officers_and_customers_did_stands_in_the_cases(app: Flask) -> None:
    floor = app.extensions["aduan"]
    load(floor, now=clock.now())
    with floor.database.session() as session:
        there = {one.id: one for one in session.scalars(sa.select(Complaint))}

        def acts(complaint: Complaint) -> set[str]:
            asked = sa.select(HistoryEntry.kind).where(HistoryEntry.subject_id == complaint.id)
            return set(session.scalars(asked))

        handled = [acts(one) for one in there.values() if one.status is Status.IN_PROCESS and one.holder_id]
        assert any({Action.NOTE, Action.WRITE} <= done for done in handled)
        assert any(Action.ACCEPT_DOCUMENT in done for done in handled)
        # Who is answered was recognised first, and their papers were read.
        answered = [acts(one) for one in there.values() if one.status is Status.ANSWERED]
        assert answered and all({Action.VERIFY, Action.ACCEPT_DOCUMENT} <= done for done in answered)
        # One division has answered, and others are still to.
        assert set(session.scalars(sa.select(Pass.answered_at.is_(None)))) == {True, False}
        objection = session.scalars(sa.select(Round).where(Round.kind == RoundKind.OBJECTION)).one()
        assert (objection.ordinal, objection.novelty, objection.closed_at) == (2, Novelty.NEW, None)
        assert there[objection.complaint_id].status is Status.IN_PROCESS
        step = session.scalars(sa.select(ForumStep)).one()
        assert there[step.complaint_id].status is Status.NOT_AGREED and there[step.complaint_id].held_at
        # Whose silence, or whose missing document, ended a case was told before.
        assert all(Action.WARN_SILENCE in acts(one) for one in there.values() if one.status is Status.NO_REACTION)
        assert all(Action.WARN in acts(one) for one in there.values() if one.status is Status.DEEMED_WITHDRAWN)
        merged = next(one for one in there.values() if one.status is Status.MERGED)
        assert merged.merged_into_id in there
        for complaint in there.values():
            moments = list(
                session.scalars(
                    sa.select(HistoryEntry.at).where(HistoryEntry.subject_id == complaint.id).order_by(HistoryEntry.seq)
                )
            )
            assert moments == sorted(moments) and moments[-1] <= clock.now()


@sqlite_only
def test_nobody_who_does_not_exist_is_written_to(app: Flask, settings: Settings) -> None:
    floor = app.extensions["aduan"]
    load(floor, now=clock.now())
    with floor.database.session() as session:
        assert set(session.scalars(sa.select(Job.kind))) <= QUIET
        assert set(session.scalars(sa.select(Notice.state))) == {NoticeState.SENT}
        told = session.scalar(sa.select(sa.func.count(Notice.id)))
        # What the worker does with them at once, and in its next night, writes to nobody either.
        today = local_day(clock.now(), floor.institution.zone)
        with_days = {
            *overdue.with_documents_due(session, profile=floor.institution, today=today),
            *silence.with_decision_due(session, profile=floor.institution, today=today),
        }
        session.begin_write()
        for one in with_days:
            watch(
                session,
                writing(session, session.get_one(Complaint, one)),
                profile=floor.institution,
                base_url=settings.base_url,
                now=clock.now(),
            )
        assert session.scalar(sa.select(sa.func.count(Notice.id))) == told


@sqlite_only
@pytest.mark.parametrize("code", ["muamalat"], indirect=True)
def test_the_list_says_where_each_case_stands_in_its_own_language(app: Flask, settings: Settings) -> None:
    listed = json.loads(app.test_cli_runner().invoke(args=["demo", "--json"]).output)
    states = {(case["language"], case["state"]) for case in listed}
    assert states >= {
        ("id", "Dijawab"), ("en", "Answered"), ("en", "Objection: Being handled"), ("id", "Ditolak"),
        ("id", "Selesai, tidak disepakati"), ("en", "Completed, agreed"), ("en", "Closed without a reply"),
    }  # fmt: skip
    said = app.test_cli_runner().invoke(args=["demo"]).output
    objection = next(case for case in listed if case["state"] == "Objection: Being handled")
    line = next(line for line in said.splitlines() if objection["number"] in line)
    assert "Objection: Being handled" in line and objection["what"] in line and objection["access_code"] in line
    # What is kept has no state, for it moves on: a case that was taken back meanwhile says so.
    kept = json.loads((settings.instance / "demo-muamalat.json").read_text())
    assert all(set(case) == {"number", "access_code", "language", "what"} for case in kept)
    client = Client(app, settings.base_url)
    sign_in(client, "en", objection["number"], objection["access_code"])
    form = client.get("/en/track/case/withdraw").form("/en/track/case/withdraw")
    form.fill(sure=True).submit()
    listed = json.loads(app.test_cli_runner().invoke(args=["demo", "--json"]).output)
    assert [case["state"] for case in listed if case["number"] == objection["number"]] == ["Withdrawn"]


@sqlite_only
@pytest.mark.parametrize("code", ["muamalat"], indirect=True)
def test_what_an_officer_accepted_is_told_apart_from_what_arrived(app: Flask, settings: Settings) -> None:
    case = next(one for one in load(app.extensions["aduan"], now=clock.now()) if one.what.startswith("Sri Wahyuni"))
    page = sign_in(Client(app, settings.base_url), "id", case.number, case.access_code)
    assert "Dokumen disetujui Bukti identitas" in page.text and "Dokumen disetujui Bukti transaksi" in page.text
    assert "Dokumen diterima Kami telah menerima 1 berkas." in page.text
    page = page.client.get("/en/track/case")
    assert "Document accepted Proof of identity" in page.text and "Document accepted Transaction receipt" in page.text
    assert "Documents received We have received one file." in page.text


@sqlite_only
@pytest.mark.parametrize("code", ["muamalat"], indirect=True)
# Just after midnight between closed days, and in a month in which two weeks are holidays.
@pytest.mark.parametrize("day", [datetime(2026, 12, 26, 17, 10, tzinfo=UTC), datetime(2027, 3, 14, 23, 0, tzinfo=UTC)])
def test_they_stand_in_every_state_whatever_day_it_is(app: Flask, day: datetime) -> None:
    with time_machine.travel(day, tick=False):
        load(app.extensions["aduan"], now=clock.now())
        with app.extensions["aduan"].database.session() as session:
            assert set(session.scalars(sa.select(Complaint.status))) == set(Status) - {Status.SETTLED}
