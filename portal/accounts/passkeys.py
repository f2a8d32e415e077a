"""Passkeys (WebAuthn): asked for, registered, checked. Service of the room, cut by noun.

The challenge stands in the officer's session and is answered once. The library takes a moment to
load and few requests need it, so each function loads it itself.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import sqlalchemy as sa

from portal.accounts.factors import Proof, use_challenge
from portal.accounts.models import OfficerSession, Passkey
from portal.accounts.rules import Factor
from portal.accounts.sessions import Login
from portal.db import Session
from portal.sealing import Box

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

CHALLENGE_BYTES = 32
# An answer is a few kilobytes; nothing near this size comes from a browser.
LONGEST_ANSWER = 100_000
# How a browser can reach a passkey; what else it may say is not kept.
TRANSPORTS = ("usb", "nfc", "ble", "smart-card", "internal", "cable", "hybrid")


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Whom a passkey is for: our host, our name, and the origin that the browser must have been at."""

    id: str
    name: str
    origin: str


@dataclass(frozen=True, slots=True)
class Registered:
    """A passkey that proved itself and is not kept yet."""

    credential: bytes
    public_key: bytes
    uses: int
    transports: tuple[str, ...]
    challenge: bytes


def ask_to_register(session: Session, login: Login, party: RelyingParty) -> str:
    """What the browser needs to make a passkey, as JSON; the challenge is new and kept with the session."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    return options_to_json(
        generate_registration_options(
            rp_id=party.id,
            rp_name=party.name,
            user_id=login.officer.id.bytes,
            user_name=login.email,
            user_display_name=login.officer.name,
            challenge=_new_challenge(session, login.session_id),
            exclude_credentials=_descriptors(session, login.officer.id),
            # It comes after a password, so a plain security key without a PIN is as good.
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=UserVerificationRequirement.PREFERRED
            ),
        )
    )


def ask_to_sign(session: Session, login: Login, party: RelyingParty) -> str:
    """What the browser needs to use one of the officer's passkeys, as JSON; the challenge is new."""
    from webauthn import generate_authentication_options, options_to_json

    return options_to_json(
        generate_authentication_options(
            rp_id=party.id,
            challenge=_new_challenge(session, login.session_id),
            allow_credentials=_descriptors(session, login.officer.id),
        )
    )


def check_new(session: Session, login: Login, *, answer: str, party: RelyingParty) -> Registered | None:
    """The passkey that the browser made, if it signed this session's challenge for us; else None."""
    from webauthn import verify_registration_response

    challenge = _challenge(session, login.session_id)
    if challenge is None or len(answer) > LONGEST_ANSWER:
        return None
    try:
        verified = verify_registration_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=party.id, expected_origin=party.origin
        )
        transports = json.loads(answer)["response"].get("transports") or []
        known = tuple(name for name in TRANSPORTS if name in transports)
    except Exception:
        return None
    return Registered(verified.credential_id, verified.credential_public_key, verified.sign_count, known, challenge)


def keep_new(session: Session, login: Login, *, box: Box, made: Registered, name: str, now: datetime) -> None:
    """Keep a passkey that `check_new` found right. Raises `WrongFactor` if its challenge was answered since."""
    use_challenge(session, login.session_id, made.challenge)
    row = Passkey(
        officer_id=login.officer.id,
        credential=made.credential,
        public_key=made.public_key,
        uses=made.uses,
        transports=list(made.transports),
        created_at=now,
    )
    box.seal(row, name)
    session.add(row)
    session.flush()


def check(session: Session, login: Login, *, answer: str, party: RelyingParty) -> Proof | None:
    """Whether one of the officer's passkeys signed this session's challenge for us.

    One that counts must have counted on: a copy of it falls behind and is refused.
    """
    from webauthn import verify_authentication_response
    from webauthn.helpers import parse_authentication_credential_json

    challenge = _challenge(session, login.session_id)
    if challenge is None or len(answer) > LONGEST_ANSWER:
        return None
    try:
        credential = parse_authentication_credential_json(answer)
    except Exception:
        return None
    row = session.scalar(
        sa.select(Passkey).where(Passkey.officer_id == login.officer.id, Passkey.credential == credential.raw_id)
    )
    if row is None:
        return None
    try:
        verified = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.uses,
        )
    except Exception:
        return None
    return Proof(
        Factor.PASSKEY,
        row.id,
        spent=verified.new_sign_count,
        counted=row.uses,
        session_id=login.session_id,
        challenge=challenge,
    )


def has_any(session: Session, officer_id: UUID) -> bool:
    """Whether the officer has a passkey."""
    return session.scalar(sa.select(Passkey.id).where(Passkey.officer_id == officer_id).limit(1)) is not None


def _new_challenge(session: Session, session_id: UUID) -> bytes:
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    session.execute(sa.update(OfficerSession).where(OfficerSession.id == session_id).values(challenge=challenge))
    return challenge


def _challenge(session: Session, session_id: UUID) -> bytes | None:
    return session.scalar(sa.select(OfficerSession.challenge).where(OfficerSession.id == session_id))


def _descriptors(session: Session, officer_id: UUID) -> "list[PublicKeyCredentialDescriptor]":
    from webauthn.helpers.structs import AuthenticatorTransport, PublicKeyCredentialDescriptor

    rows = session.scalars(sa.select(Passkey).where(Passkey.officer_id == officer_id).order_by(Passkey.created_at))
    return [
        PublicKeyCredentialDescriptor(id=row.credential, transports=[AuthenticatorTransport(t) for t in row.transports])
        for row in rows
    ]
