"""Access codes and the sessions they open (service of the room, cut by noun).

A code is kept only as a keyed hash. The hash is the same for every case, so that one HMAC and one
statement answer whether a number and a code belong together, whatever of the two is wrong.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from portal.complaints.entry.models import AccessCode, CaseSession
from portal.complaints.entry.rules import SEEN_EVERY, SESSION_LONGEST, session_alive
from portal.complaints.finding import Named, find_party, find_party_by_terms, named
from portal.complaints.models import Authority, Complaint, Party
from portal.complaints.numbers import CODE_LENGTH, Number, new_access_code, read_code
from portal.complaints.queries import OpenAuthority, OpenCase, OpenParty
from portal.complaints.rules import Role
from portal.complaints.standing import columns
from portal.complaints.states import Term
from portal.db import Database, Session
from portal.jobs.service import enqueue
from portal.sealing import (
    CaseKey,
    KeyRing,
    Purpose,
    Tampered,
    adopt,
    blind_indexes,
    open_for_token,
    seal_for_token,
    unwrap,
)

TOKEN_BYTES = 32
ACCESS = "access"
NEW_CODE = "new access code"
LOST_CODE = "complaints.lost_code"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a case open: the complaint and its parties as they were read with the login, and its row's id.

    `party` is who holds it, `others` are the other parties. `new_code` is the access code that this
    session began with, until its holder has kept it.
    """

    complaint: OpenCase
    party: OpenParty
    session_id: UUID
    others: tuple[OpenParty, ...] = ()
    new_code: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Opening:
    """An access code that was just made: as printed, which it never can be again, and its row."""

    printed: str = field(repr=False)
    row: AccessCode


LAST_GENERATION = sa.select(sa.func.max(AccessCode.generation)).where(AccessCode.party_id == sa.bindparam("party"))


def grant_code(session: Session, *, complaint_id: UUID, party_id: UUID, now: datetime) -> str:
    """Give a party a new access code and return it as printed. Older generations end, their sessions with them.

    The code is returned here once and cannot be read again.
    """
    return replace_code(session, complaint_id=complaint_id, party_id=party_id, now=now).printed


def replace_code(session: Session, *, complaint_id: UUID, party_id: UUID, now: datetime) -> Opening:
    """What `grant_code` does, for a caller that goes on with the new generation's row."""
    last = session.scalar(LAST_GENERATION, {"party": party_id}) or 0
    if last:
        session.execute(
            sa.update(AccessCode)
            .where(AccessCode.party_id == party_id, AccessCode.revoked_at.is_(None))
            .values(revoked_at=now)
        )
    code = new_access_code()
    row = AccessCode(
        complaint_id=complaint_id,
        party_id=party_id,
        generation=last + 1,
        digest=code_digests(session.keys, ACCESS, code)[0],
        created_at=now,
    )
    session.add(row)
    session.flush()
    return Opening(code, row)


def find_by_code(session: Session, *, number: Number | None, account: str, code: str) -> AccessCode | None:
    """The living access code that opens the case with this number (else this account number), or None.

    One HMAC a code key and one statement, whatever exists and whatever is wrong (BM-34, BM-35).
    """
    return session.scalar(
        sa.select(AccessCode)
        .join(Complaint, Complaint.id == AccessCode.complaint_id)
        .where(
            AccessCode.digest.in_(code_digests(session.keys, ACCESS, code)),
            AccessCode.revoked_at.is_(None),
            named(session.keys, number, account),
        )
    )


