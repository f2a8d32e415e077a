"""Reads of drafts."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from portal.complaints.codes import token_digest
from portal.complaints.models import Complaint
from portal.complaints.standing import columns
from portal.db import Session
from portal.filing.models import Draft, DraftToken
from portal.sealing import CaseKey, adopt, unwrap


class OpenDraft(NamedTuple):
    """A draft as every page of it needs it. To change it, the row itself is re-read under its lock."""

    id: UUID
    key_id: UUID
    folder_id: UUID
    sealed: bytes
    windows: bytes | None
    notice_version: str
    notice_language: str
    acknowledged_at: datetime
    updated_at: datetime
    expires_at: datetime
    complaint_id: UUID | None
    kept_code: bytes | None
    kept_until: datetime | None


# Asked by every page, so it is built once and names tables instead of classes. The wrapped data key comes
# along: whoever asks for a draft is about to open it. A draft whose case was erased is none any more.
_TOKEN, _DRAFT, _KEY = DraftToken.__table__, Draft.__table__, CaseKey.__table__
BY_TOKEN = (
    sa.select(*columns(CaseKey, ("master_id", "wrapped")), *columns(Draft, OpenDraft._fields))
    .select_from(_TOKEN)
    .join(_DRAFT, _DRAFT.c.id == _TOKEN.c.draft_id)
    .join(_KEY, _KEY.c.id == _DRAFT.c.key_id)
    .where(
        _TOKEN.c.digest == sa.bindparam("digest"),
        _DRAFT.c.expires_at > sa.bindparam("now"),
        _KEY.c.destroyed_at.is_(None),
    )
)


def find_draft(session: Session, token: str, *, now: datetime) -> OpenDraft | None:
    """The living draft that this token belongs to, or None.

    Raises `sealing.Tampered` for a data key that was changed or moved.
    """
    row = session.connection().execute(BY_TOKEN, {"digest": token_digest(token), "now": now}).one_or_none()
    if row is None:
        return None
    master_id, wrapped, *told = row
    draft = OpenDraft(*told)
    adopt(session, unwrap(session.keys, master_id, draft.key_id, wrapped))
    return draft


def sent_as(session: Session, draft: OpenDraft) -> Complaint | None:
    """The complaint that the draft has become, or None while it is not sent."""
    return session.get_one(Complaint, draft.complaint_id) if draft.complaint_id else None
