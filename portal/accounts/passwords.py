"""Passwords: Argon2id hashes, and how many are reckoned at once. Knows neither database nor web."""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from secrets import token_urlsafe
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# RFC 9106, section 4, second choice: 64 MiB, three passes, four lanes; an eighth of a second.
hasher = PasswordHasher()
# Each hash takes its 64 MiB while it is reckoned, so a crowd at the door must not reckon all at once.
AT_ONCE = 2
PATIENCE_SECONDS = 5.0

_turns = BoundedSemaphore(AT_ONCE)


class TooBusy(Exception):
    """So many passwords are being checked that this one's turn did not come in time."""


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=PATIENCE_SECONDS):
        raise TooBusy
    try:
        yield
    finally:
        _turns.release()


def hash_password(password: str) -> str:
    """The Argon2id hash to keep. Never call it inside a write. Raises `TooBusy`."""
    with _turn():
        return hasher.hash(_typed(password))


def fits(password: str, kept: str | None) -> bool:
    """Whether the password is the one that was kept; one verification is reckoned whether there is a kept one or not.

    Never call it inside a write. Raises `TooBusy`.
    """
    with _turn():
        nobodys = _nobodys(hasher)
        try:
            return hasher.verify(kept or nobodys, _typed(password)) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def renewed(password: str, kept: str | None) -> str | None:
    """The hash to keep instead, where the kept one was made with other parameters than today's. Raises `TooBusy`."""
    return hash_password(password) if kept and hasher.check_needs_rehash(kept) else None


@lru_cache(maxsize=4)
def _nobodys(made_by: PasswordHasher) -> str:
    """A hash that no password fits, made with the same parameters as everybody's."""
    return made_by.hash(token_urlsafe())


def _typed(password: str) -> bytes:
    """The same bytes for what looks the same: one keyboard composes an é, another sends it in two."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
