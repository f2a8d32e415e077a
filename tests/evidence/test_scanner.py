"""The scanner: only its own OK is clean."""

import socket
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from portal.evidence.rules import ScanState
from portal.evidence.scanner import Clamd, NoScanner, ScannerUnavailable
from tests.evidence import files


def test_clamd_finds_the_test_virus_plain_in_an_archive_and_behind_a_picture(clamd: Clamd) -> None:
    for content in (files.EICAR, files.archive(files.EICAR), files.picture() + files.EICAR):
        assert clamd.scan([content]) is ScanState.INFECTED


def test_clamd_finds_nothing_in_clean_files(clamd: Clamd) -> None:
    assert clamd.scan([files.picture(), b"", files.pdf()]) is ScanState.CLEAN
    assert clamd.scan([]) is ScanState.CLEAN


def test_a_file_over_the_daemons_own_limit_was_not_judged(clamd: Clamd) -> None:
    """StreamMaxLength: "INSTREAM size limit exceeded. ERROR" is not clean."""
    with pytest.raises(ScannerUnavailable):
        clamd.scan(bytes(256 * 1024) for _ in range(40))


def test_clamd_by_its_socket_file(clamd: Clamd) -> None:
    roots = ("/dev/shm", tempfile.gettempdir())
    homes = [path for root in roots for path in Path(root).glob("aduan-clamd-*/clamd.ctl")]
    newest = max(homes, key=lambda path: path.stat().st_mtime)
    assert Clamd(f"unix://{newest}").scan([files.EICAR]) is ScanState.INFECTED


def test_without_a_scanner_nothing_is_called_clean() -> None:
    assert NoScanner().scan([files.EICAR]) is ScanState.NOT_SCANNED
    assert NoScanner().first is ScanState.NOT_SCANNED


@pytest.fixture
def talking() -> Callable[[bytes], Clamd]:
    """A daemon that says one thing, whatever it is asked."""

    def say(answer: bytes) -> Clamd:
        server = socket.create_server(("127.0.0.1", 0))

        def serve() -> None:
            with server, server.accept()[0] as line:
                line.recv(65_536)
                line.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        return Clamd(f"tcp://127.0.0.1:{server.getsockname()[1]}", step_seconds=1.0, whole_seconds=2.0)

    return say


@pytest.mark.parametrize(
    "answer",
    [b"", b"stream: ERROR\0", b"OK\0", b"stream: OK FOUND? no\0", b"HTTP/1.1 200 OK\r\n\r\n", b"stream: OK and more\0"],
)
def test_nonsense_is_never_clean(talking: Callable[[bytes], Clamd], answer: bytes) -> None:
    with pytest.raises(ScannerUnavailable):
        talking(answer).scan([b"x"])


def test_a_daemon_that_is_away_or_silent_is_unavailable() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for url in (f"tcp://127.0.0.1:{port}", "unix:///nowhere/clamd.ctl"):
        with pytest.raises(ScannerUnavailable):
            Clamd(url).scan([b"x"])
        with pytest.raises(ScannerUnavailable):
            Clamd(url).version()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        slow = Clamd(f"tcp://127.0.0.1:{silent.getsockname()[1]}", step_seconds=0.2, whole_seconds=0.5)
        with pytest.raises(ScannerUnavailable):
            slow.scan([b"x"])
