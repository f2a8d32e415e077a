"""Keeping what an officer searched for, for as long as a session at the desk can live."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from portal.accounts.rules import DESK_LONGEST
from portal.db import Session
from portal.desk.search.models import KeptSearch
from portal.sealing import Box


def keep(session: Session, text: str, *, officer_id: UUID, box: Box, now: datetime) -> UUID:
    """Keep a search and return the id by which its officer, and nobody else, finds it again. `box` is theirs."""
    row = KeptSearch(officer_id=officer_id, created_at=now)
    box.seal(row, text)
    session.add(row)
    session.flush()
    return row.id


def kept(session: Session, search_id: UUID, *, officer_id: UUID, box: Box, now: datetime) -> str | None:
    """The text of one's own search; None for another's, and for one that is too old."""
    row = session.scalar(
        sa.select(KeptSearch).where(
            KeptSearch.id == search_id,
            KeptSearch.officer_id == officer_id,
            KeptSearch.created_at > now - DESK_LONGEST,
        )
    )
    return str(box.open(row)) if row else None


def purge(session: Session, *, now: datetime) -> None:
    """Delete the searches that nobody can come back to."""
    session.execute(sa.delete(KeptSearch).where(KeptSearch.created_at <= now - DESK_LONGEST))
