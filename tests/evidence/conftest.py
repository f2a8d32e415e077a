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


@pytest.fixture(scope="session")
def clamd() -> Iterator[Clamd]:
    """Debian's clamd, which knows EICAR and nothing else. Skips loudly without it; in CI that is a failure."""
    program = shutil.which("clamd")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("clamd is not installed: apt-get install clamav-daemon")
        pytest.skip("NO SCANNER WAS TESTED: install Debian's clamav-daemon")
    home = memory_folder("aduan-clamd-")
    home.chmod(0o755)
    signatures = home / "signatures"
    signatures.mkdir()
    # Of the extended format: name, any kind of file, anywhere in it, the beginning of the test string.
    marker = b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE"
    (signatures / "own.ndb").write_text(f"Aduan.Eicar:0:*:{marker.hex()}\n")
    (signatures / "own.hdb").write_text(f"{hashlib.md5(EICAR).hexdigest()}:{len(EICAR)}:Aduan.Eicar.Whole\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = home / "clamd.conf"
    config.write_text(
        f"DatabaseDirectory {signatures}\nTCPSocket {port}\nTCPAddr 127.0.0.1\nForeground yes\n"
        f"LocalSocket {home / 'clamd.ctl'}\nStreamMaxLength 3M\nTemporaryDirectory {home}\n"
    )
    with (home / "log").open("wb") as log:
        process = subprocess.Popen([program, "--config-file", config], stdout=log, stderr=log)
    scanner = Clamd(f"tcp://127.0.0.1:{port}")
    until = time.monotonic() + 30
    while True:
        try:
            scanner.version()
            break
        except ScannerUnavailable:
            if time.monotonic() > until or process.poll() is not None:
                process.kill()
                pytest.fail(f"clamd does not start: {(home / 'log').read_text()}")
            time.sleep(0.05)
    yield scanner
    process.kill()
    process.wait()
    shutil.rmtree(home)
