"""Runs the decoder on one file, in a process of its own that is killed beyond its limits."""

import json
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Self

from portal.evidence.rules import Fault, Media, NotReadable
from portal.evidence.waiting import WAITING

# Decoders at work at the same time in one server process: each may take a processor and its memory.
AT_ONCE = threading.BoundedSemaphore(2)
LONGEST_LINE = 64 * 1024
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
        with AT_ONCE:
            self._process, self._socket = WAITING.begin(
                [
                    *(task, media, str(bounds.memory), str(bounds.processor_seconds)),
                    *(str(bounds.pixels), str(bounds.pages), str(bounds.objects)),
                ]
            )
            self._made = self._socket.makefile("rb")
            self._timer = self._killed_after(bounds.seconds)
            try:
                self.answer = self._ask(content)
            except BaseException:
                self.close()
                raise
        self._timer.cancel()
        self._timer = self._killed_after(FETCHED_WITHIN)

    def _killed_after(self, seconds: float) -> threading.Timer:
        # The timer keeps this object, and its socket, until then: a copy that nobody closes is ended by it.
        timer = threading.Timer(seconds, self._kill)
        timer.daemon = True
        timer.start()
        return timer

    def _kill(self) -> None:
        self._process.kill()

    def _ask(self, content: Iterable[bytes]) -> dict[str, Any]:
        """Give it the file through a socket, piece by piece: nothing of it touches a disk."""
        try:
            for piece in content:
                self._socket.sendall(piece)
            self._socket.shutdown(socket.SHUT_WR)
        except ConnectionError:
            # It has ended before it had read everything, so it has been stopped; it says no more.
            pass
        line = self._told(self._made.readline, LONGEST_LINE)
        try:
            told = json.loads(line)
        except ValueError:
            # It was killed: by its memory, its processor time, our patience, or the file.
            raise NotReadable(Fault.HEAVY) from None
        if "fault" in told:
            raise NotReadable(Fault(told["fault"]))
        return dict(told)

    @staticmethod
    def _told(read: Callable[[int], bytes], most: int) -> bytes:
        try:
            return read(most)
        except ConnectionError:
            # It was killed with a part of the file unread.
            return b""

    def pieces(self, size: int) -> Iterator[bytes]:
        """So many bytes that the decoder made. Raises `NotReadable` where it does not give them."""
        left = size
        while left:
            piece = self._told(self._made.read, min(left, PIECE))
            if not piece:
                raise NotReadable(Fault.HEAVY)
            left -= len(piece)
            yield piece

    def close(self) -> None:
        """End the process, whatever it is doing."""
        self._timer.cancel()
        self._process.kill()
        self._made.close()
        self._socket.close()
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
