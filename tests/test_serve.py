"""The embedded server, as a process: slow customers, an orderly end, an unusable environment."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from portal import migrating
from portal.config import Settings
from portal.db import Database
from portal.serve import own_port
from tests.bench.load import Connection, free_port, request_bytes

START_SECONDS = 60


class Served:
    """A running `python -m portal.serve`."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.environment = {**os.environ, "PORTAL_INSTANCE": str(folder), "PORTAL_BASE_URL": self.base_url}
        settings = Settings.from_environment({"PORTAL_INSTANCE": str(folder), "PORTAL_BASE_URL": self.base_url})
        database = Database(settings.database_url, settings.keys)
        migrating.upgrade(database)
        database.dispose()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "portal.serve", "--port", str(self.port), *arguments],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            try:
                assert self.get("/healthz")[0] == 200
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("the server did not start")

    def get(self, path: str) -> tuple[int, int, bytes]:
        connection = Connection(self.port)
        try:
            return connection.ask(request_bytes(path))
        finally:
            connection.close()

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    server = Served(tmp_path, "--no-worker")
    yield server
    server.end()


def test_forty_slow_bodies_hold_nobody_up(served: Served) -> None:
    """Customers on bad lines send their story byte by byte; the others are answered meanwhile."""
    head = (
        b"POST /en/file/story HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n\r\nstory="
    )
    with ExitStack() as stack:
        for _ in range(40):
            slow = stack.enter_context(socket.create_connection(("127.0.0.1", served.port)))
            slow.sendall(head)
        for _ in range(10):
            assert served.get("/en/")[0] == 200


def test_a_request_under_way_is_answered_before_the_server_ends(served: Served) -> None:
    body = b"number=" + b"x" * 600_000
    head = (
        f"POST /en/track HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n\r\n"
    ).encode()
    with socket.create_connection(("127.0.0.1", served.port), timeout=30) as client:
        client.sendall(head + body)
        time.sleep(0.01)
        served.process.send_signal(signal.SIGTERM)
        answer = b""
        while chunk := client.recv(65536):
            answer += chunk
    assert answer.startswith(b"HTTP/1.1 "), answer[:100]
    assert b"</html>" in answer
    assert served.process.wait(30) == 0


def test_a_body_beyond_the_limit_is_refused_in_words(served: Served) -> None:
    connection = Connection(served.port)
    body = b"number=" + b"x" * (1024 * 1024 + 1)
    status, _, page = connection.ask(
        f"POST /en/track HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode()
        + body
    )
    connection.close()
    assert status == 413
    assert b'<html lang="en">' in page


def test_the_worker_runs_beside_it_and_is_started_again(tmp_path: Path) -> None:
    server = Served(tmp_path)
    try:
        first = _worker_of(server)
        os.kill(first, signal.SIGKILL)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and _worker_of(server) in (0, first):
            time.sleep(0.2)
        assert _worker_of(server) not in (0, first)
    finally:
        server.end()
    assert not Path(f"/proc/{_worker_of(server)}").exists() or _worker_of(server) == 0


def test_a_worker_ends_with_a_server_that_was_killed(tmp_path: Path) -> None:
    server = Served(tmp_path)
    try:
        until = time.monotonic() + 30
        while (worker := _worker_of(server)) == 0 and time.monotonic() < until:
            time.sleep(0.05)
        assert worker
        server.process.kill()
        server.process.wait(30)
        until = time.monotonic() + 30
        while _lives(worker) and time.monotonic() < until:
            time.sleep(0.05)
        assert not _lives(worker)
    finally:
        server.end()


def _lives(process: int) -> bool:
    status = Path(f"/proc/{process}/stat")
    # Who has no parent to ask for it any more may stay behind as a zombie.
    return status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] != "Z"


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"PORTAL_DATABSE_URL": "x"}, "PORTAL_DATABSE_URL is not a setting of the portal"),
        ({"PORTAL_INSTITUTION": "nowhere"}, "PORTAL_INSTITUTION: "),
        ({"PORTAL_SMTP_URL": "smtp://mail.example?tls=perhaps"}, "PORTAL_SMTP_URL: "),
        ({"PORTAL_BASE_URL": "https://pengaduan.example.co.id"}, "PORTAL_KEYS is missing"),
    ],
)
def test_an_unusable_environment_is_told_plainly(tmp_path: Path, environment: dict[str, str], told: str) -> None:
    for command in ([sys.executable, "-m", "portal.serve"], [sys.executable, "-m", "portal.worker", "--once"],
                    [sys.executable, "-m", "flask", "--app", "wsgi", "doctor"]):  # fmt: skip
        done: Any = subprocess.run(
            command,
            env={**os.environ, "PORTAL_INSTANCE": str(tmp_path), **environment},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode != 0
        assert told in done.stderr
        assert "Traceback" not in done.stderr


def _worker_of(server: Served) -> int:
    """The server's only child, or 0."""
    try:
        children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
    except FileNotFoundError:
        return 0
    return int(children[0]) if children else 0


def test_it_listens_where_it_tells_people_to_come(settings: Settings) -> None:
    assert own_port(replace(settings, base_url="http://127.0.0.1:8123", production=False)) == 8123
    assert own_port(replace(settings, base_url="http://localhost", production=False)) == 8000
    # Behind a proxy that name is the proxy's.
    assert own_port(replace(settings, base_url="https://pengaduan.example.co.id:8443", production=True)) == 8000
