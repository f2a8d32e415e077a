"""Second factors: authenticator apps and recovery codes, made, checked and used up.

Service of the room, cut by noun; passkeys have a module of their own. To check changes nothing and to
use happens in the transaction that the factor opens, so that of two requests with the same code one
gets through.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pyotp
import sqlalchemy as sa

from portal.accounts.models import Authenticator, OfficerSession, Passkey, RecoveryCode
from portal.accounts.rules import (
    RECOVERY_CODES,
    Factor,
    LastFactor,
    WrongFactor,
    read_code,
    read_recovery_code,
    totp_steps,
)
from portal.db import Session
from portal.sealing import Box, KeyRing, Purpose

# As in access codes: no letter or digit that is taken for another.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
GROUP = 5


@dataclass(frozen=True, slots=True)
class Proof:
    """A second factor that was right a moment ago. `spent` is what it leaves behind when it is used."""

    factor: Factor
    row_id: UUID
    spent: int = 0
    # A passkey's: what it had counted before, and the session whose challenge it signed.
    counted: int = 0
    session_id: UUID | None = None
    challenge: bytes | None = None


@dataclass(frozen=True, slots=True)
class Setup:
    """An authenticator app that is being set up: its secret, to be typed or scanned."""

    secret: str
    uri: str
    created_at: datetime


# ── authenticator apps ───────────────────────────────────────────────────────────────────────────


def begin_authenticator(session: Session, *, officer_id: UUID, box: Box, now: datetime) -> None:
    """Make a secret for an authenticator app. It opens nothing until a code of its is confirmed."""
    _forget_unconfirmed(session, officer_id)
    row = Authenticator(officer_id=officer_id, last_step=0, created_at=now)
    box.seal(row, pyotp.random_base32())
    session.add(row)
    session.flush()


def setup_of(session: Session, *, officer_id: UUID, box: Box, email: str, issuer: str) -> Setup | None:
    """What the officer's app needs to know while it is being set up; None where none is."""
    row = _authenticator(session, officer_id, confirmed=False)
    if row is None:
        return None
    secret = box.open(row)
    return Setup(secret, pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer), row.created_at)


def check_totp(
    session: Session, *, officer_id: UUID, box: Box, code: str, confirmed: bool = True, now: datetime
) -> Proof | None:
    """Whether the code is the app's for this moment or a step beside it, and newer than any that was taken.

    `confirmed` is false for the app that is being set up.
    """
    row = _authenticator(session, officer_id, confirmed=confirmed)
    if row is None:
        return None
    reckoned = pyotp.TOTP(box.open(row))
    typed = read_code(code).encode()
    fitting = [step for step in totp_steps(now) if hmac.compare_digest(reckoned.generate_otp(step).encode(), typed)]
    return Proof(Factor.TOTP, row.id, spent=max(fitting)) if fitting and max(fitting) > row.last_step else None


def keep_authenticator(session: Session, *, officer_id: UUID, proof: Proof, now: datetime) -> None:
    """The app that was set up gave a right code: it takes the place of an earlier one. Raises `WrongFactor`."""
    use(session, proof, now=now)
    session.execute(
        sa.delete(Authenticator).where(Authenticator.officer_id == officer_id, Authenticator.id != proof.row_id)
    )
    session.execute(sa.update(Authenticator).where(Authenticator.id == proof.row_id).values(confirmed_at=now))


def _authenticator(session: Session, officer_id: UUID, *, confirmed: bool) -> Authenticator | None:
    state = Authenticator.confirmed_at.is_not(None) if confirmed else Authenticator.confirmed_at.is_(None)
    newest = Authenticator.created_at.desc()
    return session.scalar(
        sa.select(Authenticator).where(Authenticator.officer_id == officer_id, state).order_by(newest).limit(1)
    )


def _forget_unconfirmed(session: Session, officer_id: UUID) -> None:
    session.execute(
        sa.delete(Authenticator).where(Authenticator.officer_id == officer_id, Authenticator.confirmed_at.is_(None))
    )


# ── recovery codes ───────────────────────────────────────────────────────────────────────────────


def new_recovery_codes(session: Session, *, officer_id: UUID) -> list[str]:
    """Make ten new recovery codes and return them as printed, which they never can be again. Older ones end."""
    session.execute(sa.delete(RecoveryCode).where(RecoveryCode.officer_id == officer_id))
    key_id = session.keys.current_id(Purpose.CODE)
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(2 * GROUP)) for _ in range(RECOVERY_CODES)]
    session.add_all(
        RecoveryCode(officer_id=officer_id, mac=_mac(session.keys, officer_id, code, key_id), mac_key_id=key_id)
        for code in codes
    )
    session.flush()
    return [f"{code[:GROUP]}-{code[GROUP:]}" for code in codes]


