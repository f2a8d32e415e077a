"""Checking histories: every chain against its subject's row, and both against the anchors."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from heapq import merge
from itertools import islice
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from portal.db import Session
from portal.history import anchors, found
from portal.history.anchors import Copy, Head
from portal.history.found import Found, FoundSubject
from portal.history.models import Chained, Entry
from portal.history.queries import opened
from portal.history.rules import (
    GENESIS,
    AnchorFacts,
    Fault,
    FaultKind,
    Link,
    Origin,
    Standing,
    as_uuid,
    commitment,
    diagnose,
    is_whole,
    link_parts,
)
from portal.history.service import is_sealed
from portal.history.shelf import Shelf
from portal.sealing import Box, KeyDestroyed, KeyRing, Purpose, Tampered, unwrap

# A report names so many faults; beyond that it only counts them.
LISTED = 1000
BATCH = 500


@dataclass(slots=True)
class Report:
    """What was checked and what is wrong with it. `found` counts faults that `faults` no longer lists."""

    subjects: int = 0
    entries: int = 0
    erased: int = 0
    anchors: int = 0
    anchored_on: date | None = None
    found: int = 0
    faults: list[Fault] = field(default_factory=list)
    _seen: set[Fault] = field(default_factory=set)

    @property
    def is_full(self) -> bool:
        return len(self.faults) >= LISTED

    def add(self, fault: Fault) -> None:
        # Several anchors may tell of the same loss.
        if fault in self._seen:
            return
        self.found += 1
        if not self.is_full:
            self.faults.append(fault)
            self._seen.add(fault)


def verify(session: Session, subject: Chained, *, shelf: Shelf | None = None) -> list[Fault]:
    """What is wrong with one subject's history; with a shelf, against the anchors' copies too."""
    return check(session, [type(subject)], shelf=shelf, only=(subject.id,)).faults


def verify_all(session: Session, subjects: Iterable[type[Chained]], *, shelf: Shelf | None = None) -> Report:
    """Check every history of these tables, and the anchors.

    Hand in every table of subjects: entries that belong to none of their rows are reported as orphans.
    Needs memory for one batch of rows, however many there are.
    """
    return check(session, list(subjects), shelf=shelf)


def check(
    session: Session, subjects: Sequence[type[Chained]], *, shelf: Shelf | None, only: Collection[UUID] | None = None
) -> Report:
    """Check these tables' histories, or only those of these subjects, whose rows may even be missing."""
    report = Report()
    with _picture(session) as connection, found.tolerant(connection):
        for entry in dict.fromkeys(subject.entry_class for subject in subjects):
            tables = [subject for subject in subjects if subject.entry_class is entry]
            _Chains(connection, session.keys, entry, tables, report).check(only)
        if only is None or shelf is not None:
            _Anchors(connection, session.keys, subjects, shelf, report).check(only)
    return report


@contextmanager
def _picture(session: Session) -> Iterator[sa.Connection]:
    """One unchanging picture; a session that writes sees its own, with what it has not committed yet."""
    if session.is_writing:
        session.flush()
        yield session.connection()
    else:
        with session.database.snapshot() as connection:
            yield connection


