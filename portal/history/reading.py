"""The reading log: who opened a case or a document, or took the whole file along. In a transaction of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa

from portal.db import Database, Session
from portal.history.models import ReadingEntry, ReadingLog
from portal.history.queries import entries
from portal.history.rules import Actor, ActorKind, Audience
from portal.history.service import append, held

# Who reads on, goes back and reloads has read once.
WINDOW = timedelta(minutes=10)


class Reading(StrEnum):
    """What was read: the page of a case, or a document or the whole file, which left the house with its reader."""

    CASE = "case"
    DOCUMENT = "document"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Read:
    """One entry of the log. `document_id` is the document that was downloaded, if it was one.

    An officer read it, or a party took the file of their own case along.
    """

    seq: int
    kind: Reading
    officer_id: UUID | None
    document_id: UUID | None
    at: datetime
    party_id: UUID | None = None


def note_case(database: Database, *, case_id: UUID, key_id: UUID, officer_id: UUID, now: datetime) -> None:
    """An officer reads a case: one entry a person and case within `WINDOW`, however often they load the page."""
    with database.session() as session:
        log_id = session.scalar(sa.select(ReadingLog.id).where(ReadingLog.case_id == case_id))
        if log_id is not None and _has_read(session, log_id, officer_id, now):
            return
    _note(database, case_id, key_id, Reading.CASE, Actor(ActorKind.OFFICER, officer_id), None, now)


def note_document(
    database: Database, *, case_id: UUID, key_id: UUID, officer_id: UUID, document_id: UUID, now: datetime
) -> None:
    """An officer downloads a document: one entry each time."""
    _note(database, case_id, key_id, Reading.DOCUMENT, Actor(ActorKind.OFFICER, officer_id), document_id, now)


def note_file(database: Database, *, case_id: UUID, key_id: UUID, party: Actor, now: datetime) -> None:
    """A party takes the whole file of their case along: one entry each time."""
    _note(database, case_id, key_id, Reading.FILE, party, None, now)


def readings(session: Session, case_id: UUID, *, newest_first: bool = True) -> list[Read]:
    """Who read a case and its documents. After an erasure nobody can tell any more which document it was."""
    log = session.scalar(sa.select(ReadingLog).where(ReadingLog.case_id == case_id))
    if log is None:
        return []
    told = entries(session, log, audience=Audience.OFFICERS, newest_first=newest_first)
    return [
        Read(
            seq=one.seq,
            kind=Reading(one.kind),
            officer_id=one.actor.id if one.actor.kind is ActorKind.OFFICER else None,
            document_id=UUID(one.payload["document"]) if one.payload and "document" in one.payload else None,
            at=one.at,
            party_id=None if one.actor.kind is ActorKind.OFFICER else one.actor.id,
        )
        for one in told
    ]


def logs_of(session: Session, case_id: UUID) -> Sequence[UUID]:
    """The ids of the logs of a case: one, or none as long as no officer has read it."""
    return session.scalars(sa.select(ReadingLog.id).where(ReadingLog.case_id == case_id)).all()


def _note(
    database: Database,
    case_id: UUID,
    key_id: UUID,
    kind: Reading,
    reader: Actor,
    document_id: UUID | None,
    now: datetime,
) -> None:
    with database.session() as session:
        session.begin_write()
        log = _held(session, case_id, key_id)
        # Somebody's two windows may ask at once; only here is it certain what the other one wrote.
        if kind is Reading.CASE and reader.id and _has_read(session, log.id, reader.id, now):
            return
        append(
            session,
            log,
            kind=kind,
            actor=reader,
            at=now,
            audience=Audience.OFFICERS,
            payload={"document": str(document_id)} if document_id else {},
        )
        session.commit()


def _held(session: Session, case_id: UUID, key_id: UUID) -> ReadingLog:
    """The log of a case under its lock; a first reader begins it."""
    asked = sa.select(ReadingLog).where(ReadingLog.case_id == case_id)
    return held(session, asked, lambda: ReadingLog(case_id=case_id, key_id=key_id))


def _has_read(session: Session, log_id: UUID, officer_id: UUID, now: datetime) -> bool:
    return bool(
        session.scalar(
            sa.select(
                sa.exists().where(
                    ReadingEntry.subject_id == log_id,
                    ReadingEntry.actor_id == officer_id,
                    ReadingEntry.kind == Reading.CASE,
                    ReadingEntry.at > now - WINDOW,
                )
            )
        )
    )
