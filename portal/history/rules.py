"""What a chain of entries is: who acts, who reads, what a mac covers, and what is wrong with a broken chain."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

SALT_BYTES = 32
# What stands before the first entry and the first anchor.
GENESIS = bytes(32)
# How far from its place an entry is looked for by trial before it is called edited instead of reordered.
NEARBY = 16
# How many places of another chain are tried for an entry that may have been moved from there.
TRIED = 2000
LARGEST = 2**63 - 1


class ActorKind(StrEnum):
    CUSTOMER = "customer"
    REPRESENTATIVE = "representative"
    OFFICER = "officer"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it. `behalf` is the person for whom a representative or an officer acted."""

    kind: ActorKind
    id: UUID | None = None
    behalf: UUID | None = None


class Audience(StrEnum):
    """Who reads an entry: CUSTOMER is read by customers and officers, OFFICERS by officers alone."""

    CUSTOMER = "customer"
    OFFICERS = "officers"


@dataclass(frozen=True, slots=True)
class Told:
    """An entry as its reader sees it. `payload` is None when the case's data key was destroyed."""

    seq: int
    kind: str
    actor: Actor
    at: datetime
    audience: Audience
    payload: Mapping[str, Any] | None
    mac: bytes

    @property
    def is_erased(self) -> bool:
        return self.payload is None


# ── what is committed to ─────────────────────────────────────────────────────────────────────────


def canonical(payload: Mapping[str, Any]) -> str:
    """The one JSON text of a payload. Raises `TypeError` or `ValueError` for what JSON cannot hold."""
    return json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def commitment(salt: bytes, text: str) -> bytes:
    """SHA-256 over salt ‖ canonical payload.

    The salt is sealed together with the payload, so that after an erasure nobody can find the
    payload again by guessing.
    """
    return sha256(salt + text.encode()).digest()


def written(moment: datetime) -> str:
    """A moment as the mac covers it: UTC to the microsecond, whatever the database makes of it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


class Link(NamedTuple):
    """An entry's columns as they stand in the database, ids as their 16 bytes.

    All but the last are covered by the mac. What cannot be read (an id that is none) is kept as the
    empty value, which no mac was ever made over.
    """

    id: bytes
    subject_id: bytes
    key_id: bytes
    seq: int
    kind: str
    actor_kind: str
    actor_id: bytes
    behalf_id: bytes
    at: str
    audience: str
    commitment: bytes
    chain_key_id: str
    previous: bytes
    mac: bytes


def link_parts(table: str, link: Link) -> tuple[bytes | str, ...]:
    """What an entry's mac covers: the chain before it, its table, and every column that never changes."""
    return (
        "history entry",
        table,
        link.previous,
        link.id,
        link.subject_id,
        link.key_id,
        _number(link.seq),
        link.kind,
        link.actor_kind,
        link.actor_id,
        link.behalf_id,
        link.at,
        link.audience,
        link.commitment,
        link.chain_key_id,
    )


def seal_parts(table: str, subject_id: bytes, count: int, head: bytes) -> tuple[bytes | str, ...]:
    """What the seal on a subject's row covers: neither count nor head can be set without the key."""
    return ("history head", table, subject_id, _number(count), head)


def _number(value: int) -> bytes:
    return value.to_bytes(8, "big", signed=True)


# ── anchors ──────────────────────────────────────────────────────────────────────────────────────


class AnchorFacts(NamedTuple):
    """One day's anchor, as it stands in its row and at both ends of its copy.

    `through` is the newest entry id that it saw, `root` SHA-256 over the copy down to its root.
    """

    on: str
    at: str
    through: bytes
    streams: int
    previous_root: bytes
    root: bytes
    chain_key_id: str
    mac: bytes


def anchor_parts(facts: AnchorFacts) -> tuple[bytes | str, ...]:
    """What an anchor's mac covers: everything but the mac itself."""
    return (
        "history anchor",
        facts.on,
        facts.at,
        facts.through,
        _number(facts.streams),
        facts.previous_root,
        facts.root,
        facts.chain_key_id,
    )


# ── what is wrong ────────────────────────────────────────────────────────────────────────────────


