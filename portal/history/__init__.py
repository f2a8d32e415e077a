"""Append-only chains: what happened to a subject, provably complete and unchanged. Knows no complaint."""

from portal.history.checking import verify, verify_all
from portal.history.queries import entries
from portal.history.service import append

__all__ = ["append", "entries", "verify", "verify_all"]
