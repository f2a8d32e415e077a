"""Keys and what they protect: the ring, a case's data key, sealed values, blind indexes.

Every draft and complaint has a data key of its own, wrapped by a master key with an id. Personal
data is sealed under it, one value a row, bound by its additional data to table, column and row id:
a value moved elsewhere is refused, and erasing a case is destroying its key.
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Session, uuid7

KEY_BYTES = 32
NONCE_BYTES = 12
FORMAT = b"\x01"


class Purpose(StrEnum):
    """What a key may be used for. Each has a ring of its own, so that rotating one touches no other."""

    SESSION = "session"
    MASTER = "master"
    INDEX = "index"
    CODE = "code"
    CHAIN = "chain"


class BadKeys(ValueError):
    """The key ring cannot be used; `reasons` says everything that is wrong with it."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


class Tampered(Exception):
    """A sealed value does not belong where it stands, or was changed."""


class KeyDestroyed(Exception):
    """The data key is gone: what it sealed was erased for good."""


@dataclass(frozen=True, slots=True)
class Ring:
    """The keys of one purpose by id; new work uses `current`, old work names the id it used."""

    current: str
    keys: Mapping[str, bytes]


class KeyRing:
    """All keys of a deployment, by purpose and id."""

    def __init__(self, rings: Mapping[Purpose, Ring]) -> None:
        self._rings = dict(rings)

    @classmethod
    def generate(cls) -> Self:
        """A new ring with one random 256-bit key a purpose."""
        return cls({p: Ring(f"{p}-1", {f"{p}-1": secrets.token_bytes(KEY_BYTES)}) for p in Purpose})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read `{"master": {"current": "m2", "keys": {"m1": "<base64>", "m2": …}}, …}`.

        Raises `BadKeys` with every reason at once: not JSON, a missing purpose, a current id without
        a key, a key that is not 32 bytes or visibly not random, the same key under two names.
        """
        try:
            data = json.loads(text)
        except ValueError:
            raise BadKeys(["it is not valid JSON"]) from None
        if not isinstance(data, dict):
            raise BadKeys(["it is not a JSON object"])
        reasons = [f"unknown purpose {name!r}" for name in data if name not in set(Purpose)]
        rings: dict[Purpose, Ring] = {}
        seen: dict[bytes, str] = {}
        for purpose in Purpose:
            entry = data.get(purpose)
            if not isinstance(entry, dict) or not isinstance(entry.get("keys"), dict) or not entry["keys"]:
                reasons.append(f"the {purpose} keys are missing")
                continue
            keys: dict[str, bytes] = {}
            for key_id, encoded in entry["keys"].items():
                name = f"{purpose} key {key_id!r}"
                try:
                    key = base64.b64decode(str(encoded), validate=True)
                except (binascii.Error, ValueError):
                    reasons.append(f"{name} is not base64")
                    continue
                if len(key) != KEY_BYTES:
                    reasons.append(f"{name} has {len(key)} bytes instead of {KEY_BYTES}")
                elif len(set(key)) < KEY_BYTES // 2:
                    reasons.append(f"{name} is not random")
                elif key in seen:
                    reasons.append(f"{name} is the same as {seen[key]}")
                else:
                    seen[key] = name
                    keys[key_id] = key
            if entry.get("current") not in entry["keys"]:
                reasons.append(f"the current {purpose} key {entry.get('current')!r} is not among its keys")
            elif entry["current"] in keys:
                rings[purpose] = Ring(entry["current"], keys)
        if reasons:
            raise BadKeys(reasons)
        return cls(rings)

    def to_json(self) -> str:
        """The text `from_json` reads. It is the secret itself: write it only to a file of mode 600."""
        return json.dumps(
            {
                purpose: {
                    "current": ring.current,
                    "keys": {key_id: base64.b64encode(key).decode() for key_id, key in ring.keys.items()},
                }
                for purpose, ring in self._rings.items()
            },
            indent=1,
        )

    def rotated(self, purpose: Purpose, key_id: str) -> "KeyRing":
        """A ring with a new current key for one purpose; the old keys stay readable."""
        ring = self._rings[purpose]
        keys = {**ring.keys, key_id: secrets.token_bytes(KEY_BYTES)}
        return KeyRing({**self._rings, purpose: Ring(key_id, keys)})

    def current_id(self, purpose: Purpose) -> str:
        return self._rings[purpose].current

    def ids(self, purpose: Purpose) -> tuple[str, ...]:
        """All ids of a purpose, the current one first."""
        ring = self._rings[purpose]
        return (ring.current, *(key_id for key_id in ring.keys if key_id != ring.current))

    def key(self, purpose: Purpose, key_id: str | None = None) -> bytes:
        """The key's bytes. Raises `KeyError` for an id that the ring does not hold."""
        ring = self._rings[purpose]
        return ring.keys[key_id or ring.current]

    def mac(self, purpose: Purpose, *parts: bytes | str, key_id: str | None = None) -> bytes:
        """HMAC-SHA-256 over the parts, each with its length before it: no two lists collide."""
        return hmac.digest(self.key(purpose, key_id), framed(*parts), "sha256")


def framed(*parts: bytes | str) -> bytes:
    """The parts as one byte string that can be cut in one way only."""
    encoded = [part.encode() if isinstance(part, str) else part for part in parts]
    return b"".join(len(part).to_bytes(8, "big") + part for part in encoded)


# ── blind indexes ────────────────────────────────────────────────────────────────────────────────


def blind_index(keys: KeyRing, kind: str, value: str) -> bytes:
    """The value a new row is found by: equality can be searched, the value not read."""
    return keys.mac(Purpose.INDEX, kind, value)


