"""The place outside the database where the anchors' copies are kept: a folder of the evidence storage."""

from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore, MemoryStore, ObjectStore, from_url

FOLDER = "anchors"


class AlreadyKept(Exception):
    """A copy of this name exists. It is never overwritten."""


class Shelf:
    """Copies by name, written once."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    @classmethod
    def at(cls, url: str) -> "Shelf":
        """The shelf below the evidence storage at this URL (`file://`, `s3://`, `memory://`)."""
        return cls(_store(url))

    def keep(self, name: str, content: bytes) -> None:
        """Write a new copy, whole or not at all. Raises `AlreadyKept`."""
        try:
            obstore.put(self._store, f"{FOLDER}/{name}", content, mode="create")
        except AlreadyExistsError:
            raise AlreadyKept(name) from None

    def names(self) -> list[str]:
        """The names of all copies, in order."""
        listed = obstore.list(self._store, prefix=FOLDER)
        return sorted(meta["path"].removeprefix(f"{FOLDER}/") for batch in listed for meta in batch)

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of a copy with their ends, read piece by piece. Raises `FileNotFoundError`."""
        rest = b""
        for piece in obstore.get(self._store, f"{FOLDER}/{name}").stream():
            *whole, rest = (rest + bytes(piece)).split(b"\n")
            yield from (line + b"\n" for line in whole)
        if rest:
            yield rest


@lru_cache(maxsize=8)
def _store(url: str) -> ObjectStore:
    # Cached, so that a store in memory is the same one for all who name it.
    parts = urlsplit(url)
    if parts.scheme == "file":
        return LocalStore(parts.path, mkdir=True)
    return MemoryStore() if parts.scheme == "memory" else from_url(url)
