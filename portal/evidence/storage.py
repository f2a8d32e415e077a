"""Where bytes are kept: local files or any S3-compatible store, by one URL. Everything in it is sealed."""

import os
import secrets
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, ObjectStore, from_url

from portal.config import Settings
from portal.db import uuid7
from portal.evidence.beside import beside

PREFIX = "documents"
# Bytes without a row are nobody's once they are older than any upload lasts.
SAFE_AGE = timedelta(hours=24)
MB = 1024 * 1024


class StorageUnfit(Exception):
    """The store took bytes and did not give the same back."""


class StorageFailed(Exception):
    """The store does not take or give bytes now: the disk is full, the network is away."""


class Missing(Exception):
    """There are no bytes under this name."""


# A customer waits at the other end: without these a store that is away would be asked for three minutes.
CONNECTED_WITHIN, ANSWERED_WITHIN, GIVEN_UP_AFTER = timedelta(seconds=5), timedelta(seconds=30), timedelta(seconds=20)

# What obstore raises where the store, the disk or the network fails.
FAILURES = (OSError, BaseError)


@cache
def store_at(url: str) -> ObjectStore:
    """The store behind `PORTAL_EVIDENCE_URL`; a local folder is made if it is missing.

    For `s3://bucket/beginning` the region, keys and an endpoint other than Amazon's come from the usual
    variables (`AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_ENDPOINT_URL`).
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        folder = Path(unquote(parts.path))
        folder.mkdir(parents=True, exist_ok=True)
        return LocalStore(folder)
    if parts.scheme == "memory":
        return MemoryStore()
    return from_url(
        url,
        # Who names an endpoint in plain HTTP has one beside the portal. What goes there is sealed in any case.
        client_options={"connect_timeout": CONNECTED_WITHIN, "timeout": ANSWERED_WITHIN, "allow_http": True},
        retry_config={"max_retries": 3, "retry_timeout": GIVEN_UP_AFTER},
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """Bytes in the store."""

    name: str
    size: int
    written_at: datetime


class Depot:
    """The sealed bytes of documents by name, in the store of one deployment."""

    def __init__(self, store: ObjectStore, folder: Path | None = None) -> None:
        self._store = store
        self._folder = folder

    @classmethod
    def at(cls, url: str) -> Self:
        """The depot in the evidence storage at this URL (`file://`, `s3://`, `memory://`)."""
        parts = urlsplit(url)
        return cls(store_at(url), Path(unquote(parts.path)) if parts.scheme == "file" else None)

    def write(self) -> "Writing":
        """Begin to write under a new name. What is not ended by `Writing.keep` was never there."""
        number = uuid7().hex
        return Writing(self._store, f"{PREFIX}/{number[-2:]}/{number}", self._folder)

    def read(self, name: str, start: int, length: int) -> bytes:
        """So many bytes from `start`, fewer at the end. Raises `Missing` or `StorageFailed`."""
        try:
            return bytes(obstore.get_range(self._store, name, start=start, length=length))
        except FileNotFoundError:
            raise Missing(name) from None
        except FAILURES as failure:
            if start >= self.size(name):
                return b""
            raise StorageFailed(type(failure).__name__) from failure

    def size(self, name: str) -> int:
        """How many bytes lie under the name. Raises `Missing` or `StorageFailed`."""
        try:
            return int(obstore.head(self._store, name)["size"])
        except FileNotFoundError:
            raise Missing(name) from None
        except FAILURES as failure:
            raise StorageFailed(type(failure).__name__) from failure

    def delete(self, name: str) -> None:
        """Delete what lies under the name, if anything does. Raises `StorageFailed`."""
        try:
            obstore.delete(self._store, name)
        except FileNotFoundError:
            return
        except FAILURES as failure:
            raise StorageFailed(type(failure).__name__) from failure

    def listed(self) -> Iterator[list[Kept]]:
        """Everything that lies here, in batches."""
        for batch in obstore.list(self._store, prefix=PREFIX, chunk_size=500):
            yield [Kept(meta["path"], meta["size"], meta["last_modified"]) for meta in batch]

    def clear_unfinished(self, *, before: datetime) -> int:
        """Delete the local files whose writing was cut short by a kill; returns how many.

        An object store has no such files: an unfinished multipart upload is ended by its lifecycle rule.
        """
        if self._folder is None:
            return 0
        cleared = 0
        for path in (self._folder / PREFIX).glob("*/*#*"):
            if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
                path.unlink(missing_ok=True)
                cleared += 1
        return cleared


class Writing:
    """Bytes on their way into the store. Without `keep` they leave nothing behind.

    Who has more to do than to wait for the disk calls `end` first and `keep` when that is done.
    """

    def __init__(self, store: ObjectStore, name: str, folder: Path | None) -> None:
        self.name = name
        self._folder = folder
        self._ended = False
        self._settling: Future[None] | None = None
        # An object store takes parts of five megabytes at least; a local file needs none so large.
        self._writer: Any = obstore.open_writer(
            store, name, buffer_size=MB if folder or isinstance(store, MemoryStore) else 5 * MB, max_concurrency=1
        )

    def write(self, data: bytes) -> None:
        """Raises `StorageFailed`."""
        try:
            self._writer.write(data)
        except FAILURES as failure:
            self.drop()
            raise StorageFailed(type(failure).__name__) from failure

    def end(self) -> None:
        """The last byte was written: they lie under the name and can be read, but a power cut may still take them.

        Raises `StorageFailed`.
        """
        try:
            self._writer.close()
        except FAILURES as failure:
            self.drop()
            raise StorageFailed(type(failure).__name__) from failure
        self._ended = True
        if self._folder:
            self._settling = beside(partial(_settle, self._folder / self.name))

    def keep(self) -> None:
        """End it, if that has not been done: a power cut does not take them any more. Raises `StorageFailed`."""
        if not self._ended:
            self.end()
        try:
            if self._settling:
                self._settling.result()
        except FAILURES as failure:
            self.drop()
            raise StorageFailed(type(failure).__name__) from failure

    def drop(self) -> None:
        """Forget it. The unfinished file goes with the writer."""
        self._writer = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.drop()


# Folders whose own name is on the disk: this process has seen to it, and they are still the same ones.
_lasting: set[tuple[Path, int]] = set()


def _settle(path: Path) -> None:
    """Wait until the file, its name and its folder's name are on the disk."""
    _sync(path)
    folder = path.parent
    if (lasting := (folder, _sync(folder))) not in _lasting:
        _sync(folder.parent)
        _lasting.add(lasting)


def _sync(place: Path) -> int:
    """Wait until this is on the disk; returns its inode."""
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
        return os.fstat(handle).st_ino
    finally:
        os.close(handle)


def probe(settings: Settings) -> None:
    """Write, read and delete a few bytes. Raises `StorageUnfit` or obstore's own error."""
    store = store_at(settings.evidence_url)
    name, content = f"probe/{secrets.token_hex(8)}", secrets.token_bytes(16)
    obstore.put(store, name, content)
    try:
        if bytes(obstore.get(store, name).bytes()) != content:
            raise StorageUnfit(name)
    finally:
        obstore.delete(store, name)
