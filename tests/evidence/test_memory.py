"""Large files: what comes in is streamed, and memory does not grow with it."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
# In a process of its own, so that nobody else's memory is measured.
STREAM = """
import resource, sys
from uuid import uuid4
from portal.evidence import cipher, service
from portal.evidence.receiving import Delivery
from portal.evidence.rules import Limits
from portal.evidence.storage import Depot
from portal.sealing import Box
from werkzeug.formparser import MultiPartParser
MB = 1024 * 1024
box, depot = Box(uuid4(), bytes(range(32))), Depot.at(sys.argv[1])

class Body:
    def __init__(self, files, size):
        self.parts, self.left, self.size, self.files, self.n = b"", 0, size, files, 0
    def read(self, n):
        if not self.parts and not self.left:
            if self.n == self.files:
                self.n += 1
                return b"\\r\\n--x--\\r\\n"
            if self.n > self.files:
                return b""
            head = b'Content-Disposition: form-data; name="f"; filename="%d.pdf"' % self.n
            self.parts = b"\\r\\n--x\\r\\n" + head + b"\\r\\n\\r\\n%PDF-"
            self.left, self.n = self.size, self.n + 1
        if self.parts:
            part, self.parts = self.parts, b""
            return part
        take = min(n, self.left)
        self.left -= take
        return bytes(take)

def run(files):
    delivery = Delivery(box, depot, Limits(25 * MB + 5, 20, 100 * MB, 100, 2500 * MB))
    make = lambda total_content_length, content_type, filename, content_length: delivery.sink(filename)
    _, found = MultiPartParser(stream_factory=make).parse(Body(files, 25 * MB), b"x", None)
    stored = [item.stream.stored for item in found.getlist("f")]
    assert all(one and one.size == 25 * MB + 5 for one in stored), stored
    delivery.hand_over([])
    delivery.__exit__(None, None, None)

peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
run(1)
before = peak()
run(4)
print(peak() - before)
"""


def test_a_hundred_megabytes_are_streamed_in_bounded_memory(tmp_path: Path) -> None:
    """The worker's memory grows by 8 MiB at most."""
    done = subprocess.run(
        [sys.executable, "-c", STREAM, f"file://{tmp_path / 'evidence'}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) <= 8
    assert [path for path in (tmp_path / "evidence").rglob("*") if path.is_file()] == []