class FaultKind(StrEnum):
    """What somebody did to a history, as far as it can be told from what is left."""

    EDITED = "edited"
    CONTENT = "content"
    DELETED = "deleted"
    CUT = "cut"
    REORDERED = "reordered"
    MOVED = "moved"
    FORGED = "forged"
    SPLICED = "spliced"
    REPLAYED = "replayed"
    UNSEALED = "unsealed"
    ORPHANED = "orphaned"
    GONE = "gone"
    BEHIND_ANCHOR = "behind-anchor"
    OTHER_THAN_ANCHOR = "other-than-anchor"
    CHAIN_KEY = "chain-key"
    DATA_KEY = "data-key"
    ANCHOR_EDITED = "anchor-edited"
    ANCHOR_DELETED = "anchor-deleted"
    ANCHOR_UNLINKED = "anchor-unlinked"
    COPY_MISSING = "copy-missing"
    COPY_CHANGED = "copy-changed"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where it is, and what helps to understand it.

    `seq` to `last_seq` are places in the subject's history; `other` is the subject an entry was moved
    from; `true_seq` the place where it was written; `anchor` the day of the anchor; `name` a key's id
    or a copy's name.
    """

    kind: FaultKind
    subject_id: UUID | None = None
    seq: int | None = None
    last_seq: int | None = None
    true_seq: int | None = None
    other: UUID | None = None
    anchor: date | None = None
    name: str | None = None


class Standing(NamedTuple):
    """What a subject's row says of its history. `is_sealed`: the seal fits count and head."""

    subject_id: bytes
    key_id: bytes
    length: int
    head: bytes
    is_sealed: bool


class Origin(NamedTuple):
    """A subject that an entry may have been taken from, and how many entries it counts."""

    subject_id: bytes
    length: int


MacOf = Callable[[Link], bytes | None]


def is_whole(standing: Standing, links: Sequence[Link], mac_of: MacOf) -> bool:
    """Whether the chain is exactly what was written: the quick answer, right for every whole chain."""
    previous = GENESIS
    for seq, link in enumerate(links, start=1):
        if link.seq != seq or link.previous != previous or link.key_id != standing.key_id or mac_of(link) != link.mac:
            return False
        previous = link.mac
    return standing.is_sealed and standing.length == len(links) and standing.head == previous


def diagnose(
    standing: Standing,
    links: Sequence[Link],
    mac_of: MacOf,
    *,
    chain_keys: Sequence[str],
    origins: Callable[[Link], Iterable[Origin]],
) -> list[Fault]:
    """What is wrong with a chain that is not whole; at least one fault, each place named once.

    `mac_of` is the mac that an entry should carry, None when its key is not among `chain_keys`.
    `origins` are the subjects that an entry may have been moved from.
    """
    return _Diagnosis(standing, links, mac_of, chain_keys, origins).faults()


