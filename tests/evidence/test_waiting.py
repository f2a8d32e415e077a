"""The waiting decoder: forks one process a file, outlives what files do to those, and is replaced when it dies."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from portal.evidence import waiting
from portal.evidence.carrying import carried
from portal.evidence.confined import BOUNDS, Bounds
from portal.evidence.copying import Copy
from portal.evidence.inspection import inspect
from portal.evidence.rules import Fault, Media, NotReadable
from portal.evidence.waiting import WAITING
from tests.evidence import files
from tests.evidence.processes import children, descriptors, has_gone
from tests.intake.journey import walk_to
from tests.page import Client

ROOT = Path(__file__).parent.parent.parent
pytestmark = pytest.mark.skipif(not waiting.CAN_WAIT, reason="this system hands no descriptors to other processes")


def judged() -> int:
    """A good file is read; returns the waiting process that forked its decoder."""
    assert inspect([files.picture()], Media.JPEG).facts == {"width": 64, "height": 48}
    assert WAITING.pid
    return WAITING.pid


def at_work(waits: int, count: int) -> list[int]:
    """So many decoders have a file: beside them there is one more, the youngest, that is ready for the next."""
    until = time.monotonic() + 10
    while len(found := sorted(children(waits))) != count + 1 and time.monotonic() < until:
        time.sleep(0.01)
    return found[:count]


def test_one_process_waits_and_serves_every_kind_of_task() -> None:
    first = judged()
    assert inspect([files.pdf(2)], Media.PDF).facts == {"pages": 2, "active": []}
    Copy([files.picture()], Media.JPEG).close()
    assert list(carried([files.pdf(javascript=True)])) == []
    assert judged() == first


def test_a_killed_waiting_process_is_replaced() -> None:
    first = judged()
    os.kill(first, signal.SIGKILL)
    # The child that it had ready may still take a file.
    judged()
    second = judged()
    assert second != first
    assert has_gone(first)


def test_without_memory_for_a_file_it_can_be_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first = judged()

    def full(*_: object) -> int:
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    with monkeypatch.context() as patch:
        patch.setattr(os, "memfd_create", full)
        # A kernel that refuses such memory for good is noticed at the start: each decoder is started anew then.
        assert not waiting.can_wait()
        with pytest.raises(NotReadable) as refused:
            inspect([files.picture()], Media.JPEG)
    assert refused.value.fault is Fault.FAILED
    assert judged() == first


def test_a_file_at_work_outlives_the_waiting_process() -> None:
    picture = files.picture()

    def pieces() -> Iterator[bytes]:
        yield picture[:100]
        assert WAITING.pid
        os.kill(WAITING.pid, signal.SIGKILL)
        yield picture[100:]

    assert inspect(pieces(), Media.JPEG).facts == {"width": 64, "height": 48}
    judged()


@pytest.mark.parametrize("end", [signal.SIGSEGV, signal.SIGABRT, signal.SIGKILL])
def test_a_file_that_crashes_its_decoder_harms_no_other(end: signal.Signals) -> None:
    waits = judged()
    crashed: list[int] = []
    assert at_work(waits, 0) == []

    def pieces() -> Iterator[bytes]:
        yield files.picture()[:100]
        crashed.extend(at_work(waits, 1))
        os.kill(crashed[0], end)

    with pytest.raises(NotReadable) as refused:
        inspect(pieces(), Media.JPEG)
    assert refused.value.fault is Fault.HEAVY
    assert judged() == waits
    assert len(crashed) == 1
    assert has_gone(crashed[0])


def test_a_child_that_was_killed_before_it_had_a_file_is_replaced() -> None:
    waits = judged()
    assert at_work(waits, 0) == []
    (ready,) = children(waits)
    os.kill(ready, signal.SIGKILL)
    assert has_gone(ready)
    assert judged() == waits


@pytest.mark.parametrize(
    "bounds",
    [replace(BOUNDS, memory=160 * 1024 * 1024), replace(BOUNDS, seconds=0.01), replace(BOUNDS, processor_seconds=0)],
    ids=["memory", "seconds", "processor"],
)
def test_a_file_that_exhausts_its_decoder_harms_no_other(bounds: Bounds) -> None:
    waits = judged()
    with pytest.raises(NotReadable) as refused:
        inspect([files.picture("PNG", (6000, 6000))], Media.PNG, bounds)
    assert refused.value.fault is Fault.HEAVY
    assert judged() == waits


def settled(process: int) -> dict[int, str]:
    """What a decoder has open that waits for its file, or forks: it may be about to do so this very moment."""
    until = time.monotonic() + 10
    while len(found := descriptors(process)) > 3 and time.monotonic() < until:
        time.sleep(0.01)
    return found


def test_a_decoder_has_nothing_but_its_own_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """No environment, no socket to the server, nothing of the files that others read at the same time."""
    monkeypatch.setenv("PORTAL_SECRET", "rahasia")
    WAITING.end()
    waits = judged()
    assert at_work(waits, 0) == []
    seen: list[dict[int, str]] = []

    def pieces(inner: bool) -> Iterator[bytes]:
        if inner:
            inspect(pieces(False), Media.JPEG)
        else:
            seen.extend(settled(decoder) for decoder in at_work(waits, 2))
            for process in (waits, *children(waits)):
                assert b"rahasia" not in Path(f"/proc/{process}/environ").read_bytes()
        yield files.picture()

    inspect(pieces(True), Media.JPEG)
    to_server = descriptors(waits)[0]
    assert len(seen) == 2
    for each in seen:
        assert set(each) == {0, 1, 2}
        assert each[0] == each[1] != to_server
        assert each[2] == os.devnull
    assert seen[0][0] != seen[1][0]


def test_nothing_is_left_of_two_hundred_files() -> None:
    waits = judged()
    ours, theirs = len(descriptors(os.getpid())), len(settled(waits))
    for number in range(200):
        if number % 4:
            judged()
        else:
            with pytest.raises(NotReadable):
                inspect([b"\xff\xd8\xff\xe0 and then nothing"], Media.JPEG)
    assert WAITING.pid == waits
    assert len(descriptors(os.getpid())) == ours
    assert len(settled(waits)) == theirs
    assert at_work(waits, 0) == []
    assert len(children(waits)) == 1


def test_many_threads_each_get_the_answer_to_their_own_file() -> None:
    WAITING.end()
    sizes = [(16 + number, 200 - number) for number in range(48)]
    pictures = [files.picture("PNG", size) for size in sizes]
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda picture: inspect([picture], Media.PNG).facts, pictures))
    assert answers == [{"width": width, "height": height} for width, height in sizes]


# In processes of their own: what is forked or killed here is a server.
FORKS = """
import os, sys
from portal.evidence.inspection import inspect
from portal.evidence.rules import Media
from portal.evidence.waiting import WAITING
from tests.evidence import files

