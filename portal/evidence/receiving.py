"""Takes the files of one request: streamed into the storage as they come, sealed, hashed, then judged.

An upper room's view has already found whose folder it is. It hands over the case's data key and the
limits, and only then is the body parsed. `Delivery` is a context: bytes that get no row are dropped.
"""

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from types import TracebackType
from typing import Self

from flask import abort
from werkzeug.exceptions import RequestEntityTooLarge

from portal.db import uuid7
from portal.evidence import cipher
from portal.evidence.beside import beside
from portal.evidence.inspection import inspect
from portal.evidence.rules import (
    SNIFFED_BYTES,
    Arrived,
    Fault,
    Limits,
    NotReadable,
    Stored,
    file_name,
    sniff,
)
from portal.evidence.service import file_key
from portal.evidence.storage import Depot, Missing, StorageFailed, Writing
from portal.sealing import Box
from portal.web.uploads import Nowhere, Request, is_foreign

MB = 1024 * 1024
# The form's other fields and the parts' own headers, beside the files.
FORM_BYTES = MB


class Arriving:
    """One file on its way: what the parser writes here is hashed, sealed and stored at once."""

    def __init__(self, name: str, box: Box, depot: Depot, most: int, fault: Fault | None) -> None:
        self.name = name
        self.fault = fault
        self.head = b""
        self.size = 0
        self.stored: Stored | None = None
        self._seen: Future[Arrived] | None = None
        self._most = most
        self._box, self._depot = box, depot
        self._hash = hashlib.sha256()
        self._writing: Writing | None = None
        self._sealer: cipher.Sealer | None = None

    def write(self, data: bytes, /) -> int:
        if self.fault or not data:
            return len(data)
        self.size += len(data)
        if len(self.head) < SNIFFED_BYTES:
            self.head += data[: SNIFFED_BYTES - len(self.head)]
            if len(self.head) == SNIFFED_BYTES and sniff(self.head) is None:
                return self._refuse(Fault.TYPE, data)
        if self.size > self._most:
            return self._refuse(Fault.SIZE, data)
        try:
            self._hash.update(data)
            if self._writing is None or self._sealer is None:
                self._writing = self._depot.write()
                self._sealer = cipher.Sealer(file_key(self._box, self._writing.name))
                self._writing.write(self._sealer.header)
            for sealed in self._sealer.update(data):
                self._writing.write(sealed)
        except StorageFailed:
            return self._refuse(Fault.FAILED, data)
        return len(data)

    def seek(self, offset: int, /) -> int:
        """The parser rewinds a file when its last byte has come, and only then: the file is whole."""
        if self.fault or self.stored:
            return 0
        if not self.size:
            self.fault = Fault.EMPTY
        elif sniff(self.head) is None:
            self._refuse(Fault.TYPE, b"")
        elif self._writing and self._sealer:
            try:
                self._writing.write(self._sealer.finish())
                self._writing.end()
            except StorageFailed:
                self._refuse(Fault.FAILED, b"")
            else:
                self.stored = Stored(self._writing.name, self.size, self._hash.digest())
        return 0

    def judge_beside(self) -> None:
        """Let the decoder work on it while the next one is parsed, if it is whole."""
        if self.stored and self._seen is None:
            self._seen = beside(self._judge)

    def arrived(self) -> Arrived:
        """What became of it, once the decoder has judged it and it is safe on the disk."""
        if self._seen:
            return self._seen.result()
        return self._judge() if self.stored else Arrived(self.name, self.fault or Fault.FAILED)

    def _judge(self) -> Arrived:
        media, writing, stored = sniff(self.head), self._writing, self.stored
        assert media and writing and stored
        try:
            verdict = inspect(self._content(stored), media)
            writing.keep()
        except NotReadable as refused:
            return Arrived(self.name, refused.fault)
        except (StorageFailed, Missing):
            return Arrived(self.name, Fault.FAILED)
        return Arrived(self.name, stored=stored, verdict=verdict)

    def _content(self, stored: Stored) -> Iterator[bytes]:
        # Read back from the storage: what is judged is what was kept.
        return cipher.opened(
            file_key(self._box, stored.storage),
            lambda at, length: self._depot.read(stored.storage, at, length),
            size=stored.size,
        )

    def close(self) -> None:
        """Drop what is not whole. A whole file is the delivery's."""
        if self._writing and not self.stored:
            self._writing.drop()

    def _refuse(self, fault: Fault, data: bytes) -> int:
        self.fault = fault
        self.close()
        return len(data)


class Delivery:
    """The files of one request. Leaving the context drops every byte that was not handed over.

    `fault` is set where the body as a whole was refused; `arrived` are its files in the page's order.
    """

    def __init__(self, box: Box, depot: Depot, limits: Limits) -> None:
        self.id = uuid7()
        self.fault: Fault | None = None
        self.arrived: list[Arrived] = []
        self.limits = limits
        self._box, self._depot = box, depot
        self._arriving: list[Arriving] = []
        self._handed_over: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        for arriving in self._arriving:
            arriving.close()
            if arriving.stored and arriving.stored.storage not in self._handed_over:
                # What cannot be deleted now has no row and goes with the sweep.
                with suppress(StorageFailed):
                    self._depot.delete(arriving.stored.storage)

    def sink(self, filename: str) -> Arriving | Nowhere:
        """Where the next file goes; a field that was left empty sends a file without a name."""
        if not filename:
            return Nowhere()
        if self._arriving:
            self._arriving[-1].judge_beside()
        too_many = len(self._arriving) >= self.limits.delivery_files
        arriving = Arriving(
            file_name(filename),
            self._box,
            self._depot,
            self.limits.file_bytes,
            Fault.TOO_MANY if too_many else None,
        )
        self._arriving.append(arriving)
        return arriving

    def judge(self) -> None:
        """Wait until every file that is whole has been judged and kept."""
        self.arrived += [one.arrived() for one in self._arriving]

    def hand_over(self, arrived: Sequence[Arrived]) -> None:
        """These files have rows in a transaction that is about to be committed.

        Whether it was is not always known, so from here on their bytes are the sweep's to judge.
        """
        self._handed_over = {one.stored.storage for one in arrived if one.stored and not one.fault}


def receive(request: Request, *, box: Box, depot: Depot, limits: Limits, origin: str) -> Delivery:
    """Parse the request's body, storing its files on the way, and have each judged.

    The caller has made sure that the folder is the sender's, and holds no transaction: this takes as long
    as the sender's line. A body larger than one delivery is refused unread (`DELIVERY_SIZE`). Answers 400
    to a page of another site before a byte is parsed; whoever calls checks the CSRF token afterwards.
    """
    if is_foreign(request, origin):
        abort(400)
    delivery = Delivery(box, depot, limits)
    request.max_content_length = limits.delivery_bytes + FORM_BYTES
    request.max_form_memory_size = FORM_BYTES
    request.sink = delivery.sink
    try:
        # Reading `files` parses the body.
        _ = request.files
        delivery.judge()
    except RequestEntityTooLarge:
        delivery.fault = Fault.DELIVERY_SIZE
    except BaseException:
        # The line broke, or somebody ended us: what is half here must not stay.
        delivery.__exit__(None, None, None)
        raise
    return delivery
