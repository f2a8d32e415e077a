"""Documents that came together, file by file: one delivery, with one confirmation and one line of the timeline.

Each file has its own request, its row and its entry of the history: what has come is proved at once, whatever
becomes of the page that sends the others. Which of them belong together the page says, by an id that it draws
for them and by saying with each whether another one follows.
"""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from portal.complaints import completeness, letters
from portal.complaints.models import Complaint, Party
from portal.complaints.rules import Action
from portal.db import Session, uuid7
from portal.evidence.models import Document
from portal.history.models import HistoryEntry
from portal.institution.models import Institution
from portal.jobs.service import enqueue
from portal.sealing import Box

# A delivery whose last file never comes is confirmed after this time; what comes later is another one. A file of
# 25 MB takes so long on a line of 14 kB a second.
QUIET = timedelta(minutes=30)
CONFIRM = "complaints.confirm_delivery"


def continued(session: Session, folder_id: UUID, party: Party, asked: UUID | None, *, now: datetime) -> UUID:
    """The delivery that a file belongs to: the one asked for, if it is this party's and came to rest no longer
    than `QUIET` ago, or nobody's yet; else a new one."""
    if asked is None:
        return uuid7()
    rows = session.execute(
        sa.select(Document.added_by, sa.func.max(Document.created_at))
        .where(Document.folder_id == folder_id, Document.delivery_id == asked)
        .group_by(Document.added_by)
    ).all()
    return asked if all(by == party.id and now - last < QUIET for by, last in rows) else uuid7()


def await_more(session: Session, folder_id: UUID, delivery_id: UUID, *, now: datetime) -> None:
    """Another file of this delivery is on its way: confirm it later by itself, should that file never come.

    Every file leaves such a job behind, in its own transaction, and only the last one's does anything.
    """
    last = _documents(session, folder_id, delivery_id)[-1]
    enqueue(session, CONFIRM, {"document": last.id}, now=now, key=f"confirm:{last.id}", run_at=now + QUIET)


def is_last(session: Session, document: Document) -> bool:
    """Whether no other document of its delivery has come after this one."""
    return _documents(session, document.folder_id, document.delivery_id)[-1].id == document.id


def confirm(
    session: Session,
    complaint: Complaint,
    party: Party,
    delivery_id: UUID,
    *,
    box: Box,
    profile: Institution,
    base_url: str,
    now: datetime,
) -> None:
    """Confirm to its sender what came with a delivery, and the date where it brought the last document missing."""
    assert complaint.folder_id is not None
    came = _documents(session, complaint.folder_id, delivery_id)
    opened = completeness.newest_round(session, complaint)
    since = sa.select(HistoryEntry.id).where(
        HistoryEntry.subject_id == complaint.id,
        HistoryEntry.kind == Action.COMPLETE,
        HistoryEntry.at >= came[0].created_at,
    )
    letters.confirm_documents(
        session,
        complaint,
        party,
        box=box,
        count=len(came),
        received_at=came[-1].created_at,
        completed=opened.complete_at is not None and session.scalar(since.limit(1)) is not None,
        missing=completeness.missing(completeness.needs(session, opened)),
        profile=profile,
        base_url=base_url,
        now=now,
    )


def _documents(session: Session, folder_id: UUID, delivery_id: UUID) -> list[Document]:
    return list(
        session.scalars(
            sa.select(Document)
            .where(Document.folder_id == folder_id, Document.delivery_id == delivery_id, Document.removed_at.is_(None))
            .order_by(Document.position)
        )
    )
