"""Where bytes are kept: local files or any S3-compatible store, by one URL."""

import secrets
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import obstore
from obstore.store import LocalStore, MemoryStore, ObjectStore, from_url

from portal.config import Settings


class StorageUnfit(Exception):
    """The store took bytes and did not give the same back."""


@cache
def store_at(url: str) -> ObjectStore:
    """The store behind `PORTAL_EVIDENCE_URL`; a local folder is made if it is missing."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        folder = Path(parts.path)
        folder.mkdir(parents=True, exist_ok=True)
        return LocalStore(folder)
    if parts.scheme == "memory":
        return MemoryStore()
    return from_url(url)


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
