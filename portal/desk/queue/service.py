"""Saving, renaming and deleting an officer's own views of the queue. Never commits."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from portal.db import Session
from portal.desk.queue.models import SavedView
from portal.desk.queue.queries import saved_views
from portal.desk.queue.rules import MOST_VIEWS
from portal.sealing import open_box


class NameTaken(Exception):
    """The officer has another view of this name."""


class TooManyViews(Exception):
    """The officer has as many views as stand beside each other: `MOST_VIEWS`."""


def save_view(
    session: Session, *, officer_id: UUID, key_id: UUID, name: str, query: Mapping[str, str], now: datetime
) -> SavedView:
    """Keep these filters under a name of the officer's own. Raises `NameTaken`, `TooManyViews`."""
    mine = saved_views(session, officer_id, key_id)
    if len(mine) >= MOST_VIEWS:
        raise TooManyViews
    _must_be_free(name, [view.name for view in mine])
    row = SavedView(officer_id=officer_id, query=dict(query), created_at=now)
    open_box(session, key_id).seal(row, {"name": name})
    session.add(row)
    session.flush()
    return row


def rename_view(session: Session, view_id: UUID, *, officer_id: UUID, key_id: UUID, name: str) -> bool:
    """Give a view of the officer's own another name; whether there is one. Raises `NameTaken`."""
    asked = sa.select(SavedView).where(SavedView.id == view_id, SavedView.officer_id == officer_id)
    row = session.scalar(asked.with_for_update())
    if row is None:
        return False
    _must_be_free(name, [view.name for view in saved_views(session, officer_id, key_id) if view.id != view_id])
    open_box(session, key_id).seal(row, {"name": name})
    session.flush()
    return True


def delete_view(session: Session, view_id: UUID, *, officer_id: UUID) -> None:
    """Delete a view of the officer's own; one that is gone already, or somebody else's, changes nothing."""
    session.execute(sa.delete(SavedView).where(SavedView.id == view_id, SavedView.officer_id == officer_id))


def _must_be_free(name: str, others: list[str]) -> None:
    if name.casefold() in {other.casefold() for other in others}:
        raise NameTaken
