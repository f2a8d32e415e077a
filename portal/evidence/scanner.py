"""Asks whether a file carries malware: ClamAV's daemon, or nobody."""

import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from portal.config import Settings
from portal.evidence.rules import ScanState

# A step of the conversation, and all of it: 25 MB take clamd half a second on two old cores.
STEP_SECONDS = 30.0
WHOLE_SECONDS = 180.0
# What clamd may answer: a name of a signature and a few words.
LONGEST_ANSWER = 4096


class ScannerUnavailable(Exception):
    """The scanner gave no judgement: it is away, too slow, or did not understand. Never taken for clean."""


class Scanner(Protocol):
    """`first` is the state of a document that has just come."""

    first: ScanState

    def scan(self, content: Iterable[bytes]) -> ScanState:
        """`CLEAN` or `INFECTED` (or `NOT_SCANNED`, where nobody is asked). Raises `ScannerUnavailable`."""

    def version(self) -> str:
        """What the scanner says it is, with its signatures' date. Raises `ScannerUnavailable`."""


class NoScanner:
    """A deployment that said aloud that it has none (`PORTAL_SCANNER=none`), or a developer's machine."""

    first = ScanState.NOT_SCANNED

    def scan(self, content: Iterable[bytes]) -> ScanState:
        return ScanState.NOT_SCANNED

    def version(self) -> str:
        return "none"


@dataclass(frozen=True, slots=True)
class Clamd:
    """ClamAV's daemon at `tcp://host:port` or `unix:///path`, spoken to in its INSTREAM command."""

    url: str
    step_seconds: float = STEP_SECONDS
    whole_seconds: float = WHOLE_SECONDS
    first = ScanState.WAITING

    def scan(self, content: Iterable[bytes]) -> ScanState:
        """Only the daemon's own "OK" is clean. A file over its size limit was not judged, so it is not."""
        give_up = time.monotonic() + self.whole_seconds
        with self._connected() as line:
            try:
                line.sendall(b"zINSTREAM\0")
                for piece in content:
                    if time.monotonic() > give_up:
                        raise ScannerUnavailable("too slow")
                    if piece:
                        line.sendall(len(piece).to_bytes(4, "big") + piece)
                line.sendall(bytes(4))
            except (BrokenPipeError, ConnectionResetError):
                # It stopped listening; it has usually said why.
                pass
            except OSError as failure:
                raise ScannerUnavailable(type(failure).__name__) from None
            answer = self._answer(line, give_up)
        if answer == b"stream: OK":
            return ScanState.CLEAN
        if answer.startswith(b"stream: ") and answer.endswith(b" FOUND"):
            return ScanState.INFECTED
        raise ScannerUnavailable("limit" if b"size limit" in answer else "no judgement")

    def version(self) -> str:
        with self._connected() as line:
            try:
                line.sendall(b"zVERSION\0")
            except OSError as failure:
                raise ScannerUnavailable(type(failure).__name__) from None
            answer = self._answer(line, time.monotonic() + self.step_seconds)
        if not answer.startswith(b"ClamAV "):
            raise ScannerUnavailable("not clamd")
        return answer.decode(errors="replace")

    def _connected(self) -> socket.socket:
        parts = urlsplit(self.url)
        try:
            if parts.scheme == "unix":
                line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                line.settimeout(self.step_seconds)
                try:
                    line.connect(parts.path)
                except OSError:
                    line.close()
                    raise
                return line
            return socket.create_connection((parts.hostname, parts.port or 3310), timeout=self.step_seconds)
        except OSError as failure:
            raise ScannerUnavailable(type(failure).__name__) from None

    def _answer(self, line: socket.socket, give_up: float) -> bytes:
        answer = b""
        try:
            while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
                if time.monotonic() > give_up:
                    raise ScannerUnavailable("too slow")
                piece = line.recv(LONGEST_ANSWER)
                if not piece:
                    break
                answer += piece
        except OSError as failure:
            raise ScannerUnavailable(type(failure).__name__) from None
        return answer.rstrip(b"\0\n")


def scanner_of(settings: Settings) -> Scanner:
    """The scanner that this deployment has."""
    return Clamd(settings.clamd) if settings.clamd else NoScanner()
