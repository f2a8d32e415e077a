"""What the passing of a day does to a complaint: documents that do not come in time, and a limit that is near."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from portal.complaints import completeness, letters
from portal.complaints.documents import tell_missing
from portal.complaints.models import Complaint, Review
from portal.complaints.recording import record
from portal.complaints.rounds import end_round
from portal.complaints.rules import HANDLED, Action, Role
from portal.complaints.sorting import escalate_in_time
from portal.complaints.states import RoundOutcome
from portal.db import Session
from portal.evidence.models import Document
from portal.history.models import HistoryEntry
from portal.institution.models import Institution
from portal.institution.rules import Passing
from portal.notices.rules import NoticeKind
from portal.workdays.rules import local_day


def with_documents_due(session: Session, *, profile: Institution, today: date) -> list[UUID]:
    """The open complaints, by their ids, whose documents are due within the profile's `clocks.reminder`, or were."""
    return list(
        session.scalars(
            sa.select(Complaint.id)
            .where(Complaint.status.in_(HANDLED), Complaint.documents_due_on <= today + profile.clocks.reminder.span)
            .order_by(Complaint.id)
        )
    )


def with_answer_due(session: Session, *, profile: Institution, today: date) -> list[UUID]:
    """The open complaints, by their ids, whose answer is due within the profile's `clocks.escalation`, or was, and
    that no manager has."""
    return list(
        session.scalars(
            sa.select(Complaint.id)
            .where(
                Complaint.status.in_(HANDLED),
                Complaint.escalated_at.is_(None),
                Complaint.due_on <= today + profile.clocks.escalation.span,
            )
            .order_by(Complaint.id)
        )
    )


def judge_documents(
    session: Session, complaint: Complaint, *, profile: Institution, base_url: str, now: datetime
) -> None:
    """Remind the customer before their last day; after it do what the profile says (BM-19, BM-20, SQ-25).

    Where documents that did not come mean withdrawal, the complaint counts as withdrawn and its letter says
    that it may be made again. Where they mean refusal, a person refuses; and where a document waits that no
    officer has read, it may be what was missing: the case comes to the manager, and stays open. Doing it
    twice does nothing more.
    """
    due_on, today = complaint.documents_due_on, local_day(now, profile.zone)
    opened = completeness.newest_round(session, complaint)
    completion = profile.clocks.documents
    if due_on is None or completion is None or complaint.status not in HANDLED or opened.complete_at is not None:
        return
    missing = completeness.missing(completeness.needs(session, opened))
    if today <= due_on:
        if due_on - today <= profile.clocks.reminder.span and not _reminded(session, complaint, due_on, profile):
            record(session, complaint, Action.WARN, role=Role.SYSTEM, actor_id=None, now=now, payload=_until(due_on))
            withdrawn = completion.passing is Passing.WITHDRAWN
            tell_missing(session, complaint, "reminder", missing, profile, base_url, now, withdrawn=withdrawn)
        return
    if completion.passing is Passing.REFUSAL or waits_unread(session, complaint):
        escalate_in_time(session, complaint, now=now, by="documents")
        return
    letters.tell(
        session,
        complaint,
        NoticeKind.DEEMED_WITHDRAWN,
        lambda language: {
            "missing": profile.documents_named(missing, language),
            "ended_on": due_on,
            "start_url": letters.start_url(base_url, language),
        },
        profile=profile,
        base_url=base_url,
        now=now,
    )
    end_round(session, complaint, RoundOutcome.DEEMED_WITHDRAWN, now=now)
    record(
        session,
        complaint,
        Action.DEEM_WITHDRAWN,
        role=Role.SYSTEM,
        actor_id=None,
        now=now,
        payload={"codes": missing, "due_on": due_on.isoformat()},
    )


def waits_unread(session: Session, complaint: Complaint) -> bool:
    """Whether there is a document of which no officer has said anything yet."""
    read = sa.select(Review.id).where(Review.document_id == Document.id).exists()
    waiting = sa.select(Document.id).where(
        Document.folder_id == complaint.folder_id,
        Document.removed_at.is_(None),
        Document.sent_by.is_(None),
        ~read,
    )
    return session.scalar(waiting.limit(1)) is not None


def _reminded(session: Session, complaint: Complaint, due_on: date, profile: Institution) -> bool:
    """Whether this last day was announced; one that an extension moved is announced anew."""
    moments = session.scalars(
        sa.select(HistoryEntry.at).where(HistoryEntry.subject_id == complaint.id, HistoryEntry.kind == Action.WARN)
    )
    return any(local_day(at, profile.zone) >= due_on - profile.clocks.reminder.span for at in moments)


def _until(due_on: date) -> dict[str, str]:
    return {"due_on": due_on.isoformat()}
