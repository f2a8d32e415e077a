"""What the pages show of officers: the people, one person's ways in, their sessions."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from portal.accounts.models import (
    Authenticator,
    Invitation,
    OfficerAccount,
    OfficerDivision,
    OfficerPart,
    OfficerSession,
    Passkey,
    RecoveryCode,
)
from portal.accounts.rules import Factor, Officer, OfficerRole, PersonState, desk_alive, plain_email
from portal.db import Session
from portal.sealing import Box


@dataclass(frozen=True, slots=True)
class Person:
    """An officer as the list of people shows them. `last_seen_at` is None for who has not been in for a while."""

    id: UUID
    name: str
    email: str
    language: str
    roles: tuple[OfficerRole, ...]
    divisions: tuple[str, ...]
    state: PersonState
    invited_until: datetime | None
    last_seen_at: datetime | None


def people(session: Session, *, now: datetime, only: UUID | None = None) -> list[Person]:
    """Every officer by name, the disabled last; or the one with the id `only`."""
    factor = sa.or_(
        sa.select(Authenticator.id)
        .where(Authenticator.officer_id == OfficerAccount.id, Authenticator.confirmed_at.is_not(None))
        .exists(),
        sa.select(Passkey.id).where(Passkey.officer_id == OfficerAccount.id).exists(),
    )
    last_seen = (
        sa.select(sa.func.max(OfficerSession.last_seen_at))
        .where(OfficerSession.officer_id == OfficerAccount.id, OfficerSession.factor.is_not(None))
        .scalar_subquery()
    )
    asked = (
        sa.select(OfficerAccount, Invitation.expires_at, factor, last_seen)
        .outerjoin(Invitation, sa.and_(Invitation.officer_id == OfficerAccount.id, Invitation.expires_at > now))
        .order_by(OfficerAccount.disabled_at.is_not(None), sa.func.lower(OfficerAccount.name), OfficerAccount.id)
    )
    if only is not None:
        asked = asked.where(OfficerAccount.id == only)
    roles: dict[UUID, list[OfficerRole]] = {}
    for officer_id, role in session.execute(sa.select(OfficerPart.officer_id, OfficerPart.role)):
        roles.setdefault(officer_id, []).append(role)
    divisions: dict[UUID, list[str]] = {}
    for officer_id, code in session.execute(sa.select(OfficerDivision.officer_id, OfficerDivision.division)):
        divisions.setdefault(officer_id, []).append(code)
    return [
        Person(
            id=account.id,
            name=account.name,
            email=account.email,
            language=account.language,
            roles=tuple(role for role in OfficerRole if role in roles.get(account.id, ())),
            divisions=tuple(sorted(divisions.get(account.id, ()))),
            state=_state(account, expires_at, has_factor),
            invited_until=expires_at,
            last_seen_at=seen_at,
        )
        for account, expires_at, has_factor, seen_at in session.execute(asked)
    ]


def person(session: Session, officer_id: UUID, *, now: datetime) -> Person | None:
    """One officer, or None where nobody has this id."""
    return next(iter(people(session, now=now, only=officer_id)), None)


def _state(account: OfficerAccount, invited_until: datetime | None, has_factor: bool) -> PersonState:
    if account.disabled_at is not None:
        return PersonState.DISABLED
    if account.password is not None and has_factor:
        return PersonState.ACTIVE
    return PersonState.INVITED if invited_until else PersonState.WITHOUT_WAY_IN


# ── whom others name ─────────────────────────────────────────────────────────────────────────────


def names(session: Session) -> dict[UUID, str]:
    """Every officer's name by id, the disabled too: histories name them."""
    return {row.id: row.name for row in session.execute(sa.select(OfficerAccount.id, OfficerAccount.name))}


def officer_known_as(session: Session, address: str) -> Officer | None:
    """The officer with this e-mail address, as rules see them; None where nobody has it, or who has it is disabled."""
    account = session.scalar(
        sa.select(OfficerAccount).where(
            OfficerAccount.email == plain_email(address), OfficerAccount.disabled_at.is_(None)
        )
    )
    if account is None:
        return None
    return Officer(
        id=account.id,
        name=account.name,
        language=account.language,
        roles=frozenset(session.scalars(sa.select(OfficerPart.role).where(OfficerPart.officer_id == account.id))),
        divisions=frozenset(
            session.scalars(sa.select(OfficerDivision.division).where(OfficerDivision.officer_id == account.id))
        ),
        shortcuts=account.shortcuts,
    )


class Colleague(NamedTuple):
    """An officer whom a case can be given to."""

    id: UUID
    name: str


def with_role(session: Session, *roles: OfficerRole, division: str | None = None) -> list[Colleague]:
    """The active officers with one of these roles, by name; with `division`, only its members."""
    has = sa.select(OfficerPart.officer_id).where(OfficerPart.role.in_(roles))
    asked = (
        sa.select(OfficerAccount.id, OfficerAccount.name)
        .where(OfficerAccount.id.in_(has), OfficerAccount.disabled_at.is_(None))
        .order_by(sa.func.lower(OfficerAccount.name), OfficerAccount.id)
    )
    if division is not None:
        member = sa.select(OfficerDivision.officer_id).where(OfficerDivision.division == division)
        asked = asked.where(OfficerAccount.id.in_(member))
    return [Colleague(*row) for row in session.execute(asked)]


# ── one's own account ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session as its owner sees it: from where, since when, last used when."""

    id: UUID
    device: str
    network: str
    factor: Factor
    created_at: datetime
    last_seen_at: datetime


def sessions_of(session: Session, *, officer_id: UUID, box: Box, now: datetime) -> list[OpenSession]:
    """The officer's living sessions, the last used first."""
    rows = session.scalars(
        sa.select(OfficerSession)
        .where(
            OfficerSession.officer_id == officer_id,
            OfficerSession.factor.is_not(None),
            OfficerSession.ended_at.is_(None),
        )
        .order_by(OfficerSession.last_seen_at.desc(), OfficerSession.id)
    )
    return [
        OpenSession(row.id, told["device"], told["network"], row.factor, row.created_at, row.last_seen_at)
        for row in rows
        if row.factor is not None
        and desk_alive(confirmed=True, created_at=row.created_at, last_seen_at=row.last_seen_at, now=now)
        and (told := box.open(row))
    ]


@dataclass(frozen=True, slots=True)
class KnownPasskey:
    """A passkey by the name that its owner gave it."""

    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Factors:
    """An officer's second factors: since when the app, which passkeys, how many recovery codes are left."""

    authenticator_since: datetime | None
    passkeys: tuple[KnownPasskey, ...]
    recovery_codes: int

    @property
    def count(self) -> int:
        """How many there are of which each opens the desk; recovery codes are none."""
        return len(self.passkeys) + (self.authenticator_since is not None)


def factors_of(session: Session, *, officer_id: UUID, box: Box) -> Factors:
    """The officer's second factors."""
    app = sa.select(Authenticator.confirmed_at).where(
        Authenticator.officer_id == officer_id, Authenticator.confirmed_at.is_not(None)
    )
    keys = session.scalars(sa.select(Passkey).where(Passkey.officer_id == officer_id).order_by(Passkey.created_at))
    left = sa.select(sa.func.count()).where(RecoveryCode.officer_id == officer_id, RecoveryCode.used_at.is_(None))
    return Factors(
        authenticator_since=session.scalar(app.limit(1)),
        passkeys=tuple(KnownPasskey(key.id, box.open(key), key.created_at, key.last_used_at) for key in keys),
        recovery_codes=session.scalar(left) or 0,
    )
