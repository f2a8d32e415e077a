"""Documents that do not come in time: reminded before, told after, never without a person where one must decide."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from portal.complaints.models import Complaint
from portal.complaints.rules import Action, Status
from portal.config import Settings
from portal.db import Database, uuid7
from portal.evidence.rules import Media, ScanState
from portal.history.models import HistoryEntry
from portal.institution.loader import DATA, load
from portal.jobs.models import Job
from portal.jobs.rules import Work
from portal.notices.models import Notice
from portal.notices.rules import NoticeKind
from portal.sealing import open_box
from tests.builders import NOW
from tests.complaints.cases import Case, file_case


@pytest.fixture
def environment(environment: dict[str, str], request: pytest.FixtureRequest) -> dict[str, str]:
    marker = request.node.get_closest_marker("institution")
    return environment | {"PORTAL_INSTITUTION": marker.args[0] if marker else "muamalat"}


def watch(database: Database, settings: Settings, *, days: int) -> None:
    """What the worker does in the night so many days after filing."""
    from portal.complaints.tasks import WATCH_ONE, watch_days, watch_one

    now = NOW + timedelta(days=days)
    with time_machine.travel(now, tick=False):
        with database.session() as session:
            watch_days(Work(session, {}, now, settings, uuid7(), 1))
            session.commit()
        with database.session() as session:
            payloads = [job.payload for job in session.scalars(sa.select(Job).where(Job.kind == WATCH_ONE))]
            session.begin_write()
            session.execute(sa.delete(Job).where(Job.kind == WATCH_ONE))
            session.commit()
        for payload in payloads:
            with database.session() as session:
                watch_one(Work(session, payload, now, settings, uuid7(), 1))
                session.commit()


def told(database: Database, case: Case, kind: NoticeKind) -> list[str]:
    with database.session() as session:
        rows = session.scalars(sa.select(Notice).where(Notice.subject_id == case.complaint_id, Notice.kind == kind))
        return [open_box(session, row.key_id).open(row)["body"] for row in rows]


def done(database: Database, case: Case) -> list[str]:
    with database.session() as session:
        asked = sa.select(HistoryEntry.kind).where(HistoryEntry.subject_id == case.complaint_id)
        return list(session.scalars(asked.order_by(HistoryEntry.seq)))


def row(database: Database, case: Case) -> Complaint:
    with database.session() as session:
        return session.get_one(Complaint, case.complaint_id)


def test_the_customer_is_reminded_once_then_told(database: Database, settings: Settings) -> None:
    """BM-19, BM-20: filed on 23 November, due on 7 December; the notice says that it may be made again."""
    case = file_case(database, load("muamalat"), given=())
    for day in (5, 11, 12, 13, 14):
        watch(database, settings, days=day)
    assert done(database, case) == [Action.FILE, Action.WARN]
    (reminder,) = told(database, case, NoticeKind.DOCUMENTS_ASKED)
    assert "dianggap dicabut" in reminder and "7 Desember 2026" in reminder.replace("\u00a0", " ")
    watch(database, settings, days=15)
    watch(database, settings, days=16)
    assert done(database, case) == [Action.FILE, Action.WARN, Action.DEEM_WITHDRAWN]
    assert row(database, case).status is Status.DEEMED_WITHDRAWN
    (letter,) = told(database, case, NoticeKind.DEEMED_WITHDRAWN)
    assert "kapan saja, tanpa biaya" in letter


@pytest.mark.institution("sequis_am")
def test_where_it_is_a_ground_for_refusal_a_person_decides(database: Database, settings: Settings) -> None:
    """SQ-25: the case comes to the manager and stays open."""
    case = file_case(database, load("sequis_am"), given=())
    watch(database, settings, days=30)
    now = row(database, case)
    assert now.status is Status.RECEIVED and now.escalated_at is not None
    assert not told(database, case, NoticeKind.DEEMED_WITHDRAWN)


def test_a_document_that_nobody_has_read_keeps_the_complaint_open(database: Database, settings: Settings) -> None:
    case = file_case(database, load("muamalat"), given=())
    _add_document(database, case)
    watch(database, settings, days=30)
    now = row(database, case)
    assert now.status is Status.RECEIVED and now.escalated_at is not None


def test_what_is_complete_or_answered_in_time_is_left_alone(database: Database, settings: Settings) -> None:
    case = file_case(database, load("muamalat"))
    watch(database, settings, days=4)
    assert done(database, case) == [Action.FILE]


def test_a_limit_that_is_near_brings_the_case_to_the_manager_once(database: Database, settings: Settings) -> None:
    """K3-18: the answer is due on 7 December."""
    case = file_case(database, load("muamalat"))
    for day in (11, 12, 13):
        watch(database, settings, days=day)
    assert done(database, case) == [Action.FILE, Action.ESCALATE]


def test_how_long_before_is_the_profiles_to_say(database: Database, settings: Settings, tmp_path: Path) -> None:
    """An institution that reminds five days before and hands over four days before, both in calendar days."""
    text = (DATA / "muamalat.toml").read_text()
    for lead, days in (("reminder", (3, 5)), ("escalation", (2, 4))):
        before, after = (f"[clocks.{lead}]\ndays = {one}\n" for one in days)
        assert before in text
        text = text.replace(before, after)
    path = tmp_path / "early.toml"
    path.write_text(text)
    early = replace(settings, institution=str(path))
    late, complete = (file_case(database, load(path), given=given) for given in ((), None))
    watch(database, early, days=8)
    assert (done(database, late), done(database, complete)) == ([Action.FILE], [Action.FILE])
    watch(database, early, days=9)
    assert (done(database, late), done(database, complete)) == ([Action.FILE, Action.WARN], [Action.FILE])
    watch(database, early, days=10)
    assert done(database, complete) == [Action.FILE, Action.ESCALATE]


def _add_document(database: Database, case: Case) -> None:
    from portal.evidence.models import Document

    with database.session() as session:
        session.begin_write()
        complaint = session.get_one(Complaint, case.complaint_id)
        told: dict[str, Any] = {"name": "nota.jpg", "sha256": "00" * 32, "storage": "nowhere"}
        document = Document(
            folder_id=complaint.folder_id,
            delivery_id=uuid7(),
            position=1,
            purpose="identity",
            added_by=None,
            digest=b"0" * 32,
            storage="nowhere",
            size=1,
            media_type=Media.JPEG,
            facts={},
            scan=ScanState.NOT_SCANNED,
            scanned_at=None,
            created_at=NOW,
            removed_at=None,
        )
        open_box(session, complaint.key_id).seal(document, told)
        session.add(document)
        session.commit()
