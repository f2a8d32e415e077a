"""Test data: plain functions with defaults, so that a test names only what it is about."""

from datetime import UTC, datetime
from uuid import UUID

from portal.db import Session, uuid7
from portal.sealing import Box, new_box

# Monday 23 November 2026, 10:15 in Jakarta: a working day in office hours, with no holiday near.
NOW = datetime(2026, 11, 23, 3, 15, tzinfo=UTC)


def a_box(session: Session, *, now: datetime = NOW) -> Box:
    """A new data key, kept; begins the write if the session only reads so far."""
    session.begin_write()
    box = new_box(session, now=now)
    session.flush()
    return box


def an_id() -> UUID:
    """An id that belongs to no row."""
    return uuid7()
