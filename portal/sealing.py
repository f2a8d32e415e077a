"""Keys and what they protect: the ring, a case's data key, sealed values, blind indexes.

Every draft, complaint and officer has a data key of its own, wrapped by a master key with an id. Personal
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
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
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
    """The keys of one purpose by id; new work uses `current`, old work names the id it used.

    `since` is the day from which `current` is in use, where the ring says so.
    """

    current: str
    # A key must not be shown by whoever shows the ring, a traceback included.
    keys: Mapping[str, bytes] = field(repr=False)
    since: date | None = None


class KeyRing:
    """All keys of a deployment, by purpose and id."""

    def __init__(self, rings: Mapping[Purpose, Ring]) -> None:
        self._rings = dict(rings)

    @classmethod
    def generate(cls, since: date | None = None) -> Self:
        """A new ring with one random 256-bit key a purpose, in use since this day."""
        return cls({p: Ring(f"{p}-1", {f"{p}-1": secrets.token_bytes(KEY_BYTES)}, since) for p in Purpose})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read `{"master": {"current": "m2", "since": "2026-11-30", "keys": {"m1": "<base64>", "m2": …}}, …}`.

        `since` may be left out. Raises `BadKeys` with every reason at once: not JSON, a missing purpose, a
        current id without a key, a key that is not 32 bytes or visibly not random, the same key under two
        names, a `since` that is no day.
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
                if not key_id:
                    reasons.append(f"a {purpose} key has no id")
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
            current = entry.get("current")
            if not isinstance(current, str) or current not in entry["keys"]:
                reasons.append(f"the current {purpose} key {current!r} is not among its keys")
            try:
                since = date.fromisoformat(entry["since"]) if "since" in entry else None
            except (TypeError, ValueError):
                reasons.append(f"{purpose}: since {entry['since']!r} is not a day like 2026-11-30")
                since = None
            if isinstance(current, str) and current in keys:
                rings[purpose] = Ring(current, keys, since)
        if reasons:
            raise BadKeys(reasons)
        return cls(rings)

    def to_json(self) -> str:
        """The text `from_json` reads. It is the secret itself: write it only to a file of mode 600."""
        return json.dumps(
            {
                purpose: {
                    "current": ring.current,
                    **({"since": ring.since.isoformat()} if ring.since else {}),
                    "keys": {key_id: base64.b64encode(key).decode() for key_id, key in ring.keys.items()},
                }
                for purpose, ring in self._rings.items()
            },
            indent=1,
        )

    def rotated(self, purpose: Purpose, key_id: str, since: date | None = None) -> "KeyRing":
        """A ring with a new current key for one purpose, in use since this day; the old keys stay readable.

        Raises `ValueError` for an id that is taken: what the key of that name had protected would be lost.
        """
        ring = self._rings[purpose]
        if not key_id or key_id in ring.keys:
            raise ValueError(f"the {purpose} ring needs a new id, not {key_id!r}")
        keys = {**ring.keys, key_id: secrets.token_bytes(KEY_BYTES)}
        return KeyRing({**self._rings, purpose: Ring(key_id, keys, since)})

    def current_id(self, purpose: Purpose) -> str:
        return self._rings[purpose].current

    def since(self, purpose: Purpose) -> date | None:
        """The day from which the current key is in use; None where the ring does not say."""
        return self._rings[purpose].since

    def ids(self, purpose: Purpose) -> tuple[str, ...]:
        """All ids of a purpose, the current one first."""
        ring = self._rings[purpose]
        return (ring.current, *(key_id for key_id in ring.keys if key_id != ring.current))

    def key(self, purpose: Purpose, key_id: str | None = None) -> bytes:
        """The key's bytes. Raises `KeyError` for an id that the ring does not hold."""
        ring = self._rings[purpose]
        return ring.keys[ring.current if key_id is None else key_id]

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
    """The wrapped data key of one draft, complaint or officer. Without `wrapped` the case is erased."""

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
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
        setattr(row, column, _encrypt(self._aead, plain, _place_of(row, column)))

    def open(self, row: Base, column: str = "sealed") -> Any:
        """The value that `seal` put there. Raises `Tampered` if it was changed or moved."""
        name = f"{row.__tablename__}.{column}"
        return json.loads(_decrypt(self._aead, getattr(row, column), _place_of(row, column), name))

    def open_from(self, table: str, row_id: UUID, blob: Any, column: str = "sealed") -> Any:
        """What `open` gives, for a value that was read without its row."""
        return json.loads(_decrypt(self._aead, blob, _place(table, column, row_id), f"{table}.{column}"))

    def wrapped(self, keys: KeyRing, master_id: str) -> bytes:
        """The data key for its `case_keys` row, under this master key."""
        return _wrap(keys, master_id, self.id, self._key)

    def derive(self, info: str) -> bytes:
        """A 32-byte key for one further use (a file's key, a salt) that dies with the data key."""
        return hmac.digest(self._key, framed("derive", info), hashlib.sha256)


def _place(table: str, column: str, row_id: UUID) -> bytes:
    return framed(table, column, str(row_id))


def _place_of(row: Any, column: str) -> bytes:
    return _place(row.__tablename__, column, row.id)