def judged():
    assert inspect([files.picture()], Media.JPEG).facts == {"width": 64, "height": 48}
    return WAITING.pid

first = judged()
child = os.fork()
if child == 0:
    os._exit(0 if WAITING.pid is None and judged() not in (None, first) else 1)
assert os.waitpid(child, 0)[1] == 0
assert judged() == first
"""
ENDS = FORKS.partition("first = ")[0] + "print(judged(), flush=True); sys.stdin.read()"


def test_a_forked_server_has_a_waiting_process_of_its_own() -> None:
    done = subprocess.run([sys.executable, "-c", FORKS], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


@pytest.mark.parametrize("end", [signal.SIGKILL, None])
def test_the_waiting_process_ends_with_its_server(end: signal.Signals | None) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", ENDS], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as server:
        assert server.stdin and server.stdout
        waits = int(server.stdout.readline())
        # A service manager that ends all processes of a server at once does not take it from an upload that ends.
        os.kill(waits, signal.SIGTERM)
        assert children(server.pid) == [waits]
        if end:
            server.send_signal(end)
        server.stdin.close()
        assert server.wait(30) == (-end if end else 0)
    assert has_gone(waits)


def test_without_it_every_file_gets_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on systems that hand no descriptors around."""
    WAITING.end()
    monkeypatch.setattr(waiting, "CAN_WAIT", False)
    assert inspect([files.picture()], Media.JPEG).facts == {"width": 64, "height": 48}
    with pytest.raises(NotReadable) as refused:
        inspect([files.picture("PNG", (6000, 6000))], Media.PNG, replace(BOUNDS, seconds=0.01))
    assert refused.value.fault is Fault.HEAVY
    copy = Copy([files.noise(500_000)], Media.PNG)
    assert len(b"".join(copy)) == copy.size
    copy.close()
    assert WAITING.pid is None


def test_one_that_cannot_start_keeps_no_file_from_being_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    WAITING.end()
    shutil.copytree(waiting.DECODER.parent, tmp_path, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    broken = tmp_path / "decoder.py"
    whole = broken.read_text()
    broken.write_text(whole.replace("    control = socket.socket(fileno=0)", "    os._exit(1)"))
    assert broken.read_text() != whole
    monkeypatch.setattr(waiting, "DECODER", broken)
    assert inspect([files.picture()], Media.JPEG).facts == {"width": 64, "height": 48}
    assert WAITING.pid is None


def test_the_server_judges_an_upload_with_it(client: Client) -> None:
    WAITING.end()
    step = "/id/file/documents"
    page = walk_to(client, "documents", "id").form(step).fill(files=[("ktp.jpg", files.picture())]).submit("upload")
    assert [node.text for node in page.all(".file-name")] == ["ktp.jpg"]
    assert WAITING.pid
