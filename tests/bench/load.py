"""A server under measurement: started, asked the same thing many times, its CPU time read per request."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

START_SECONDS = 120


@dataclass(frozen=True)
class Server:
    """One running server: its port and the processes whose CPU time counts."""

    port: int
    process: "subprocess.Popen[bytes]"

    def cpu(self) -> float:
        """Seconds of CPU that the server and its children have used, from the scheduler's nanoseconds."""
        return cpu_of_family(self.process.pid)

    def memory(self) -> int:
        """Resident bytes of the server and its children."""
        return sum(_resident(pid) for pid in _family(self.process.pid))


class Measured(Protocol):
    """What is measured: where it is asked, and what it has used."""

    @property
    def port(self) -> int: ...

    def cpu(self) -> float: ...


def cpu_of_family(pid: int) -> float:
    """Seconds of CPU that a process and its children have used."""
    return sum(map(_cpu_of, _family(pid)))


@contextmanager
def granian(target: str, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """`target` served by granian as in production: WSGI, one worker with one blocking thread."""
    port = free_port()
    process = subprocess.Popen(
        [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
            "--workers", "1", "--blocking-threads", "1", "--no-access-log", "--log-level", "error", target,
        ],
        env={**os.environ, **(environment or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait(port, process)
        yield Server(port, process)
    finally:
        process.terminate()
        process.wait(20)


class Connection:
    """One kept-alive connection that sends the same bytes again and again."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._buffer = b""

    def ask(self, request: bytes) -> tuple[int, int, bytes]:
        """Send a request; returns status, bytes received (headers too) and the body."""
        self._socket.sendall(request)
        while b"\r\n\r\n" not in self._buffer:
            self._more()
        head, _, rest = self._buffer.partition(b"\r\n\r\n")
        status = int(head[9:12])
        length = 0
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        while len(rest) < length:
            self._buffer = rest
            self._more()
            rest = self._buffer
        self._buffer = rest[length:]
        return status, len(head) + 4 + length, rest[:length]

    def _more(self) -> None:
        chunk = self._socket.recv(65536)
        if not chunk:
            raise ConnectionError("the server hung up")
        self._buffer += chunk

    def close(self) -> None:
        self._socket.close()


def request_bytes(path: str, *, host: str = "127.0.0.1", headers: Mapping[str, str] | None = None) -> bytes:
    """A GET as the load sends it."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "Accept: text/html", "Accept-Encoding: gzip"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def cpu_per_request(server: Measured, request: bytes, *, status: int, times: int) -> float:
    """Seconds of server CPU for one of `times` identical requests. A wrong status ends the measurement."""
    connection = Connection(server.port)
    try:
        for _ in range(max(5, times // 20)):
            got = connection.ask(request)[0]
            assert got == status, f"answered {got} instead of {status}: {request[:80]!r}"
        before = server.cpu()
        for _ in range(times):
            got = connection.ask(request)[0]
            assert got == status, f"answered {got} instead of {status}"
        return (server.cpu() - before) / times
    finally:
        connection.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            connection = Connection(port)
            connection.ask(request_bytes("/healthz"))
            connection.close()
            return
        except (ConnectionError, OSError):
            time.sleep(0.05)
    raise RuntimeError("the server did not answer in time")


def _family(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += _family(int(child))
    return found


def _cpu_of(pid: int) -> float:
    nanoseconds = 0
    for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        try:
            nanoseconds += int(task.read_text().split()[0])
        except (FileNotFoundError, ProcessLookupError):
            continue
    return nanoseconds / 1e9


def _resident(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
