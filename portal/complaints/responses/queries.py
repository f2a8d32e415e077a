"""Reads of our responses: what was sent, as whoever may read it gets it, and what is still being written."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from portal.complaints.models import Round
from portal.complaints.responses.models import Answer, Point
from portal.complaints.responses.rules import Response, SentAnswer, Treated
from portal.complaints.states import AnswerKind, AnswerState, Outcome, RoundKind
from portal.db import Session
from portal.sealing import Box


def sent_answers(session: Session, box: Box, complaint_id: UUID) -> list[SentAnswer]:
    """What we have answered, round by round, the newest last.

    Who may read what we write is the caller's to ask: a representative only with a power that was accepted.
    """
    return [
        SentAnswer(**told, sent_at=row.sent_at, head=row.head)
        for row, told in _responses(session, box, complaint_id)
        if row.state is AnswerState.SENT and row.sent_at is not None and row.head is not None
    ]


def newest_response(session: Session, box: Box, complaint_id: UUID) -> Response | None:
    """The response of the newest round, written or sent; None where nobody has begun one."""
    found = _responses(session, box, complaint_id)
    newest = session.scalar(sa.select(sa.func.max(Round.ordinal)).where(Round.complaint_id == complaint_id))
    return next((Response(**told) for _, told in reversed(found) if told["ordinal"] == newest), None)


def points_of(session: Session, box: Box, round_id: UUID) -> tuple[Treated, ...]:
    """The points of a round, as an officer broke the complaint down, in their order."""
    rows = session.scalars(sa.select(Point).where(Point.round_id == round_id).order_by(Point.position))
    return tuple(_treated(box, row) for row in rows)


def _treated(box: Box, row: Point) -> Treated:
    reply = box.open(row, "reply") if row.reply else {}
    return Treated(row.id, row.state, box.open(row)["text"], reply)


def _responses(session: Session, box: Box, complaint_id: UUID) -> list[tuple[Answer, dict[str, Any]]]:
    rows = session.execute(
        sa.select(Answer, Round.ordinal, Round.kind)
        .join(Round, Round.id == Answer.round_id)
        .where(Answer.complaint_id == complaint_id)
        .order_by(Round.ordinal)
    ).all()
    if not rows:
        return []
    points: dict[UUID, list[Treated]] = {}
    for point in session.scalars(
        sa.select(Point).where(Point.complaint_id == complaint_id).order_by(Point.round_id, Point.position)
    ):
        points.setdefault(point.round_id, []).append(_treated(box, point))
    return [(row, _told(box, row, ordinal, kind, points.get(row.round_id, []))) for row, ordinal, kind in rows]


def _told(box: Box, row: Answer, ordinal: int, kind: RoundKind, points: list[Treated]) -> dict[str, Any]:
    sealed = box.open(row)
    return {
        "id": row.id,
        "round_id": row.round_id,
        "ordinal": ordinal,
        "round_kind": kind,
        "kind": row.kind,
        "state": row.state,
        "outcomes": tuple(Outcome(code) for code in row.outcomes),
        "ground": row.ground,
        "earlier_id": row.earlier_id,
        "author_id": row.author_id,
        "approver_id": row.approver_id,
        "written_at": row.written_at,
        # A refusal and a first-line answer treat no points.
        "points": tuple(points) if row.kind is AnswerKind.ANSWER else (),
        "findings": sealed.get("findings", {}),
        "words": sealed.get("words", {}),
        "amount": Decimal(sealed["amount"]) if sealed.get("amount") else None,
        "on": date.fromisoformat(sealed["on"]) if sealed.get("on") else None,
        "reference": sealed.get("reference"),
        "evidence": sealed.get("evidence", {}),
    }