def blind_indexes(keys: KeyRing, kind: str, value: str) -> list[bytes]:
    """What to search for: the value under every index key that rows may still carry."""
    return [keys.mac(Purpose.INDEX, kind, value, key_id=key_id) for key_id in keys.ids(Purpose.INDEX)]


# ── data keys and sealed values ──────────────────────────────────────────────────────────────────


class CaseKey(Base):
    """The wrapped data key of one draft or complaint. Without `wrapped` the case is erased."""

    __tablename__ = "case_keys"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    master_id: Mapped[str]
    wrapped: Mapped[bytes | None]
    created_at: Mapped[datetime]
    destroyed_at: Mapped[datetime | None]

    __table_args__ = (
        sa.CheckConstraint("(wrapped IS NULL) = (destroyed_at IS NOT NULL)", name="destroyed_means_gone"),
        sa.Index("ix_case_keys_master_id", "master_id"),
    )


class Box:
    """An unwrapped data key and what can be done with it."""

    __slots__ = ("_aead", "_key", "id")

    def __init__(self, key_id: UUID, key: bytes) -> None:
        self.id = key_id
        self._key = key
        self._aead = AESGCM(key)

    def seal(self, row: Base, value: Any, column: str = "sealed") -> None:
        """Seal a JSON-able value into the row's column, bound to table, column and row id."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        setattr(row, column, FORMAT + nonce + self._aead.encrypt(nonce, plain, _place(row, column)))

    def open(self, row: Base, column: str = "sealed") -> Any:
        """The value that `seal` put there. Raises `Tampered` if it was changed or moved."""
        blob = getattr(row, column)
        if not isinstance(blob, bytes) or blob[:1] != FORMAT:
            raise Tampered(f"{row.__tablename__}.{column}")
        nonce, body = blob[1 : 1 + NONCE_BYTES], blob[1 + NONCE_BYTES :]
        try:
            return json.loads(self._aead.decrypt(nonce, body, _place(row, column)))
        except InvalidTag:
            raise Tampered(f"{row.__tablename__}.{column}") from None

    def derive(self, info: str) -> bytes:
        """A 32-byte key for one further use (a file's key, a salt) that dies with the data key."""
        return hmac.digest(self._key, framed("derive", info), hashlib.sha256)


def _place(row: Any, column: str) -> bytes:
    return framed(row.__tablename__, column, str(row.id))


def new_box(session: Session, *, now: datetime) -> Box:
    """Make a data key for a new draft or complaint and keep it wrapped under the current master key."""
    key = secrets.token_bytes(KEY_BYTES)
    master_id = session.keys.current_id(Purpose.MASTER)
    row = CaseKey(
        id=uuid7(),
        master_id=master_id,
        wrapped=aes_key_wrap(session.keys.key(Purpose.MASTER, master_id), key),
        created_at=now,
    )
    session.add(row)
    box = Box(row.id, key)
    _opened(session)[row.id] = box
    return box


def open_box(session: Session, key_id: UUID) -> Box:
    """The data key with this id, unwrapped once a session.

    Raises `KeyDestroyed` after an erasure, `Tampered` if the wrapped key was changed.
    """
    boxes = _opened(session)
    if key_id in boxes:
        return boxes[key_id]
    row = session.get_one(CaseKey, key_id)
    if row.wrapped is None:
        raise KeyDestroyed(str(key_id))
    try:
        key = aes_key_unwrap(session.keys.key(Purpose.MASTER, row.master_id), row.wrapped)
    except InvalidUnwrap:
        raise Tampered("case_keys.wrapped") from None
    boxes[key_id] = Box(key_id, key)
    return boxes[key_id]


def destroy_key(session: Session, key_id: UUID, *, now: datetime) -> None:
    """Erase for good everything sealed under this data key."""
    row = session.get_one(CaseKey, key_id, with_for_update=True)
    if row.destroyed_at is None:
        row.wrapped = None
        row.destroyed_at = now
    _opened(session).pop(key_id, None)


def rewrap(session: Session, *, batch: int = 500) -> int:
    """Wrap up to `batch` data keys anew under the current master key; returns how many it wrapped.

    Call until it returns 0; then no row needs the older master keys any more. No sealed value changes.
    """
    current = session.keys.current_id(Purpose.MASTER)
    rows = session.scalars(
        sa.select(CaseKey)
        .where(CaseKey.master_id != current, CaseKey.wrapped.is_not(None))
        .limit(batch)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        assert row.wrapped is not None
        key = aes_key_unwrap(session.keys.key(Purpose.MASTER, row.master_id), row.wrapped)
        row.wrapped = aes_key_wrap(session.keys.key(Purpose.MASTER, current), key)
        row.master_id = current
    session.flush()
    return len(rows)


def _opened(session: Session) -> dict[UUID, Box]:
    boxes: dict[UUID, Box] = session.info.setdefault("boxes", {})
    return boxes


# ── a secret that only its holder can open ───────────────────────────────────────────────────────


def seal_for_token(token: str, context: str, value: str) -> bytes:
    """Seal a text so that only who holds the token (never stored by us) can open it again."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    key = hashlib.sha256(framed("token", token)).digest()
    return FORMAT + nonce + AESGCM(key).encrypt(nonce, value.encode(), context.encode())


def open_for_token(token: str, context: str, blob: bytes) -> str:
    """The text sealed by `seal_for_token`. Raises `Tampered` for another token or context."""
    key = hashlib.sha256(framed("token", token)).digest()
    try:
        plain = AESGCM(key).decrypt(blob[1 : 1 + NONCE_BYTES], blob[1 + NONCE_BYTES :], context.encode())
    except InvalidTag:
        raise Tampered(context) from None
    return plain.decode()