class _Chains:
    """The chains of one table of entries, which serves one or several tables of subjects."""

    def __init__(
        self,
        connection: sa.Connection,
        keys: KeyRing,
        entry: type[Entry],
        subjects: Sequence[type[Chained]],
        report: Report,
    ) -> None:
        self.connection = connection
        self.keys = keys
        self.entry = entry
        self.table = entry.__tablename__
        self.subjects = subjects
        self.report = report

    def check(self, only: Collection[UUID] | None) -> None:
        """Walk rows and chains side by side: both come sorted by the subject's id."""
        chains = found.chains(self.connection, self.entry, only)
        chain = next(chains, None)
        for raw_id, table, row in self._rows(only):
            while chain is not None and found.in_order(chain[0]) < found.in_order(raw_id):
                self._orphans(chain[1])
                chain = next(chains, None)
            if chain is not None and chain[0] == raw_id:
                self._subject(table, row, chain[1])
                chain = next(chains, None)
            else:
                self._subject(table, row, [])
        while chain is not None:
            self._orphans(chain[1])
            chain = next(chains, None)

    def _rows(self, only: Collection[UUID] | None) -> Iterator[tuple[Any, str, FoundSubject]]:
        def of(subject: type[Chained]) -> Iterator[tuple[Any, str, FoundSubject]]:
            for raw_id, row in found.subjects(self.connection, subject, only):
                yield raw_id, subject.__tablename__, row

        return merge(*map(of, self.subjects), key=lambda row: found.in_order(row[0]))

    def _orphans(self, chain: Sequence[Found]) -> None:
        self.report.entries += len(chain)
        self.report.add(Fault(FaultKind.ORPHANED, as_uuid(chain[0].link.subject_id), last_seq=len(chain)))

    def _subject(self, table: str, row: FoundSubject, chain: Sequence[Found]) -> None:
        self.report.subjects += 1
        self.report.entries += len(chain)
        standing = Standing(
            row.id,
            row.key_id,
            row.length,
            row.head,
            is_sealed(self.keys, table, row.id, row.length, row.head, row.seal),
        )
        links = [entry.link for entry in chain]
        faults: list[Fault] = []
        if not is_whole(standing, links, self._mac):
            if self.report.is_full:
                # Finding out what happened takes many macs; a report that is full needs only the number.
                self.report.found += 1
                return
            faults = diagnose(
                standing,
                links,
                self._mac,
                chain_keys=self.keys.ids(Purpose.CHAIN),
                origins=lambda link: self._origins(standing, link),
            )
        faulty = {fault.seq for fault in faults}
        faults += self._contents(standing, [entry for entry in chain if entry.link.seq not in faulty])
        for fault in faults:
            self.report.add(fault)

    def _mac(self, link: Link) -> bytes | None:
        try:
            return self.keys.mac(Purpose.CHAIN, *link_parts(self.table, link), key_id=link.chain_key_id)
        except KeyError:
            return None

    def _origins(self, standing: Standing, link: Link) -> Iterator[Origin]:
        """The subjects whose data key the entry names, if it is not this subject's."""
        key_id = as_uuid(link.key_id)
        if key_id is not None and link.key_id != standing.key_id:
            for subject in self.subjects:
                for row in found.subjects_by_key(self.connection, subject, key_id):
                    yield Origin(row.id, row.length)

    def _contents(self, standing: Standing, chain: Sequence[Found]) -> Iterator[Fault]:
        """Entries whose sealed content is not what they were committed to, as far as the data key lives."""
        subject_id = as_uuid(standing.subject_id)
        boxes: dict[bytes, Box | None] = {}
        for entry in chain:
            key_id = entry.link.key_id
            if key_id not in boxes:
                boxes[key_id] = None
                try:
                    boxes[key_id] = self._box(entry)
                except KeyDestroyed:
                    self.report.erased += 1
                except (Tampered, KeyError):
                    yield Fault(FaultKind.DATA_KEY, subject_id, name=str(as_uuid(key_id)))
            box = boxes[key_id]
            if box is not None and not self._holds(box, entry):
                yield Fault(FaultKind.CONTENT, subject_id, seq=entry.link.seq)

    def _box(self, entry: Found) -> Box:
        if not entry.has_key_row:
            raise KeyError(entry.link.key_id)
        return unwrap(self.keys, entry.master_id, UUID(bytes=entry.link.key_id), entry.wrapped)

    def _holds(self, box: Box, entry: Found) -> bool:
        entry_id = as_uuid(entry.link.id)
        if entry_id is None:
            return False
        try:
            return commitment(*opened(box, self.table, entry_id, entry.sealed)) == entry.link.commitment
        except (Tampered, ValueError, TypeError):
            return False