class _Diagnosis:
    def __init__(
        self,
        standing: Standing,
        links: Sequence[Link],
        mac_of: MacOf,
        chain_keys: Sequence[str],
        origins: Callable[[Link], Iterable[Origin]],
    ) -> None:
        self.standing = standing
        self.links = links
        self.mac_of = mac_of
        self.chain_keys = chain_keys
        self.origins = origins
        self.subject_id = as_uuid(standing.subject_id)
        # The entries that carry our mac where they stand, by their place: they vouch for what is before them.
        self.intact = {link.seq: link for link in links if mac_of(link) == link.mac}
        self.places_by_mac = {link.mac: seq for seq, link in self.intact.items()}
        # Where entries of ours stand or stood, and where something else stands now.
        self.places: set[int] = set(self.intact)
        self.taken: set[int] = set()

    def faults(self) -> list[Fault]:
        found = [fault for link in self.links if self.intact.get(link.seq) is not link for fault in self._of(link)]
        found += self._joints()
        found += self._row()
        found += self._missing()
        # A chain that is not whole must never come out without a fault, whatever was overlooked above.
        return found or [self._fault(FaultKind.SPLICED, seq=1)]

    def _fault(self, kind: FaultKind, **where: Any) -> Fault:
        return Fault(kind, self.subject_id, **where)

    def _of(self, link: Link) -> Iterator[Fault]:
        """What became of an entry whose mac does not fit it."""
        seq = self._true_seq(link)
        if seq is not None:
            self.places.add(seq)
            yield self._fault(FaultKind.REORDERED, seq=link.seq, true_seq=seq)
            return
        origin = self._origin(link)
        if origin is not None:
            yield self._fault(FaultKind.MOVED, seq=link.seq, other=as_uuid(origin))
            return
        self.taken.add(link.seq)
        vouched = self._vouched(link.seq)
        expected = self.mac_of(link)
        if expected is None and not any(self._fits(link._replace(chain_key_id=name)) for name in self.chain_keys):
            yield self._fault(FaultKind.CHAIN_KEY, seq=link.seq, name=link.chain_key_id)
        elif expected is None or link.mac in vouched or expected in vouched:
            # The mac (or, if it was the mac that was changed, the rest) is what untouched witnesses remember.
            yield self._fault(FaultKind.EDITED, seq=link.seq)
        else:
            yield self._fault(FaultKind.FORGED, seq=link.seq)

    def _vouched(self, seq: int) -> set[bytes]:
        """The macs that untouched witnesses remember for this place: the next entry, the row's seal."""
        vouched = set()
        if seq + 1 in self.intact:
            vouched.add(self.intact[seq + 1].previous)
        if self.standing.is_sealed and self.standing.length == seq:
            vouched.add(self.standing.head)
        return vouched

    def _true_seq(self, link: Link) -> int | None:
        """The place for which the entry's mac was made, if it was made for another place in this chain."""
        candidates = list(range(max(1, link.seq - NEARBY), min(link.seq + NEARBY, LARGEST) + 1))
        if link.previous in self.places_by_mac:
            candidates.insert(0, self.places_by_mac[link.previous] + 1)
        return next((seq for seq in candidates if self._fits(link._replace(seq=seq))), None)

    def _origin(self, link: Link) -> bytes | None:
        """The subject for which the entry's mac was made, if it was made for another."""
        for origin in self.origins(link):
            # The lengths that the rows state are not to be trusted: they may be as large as a number can be.
            places = range(1, min(max(origin.length, len(self.links)) + NEARBY, TRIED))
            if any(self._fits(link._replace(subject_id=origin.subject_id, seq=seq)) for seq in places):
                return origin.subject_id
        return None

    def _fits(self, link: Link) -> bool:
        return self.mac_of(link) == link.mac

    def _joints(self) -> Iterator[Fault]:
        """Entries of ours that follow another entry than the one they were written after."""
        for seq, link in self.intact.items():
            before = self.intact[seq - 1].mac if seq - 1 in self.intact else None
            if seq == 1:
                before = GENESIS
            if before is not None and link.previous != before:
                yield self._fault(FaultKind.SPLICED, seq=seq)
        keys = {link.key_id for link in self.intact.values()}
        if keys and keys != {self.standing.key_id}:
            yield self._fault(FaultKind.DATA_KEY)

    def _row(self) -> Iterator[Fault]:
        """What the subject's row says against what its entries say."""
        length, head = self.standing.length, self.standing.head
        if not self.standing.is_sealed:
            yield self._fault(FaultKind.UNSEALED)
            return
        beyond = [seq for seq in self.intact if seq > length]
        if beyond:
            yield self._fault(FaultKind.REPLAYED, seq=min(beyond), last_seq=max(beyond))
        elif length in self.intact and self.intact[length].mac != head:
            yield self._fault(FaultKind.SPLICED, seq=length)

    def _missing(self) -> Iterator[Fault]:
        end = self.standing.length if self.standing.is_sealed else max(self.places, default=0)
        held = self.places | self.taken
        for first, last in _runs(seq for seq in range(1, end + 1) if seq not in held):
            kind = FaultKind.CUT if last == end else FaultKind.DELETED
            yield self._fault(kind, seq=first, last_seq=last)


def _runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    first = last = None
    for number in numbers:
        if first is None or last is None:
            first = last = number
        elif number == last + 1:
            last = number
        else:
            yield first, last
            first = last = number
    if first is not None and last is not None:
        yield first, last


def as_uuid(value: bytes) -> UUID | None:
    """The id with these bytes, or None for what is no id."""
    return UUID(bytes=value) if len(value) == 16 else None
