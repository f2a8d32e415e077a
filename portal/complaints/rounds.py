"""The rounds of a complaint: how one ends, and how the next begins."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal.complaints import clocks, completeness
from portal.complaints.models import Clock, Complaint, Round
from portal.complaints.states import Novelty, RoundKind, RoundOutcome
from portal.db import Session
from portal.institution.calendars.queries import calendars
from portal.institution.models import Institution
from portal.sealing import open_box


def end_round(session: Session, complaint: Complaint, outcome: RoundOutcome, *, now: datetime) -> Round:
    """The newest round is over: nothing is waited for in it any more, and it says how it ended."""
    opened = completeness.newest_round(session, complaint)
    completeness.end_clocks(session, complaint, now=now)
    if opened.closed_at is None:
        opened.closed_at, opened.outcome = now, outcome
    complaint.due_on = complaint.documents_due_on = complaint.decide_by = None
    session.flush()
    return opened


def open_round(
    session: Session,
    complaint: Complaint,
    kind: RoundKind,
    *,
    words: Mapping[str, Any],
    novelty: Novelty | None = None,
    profile: Institution,
    now: datetime,
) -> Round:
    """Begin another round, which ends the one before it (SQ-32: an objection has its own time limit).

    An objection is complete when it arrives, for it brings its document with it; its limits are the profile's
    for objections, or those of a complaint where it names none. `words` are sealed in the round.
    """
    before = completeness.newest_round(session, complaint)
    ended = RoundOutcome.OBJECTED if kind is RoundKind.OBJECTION else RoundOutcome.REOPENED
    if before.closed_at is None:
        end_round(session, complaint, ended, now=now)
    opened = Round(
        complaint_id=complaint.id,
        ordinal=before.ordinal + 1,
        kind=kind,
        received_at=now,
        complete_at=now,
        novelty=novelty,
    )
    open_box(session, complaint.key_id).seal(opened, dict(words))
    session.add(opened)
    session.flush()
    running = clocks.start_clocks(
        session,
        opened,
        kind=complaint.kind,
        form=complaint.form,
        profile=profile,
        calendars=calendars(session).of,
        objection=kind is RoundKind.OBJECTION,
    )
    complaint.due_on = clocks.due_on(running)
    return opened


def await_decision(
    session: Session, complaint: Complaint, opened: Round, *, profile: Institution, now: datetime
) -> Clock | None:
    """Our part of the round is done and the customer's begins: how long the case stays open for them.

    Silence is never agreement (domain.md 1.2): the limit is the institution's own, and no right ends with it.
    What asks for no decision, such as a question, is settled by itself when it has passed. None where the
    institution sets none.
    """
    completeness.end_clocks(session, complaint, now=now)
    opened.answered_at = now
    complaint.due_on = complaint.documents_due_on = None
    clock = clocks.ask_for_decision(session, opened, profile=profile, calendars=calendars(session).of, now=now)
    # Not flushed here: a date to decide by may stand only beside the status that the caller's entry gives.
    complaint.decide_by = clock.due_on if clock else None
    return clock
