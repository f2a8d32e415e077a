"""What happens when nobody reacts to our response: announced, then closed, and never taken for agreement."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from portal.complaints import completeness, response_letters
from portal.complaints.disputes import deciding
from portal.complaints.disputes.rules import announced, announces, closes_on
from portal.complaints.models import Clock, Complaint, Round
from portal.complaints.recording import record
from portal.complaints.rounds import end_round
from portal.complaints.rules import Action, Role, Status
from portal.complaints.states import ClockPurpose, RoundOutcome
from portal.db import Session
from portal.history.models import HistoryEntry
from portal.institution.models import Institution
from portal.workdays.rules import local_day


def with_decision_due(session: Session, *, today: date, profile: Institution) -> list[UUID]:
    """The answered complaints, by their ids, whose customers are to be told by now that they will be closed."""
    soon = date.fromordinal(today.toordinal() + profile.responses.announced_days)
    return list(
        session.scalars(
            sa.select(Complaint.id)
            .where(Complaint.status == Status.ANSWERED, Complaint.decide_by <= soon)
            .order_by(Complaint.id)
        )
    )


def judge(session: Session, complaint: Complaint, *, profile: Institution, base_url: str, now: datetime) -> None:
    """Announce the closing so many days before, and close what was announced as long ago as that (domain.md 1.2).

    Nothing is closed without the announcement: where it comes late, the case stays open longer, and the
    customer reads until when. What asks for no decision is settled instead. Doing it twice does nothing more.
    """
    decide_by, today, days = complaint.decide_by, local_day(now, profile.zone), profile.responses.announced_days
    if complaint.status is not Status.ANSWERED or decide_by is None:
        return
    if not deciding.is_decided(complaint, profile):
        if today > decide_by:
            deciding.settle(session, complaint, profile=profile, base_url=base_url, officer=None, now=now)
        return
    opened = completeness.newest_round(session, complaint)
    if not announced(_warned(session, opened, profile), decide_by, announced_days=days):
        if announces(decide_by, today=today, announced_days=days):
            _announce(
                session,
                complaint,
                opened,
                closes_on(decide_by, today=today, announced_days=days),
                profile,
                base_url,
                now,
            )
        return
    if today > decide_by:
        _close(session, complaint, profile, base_url, now)


def _announce(
    session: Session,
    complaint: Complaint,
    opened: Round,
    close_on: date,
    profile: Institution,
    base_url: str,
    now: datetime,
) -> None:
    if close_on != complaint.decide_by:
        # What the customer is told now is what we keep to.
        complaint.decide_by = close_on
        for clock in session.scalars(
            sa.select(Clock).where(
                Clock.round_id == opened.id, Clock.purpose == ClockPurpose.DECISION, Clock.ended_at.is_(None)
            )
        ):
            clock.due_on = close_on
    payload = {"due_on": close_on.isoformat()}
    record(session, complaint, Action.WARN_SILENCE, role=Role.SYSTEM, actor_id=None, now=now, payload=payload)
    response_letters.no_reaction_warned(
        session, complaint, close_on=close_on, profile=profile, base_url=base_url, now=now
    )


def _close(session: Session, complaint: Complaint, profile: Institution, base_url: str, now: datetime) -> None:
    end_round(session, complaint, RoundOutcome.NO_REACTION, now=now)
    record(session, complaint, Action.END_UNANSWERED, role=Role.SYSTEM, actor_id=None, now=now)
    response_letters.no_reaction(
        session,
        complaint,
        profile=profile,
        base_url=base_url,
        now=now,
    )


def _warned(session: Session, opened: Round, profile: Institution) -> list[date]:
    """The days on which the closing of this round was announced."""
    moments = session.scalars(
        sa.select(HistoryEntry.at).where(
            HistoryEntry.subject_id == opened.complaint_id,
            HistoryEntry.kind == Action.WARN_SILENCE,
            HistoryEntry.at >= opened.received_at,
        )
    )
    return [local_day(at, profile.zone) for at in moments]
