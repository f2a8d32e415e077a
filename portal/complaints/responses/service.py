"""Writing, approving and sending a response."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from portal.accounts.rules import Officer, OfficerRole
from portal.complaints import completeness, response_letters
from portal.complaints.disputes import deciding, forums
from portal.complaints.models import Complaint, Pass, Round
from portal.complaints.recording import kept_day, record_by
from portal.complaints.responses.models import Answer, Point
from portal.complaints.responses.queries import newest_response, points_of
from portal.complaints.responses.rules import Draft, Reply, Response, Unfinished, gaps, languages_of
from portal.complaints.rounds import await_decision, end_round
from portal.complaints.rules import Action, NotAllowed, Refusal
from portal.complaints.states import AnswerKind, AnswerState, PointState, RoundKind, RoundOutcome
from portal.complaints.transitions import refuse_unless_lawful
from portal.db import Session
from portal.history.rules import Audience, canonical
from portal.institution.models import Institution
from portal.institution.rules import RefusalGround
from portal.sealing import Box, open_box

# What sends each kind of response.
SENDING = {
    AnswerKind.ANSWER: Action.ANSWER,
    AnswerKind.FIRST_LINE: Action.ANSWER,
    AnswerKind.REFUSAL: Action.REFUSE,
}


class NotFirstLine(Exception):
    """It was passed on or escalated, or is an objection: one text at once is not enough any more (KF-18, KF-19)."""


class NothingWritten(Exception):
    """There is no response to show, to approve or to send."""


class OneOfTwo(Exception):
    """The institution asks for four eyes: who wrote the response does not send it, and it is proposed first."""


def is_first_line(session: Session, complaint: Complaint) -> bool:
    """Whether all information or the solution may be given at once: a first round that nobody else has (KF-18)."""
    opened = completeness.newest_round(session, complaint)
    passed = session.scalar(sa.select(Pass.id).where(Pass.complaint_id == complaint.id).limit(1))
    return opened.kind is RoundKind.COMPLAINT and complaint.escalated_at is None and passed is None


def save(
    session: Session,
    complaint: Complaint,
    draft: Draft,
    *,
    ground: RefusalGround | None = None,
    earlier_id: UUID | None = None,
    evidence: Mapping[str, Any] | None = None,
    officer: Officer,
    now: datetime,
) -> Answer:
    """Keep what is written so far as the draft of the newest round; nobody but officers reads it.

    Whoever saves is its author from now on, and what was put before a second officer is a draft again: they
    are to see what they approve. Raises `NotFirstLine`, `NotAllowed`.
    """
    action = SENDING[draft.kind]
    refuse_unless_lawful(complaint.status, action, officer)
    if draft.kind is AnswerKind.FIRST_LINE and not is_first_line(session, complaint):
        raise NotFirstLine
    opened, box = completeness.newest_round(session, complaint), open_box(session, complaint.key_id)
    row = _row(session, opened)
    if row is None:
        row = Answer(complaint_id=complaint.id, round_id=opened.id, approver_id=None, sent_at=None, head=None)
        session.add(row)
    row.kind, row.state, row.outcomes = draft.kind, AnswerState.DRAFT, [str(one) for one in draft.outcomes]
    row.ground, row.earlier_id = ground, earlier_id
    row.author_id, row.approver_id, row.written_at = officer.id, None, now
    told = {
        "words": dict(draft.words),
        "findings": dict(draft.findings),
        "amount": str(draft.amount) if draft.amount is not None else None,
        "on": draft.on.isoformat() if draft.on else None,
        "reference": draft.reference,
        "evidence": dict(evidence or {}),
    }
    box.seal(row, told)
    if draft.kind is AnswerKind.ANSWER:
        _keep_replies(session, box, opened, draft)
    session.flush()
    return row


def propose(session: Session, complaint: Complaint, *, profile: Institution, officer: Officer, now: datetime) -> None:
    """Put a finished response before a second officer. Raises `NothingWritten`, `Unfinished`, `NotAllowed`."""
    row, response = _written(session, complaint)
    _refuse_unfinished(session, complaint, response, officer, profile)
    record_by(
        session,
        complaint,
        Action.PROPOSE,
        officer,
        now=now,
        audience=Audience.OFFICERS,
        payload={"answer": str(row.id), "kind": row.kind},
    )
    row.state, row.author_id = AnswerState.PROPOSED, officer.id
    session.flush()


def send_back(session: Session, complaint: Complaint, *, reason: str, officer: Officer, now: datetime) -> None:
    """The second officer does not approve and says why: it is a draft again.

    Raises `NothingWritten`, `OneOfTwo` for its author, `NotAllowed`.
    """
    row, _ = _written(session, complaint)
    if row.state is not AnswerState.PROPOSED:
        raise NothingWritten
    if row.author_id == officer.id:
        raise OneOfTwo
    record_by(
        session,
        complaint,
        Action.SEND_BACK,
        officer,
        now=now,
        audience=Audience.OFFICERS,
        payload={"answer": str(row.id), "reason": reason},
    )
    row.state = AnswerState.DRAFT
    session.flush()


def send(
    session: Session, complaint: Complaint, *, profile: Institution, base_url: str, officer: Officer, now: datetime
) -> Answer:
    """Send the response of the newest round: the customer reads it, and decides where there is something to decide.

    The entry in the history holds the SHA-256 of everything that the letter says. The response then bears the
    head of the chain with that entry as its last: whoever holds the letter holds the whole history up to and
    with it. A refusal ends the round and the complaint; objection and forums stay open. Raises
    `NothingWritten`, `Unfinished` with what is missing, `OneOfTwo` where the institution asks for four eyes,
    `NotFirstLine`, `NotAllowed`.
    """
    row, response = _written(session, complaint)
    action = SENDING[row.kind]
    refuse_unless_lawful(complaint.status, action, officer)
    if row.kind is AnswerKind.FIRST_LINE and not is_first_line(session, complaint):
        raise NotFirstLine
    if profile.responses.four_eyes:
        if row.state is not AnswerState.PROPOSED or row.author_id == officer.id:
            raise OneOfTwo
        row.approver_id = officer.id
    _refuse_unfinished(session, complaint, response, officer, profile)
    opened = session.get_one(Round, row.round_id)
    decide_by, told = None, {}
    if row.kind is AnswerKind.REFUSAL:
        opened.answered_at = now
        end_round(session, complaint, RoundOutcome.REFUSED, now=now)
        # Whoever is refused is told where else to turn, and the history proves it (SQ-34).
        told = dict(forums.tell_where_next(session, complaint, profile=profile, base_url=base_url, now=now))
    else:
        clock = await_decision(session, complaint, opened, profile=profile, now=now)
        # Who has nothing to decide is told of no day.
        decide_by = clock.due_on if clock and deciding.is_decided(complaint, profile) else None
    record_by(
        session,
        complaint,
        action,
        officer,
        now=now,
        payload={
            "answer": str(row.id),
            "kind": row.kind,
            "outcomes": row.outcomes,
            "ground": row.ground,
            "decide_by": kept_day(decide_by),
            "digest": digest(response),
            **told,
        },
    )
    row.state, row.sent_at, row.head = AnswerState.SENT, now, complaint.history_head
    session.flush()
    answered = response_letters.objection_ended if opened.kind is RoundKind.OBJECTION else response_letters.answered
    tell = response_letters.refused if row.kind is AnswerKind.REFUSAL else answered
    tell(session, complaint, decide_by=decide_by, profile=profile, base_url=base_url, now=now)
    return row


def digest(response: Response) -> str:
    """The SHA-256, in hexadecimal, of everything that a response says."""
    said = {
        "kind": response.kind,
        "ground": response.ground,
        "outcomes": list(response.outcomes),
        "points": [[point.text, point.state, dict(point.reply)] for point in response.points],
        "findings": dict(response.findings),
        "words": dict(response.words),
        "amount": str(response.amount) if response.amount is not None else None,
        "on": response.on.isoformat() if response.on else None,
        "reference": response.reference,
    }
    return sha256(canonical(said).encode()).hexdigest()


def _keep_replies(session: Session, box: Box, opened: Round, draft: Draft) -> None:
    """A point with words is answered; one that is marked as not ours stays marked even before its words come."""
    for point in session.scalars(sa.select(Point).where(Point.round_id == opened.id)):
        reply = draft.replies.get(point.id)
        words = {one: text for one, text in (reply.words if reply else {}).items() if text.strip()}
        if reply is None or (not words and reply.state is not PointState.MARKED):
            point.state, point.reply = PointState.OPEN, None
        else:
            point.state = PointState.MARKED if reply.state is PointState.MARKED else PointState.ANSWERED
            box.seal(point, words, "reply")


def _row(session: Session, opened: Round) -> Answer | None:
    return session.scalar(sa.select(Answer).where(Answer.round_id == opened.id))


def _written(session: Session, complaint: Complaint) -> tuple[Answer, Response]:
    row = _row(session, completeness.newest_round(session, complaint))
    response = newest_response(session, open_box(session, complaint.key_id), complaint.id)
    if row is None or response is None:
        raise NothingWritten
    if row.state is AnswerState.SENT:
        raise NotAllowed(SENDING[row.kind], Refusal.STATUS)
    return row, response


def _refuse_unfinished(
    session: Session, complaint: Complaint, response: Response, officer: Officer, profile: Institution
) -> None:
    points = [point.id for point in points_of(session, open_box(session, complaint.key_id), response.round_id)]
    languages, reported = languages_of(complaint.language, profile), is_reported(complaint, officer)
    if found := gaps(draft_of(response), points, languages, reported=reported):
        raise Unfinished(found)


def is_reported(complaint: Complaint, officer: Officer) -> bool:
    """Whether the manager knows: they have the complaint, or one of them acts (K3-05, K3-06)."""
    return complaint.escalated_at is not None or officer.has(OfficerRole.CS_MANAGER)


def draft_of(response: Response) -> Draft:
    """What is written, as the rules judge it and a form shows it."""
    return Draft(
        kind=response.kind,
        words=response.words,
        findings=response.findings,
        replies={point.id: Reply(point.state, point.reply) for point in response.points},
        outcomes=response.outcomes,
        amount=response.amount,
        on=response.on,
        reference=response.reference,
    )