def _encrypt(aead: AESGCM, plain: bytes, place: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return FORMAT + nonce + aead.encrypt(nonce, plain, place)


def _decrypt(aead: AESGCM, blob: Any, place: bytes, name: str) -> bytes:
    """What `_encrypt` was given. Raises `Tampered` for anything else, too short to be a value included."""
    if not isinstance(blob, bytes) or blob[:1] != FORMAT or len(blob) <= 1 + NONCE_BYTES:
        raise Tampered(name)
    try:
        return aead.decrypt(blob[1 : 1 + NONCE_BYTES], blob[1 + NONCE_BYTES :], place)
    except InvalidTag:
        raise Tampered(name) from None


def _wrap(keys: KeyRing, master_id: str, key_id: UUID, key: bytes) -> bytes:
    """A data key under a master key, bound to its row.

    A wrapped key that was moved to another row is refused, before anything new is sealed under a key
    that belongs to another case and would not die with this one.
    """
    return _encrypt(AESGCM(keys.key(Purpose.MASTER, master_id)), key, _key_place(master_id, key_id))


def unwrap(keys: KeyRing, master_id: str, key_id: UUID, wrapped: Any) -> Box:
    """The data key of a `case_keys` row.

    Raises `KeyDestroyed` for a row without one, `Tampered` for one that was changed or moved, `KeyError`
    for a master key that the ring does not hold.
    """
    if wrapped is None:
        raise KeyDestroyed(str(key_id))
    master = AESGCM(keys.key(Purpose.MASTER, master_id))
    return Box(key_id, _decrypt(master, wrapped, _key_place(master_id, key_id), f"case_keys.wrapped of {key_id}"))


def _key_place(master_id: str, key_id: UUID) -> bytes:
    return framed(CaseKey.__tablename__, "wrapped", str(key_id), master_id)


def new_box(session: Session, *, now: datetime) -> Box:
    """Make a data key for a new draft or complaint and keep it wrapped under the current master key."""
    key_id, key = uuid7(), secrets.token_bytes(KEY_BYTES)
    master_id = session.keys.current_id(Purpose.MASTER)
    session.add(
        CaseKey(id=key_id, master_id=master_id, wrapped=_wrap(session.keys, master_id, key_id, key), created_at=now)
    )
    # Rows refer to it by a foreign key without a relationship, so nothing else would insert it before them.
    session.flush()
    box = _opened(session)[key_id] = Box(key_id, key)
    return box


def open_box(session: Session, key_id: UUID) -> Box:
    """The data key with this id, unwrapped once a session.

    Raises `KeyDestroyed` after an erasure, `Tampered` if the wrapped key was changed or moved,
    `KeyError` if its master key is not in the ring.
    """
    boxes = _opened(session)
    if key_id in boxes:
        return boxes[key_id]
    row = session.get_one(CaseKey, key_id)
    boxes[key_id] = unwrap(session.keys, row.master_id, key_id, row.wrapped)
    return boxes[key_id]


def adopt(session: Session, box: Box) -> Box:
    """Let `open_box` give this data key, which was read together with its case."""
    return _opened(session).setdefault(box.id, box)


def destroy_key(session: Session, key_id: UUID, *, now: datetime) -> None:
    """Erase for good everything sealed under this data key."""
    row = session.get_one(CaseKey, key_id, with_for_update=True)
    if row.destroyed_at is None:
        row.wrapped = None
        row.destroyed_at = now
    _opened(session).pop(key_id, None)


def rewrap(session: Session, *, batch: int = 500) -> int:
    """Wrap up to `batch` data keys anew under the current master key; returns how many it wrapped.

    Call until it returns 0, committing between. No sealed value changes. A key that cannot be
    unwrapped (changed in the database, or its master key is gone) is passed over, so that one of
    them does not keep the others under a master key that must go; `still_wrapped_under` tells.
    """
    current = session.keys.current_id(Purpose.MASTER)
    last: UUID | None = None
    wrapped = 0
    while wrapped < batch:
        old = sa.select(CaseKey).where(CaseKey.master_id != current, CaseKey.wrapped.is_not(None))
        if last is not None:
            old = old.where(CaseKey.id > last)
        # A row that somebody else holds is waited for: skipping it would let 0 mean "nothing left" too early.
        old = old.order_by(CaseKey.id).limit(batch - wrapped).with_for_update()
        rows = session.scalars(old, execution_options={"populate_existing": True}).all()
        for row in rows:
            last = row.id
            try:
                box = unwrap(session.keys, row.master_id, row.id, row.wrapped)
            except (Tampered, KeyError):
                continue
            row.wrapped = box.wrapped(session.keys, current)
            row.master_id = current
            wrapped += 1
        if not rows:
            break
    session.flush()
    return wrapped


def still_wrapped_under(session: Session) -> dict[str, int]:
    """How many data keys need each master key. One that is not named here may leave the ring."""
    query = (
        sa.select(CaseKey.master_id, sa.func.count())
        .where(CaseKey.wrapped.is_not(None))
        .group_by(CaseKey.master_id)
        .order_by(CaseKey.master_id)
    )
    return {master_id: count for master_id, count in session.execute(query)}


def _opened(session: Session) -> dict[UUID, Box]:
    boxes: dict[UUID, Box] = session.info.setdefault("boxes", {})
    return boxes


# ── a secret that only its holder can open ───────────────────────────────────────────────────────


def seal_for_token(token: str, context: str, value: str) -> bytes:
    """Seal a text so that only who holds the token (never stored by us) can open it again."""
    return _encrypt(_token_aead(token), value.encode(), context.encode())


def open_for_token(token: str, context: str, blob: bytes) -> str:
    """The text sealed by `seal_for_token`. Raises `Tampered` for another token or context."""
    return _decrypt(_token_aead(token), blob, context.encode(), context).decode()


def _token_aead(token: str) -> AESGCM:
    # A token has at least 60 random bits and the key is never stored, so a plain hash is enough.
    return AESGCM(hashlib.sha256(framed("token", token)).digest())
