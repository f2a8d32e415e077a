"""One-time codes, and officers with their roles, ways in and sessions."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.rules import CodePurpose, Factor, OfficerRole
from portal.db import Base


class OneTimeCode(Base):
    """A code that was sent to one party of a draft or complaint, for one purpose. Only the newest counts."""

    __tablename__ = "one_time_codes"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    # The draft or complaint and its party. Their tables stand above this room, hence no foreign keys.
    subject_id: Mapped[UUID]
    party_id: Mapped[UUID | None]
    purpose: Mapped[CodePurpose]
    # HMAC under a key of the code ring, bound to this row; the key's id stays with it over a rotation.
    mac: Mapped[bytes]
    mac_key_id: Mapped[str]
    # The notice that carries the code; none for the decoy.
    notice_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("notices.id"))
    tries: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    __table_args__ = (
        sa.CheckConstraint("tries >= 0", name="tries_count_up"),
        sa.Index("ix_one_time_codes_subject_id_purpose_created_at", "subject_id", "purpose", "created_at"),
        sa.Index("ix_one_time_codes_created_at", "created_at"),
    )


# ── officers ─────────────────────────────────────────────────────────────────────────────────────


class OfficerAccount(Base):
    """One officer. Never deleted, because histories name them for as long as complaints are kept; disabled instead.

    Name and e-mail address are plain: these are the institution's own staff in their office. Colleagues
    read the name on every case, administrators search the list of people by both, and the address is
    what somebody signs in by, lower-cased so that it is unique. Sealing either would protect them from
    nobody who may not know them anyway. What opens an account is sealed, under a data key of its own.
    """

    __tablename__ = "officers"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    key_id: Mapped[UUID] = mapped_column(sa.ForeignKey("case_keys.id"))
    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    language: Mapped[str]
    # Argon2id; none until the first invitation is accepted.
    password: Mapped[str | None]
    shortcuts: Mapped[bool]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]

    __table_args__ = (sa.CheckConstraint("email = lower(email)", name="email_is_lower_case"),)


class OfficerPart(Base):
    """A role of an officer."""

    __tablename__ = "officer_roles"

    officer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("officers.id"), primary_key=True)
    role: Mapped[OfficerRole] = mapped_column(primary_key=True)


class OfficerDivision(Base):
    """A division of the profile that an officer belongs to."""

    __tablename__ = "officer_divisions"

    officer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("officers.id"), primary_key=True)
    division: Mapped[str] = mapped_column(primary_key=True)


class Invitation(Base):
    """A link that lets an officer choose a password, once. Only the newest of an officer exists."""

    __tablename__ = "invitations"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    officer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("officers.id"), unique=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    # The mail that carries the link; none where it was only printed.
    notice_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("notices.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


# ── second factors ───────────────────────────────────────────────────────────────────────────────


class Authenticator(Base):
    """An authenticator app (RFC 6238). `sealed` holds its secret; not confirmed, it opens nothing yet."""

    __tablename__ = "authenticators"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    officer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("officers.id"), index=True)
    sealed: Mapped[bytes]
    # The newest step whose code was taken: it and every older one are spent.
    last_step: Mapped[int] = mapped_column(sa.BigInteger())
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class Passkey(Base):
    """A WebAuthn credential. `sealed` holds the name that its owner gave it."""

    __tablename__ = "passkeys"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    officer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("officers.id"), index=True)
    credential: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    # Grows with every use where the device counts, else stays 0: a copy of the device falls behind.
    uses: Mapped[int] = mapped_column(sa.BigInteger())
    transports: Mapped[list[str]]
    sealed: Mapped[bytes]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """One of the codes for who has lost the other factors: a keyed hash, used once."""

    __tablename__ = "recovery_codes"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    officer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("officers.id"), index=True)
    # HMAC under a key of the code ring, bound to the officer; the key's id stays with it over a rotation.
    mac: Mapped[bytes]
    mac_key_id: Mapped[str]
    used_at: Mapped[datetime | None]


# ── sessions ─────────────────────────────────────────────────────────────────────────────────────


class OfficerSession(Base):
    """One sign-in of an officer: from the password on, and with `factor` from the second factor on.

    `sealed` holds device and network, `new_codes` fresh recovery codes until their owner has kept them,
    sealed so that only the cookie's holder can open them.
    """

    __tablename__ = "officer_sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    officer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("officers.id"), index=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    factor: Mapped[Factor | None]
    sealed: Mapped[bytes]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime] = mapped_column(index=True)
    # When the password was last given in this session.
    proved_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    # What a passkey must sign next, once.
    challenge: Mapped[bytes | None]
    new_codes: Mapped[bytes | None]