def check_recovery_code(session: Session, *, officer_id: UUID, code: str) -> Proof | None:
    """Whether this is one of the officer's unused recovery codes, however it is written."""
    typed = read_recovery_code(code)
    macs = [_mac(session.keys, officer_id, typed, key_id) for key_id in session.keys.ids(Purpose.CODE)]
    found = session.scalar(
        sa.select(RecoveryCode.id).where(
            RecoveryCode.officer_id == officer_id, RecoveryCode.mac.in_(macs), RecoveryCode.used_at.is_(None)
        )
    )
    return Proof(Factor.RECOVERY_CODE, found) if found else None


def _mac(keys: KeyRing, officer_id: UUID, code: str, key_id: str) -> bytes:
    return keys.mac(Purpose.CODE, "recovery", str(officer_id), code, key_id=key_id)


# ── using and losing them ────────────────────────────────────────────────────────────────────────


def use(session: Session, proof: Proof, *, now: datetime) -> None:
    """Use a factor up. Raises `WrongFactor` if the same code, or the same answer of a passkey, was used since."""
    match proof.factor:
        case Factor.TOTP:
            spent = session.execute(
                sa.update(Authenticator)
                .where(Authenticator.id == proof.row_id, Authenticator.last_step < proof.spent)
                .values(last_step=proof.spent)
                .returning(Authenticator.id)
            )
        case Factor.RECOVERY_CODE:
            spent = session.execute(
                sa.update(RecoveryCode)
                .where(RecoveryCode.id == proof.row_id, RecoveryCode.used_at.is_(None))
                .values(used_at=now)
                .returning(RecoveryCode.id)
            )
        case Factor.PASSKEY:
            use_challenge(session, proof.session_id, proof.challenge)
            spent = session.execute(
                sa.update(Passkey)
                .where(Passkey.id == proof.row_id, Passkey.uses == proof.counted)
                .values(uses=proof.spent, last_used_at=now)
                .returning(Passkey.id)
            )
    if spent.one_or_none() is None:
        raise WrongFactor


def use_challenge(session: Session, session_id: UUID | None, challenge: bytes | None) -> None:
    """A challenge is answered once. Raises `WrongFactor` if it was answered or replaced since."""
    answered = session.execute(
        sa.update(OfficerSession)
        .where(OfficerSession.id == session_id, OfficerSession.challenge == challenge)
        .values(challenge=None)
        .returning(OfficerSession.id)
    )
    if answered.one_or_none() is None:
        raise WrongFactor


def has_authenticator(session: Session, officer_id: UUID) -> bool:
    """Whether the officer has an authenticator app."""
    return _authenticator(session, officer_id, confirmed=True) is not None


def has_any(session: Session, officer_id: UUID) -> bool:
    """Whether the officer has a second factor that opens the desk; recovery codes alone are none."""
    app = sa.select(Authenticator.id).where(
        Authenticator.officer_id == officer_id, Authenticator.confirmed_at.is_not(None)
    )
    passkey = sa.select(Passkey.id).where(Passkey.officer_id == officer_id)
    return bool(session.scalar(sa.select(sa.or_(app.exists(), passkey.exists()))))


def remove_authenticator(session: Session, *, officer_id: UUID) -> None:
    """Remove the authenticator app. Raises `LastFactor` where no passkey is left."""
    session.execute(sa.delete(Authenticator).where(Authenticator.officer_id == officer_id))
    if not has_any(session, officer_id):
        raise LastFactor


def remove_passkey(session: Session, *, officer_id: UUID, passkey_id: UUID) -> None:
    """Remove one of the officer's passkeys. Raises `LastFactor` where no other factor is left."""
    session.execute(sa.delete(Passkey).where(Passkey.officer_id == officer_id, Passkey.id == passkey_id))
    if not has_any(session, officer_id):
        raise LastFactor


def remove_all(session: Session, *, officer_id: UUID) -> None:
    """Remove every second factor and recovery code: the officer has lost them."""
    for kind in (Authenticator, Passkey, RecoveryCode):
        session.execute(sa.delete(kind).where(kind.officer_id == officer_id))
