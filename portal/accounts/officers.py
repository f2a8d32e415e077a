"""Officers: added, invited, let in by their password, changed, disabled. Service of the room, cut by noun.

Passwords arrive here as hashes, because reckoning one takes longer than a write may.
"""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from portal.accounts import chronicle, factors, sessions
from portal.accounts.models import Invitation, OfficerAccount, OfficerDivision, OfficerPart
from portal.accounts.rules import (
    DEMO_DOMAIN,
    INVITATION_LIFETIME,
    AccountAct,
    BadRoles,
    EmailTaken,
    InvitationGone,
    LastAdministrator,
    OfficerRole,
    WrongFactor,
    plain_email,
    roles_fault,
)
from portal.db import Session
from portal.institution.models import Institution
from portal.notices import service as notices
from portal.notices.rules import NoticeKind, Recipient, Secret
from portal.sealing import new_box, open_box

TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a sign-in is judged by: the hash that was kept, and whether a second factor may still be set up."""

    officer_id: UUID
    key_id: UUID
    password: str | None = field(repr=False)
    may_enrol: bool


@dataclass(frozen=True, slots=True)
class Invited:
    """Whom a living invitation is for."""

    officer_id: UUID
    key_id: UUID
    name: str
    email: str


# ── adding and inviting ──────────────────────────────────────────────────────────────────────────


def add(
    session: Session,
    *,
    email: str,
    name: str,
    language: str,
    roles: Collection[OfficerRole],
    divisions: Collection[str],
    profile: Institution,
    now: datetime,
    by: UUID | None = None,
) -> OfficerAccount:
    """Add an officer, who cannot sign in until an invitation is accepted.

    `by` is the administrator, here and in every act below; None for an operator's command. Raises `BadRoles`
    where roles and divisions do not fit together, `EmailTaken` for an address that somebody has.
    """
    _must_fit(roles, divisions, profile)
    address = plain_email(email)
    if session.scalar(sa.select(OfficerAccount.id).where(OfficerAccount.email == address)):
        raise EmailTaken
    box = new_box(session, now=now)
    account = OfficerAccount(key_id=box.id, name=name, email=address, language=language, shortcuts=True, created_at=now)
    try:
        # Two administrators may add the same person at once; the second one is told, and loses nothing.
        with session.begin_nested():
            session.add(account)
    except sa.exc.IntegrityError:
        raise EmailTaken from None
    _put(session, account.id, roles, divisions)
    chronicle.note(session, account.id, AccountAct.ADDED, by=by, now=now, payload=_standing(roles, divisions))
    return account


def invite(
    session: Session,
    account: OfficerAccount,
    *,
    base_url: str,
    mailed: bool,
    profile: Institution,
    now: datetime,
    by: UUID | None = None,
) -> str:
    """Make a new invitation and return its link, which can be used once within `INVITATION_LIFETIME`.

    An older invitation of the same officer ends. `mailed` writes it to them as well: the link stands
    in no text that is kept.
    """
    _withdraw_invitation(session, account.id)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = f"{base_url}/{account.language}/desk/invitation/{token}"
    expires_at = now + INVITATION_LIFETIME
    notice = None
    if mailed:
        notice = notices.write(
            session,
            box=open_box(session, account.key_id),
            subject_id=account.id,
            recipient=Recipient(None, account.language, account.email, None, account.name),
            kind=NoticeKind.OFFICER_INVITATION,
            facts={"expires_at": expires_at},
            secret=Secret(link, expires_at),
            now=now,
            profile=profile,
        )
    session.add(
        Invitation(
            officer_id=account.id,
            digest=_digest(token),
            notice_id=notice.id if notice else None,
            created_at=now,
            expires_at=expires_at,
        )
    )
    session.flush()
    chronicle.note(session, account.id, AccountAct.INVITED, by=by, now=now, payload={"mailed": mailed})
    return link


def invited_by(session: Session, token: str, *, now: datetime) -> Invited | None:
    """Whom this link invites, while it can be used. Changes nothing: mail programs look at links before people do."""
    row = session.execute(
        sa.select(OfficerAccount.id, OfficerAccount.key_id, OfficerAccount.name, OfficerAccount.email)
        .join(Invitation, Invitation.officer_id == OfficerAccount.id)
        .where(
            Invitation.digest == _digest(token),
            Invitation.used_at.is_(None),
            Invitation.expires_at > now,
            OfficerAccount.disabled_at.is_(None),
        )
    ).one_or_none()
    return Invited(*row) if row else None


def accept(session: Session, token: str, *, password: str, now: datetime) -> None:
    """Use the invitation up: the officer's password is the one of this hash, and every session of theirs ends.

    Raises `InvitationGone` where `invited_by` finds nobody (any more).
    """
    used = session.execute(
        sa.update(Invitation)
        .where(Invitation.digest == _digest(token), Invitation.used_at.is_(None), Invitation.expires_at > now)
        .values(used_at=now)
        .returning(Invitation.officer_id, Invitation.notice_id)
    ).one_or_none()
    if used is None:
        raise InvitationGone
    if used.notice_id is not None:
        notices.forget_secrets(session, [used.notice_id])
    account = _locked(session, used.officer_id)
    if account.disabled_at is not None:
        raise InvitationGone
    account.password = password
    sessions.end_all(session, officer_id=account.id, now=now)
    if not factors.has_any(session, account.id):
        box = open_box(session, account.key_id)
        factors.begin_authenticator(session, officer_id=account.id, box=box, now=now)
    session.flush()
    chronicle.note(session, account.id, AccountAct.JOINED, by=account.id, now=now)


def hold(session: Session, officer_id: UUID) -> None:
    """Lock the account, so that its second factors are counted and changed by one request at a time."""
    session.get_one(OfficerAccount, officer_id, with_for_update=True)


def hold_to_enrol(session: Session, officer_id: UUID) -> None:
    """Lock the account while its first second factor is kept. Raises `WrongFactor` if it has one meanwhile."""
    hold(session, officer_id)
    if factors.has_any(session, officer_id):
        raise WrongFactor


# ── signing in ───────────────────────────────────────────────────────────────────────────────────


def credentials(session: Session, *, email: str, demo: bool, now: datetime) -> Credentials | None:
    """What this address is let in by; None for one that nobody has, and for one that is disabled.

    `demo` lets demo officers in, whose password everybody knows: never in production.
    """
    may_enrol = sa.and_(Invitation.used_at.is_not(None), Invitation.expires_at > now)
    row = session.execute(
        sa.select(
            OfficerAccount.id,
            OfficerAccount.key_id,
            OfficerAccount.password,
            sa.func.coalesce(may_enrol, sa.false()),
        )
        .outerjoin(Invitation, Invitation.officer_id == OfficerAccount.id)
        .where(OfficerAccount.email == plain_email(email), OfficerAccount.disabled_at.is_(None))
    ).one_or_none()
    if row is None or (not demo and plain_email(email).endswith(f"@{DEMO_DOMAIN}")):
        return None
    return Credentials(row[0], row[1], row[2], bool(row[3]))


def set_password(session: Session, officer_id: UUID, *, password: str) -> None:
    """Keep this hash instead of the one before."""
    session.execute(sa.update(OfficerAccount).where(OfficerAccount.id == officer_id).values(password=password))


def password_of(session: Session, officer_id: UUID) -> str | None:
    """The hash that was kept."""
    return session.scalar(sa.select(OfficerAccount.password).where(OfficerAccount.id == officer_id))


def set_shortcuts(session: Session, officer_id: UUID, *, on: bool) -> None:
    """Switch single-letter keys on or off for this officer."""
    session.execute(sa.update(OfficerAccount).where(OfficerAccount.id == officer_id).values(shortcuts=on))


# ── changing and ending ──────────────────────────────────────────────────────────────────────────


def change(
    session: Session,
    officer_id: UUID,
    *,
    name: str,
    language: str,
    roles: Collection[OfficerRole],
    divisions: Collection[str],
    profile: Institution,
    now: datetime,
    by: UUID | None = None,
) -> None:
    """Give an officer another name, language, roles and divisions; they hold from the next request on.

    Raises `BadRoles`, and `LastAdministrator` where nobody else is one.
    """
    _must_fit(roles, divisions, profile)
    account = _locked(session, officer_id)
    before = _standing_of(session, officer_id)
    renamed = account.name != name
    account.name, account.language = name, language
    _put(session, officer_id, roles, divisions)
    _must_have_administrator(session)
    after = _standing(roles, divisions)
    if renamed or after != before:
        payload = {"before": before, **after, "renamed": renamed}
        chronicle.note(session, officer_id, AccountAct.CHANGED, by=by, now=now, payload=payload)


def disable(session: Session, officer_id: UUID, *, now: datetime, by: UUID | None = None) -> None:
    """Shut an officer out at once: sessions and invitation end. Raises `LastAdministrator` where nobody else is one."""
    account = _locked(session, officer_id)
    account.disabled_at = account.disabled_at or now
    session.flush()
    _must_have_administrator(session)
    sessions.end_all(session, officer_id=officer_id, now=now)
    _withdraw_invitation(session, officer_id)
    chronicle.note(session, officer_id, AccountAct.DISABLED, by=by, now=now)


def enable(session: Session, officer_id: UUID, *, now: datetime, by: UUID | None = None) -> None:
    """Let a disabled officer in again, with the password and factors they had."""
    _locked(session, officer_id).disabled_at = None
    session.flush()
    chronicle.note(session, officer_id, AccountAct.ENABLED, by=by, now=now)


def end_sessions(session: Session, officer_id: UUID, *, now: datetime, by: UUID) -> None:
    """An administrator ends every session of an officer."""
    sessions.end_all(session, officer_id=officer_id, now=now)
    chronicle.note(session, officer_id, AccountAct.SESSIONS_ENDED, by=by, now=now)


def reset_factors(session: Session, officer_id: UUID, *, now: datetime, by: UUID | None = None) -> OfficerAccount:
    """Remove every second factor, end every session, and let the password open nothing: an invitation must follow.

    Otherwise whoever knows the password alone could set up a factor of their own.
    """
    account = _locked(session, officer_id)
    account.password = None
    factors.remove_all(session, officer_id=officer_id)
    sessions.end_all(session, officer_id=officer_id, now=now)
    _withdraw_invitation(session, officer_id)
    session.flush()
    chronicle.note(session, officer_id, AccountAct.FACTORS_RESET, by=by, now=now)
    return account


def purge(session: Session, *, now: datetime) -> None:
    """Delete the invitations that nothing asks for any more."""
    session.execute(sa.delete(Invitation).where(Invitation.expires_at <= now))


def _must_fit(roles: Collection[OfficerRole], divisions: Collection[str], profile: Institution) -> None:
    if fault := roles_fault(roles, divisions, profile.divisions):
        raise BadRoles(fault)


def _put(session: Session, officer_id: UUID, roles: Collection[OfficerRole], divisions: Collection[str]) -> None:
    for kind in (OfficerPart, OfficerDivision):
        session.execute(sa.delete(kind).where(kind.officer_id == officer_id))
    session.add_all(OfficerPart(officer_id=officer_id, role=role) for role in sorted(set(roles)))
    session.add_all(OfficerDivision(officer_id=officer_id, division=code) for code in sorted(set(divisions)))
    session.flush()


def _standing(roles: Collection[OfficerRole], divisions: Collection[str]) -> dict[str, list[str]]:
    """Roles and divisions as an entry tells them."""
    return {"roles": sorted(set(roles)), "divisions": sorted(set(divisions))}


def _standing_of(session: Session, officer_id: UUID) -> dict[str, list[str]]:
    roles = session.scalars(sa.select(OfficerPart.role).where(OfficerPart.officer_id == officer_id)).all()
    divisions = session.scalars(sa.select(OfficerDivision.division).where(OfficerDivision.officer_id == officer_id))
    return _standing(roles, divisions.all())


ADMINISTRATORS = (
    sa.select(OfficerAccount.id)
    .join(OfficerPart, OfficerPart.officer_id == OfficerAccount.id)
    .where(OfficerPart.role == OfficerRole.ADMINISTRATOR, OfficerAccount.disabled_at.is_(None))
    .order_by(OfficerAccount.id)
)


def _locked(session: Session, officer_id: UUID) -> OfficerAccount:
    """The account under its lock, after all administrators' and in their order.

    So two administrators who take the right from each other at once do it one after the other, and the
    second finds itself to be the last.
    """
    session.execute(ADMINISTRATORS.with_for_update())
    return session.get_one(OfficerAccount, officer_id, with_for_update=True, populate_existing=True)


def _must_have_administrator(session: Session) -> None:
    if session.scalar(ADMINISTRATORS.limit(1)) is None:
        raise LastAdministrator


def _withdraw_invitation(session: Session, officer_id: UUID) -> None:
    gone = session.execute(
        sa.delete(Invitation).where(Invitation.officer_id == officer_id).returning(Invitation.notice_id)
    )
    notices.forget_secrets(session, [row.notice_id for row in gone if row.notice_id])


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
