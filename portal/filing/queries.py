"""Reads of drafts."""

from datetime import datetime

import sqlalchemy as sa

from portal.complaints.codes import token_digest
from portal.complaints.models import Complaint
from portal.db import Session
from portal.filing.models import Draft
from portal.sealing import CaseKey

# The key comes along: every page of a draft opens it, and a draft whose case was erased is none any more.
BY_TOKEN = (
    sa.select(Draft, CaseKey)
    .join(CaseKey, CaseKey.id == Draft.key_id)
    .where(
        Draft.token_digest == sa.bindparam("digest"),
        Draft.expires_at > sa.bindparam("now"),
        CaseKey.destroyed_at.is_(None),
    )
)


def find_draft(session: Session, token: str, *, now: datetime) -> Draft | None:
    """The living draft that this token belongs to, or None."""
    row = session.execute(BY_TOKEN, {"digest": token_digest(token), "now": now}).one_or_none()
    return row[0] if row else None


def sent_as(session: Session, draft: Draft) -> Complaint | None:
    """The complaint that the draft has become, or None while it is not sent."""
    return session.get_one(Complaint, draft.complaint_id) if draft.complaint_id else None
