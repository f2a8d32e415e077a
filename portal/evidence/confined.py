"""Runs the decoder on one file, in a process of its own that is killed beyond its limits."""

import json
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

from portal.evidence.rules import Fault, Media, NotReadable
from portal.evidence.waiting import WAITING

# Decoders at work at the same time in one server process: each may take a processor and its memory.
AT_ONCE = threading.BoundedSemaphore(2)
LONGEST_LINE = 64 * 1024
# What an answer has that bytes follow.
MADE = {"size", "sizes"}
PIECE = 256 * 1024
# How long whoever asked for a copy may take to fetch it: the decoder, which has it, waits so long.
FETCHED_WITHIN = 600.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one file may take. The pixels are those of the largest telephone cameras (200 megapixels)
    when they bin four to one, with room to spare; the pages and objects those of a thick file of statements."""

    memory: int = 1024 * 1024 * 1024
    processor_seconds: int = 20
    seconds: float = 30.0
    pixels: int = 110_000_000
    pages: int = 1_000
    objects: int = 200_000


BOUNDS = Bounds()


class Decoding:
    """One decoder at work on one file: its answer, and then the bytes that it may have made. Close it."""

    def __init__(self, task: str, content: Iterable[bytes], media: Media, bounds: Bounds) -> None:
        """Wait for the answer. Raises `NotReadable`; whatever the content raises ends the decoder too."""
        self._timer: threading.Timer | None = None
        with AT_ONCE:
            self._process = WAITING.begin(
                [
                    *(task, media, str(bounds.memory), str(bounds.processor_seconds)),
                    *(str(bounds.pixels), str(bounds.pages), str(bounds.objects)),
                ]
            )
            try:
                self.answer = self._ask(content, bounds.seconds)
            except BaseException:
                self.close()
                raise
        if self._held or self.answer.keys() & MADE:
            # The timer keeps this object, and its socket, until then: a copy that nobody closes is ended by it.
            self._timer = threading.Timer(FETCHED_WITHIN, self._process.kill)
            self._timer.daemon = True
            self._timer.start()

    def _ask(self, content: Iterable[bytes], seconds: float) -> dict[str, Any]:
        """Give it the file, of which nothing touches a disk, and hear what it says within so many seconds."""
        patience = time.monotonic() + seconds
        try:
            self._process.give(content)
        except ConnectionError:
            # It has ended before it had read everything, so it has been stopped; it says no more.
            pass
        except OSError:
            # There is no memory for the file now.
            raise NotReadable(Fault.FAILED) from None
        line, _, self._held = self._line(patience).partition(b"\n")
        self._process.line.settimeout(None)
        try:
            told = json.loads(line)
        except ValueError:
            # It was killed: by its memory, its processor time, our patience, or the file.
            raise NotReadable(Fault.HEAVY) from None
        if "fault" in told:
            raise NotReadable(Fault(told["fault"]))
        return dict(told)

    def _line(self, patience: float) -> bytes:
        """What it says, up to the first end of a line and perhaps beyond; nothing where it takes too long."""
        said = b""
        while b"\n" not in said and len(said) < LONGEST_LINE:
            left = patience - time.monotonic()
            if left <= 0:
                return b""
            self._process.line.settimeout(left)
            try:
                piece = self._process.line.recv(LONGEST_LINE)
            except (TimeoutError, ConnectionError):
                # Our patience is at its end, or it was killed with a part of the file unread.
                return b""
            if not piece:
                break
            said += piece
        return said

    def pieces(self, size: int) -> Iterator[bytes]:
        """So many bytes that the decoder made. Raises `NotReadable` where it does not give them."""
        left = size
        while left:
            if not self._held:
                with suppress(ConnectionError):
                    self._held = self._process.line.recv(PIECE)
            piece, self._held = self._held[:left], self._held[left:]
            if not piece:
                raise NotReadable(Fault.HEAVY)
            left -= len(piece)
            yield piece

    def close(self) -> None:
        """End the process, whatever it is doing."""
        if self._timer:
            self._timer.cancel()
        self._process.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
