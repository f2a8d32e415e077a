"""A folder, a depot, a case's data key, and a real clamd with a signature file of our own."""

import hashlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from portal.db import Session
from portal.evidence.scanner import Clamd, ScannerUnavailable
from portal.evidence.service import make_folder
from portal.evidence.storage import Depot
from portal.sealing import Box
from tests.builders import NOW, a_box
from tests.evidence.files import EICAR
from tests.postgres import memory_folder


@pytest.fixture
def depot(tmp_path: Path) -> Depot:
    return Depot.at(f"file://{tmp_path / 'evidence'}")


@pytest.fixture
def box(session: Session) -> Box:
    box = a_box(session)
    session.commit()
    return box


@pytest.fixture
def folder_id(session: Session, box: Box) -> UUID:
    session.begin_write()
    folder = make_folder(session, key_id=box.id, now=NOW)
    session.commit()
    return folder.id


class Daemon:
    """Debian's clamd, which knows EICAR and nothing else."""

    def __init__(self, program: str) -> None:
        self.home = memory_folder("aduan-clamd-")
        self.home.chmod(0o755)
        signatures = self.home / "signatures"
        signatures.mkdir()
        # Of the extended format: name, any kind of file, anywhere in it, the beginning of the test string.
        marker = b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE"
        (signatures / "own.ndb").write_text(f"Aduan.Eicar:0:*:{marker.hex()}\n")
        (signatures / "own.hdb").write_text(f"{hashlib.md5(EICAR).hexdigest()}:{len(EICAR)}:Aduan.Eicar.Whole\n")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.program, self.config = program, self.home / "clamd.conf"
        self.config.write_text(
            f"DatabaseDirectory {signatures}\nTCPSocket {port}\nTCPAddr 127.0.0.1\nForeground yes\n"
            f"LocalSocket {self.home / 'clamd.ctl'}\nStreamMaxLength 3M\nTemporaryDirectory {self.home}\n"
        )
        self.scanner = Clamd(f"tcp://127.0.0.1:{port}")
        self.start()

    def start(self) -> None:
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen([self.program, "--config-file", self.config], stdout=log, stderr=log)
        until = time.monotonic() + 30
        while True:
            try:
                self.scanner.version()
                return
            except ScannerUnavailable:
                if time.monotonic() > until or self.process.poll() is not None:
                    self.stop()
                    pytest.fail(f"clamd does not start: {(self.home / 'log').read_text()}")
                time.sleep(0.05)

    def stop(self) -> None:
        """End it as a crash would."""
        self.process.kill()
        self.process.wait()


def clamd_program() -> str:
    """Where clamd is. Skips loudly without it; in CI that is a failure."""
    program = shutil.which("clamd")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("clamd is not installed: apt-get install clamav-daemon")
        pytest.skip("NO SCANNER WAS TESTED: install Debian's clamav-daemon")
    return program


@pytest.fixture(scope="session")
def clamd() -> Iterator[Clamd]:
    """A daemon for all tests, as the portal speaks to it."""
    daemon = Daemon(clamd_program())
    yield daemon.scanner
    daemon.stop()
    shutil.rmtree(daemon.home)


@pytest.fixture
def daemon() -> Iterator[Daemon]:
    """A daemon of this test's own, to be stopped and started."""
    daemon = Daemon(clamd_program())
    yield daemon
    daemon.stop()
    shutil.rmtree(daemon.home)
