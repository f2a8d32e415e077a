"""Drawing an anchor: the heads that moved since the last one, as a copy outside the database and one row.

The copy is a text. Its first lines are the anchor's own facts, then each moved chain has a line
`<subject id> <count> <head>`, and the last lines are the newest entry id that was seen, the number of
chains, the root (SHA-256 over everything above it) and the mac. Each copy names the root of the one before.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
import structlog

from portal.db import Session
from portal.history import found
from portal.history.models import AccountEntry, Anchor, Entry, HistoryEntry, ReadingEntry
from portal.history.rules import GENESIS, AnchorFacts, Link, anchor_parts, as_uuid, link_parts, written
from portal.history.shelf import AlreadyKept, Shelf
from portal.sealing import KeyRing, Purpose

# The tables whose chains are anchored.
CHAINS: tuple[type[Entry], ...] = (HistoryEntry, ReadingEntry, AccountEntry)
# Heads are found by the time in their entries' ids. An entry may be committed after a younger one was
# anchored, and a clock may have been wrong: so each anchor looks back further than the last one.
LOOK_BACK = timedelta(days=1)

TITLE = b"aduan history anchor 1\n"
HEADER = re.compile(
    rb"on (?P<on>\S+)\nat (?P<at>[^\n]+)\nprevious (?P<previous_root>[0-9a-f]{64})\nkey (?P<chain_key_id>[^\n]+)\n"
)
HEADER_LINES = 4
LINE = re.compile(rb"([0-9a-f-]{36}) ([0-9]+) ([0-9a-f]{64})\n")
FOOTER = re.compile(rb"through (?P<through>[0-9a-f]{32}|-)\nstreams (?P<streams>[0-9]+)\n")
SIGNATURE = re.compile(rb"root (?P<root>[0-9a-f]{64})\nmac (?P<mac>[0-9a-f]{64})\n")
DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.txt")

log = structlog.get_logger("portal.history")


class NotOurs(Exception):
    """Where the day's copy should be kept stands something that we did not make, or not after the last anchor."""


class Head(NamedTuple):
    """A line of a copy: how far a chain had come, and its newest mac."""

    subject_id: UUID
    length: int
    mac: bytes


@dataclass(frozen=True, slots=True)
class Copy:
    """The facts of a copy, and whether it is as we wrote it, to the last byte."""

    facts: AnchorFacts
    is_genuine: bool


def name_of(on: str) -> str:
    return f"{on}.txt"


def draw(session: Session, shelf: Shelf, *, on: date, now: datetime) -> list[AnchorFacts]:
    """Keep the copy of this day's anchor; return what must become rows, none if the day has its row.

    Only reads the database. A copy that has no row yet, because an attempt before died between the two,
    is taken over. Raises `NotOurs` if something else stands where the day's copy should.
    """
    keys, today = session.keys, on.isoformat()
    with session.database.snapshot() as connection, found.tolerant(connection):
        rows = found.anchors(connection)
        last = next((facts for facts in reversed(rows) if is_genuine(facts, keys)), None)
        days = {facts.on for facts in rows}
        missing = []
        for kept in _kept_between(shelf, keys, last.on if last else "", today):
            if kept.facts.previous_root != _root(last):
                log.error("history.copy_unlinked", on=kept.facts.on)
                continue
            last = kept.facts
            if last.on not in days:
                log.warning("history.copy_taken_over", on=last.on)
                missing.append(last)
        if (last is not None and last.on >= today) or today in days:
            return missing
        copy = BytesIO()
        facts = _write(copy, connection, keys, on=today, now=now, last=last)
    try:
        shelf.keep(name_of(today), copy.getvalue())
    except AlreadyKept as taken:
        raise NotOurs(str(taken)) from None
    return [*missing, facts]


def _kept_between(shelf: Shelf, keys: KeyRing, after: str, until: str) -> Iterator[Copy]:
    """The genuine copies of these days, the first exclusive, oldest first."""
    for name in shelf.names():
        day = DAY.fullmatch(name)
        if day and after < day[1] <= until:
            copy = read(shelf, name, keys)
            if copy.is_genuine and copy.facts.on == day[1]:
                yield copy
            else:
                log.error("history.copy_not_ours", on=day[1])


def record(session: Session, facts: AnchorFacts) -> Anchor:
    """Add the row of an anchor whose copy is kept. The caller holds the write and commits."""
    anchor = Anchor(
        anchored_on=date.fromisoformat(facts.on),
        at=datetime.fromisoformat(facts.at).replace(tzinfo=UTC),
        through=as_uuid(facts.through),
        streams=facts.streams,
        previous_root=facts.previous_root,
        root=facts.root,
        chain_key_id=facts.chain_key_id,
        mac=facts.mac,
    )
    session.add(anchor)
    session.flush()
    return anchor


def is_genuine(facts: AnchorFacts, keys: KeyRing) -> bool:
    """Whether an anchor carries our mac."""
    try:
        return keys.mac(Purpose.CHAIN, *anchor_parts(facts), key_id=facts.chain_key_id) == facts.mac
    except KeyError:
        return False


def read(shelf: Shelf, name: str, keys: KeyRing) -> Copy:
    """Check a copy as a whole. Raises `FileNotFoundError`."""
    return _Reading(shelf, name).copy(keys)


