"""Answered complaints: what an officer sends, without the pages on which they write it."""

from datetime import datetime, timedelta
from uuid import UUID

from portal.accounts.rules import Officer, OfficerRole
from portal.complaints import completeness, rounds
from portal.complaints.models import Complaint
from portal.complaints.recording import record_by
from portal.complaints.responses.models import Answer
from portal.complaints.rules import Action
from portal.complaints.states import AnswerKind, AnswerState, Outcome
from portal.db import Database, writing
from portal.institution.models import Institution
from portal.sealing import open_box
from tests.builders import NOW
from tests.complaints.cases import Case
from tests.complaints.officers import seat

FOUND = {"id": "Transfer itu tertahan di bank penerima.", "en": "The transfer was held by the receiving bank."}
DONE = {"id": "Uangnya sudah kami kembalikan.", "en": "We have returned the money."}
ANSWERED = NOW + timedelta(hours=4)


def answer(
    database: Database,
    profile: Institution,
    case: Case,
    *,
    now: datetime = ANSWERED,
    kind: AnswerKind = AnswerKind.ANSWER,
    officer: Officer | None = None,
) -> UUID:
    """Answer the newest round of a complaint, and commit it."""
    who = officer or seat(database, profile, OfficerRole.AGENT, name="Bima Sakti")
    with database.session() as session:
        complaint = writing(session, session.get_one(Complaint, case.complaint_id))
        opened = completeness.newest_round(session, complaint)
        record_by(session, complaint, Action.ANSWER, who, now=now, payload={})
        rounds.await_decision(session, complaint, opened, profile=profile, now=now)
        row = Answer(
            complaint_id=complaint.id,
            round_id=opened.id,
            kind=kind,
            state=AnswerState.SENT,
            outcomes=[Outcome.EXPLANATION],
            ground=None,
            earlier_id=None,
            author_id=who.id,
            approver_id=None,
            written_at=now,
            sent_at=now,
            head=complaint.history_head,
        )
        open_box(session, complaint.key_id).seal(row, {"findings": FOUND, "words": DONE})
        session.add(row)
        session.commit()
        return row.id
