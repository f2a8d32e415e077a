"""The customer's points, as an officer breaks the complaint down; they can change until the response is sent."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from portal.accounts.rules import Officer
from portal.complaints import completeness
from portal.complaints.models import Complaint
from portal.complaints.recording import record_by
from portal.complaints.responses.models import Answer, Point
from portal.complaints.rules import Action
from portal.complaints.states import AnswerState, PointState
from portal.db import Session
from portal.history.rules import Audience
from portal.sealing import open_box


def break_down(
    session: Session,
    complaint: Complaint,
    points: Sequence[tuple[UUID | None, str]],
    *,
    officer: Officer,
    now: datetime,
) -> None:
    """Set the points of the newest round: pairs of a point's id, None for a new one, and its text.

    A point that is not named goes, with the reply that was written to it; one that is kept keeps its reply. What
    was put before a second officer is a draft again: they are to see what they approve. Raises `NotAllowed`.
    """
    record_by(
        session,
        complaint,
        Action.BREAK_DOWN,
        officer,
        now=now,
        audience=Audience.OFFICERS,
        payload={"points": [text for _, text in points]},
    )
    box, opened = open_box(session, complaint.key_id), completeness.newest_round(session, complaint)
    rows = session.scalars(sa.select(Point).where(Point.round_id == opened.id).order_by(Point.position)).all()
    kept = {point_id: text for point_id, text in points if point_id is not None}
    for row in rows:
        if row.id in kept:
            box.seal(row, {"text": kept[row.id]})
        else:
            session.delete(row)
    last = max((row.position for row in rows), default=0)
    new = [text for point_id, text in points if point_id is None]
    for position, text in enumerate(new, start=last + 1):
        row = Point(
            complaint_id=complaint.id,
            round_id=opened.id,
            position=position,
            state=PointState.OPEN,
            reply=None,
        )
        box.seal(row, {"text": text})
        session.add(row)
    begun = session.scalar(sa.select(Answer).where(Answer.round_id == opened.id))
    if begun is not None and begun.state is AnswerState.PROPOSED:
        begun.state = AnswerState.DRAFT
    session.flush()