def heads(shelf: Shelf, name: str) -> Iterator[Head]:
    """The heads in a copy that is known to be genuine."""
    for line in shelf.lines(name):
        match = LINE.fullmatch(line)
        if match:
            yield Head(UUID(match[1].decode()), int(match[2]), bytes.fromhex(match[3].decode()))


# ── writing a copy ───────────────────────────────────────────────────────────────────────────────


def _write(
    copy: BytesIO, connection: sa.Connection, keys: KeyRing, *, on: str, now: datetime, last: AnchorFacts | None
) -> AnchorFacts:
    facts = AnchorFacts(
        on=on,
        at=written(now),
        through=last.through if last else b"",
        streams=0,
        previous_root=_root(last),
        root=b"",
        chain_key_id=keys.current_id(Purpose.CHAIN),
        mac=b"",
    )
    copy.write(TITLE)
    copy.write(f"on {on}\nat {facts.at}\nprevious {facts.previous_root.hex()}\nkey {facts.chain_key_id}\n".encode())
    streams, through, since = 0, facts.through, _since(last) if last else None
    for entry in CHAINS:
        for link in _heads(connection, keys, entry, since):
            copy.write(f"{UUID(bytes=link.subject_id)} {link.seq} {link.mac.hex()}\n".encode())
            streams += 1
            through = max(through, link.id)
    copy.write(f"through {through.hex() or '-'}\nstreams {streams}\n".encode())
    facts = facts._replace(through=through, streams=streams, root=sha256(copy.getbuffer()).digest())
    facts = facts._replace(mac=keys.mac(Purpose.CHAIN, *anchor_parts(facts), key_id=facts.chain_key_id))
    copy.write(f"root {facts.root.hex()}\nmac {facts.mac.hex()}\n".encode())
    return facts


def _root(facts: AnchorFacts | None) -> bytes:
    return facts.root if facts else GENESIS


def _since(last: AnchorFacts) -> UUID | None:
    """The smallest id of an entry that the next anchor looks at."""
    if len(last.through) != 16:
        return None
    newest = int.from_bytes(last.through[:6], "big")
    # An id from a clock that ran ahead must not hide what came after it.
    drawn = int(datetime.fromisoformat(last.at).replace(tzinfo=UTC).timestamp() * 1000)
    since = min(newest, drawn) - LOOK_BACK // timedelta(milliseconds=1)
    return UUID(int=max(0, since) << 80)


def _heads(connection: sa.Connection, keys: KeyRing, entry: type[Entry], since: UUID | None) -> Iterator[Link]:
    """The moved heads that carry our mac. Below a forged head the newest entry of ours is taken."""
    for link in found.moved_heads(connection, entry, since):
        if _is_ours(keys, entry, link):
            yield link
            continue
        subject_id = as_uuid(link.subject_id)
        log.error("history.head_not_ours", subject=str(subject_id))
        if subject_id is not None:
            older = found.links_downwards(connection, entry, subject_id)
            yield from [ours for ours in older if _is_ours(keys, entry, ours)][:1]


def _is_ours(keys: KeyRing, entry: type[Entry], link: Link) -> bool:
    try:
        return keys.mac(Purpose.CHAIN, *link_parts(entry.__tablename__, link), key_id=link.chain_key_id) == link.mac
    except KeyError:
        return False


# ── reading a copy ───────────────────────────────────────────────────────────────────────────────


class _Reading:
    """Reads a copy line by line and believes nothing: what is out of place makes it not genuine."""

    def __init__(self, shelf: Shelf, name: str) -> None:
        self.lines = shelf.lines(name)
        self.digest = sha256()

    def copy(self, keys: KeyRing) -> Copy:
        is_titled = self._next() == TITLE
        header = HEADER.fullmatch(b"".join(self._next() for _ in range(HEADER_LINES)))
        streams, line = 0, self._next()
        while LINE.fullmatch(line):
            streams += 1
            line = self._next()
        footer = FOOTER.fullmatch(line + self._next())
        root = self.digest.digest()
        signature = SIGNATURE.fullmatch(self._next() + self._next())
        is_ended = self._next() == b""
        if header is None or footer is None or signature is None:
            return Copy(AnchorFacts("", "", b"", -1, b"", b"", "", b""), is_genuine=False)
        facts = AnchorFacts(
            on=_text(header["on"]),
            at=_text(header["at"]),
            through=b"" if footer["through"] == b"-" else _bytes(footer["through"]),
            streams=streams,
            previous_root=_bytes(header["previous_root"]),
            root=root,
            chain_key_id=_text(header["chain_key_id"]),
            mac=_bytes(signature["mac"]),
        )
        is_as_stated = int(footer["streams"]) == streams and _bytes(signature["root"]) == root
        return Copy(facts, is_genuine=is_titled and is_ended and is_as_stated and is_genuine(facts, keys))

    def _next(self) -> bytes:
        line = next(self.lines, b"")
        self.digest.update(line)
        return line


def _text(value: bytes) -> str:
    return value.decode(errors="backslashreplace")


def _bytes(value: bytes) -> bytes:
    return bytes.fromhex(value.decode())
