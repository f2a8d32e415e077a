"""The portal as its own process, as a deployment runs it, with a mail server to receive what it sends."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import time_machine
from aiosmtpd.controller import Controller

from portal.sealing import KeyRing

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 30
STOP_SECONDS = 30
# Whoever starts with this on its path lives `MOVED_BY` seconds later.
MOVED = Path(__file__).resolve().parent / "moved"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Mailbox:
    """Everything that was mailed, newest last."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        return "250 OK"

    def wait_for(self, recipient: str, count: int = 1, seconds: float = 20, saying: str = "") -> EmailMessage:
        """The newest of at least `count` mails to this address, of those that say this."""
        give_up = time.monotonic() + seconds
        while len(found := [mail for mail in self.to(recipient) if saying in mail.get_content()]) < count:
            assert time.monotonic() < give_up, f"{len(found)} of {count} mails to {recipient} in {seconds} s"
            time.sleep(0.05)
        return found[-1]

    def to(self, recipient: str) -> list[EmailMessage]:
        """The mails to this address, newest last."""
        return [mail for mail in self.mails if recipient in mail["To"]]


@dataclass
class Server:
    """A running portal."""

    url: str
    environment: dict[str, str]
    process: "subprocess.Popen[bytes]"
    log: Path
    mailbox: Mailbox = field(default_factory=Mailbox)

    @property
    def database_url(self) -> str:
        return self.environment["PORTAL_DATABASE_URL"]

    @contextmanager
    def its_time(self) -> Iterator[None]:
        """Live at the server's time, which may be moved. A browser's own waiting must not stand in it."""
        moved_by = timedelta(seconds=float(self.environment.get("MOVED_BY", "0")))
        if not moved_by:
            yield
            return
        with time_machine.travel(datetime.now(UTC) + moved_by, tick=True):
            yield

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait(STOP_SECONDS)

    def stop(self) -> None:
        """End it as an operator would; it must finish within `STOP_SECONDS`."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
                raise AssertionError(f"the server did not stop within {STOP_SECONDS} s") from None


def start(folder: Path, environment: dict[str, str], mailbox: Mailbox, *, worker: bool = True) -> Server:
    """Start the server and wait until it answers. Without a worker nothing is done by its own clock."""
    port = str(urlsplit(environment["PORTAL_BASE_URL"]).port)
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "server.log"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    with log.open("ab") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "portal.serve", "--port", port, *(() if worker else ("--no-worker",))],
            cwd=ROOT,
            env=inherited | environment,
            stdout=file,
            stderr=file,
            stdin=subprocess.DEVNULL,
        )
    url = environment["PORTAL_BASE_URL"]
    give_up = time.monotonic() + START_SECONDS
    while True:
        try:
            with urlopen(f"{url}/readyz", timeout=5):
                break
        except (URLError, OSError):
            if process.poll() is not None or time.monotonic() > give_up:
                process.kill()
                process.wait()
                raise RuntimeError(f"the server did not start:\n{log.read_text()}") from None
            time.sleep(0.05)
    return Server(url, environment, process, log, mailbox)


@contextmanager
def serving(
    folder: Path,
    sqlite_template: Path,
    keys: KeyRing,
    *,
    worker: bool = True,
    at: datetime | None = None,
    **extra: str,
) -> Iterator[Server]:
    """A portal of Bank Muamalat on a free port, with an empty SQLite database and a mail server.

    `at`: the moment at which it starts, if not now. Its worker then takes no job that is later than our own time,
    for which it asks the database, whose clock nobody moves: `worker.drain` does them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    mailbox = Mailbox()
    smtp = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    smtp.start()
    database = folder / "aduan.db"
    if not database.exists():
        shutil.copyfile(sqlite_template, database)
    # The invented institution has no address to send from.
    sender = "?from=pengaduan@example.co.id" if extra.get("PORTAL_INSTITUTION", "").endswith(".toml") else ""
    environment = {
        "PORTAL_INSTITUTION": "muamalat",
        "PORTAL_BASE_URL": f"http://127.0.0.1:{free_port()}",
        "PORTAL_DATABASE_URL": f"sqlite:///{database}",
        "PORTAL_EVIDENCE_URL": f"file://{folder / 'evidence'}",
        "PORTAL_INSTANCE": str(folder / "instance"),
        "PORTAL_KEYS": keys.to_json(),
        "PORTAL_SMTP_URL": f"smtp://127.0.0.1:{smtp.port}{sender}",
        # The browsers say which network each of them is on, as a proxy would.
        "PORTAL_PROXIES": "1",
        **extra,
    }
    if at is not None:
        environment |= {"PYTHONPATH": str(MOVED), "MOVED_BY": str((at - datetime.now(UTC)).total_seconds())}
    try:
        server = start(folder, environment, mailbox, worker=worker)
        try:
            yield server
        finally:
            server.stop()
    finally:
        smtp.stop()
    said = server.log.read_text()
    assert "Traceback" not in said, f"the server's log holds an error:\n{said[-6000:]}"
