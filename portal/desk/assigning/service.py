"""Giving several complaints away in one transaction: all as they were looked at, or none."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from portal.accounts.rules import Officer
from portal.complaints import handling
from portal.complaints.models import Complaint
from portal.complaints.rules import NotAllowed
from portal.complaints.sight import visible
from portal.db import Session, writing
from portal.desk.assigning.rules import Gift


class Changed(Exception):
    """A complaint, or an officer, is no longer what the preview showed."""


def give(session: Session, gifts: Sequence[Gift], *, officer: Officer, now: datetime) -> None:
    """Give every complaint to its officer, each through the one door.

    Raises `Changed` where one of them has moved on, or its officer can be given nothing any more: then
    the caller rolls back, and nobody has got anything.
    """
    session.begin_write()
    # Always in the order of their ids: two managers who give the same ones away wait for each other.
    for gift in sorted(gifts):
        complaint = session.scalar(sa.select(Complaint).where(Complaint.id == gift.complaint_id, visible(officer)))
        if complaint is None or writing(session, complaint).version != gift.version:
            raise Changed
        try:
            handling.assign(session, complaint, to=gift.to, officer=officer, now=now)
        except (handling.AlreadyHeld, handling.NotAssignable, NotAllowed):
            raise Changed from None