def begin_session(session: Session, code: AccessCode, *, now: datetime, new_code: str | None = None) -> str:
    """Open a session for who gave this code; returns the random id that only the cookie holds.

    `new_code` is an access code that was made in this moment: it is kept with the session, sealed so
    that only the cookie's holder can open it, until that person has kept it.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(
        CaseSession(
            digest=token_digest(token),
            access_code_id=code.id,
            created_at=now,
            last_seen_at=now,
            new_code=None if new_code is None else seal_for_token(token, NEW_CODE, new_code),
        )
    )
    session.flush()
    return token


# Asked at the beginning of every request with a login, so it is built once and names tables instead
# of classes. The wrapped data key comes along: whoever asks for a case is about to open it. So do all
# parties, one a row: whether somebody acts for the customer, and still may, is asked at each request.
_LOGIN, _CODE, _CASE, _PARTY, _KEY, _POWER = (
    row.__table__ for row in (CaseSession, AccessCode, Complaint, Party, CaseKey, Authority)
)
_ALIVE = sa.and_(_LOGIN.c.digest == sa.bindparam("digest"), _LOGIN.c.ended_at.is_(None), _CODE.c.revoked_at.is_(None))
# The power of attorney is a row of its own.
PARTY = OpenParty._fields[:-1]
HOLDER = (
    sa.select(
        *columns(CaseSession, ("id", "created_at", "last_seen_at", "new_code")),
        *columns(CaseKey, ("master_id", "wrapped")),
        *columns(AccessCode, ("party_id",)),
        *columns(Complaint, OpenCase._fields),
        *columns(Party, PARTY),
        *columns(Authority, OpenAuthority._fields),
    )
    .select_from(_LOGIN)
    .join(_CODE, _CODE.c.id == _LOGIN.c.access_code_id)
    .join(_CASE, _CASE.c.id == _CODE.c.complaint_id)
    .join(_PARTY, _PARTY.c.complaint_id == _CASE.c.id)
    .join(_KEY, _KEY.c.id == _CASE.c.key_id)
    .outerjoin(_POWER, _POWER.c.party_id == _PARTY.c.id)
    .where(_ALIVE)
)
VERSION = (
    sa.select(_LOGIN.c.created_at, _LOGIN.c.last_seen_at, _CASE.c.version)
    .select_from(_LOGIN)
    .join(_CODE, _CODE.c.id == _LOGIN.c.access_code_id)
    .join(_CASE, _CASE.c.id == _CODE.c.complaint_id)
    .where(_ALIVE)
)


def holder_of(session: Session, token: str, *, now: datetime, seen: bool = True) -> Holder | None:
    """Who this session's token belongs to, or None when it ended, idled out or its code was replaced.

    `seen` is false for what a page asks by itself: a page left open must not keep a session alive.
    Raises `sealing.Tampered` for a data key or a new code that was changed or moved.
    """
    rows = session.connection().execute(HOLDER, {"digest": token_digest(token)}).all()
    if not rows:
        return None
    session_id, created_at, last_seen_at, sealed_code, master_id, wrapped, party_id, *told = rows[0]
    if not session_alive(created_at=created_at, last_seen_at=last_seen_at, now=now):
        return None
    if seen and now - last_seen_at >= SEEN_EVERY:
        _seen(session.database, session_id, now)
    case = OpenCase(*told[: len(OpenCase._fields)])
    people = [_party(row[len(row) - len(PARTY) - len(OpenAuthority._fields) :]) for row in rows]
    adopt(session, unwrap(session.keys, master_id, case.key_id, wrapped))
    return Holder(
        complaint=case,
        party=next(party for party in people if party.id == party_id),
        others=tuple(party for party in people if party.id != party_id),
        session_id=session_id,
        new_code=None if sealed_code is None else open_for_token(token, NEW_CODE, sealed_code),
    )


def _party(told: Sequence[Any]) -> OpenParty:
    power = OpenAuthority(*told[len(PARTY) :])
    return OpenParty(*told[: len(PARTY)])._replace(authority=None if power.id is None else power)


def version_for(database: Database, token: str, *, now: datetime) -> int | None:
    """The version of the complaint that this session holds open, or None where `holder_of` says None.

    One statement on a bare connection, because every open page asks it once a minute. It does not
    count as being seen.
    """
    with database.single.connect() as connection:
        row = connection.execute(VERSION, {"digest": token_digest(token)}).one_or_none()
    if row is None or not session_alive(created_at=row.created_at, last_seen_at=row.last_seen_at, now=now):
        return None
    return int(row.version)


def keep_new_code(session: Session, session_id: UUID) -> None:
    """The holder has kept the new access code: from now on nobody can read it here."""
    session.execute(sa.update(CaseSession).where(CaseSession.id == session_id).values(new_code=None))


def end_session(session: Session, token: str, *, now: datetime) -> None:
    """End the session with this token, if it still lives."""
    session.execute(
        sa.update(CaseSession)
        .where(CaseSession.digest == token_digest(token), CaseSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def sweep_sessions(session: Session, *, now: datetime) -> int:
    """Delete the sessions that nobody has used for as long as a session can live; returns how many."""
    dead = sa.delete(CaseSession).where(CaseSession.last_seen_at < now - SESSION_LONGEST)
    return session.connection().execute(dead).rowcount


# ── a lost code ──────────────────────────────────────────────────────────────────────────────────


def report_lost(session: Session, *, number: Number | None, account: str, role: Role, now: datetime) -> None:
    """Enqueue the job that sends a one-time code to the contact on file of who has this role, if there is one.

    A party who has had no access code yet gets their first one in the same way (SQ-21). The request does
    the same whatever exists: no look-up, one job. The job table is not sealed, so the number stands in
    the payload encrypted, and an account number as its blind indexes.
    """
    payload: dict[str, Any]
    if number is not None:
        sealed = seal_for_token(_payload_token(session.keys), LOST_CODE, number.canonical)
        payload = {"number": base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()}
    else:
        payload = {"account": [term.hex() for term in blind_indexes(session.keys, Term.ACCOUNT, account)]}
    enqueue(session, LOST_CODE, payload | {"role": role}, now=now)


def find_lost(session: Session, payload: Mapping[str, Any], prefix: str) -> Named | None:
    """Whose code a payload of `report_lost` says is lost; None if there is no such case."""
    role = Role(payload["role"])
    if "account" in payload:
        return find_party_by_terms(session, [bytes.fromhex(term) for term in payload["account"]], role)
    sealed = base64.urlsafe_b64decode(payload["number"] + "=" * (-len(payload["number"]) % 4))
    for key_id in session.keys.ids(Purpose.INDEX):
        try:
            canonical = open_for_token(_payload_token(session.keys, key_id), LOST_CODE, sealed)
        except Tampered:
            continue
        return find_party(session, number=Number(canonical, prefix), account="", role=role)
    raise Tampered(LOST_CODE)


def _payload_token(keys: KeyRing, key_id: str | None = None) -> str:
    return keys.mac(Purpose.INDEX, LOST_CODE, key_id=key_id).hex()


def token_digest(token: str) -> bytes:
    """What the table keeps of a random token: who reads the table cannot take a session over."""
    return hashlib.sha256(token.encode()).digest()


def code_digests(keys: KeyRing, use: str, code: str) -> list[bytes]:
    """The keyed hash of a code under every code key, the current one first. `use` is what such a code is for."""
    canonical = read_code(code)[: CODE_LENGTH * 2]
    return [keys.mac(Purpose.CODE, use, canonical, key_id=key_id) for key_id in keys.ids(Purpose.CODE)]


def _seen(database: Database, session_id: UUID, now: datetime) -> None:
    with database.short_write() as connection:
        connection.execute(sa.update(CaseSession).where(CaseSession.id == session_id).values(last_seen_at=now))