class _Anchors:
    """The anchors: their own chain, their copies, and what these say of the subjects."""

    def __init__(
        self,
        connection: sa.Connection,
        keys: KeyRing,
        subjects: Sequence[type[Chained]],
        shelf: Shelf | None,
        report: Report,
    ) -> None:
        self.connection = connection
        self.keys = keys
        self.subjects = subjects
        self.shelf = shelf
        self.report = report

    def check(self, only: Collection[UUID] | None) -> None:
        rows = {anchors.name_of(facts.on): facts for facts in found.anchors(self.connection)}
        names = set(self.shelf.names()) if self.shelf is not None else set()
        previous_root: bytes | None = GENESIS
        for name in sorted(rows.keys() | names):
            row = rows.get(name)
            copy = anchors.read(self.shelf, name, self.keys) if self.shelf is not None and name in names else None
            facts = self._genuine(name, row, copy)
            # After an anchor that nobody can vouch for the next one has nothing to be compared with.
            if facts is not None and previous_root not in (None, facts.previous_root):
                self._add(FaultKind.ANCHOR_UNLINKED, name)
            previous_root = facts.root if facts is not None else None
            if facts is not None:
                self.report.anchors += 1
                self.report.anchored_on = _day(name)
            if self.shelf is not None and copy is not None and copy.is_genuine:
                self._compare(name, self.shelf, only)

    def _genuine(self, name: str, row: AnchorFacts | None, copy: Copy | None) -> AnchorFacts | None:
        """The day's anchor as we made it, from the copy or else the row; says what is wrong with either."""
        is_row_ours = row is not None and anchors.is_genuine(row, self.keys)
        is_copy_ours = copy is not None and copy.is_genuine and anchors.name_of(copy.facts.on) == name
        if row is not None and not is_row_ours:
            self._add(FaultKind.ANCHOR_EDITED, name)
        if row is None and is_copy_ours:
            self._add(FaultKind.ANCHOR_DELETED, name)
        if copy is None and self.shelf is not None:
            self._add(FaultKind.COPY_MISSING, name)
        if copy is not None and (not is_copy_ours or (row is not None and is_row_ours and copy.facts != row)):
            self._add(FaultKind.COPY_CHANGED, name)
        if copy is not None and is_copy_ours:
            return copy.facts
        return row if is_row_ours else None

    def _add(self, kind: FaultKind, name: str) -> None:
        self.report.add(Fault(kind, anchor=_day(name), name=name))

    def _compare(self, name: str, shelf: Shelf, only: Collection[UUID] | None) -> None:
        heads = (head for head in anchors.heads(shelf, name) if only is None or head.subject_id in only)
        while batch := list(islice(heads, BATCH)):
            for fault in self._missed(batch, name):
                self.report.add(fault)

    def _missed(self, heads: Sequence[Head], name: str) -> Iterator[Fault]:
        """What an anchor says was there and is no more."""
        rows: dict[bytes, FoundSubject] = {}
        macs: dict[tuple[bytes, int], bytes] = {}
        for subject in self.subjects:
            rows |= found.subjects_by_id(self.connection, subject, [head.subject_id for head in heads])
        for entry in {subject.entry_class for subject in self.subjects}:
            macs |= found.macs_at(self.connection, entry, [(head.subject_id, head.length) for head in heads])
        for head in heads:
            row = rows.get(head.subject_id.bytes)
            if row is None:
                yield Fault(FaultKind.GONE, head.subject_id)
            elif row.length < head.length:
                yield Fault(FaultKind.BEHIND_ANCHOR, head.subject_id, last_seq=head.length, anchor=_day(name))
            elif macs.get((head.subject_id.bytes, head.length)) != head.mac:
                yield Fault(FaultKind.OTHER_THAN_ANCHOR, head.subject_id, seq=head.length, anchor=_day(name))


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(name.removesuffix(".txt"))
    except ValueError:
        return None
