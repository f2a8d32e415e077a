"""Officers' sessions: begun by a password, raised by a second factor, ended by anybody who may.

Service of the room, cut by noun. The cookie holds a random id and the table its hash. Nothing here
commits but `last_seen_at`.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from portal.accounts.models import OfficerAccount, OfficerDivision, OfficerPart, OfficerSession
from portal.accounts.rules import (
    DESK_LONGEST,
    DESK_SEEN_EVERY,
    PROOF_LIFETIME,
    Factor,
    Officer,
    OfficerRole,
    desk_alive,
)
from portal.db import Database, Session
from portal.sealing import Box, open_for_token, seal_for_token

TOKEN_BYTES = 32
NEW_CODES = "new recovery codes"


@dataclass(frozen=True, slots=True)
class Login:
    """An officer's living session. Without `factor` it is half a login, and opens the second factor's pages alone."""

    officer: Officer
    email: str
    key_id: UUID
    session_id: UUID
    factor: Factor | None
    created_at: datetime
    last_seen_at: datetime
    proved_at: datetime
    has_new_codes: bool
    token: str = field(repr=False)

    def proved(self, now: datetime) -> bool:
        """Whether the password was given a short while ago, as what changes a way in demands."""
        return now - self.proved_at < PROOF_LIFETIME


# Asked at the beginning of every request of the desk, so it is built once and names tables instead of
# classes. A person has a few roles and divisions, and each pair of them is a row.
_LOGIN, _WHO, _PART, _DIVISION = (
    row.__table__ for row in (OfficerSession, OfficerAccount, OfficerPart, OfficerDivision)
)
LOGIN = (
    sa.select(
        _LOGIN.c.id,
        _LOGIN.c.factor,
        _LOGIN.c.created_at,
        _LOGIN.c.last_seen_at,
        _LOGIN.c.proved_at,
        _LOGIN.c.new_codes.is_not(None).label("has_new_codes"),
        _WHO.c.id.label("officer_id"),
        _WHO.c.key_id,
        _WHO.c.name,
        _WHO.c.email,
        _WHO.c.language,
        _WHO.c.shortcuts,
        _PART.c.role,
        _DIVISION.c.division,
    )
    .select_from(_LOGIN)
    .join(_WHO, _WHO.c.id == _LOGIN.c.officer_id)
    .outerjoin(_PART, _PART.c.officer_id == _WHO.c.id)
    .outerjoin(_DIVISION, _DIVISION.c.officer_id == _WHO.c.id)
    .where(_LOGIN.c.digest == sa.bindparam("digest"), _LOGIN.c.ended_at.is_(None), _WHO.c.disabled_at.is_(None))
)


def login_of(session: Session, token: str, *, now: datetime) -> Login | None:
    """Whose living session this token is, or None: ended, idle for too long, too old, or its officer disabled."""
    rows = session.connection().execute(LOGIN, {"digest": _digest(token)}).all()
    if not rows:
        return None
    row: Any = rows[0]
    confirmed = row.factor is not None
    if not desk_alive(confirmed=confirmed, created_at=row.created_at, last_seen_at=row.last_seen_at, now=now):
        return None
    return Login(
        officer=Officer(
            id=row.officer_id,
            name=row.name,
            language=row.language,
            roles=frozenset(OfficerRole(each.role) for each in rows if each.role is not None),
            divisions=frozenset(each.division for each in rows if each.division is not None),
            shortcuts=row.shortcuts,
        ),
        email=row.email,
        key_id=row.key_id,
        session_id=row.id,
        factor=row.factor,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        proved_at=row.proved_at,
        has_new_codes=row.has_new_codes,
        token=token,
    )


def seen(database: Database, login: Login, *, now: datetime) -> None:
    """Remember that the session is in use, once a minute, in a transaction of its own."""
    if now - login.last_seen_at >= DESK_SEEN_EVERY:
        with database.short_write() as connection:
            connection.execute(
                sa.update(OfficerSession).where(OfficerSession.id == login.session_id).values(last_seen_at=now)
            )


def begin(
    session: Session,
    *,
    officer_id: UUID,
    box: Box,
    factor: Factor | None,
    device: str,
    network: str,
    now: datetime,
    proved_at: datetime | None = None,
) -> str:
    """Begin a session and return the random id that only the cookie holds.

    `box` is the officer's own; device and network are a hint for their list of sessions.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = OfficerSession(
        officer_id=officer_id,
        digest=_digest(token),
        factor=factor,
        created_at=now,
        last_seen_at=now,
        proved_at=proved_at or now,
    )
    box.seal(row, {"device": device, "network": network})
    session.add(row)
    session.flush()
    return token


def end(session: Session, token: str, *, now: datetime) -> None:
    """End the session with this token, if it still lives."""
    _end(session, OfficerSession.digest == _digest(token), now)


def end_one(session: Session, *, officer_id: UUID, session_id: UUID, now: datetime) -> None:
    """End one of an officer's sessions, from their own list. Somebody else's is not touched."""
    _end(session, sa.and_(OfficerSession.officer_id == officer_id, OfficerSession.id == session_id), now)


def end_all(session: Session, *, officer_id: UUID, but: UUID | None = None, now: datetime) -> None:
    """End every session of an officer, half ones too, `but` for the one that asks."""
    which = OfficerSession.officer_id == officer_id
    _end(session, which if but is None else sa.and_(which, OfficerSession.id != but), now)


def prove(session: Session, session_id: UUID, *, now: datetime) -> None:
    """The password was given again in this session."""
    session.execute(sa.update(OfficerSession).where(OfficerSession.id == session_id).values(proved_at=now))


# ── recovery codes that wait to be kept ──────────────────────────────────────────────────────────


def show_codes(session: Session, token: str, codes: list[str]) -> None:
    """Keep fresh recovery codes with the session until `keep_codes`, readable with its token alone."""
    sealed = seal_for_token(token, NEW_CODES, " ".join(codes))
    session.execute(sa.update(OfficerSession).where(OfficerSession.digest == _digest(token)).values(new_codes=sealed))


def shown_codes(session: Session, login: Login) -> list[str]:
    """The fresh recovery codes that this session shows; none once they are kept."""
    sealed = session.scalar(sa.select(OfficerSession.new_codes).where(OfficerSession.id == login.session_id))
    return open_for_token(login.token, NEW_CODES, sealed).split() if sealed else []


def keep_codes(session: Session, session_id: UUID) -> None:
    """Their owner has kept them: from now on nobody can read them here."""
    session.execute(sa.update(OfficerSession).where(OfficerSession.id == session_id).values(new_codes=None))


def sweep(session: Session, *, now: datetime) -> None:
    """Delete the sessions that nobody has used for as long as one can live."""
    session.execute(sa.delete(OfficerSession).where(OfficerSession.last_seen_at < now - DESK_LONGEST))


def _end(session: Session, which: sa.ColumnElement[bool], now: datetime) -> None:
    session.execute(
        sa.update(OfficerSession)
        .where(which, OfficerSession.ended_at.is_(None))
        .values(ended_at=now, challenge=None, new_codes=None)
    )


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
