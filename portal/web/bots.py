"""Telling machines from people without asking people anything: signs, and a proof of work where they add up.

A form carries a signed moment and a field that no person sees. One sign refuses nobody: it is counted
against the network. Only one that misbehaves gets a challenge, which a browser works out by itself in a
few seconds; without JavaScript its user waits for as long as the challenge says and goes on.
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from typing import Self

from portal.db import Database
from portal.sealing import KeyRing, Purpose
from portal.web import limits, throttle

# Nobody reads a page and answers it sooner. A person in a hurry is one sign, and one sign is none.
SOONEST = timedelta(seconds=2)
# Names of the inputs. A machine fills in what is called like this; no browser's address book does.
MOMENT, TRAP, CHALLENGE, PROOF = "moment", "subject", "challenge", "proof"
# What a network may do of this before it misbehaves; each sign is forgotten after ten minutes.
SIGNS = limits.Pace("signs", burst=8, every=timedelta(minutes=10))
TRAPPED, HASTY, PRESSING = 4, 1, 1

# 2^15 hashes are a second on a cheap telephone; each step of misbehaving doubles them, up to 2^18.
LEAST_BITS, MOST_BITS = 15, 18
LEAST_WAIT, MOST_WAIT = timedelta(seconds=10), timedelta(seconds=60)
# How long a challenge may be answered; a person may look away, and a store of them must not be laid up.
LIFETIME = timedelta(minutes=15)
LONGEST_TOKEN = 400


# ── signs ────────────────────────────────────────────────────────────────────────────────────────


def moment(keys: KeyRing, door: str, *, now: datetime) -> str:
    """The signed moment at which a page with a form was made."""
    at = str(round(now.timestamp() * 1000))
    return f"{at}.{_signed(keys, keys.current_id(Purpose.SESSION), MOMENT, door, at)}"


def signs(keys: KeyRing, form: Mapping[str, str], door: str, *, now: datetime) -> int:
    """How much of a machine there is in what was sent: zero for a person, unless they were very quick."""
    trapped = TRAPPED if form.get(TRAP) else 0
    made_at = _made_at(keys, form.get(MOMENT, ""), door)
    hasty = HASTY if made_at is None or now - made_at < SOONEST else 0
    return trapped + hasty


def _made_at(keys: KeyRing, text: str, door: str) -> datetime | None:
    """The moment in a form; None for one that is missing or that we have not signed."""
    at, _, mark = text[:100].partition(".")
    if not any(
        hmac.compare_digest(mark.encode(), _signed(keys, key_id, MOMENT, door, at).encode())
        for key_id in keys.ids(Purpose.SESSION)
    ):
        return None
    return datetime.fromtimestamp(int(at) / 1000, UTC)


# ── the challenge ────────────────────────────────────────────────────────────────────────────────


class Answer(Enum):
    """What came of a challenge: worked out or waited for, not long enough waited, or no good one."""

    GIVEN = auto()
    TOO_SOON = auto()
    NONE = auto()


@dataclass(frozen=True, slots=True)
class Challenge:
    """A sum for a browser: find a number so that SHA-256 of "token:number" begins with `bits` zeros.

    Who cannot work it out waits for `wait` from `at` on instead. The token is bound to door and network.
    """

    token: str
    nonce: str
    bits: int
    wait: timedelta
    at: datetime

    @classmethod
    def new(cls, keys: KeyRing, *, door: str, network: str, excess: int, now: datetime) -> Self:
        """A challenge for a network that is by `excess` signs beyond what is borne."""
        bits = min(LEAST_BITS + excess // 2, MOST_BITS)
        wait = min(LEAST_WAIT * max(1, excess), MOST_WAIT)
        nonce, at = secrets.token_urlsafe(12), round(now.timestamp() * 1000)
        told = _packed(json.dumps([nonce, bits, round(wait.total_seconds()), at]).encode())
        mark = _signed(keys, keys.current_id(Purpose.SESSION), CHALLENGE, door, network, told)
        return cls(f"{told}.{mark}", nonce, bits, wait, datetime.fromtimestamp(at / 1000, UTC))

    @classmethod
    def read(cls, keys: KeyRing, token: str, *, door: str, network: str, now: datetime) -> Self | None:
        """The challenge behind a token; None for one that is not ours, not this network's, or too old."""
        told, _, mark = token[:LONGEST_TOKEN].partition(".")
        if not any(
            hmac.compare_digest(mark.encode(), _signed(keys, key_id, CHALLENGE, door, network, told).encode())
            for key_id in keys.ids(Purpose.SESSION)
        ):
            return None
        nonce, bits, seconds, milliseconds = json.loads(_unpacked(told))
        at = datetime.fromtimestamp(milliseconds / 1000, UTC)
        if now - at > LIFETIME:
            return None
        return cls(f"{told}.{mark}", nonce, bits, timedelta(seconds=seconds), at)

    def solved_by(self, number: str) -> bool:
        """Whether this number is the answer."""
        found = hashlib.sha256(f"{self.token}:{number[:20]}".encode()).digest()
        return int.from_bytes(found) >> (256 - self.bits) == 0

    def left(self, now: datetime) -> timedelta:
        """How long somebody without the answer has still to wait."""
        return max(self.at + self.wait - now, timedelta(0))


def answered(database: Database, challenge: Challenge, number: str, *, now: datetime) -> Answer:
    """Whether a challenge is answered, by its number or by waiting. Each token counts once, for all processes."""
    if not challenge.solved_by(number) and challenge.left(now) > timedelta(0):
        return Answer.TOO_SOON
    used = throttle.digest_of(database.keys, CHALLENGE, challenge.nonce, "")
    with database.short_write() as connection:
        return Answer.GIVEN if throttle.insert_once(database, connection, used, now=now) else Answer.NONE


def _signed(keys: KeyRing, key_id: str, *parts: str) -> str:
    return _packed(keys.mac(Purpose.SESSION, "bots", *parts, key_id=key_id)[:16])


def _packed(told: bytes) -> str:
    return base64.urlsafe_b64encode(told).rstrip(b"=").decode()


def _unpacked(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise ValueError("token") from None
