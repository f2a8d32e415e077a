"""What an upload costs: seconds until its answer, against the least that can be done with the same bytes."""

import hashlib
import http.client
import os
import random
import secrets
import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from flask import Flask

from tests.bench.load import Server, granian
from tests.evidence import files
from tests.evidence.sending import STEP, Uploader

MB = 1024 * 1024
# Share of the floor on the same server; times the bare loop, and growth of the server's memory in bytes.
SMALL_TARGET, LARGE_TARGETS, GROWTH = 0.70, (1.8, 1.4), 8 * MB


def measure(folder: Path, app: Flask, server: Server, base_url: str, *, rounds: int) -> dict[str, Any]:
    """One file of a megabyte, and four of 25, several times in turn with their floors; medians."""
    floor_folder = folder / "floor"
    floor_folder.mkdir()
    small: dict[str, list[float]] = {"ours": [], "floor": []}
    large: dict[str, list[float]] = {"ours": [], "loop": []}
    with granian("tests.bench.floor:app", {"BENCH_FLOOR": str(floor_folder)}) as floor:
        for _ in range(rounds * 3):
            who, content = Uploader.new(app, base_url), picture(MB)
            small["floor"].append(seconds(post, floor.port, "/", who, {"1.jpg": content}, 200))
            small["ours"].append(seconds(post, server.port, STEP, who, {"1.jpg": content}, 303))
    before = server.memory()
    grown = 0
    for _ in range(rounds):
        who = Uploader.new(app, base_url)
        given = {f"{number}.jpg": picture(25 * MB - 100_000) for number in range(4)}
        large["loop"].append(seconds(bare, given.values(), floor_folder))
        large["ours"].append(seconds(post, server.port, STEP, who, given, 303))
        grown = max(grown, server.memory() - before)
    middle = {name: statistics.median(values) for name, values in small.items()}
    most = {name: statistics.median(values) for name, values in large.items()}
    return {
        "1 MB": {"seconds": middle["ours"], "of_floor": middle["floor"] / middle["ours"]},
        "4 x 25 MB": {"seconds": most["ours"], "times_loop": most["ours"] / most["loop"], "growth": grown},
    }


def picture(size: int) -> bytes:
    """A photograph with so many bytes that nobody sent before: what hangs behind it is kept with it."""
    head = files.picture()
    return head + random.Random(secrets.randbits(64)).randbytes(size - len(head))


def post(port: int, path: str, who: Uploader, given: Mapping[str, bytes], status: int) -> None:
    kind, body = who.body(given)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    try:
        connection.request("POST", path, body, {"Cookie": who.cookies, "Content-Type": kind})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == status, answer.status
    finally:
        connection.close()


def bare(contents: Iterable[bytes], folder: Path) -> None:
    """Hash, write, fsync, rename each: what any storing costs."""
    for content in contents:
        digest = hashlib.sha256()
        draft = folder / "draft"
        with draft.open("wb") as file:
            for at in range(0, len(content), MB):
                digest.update(content[at : at + MB])
                file.write(content[at : at + MB])
            file.flush()
            os.fsync(file.fileno())
        draft.rename(folder / digest.hexdigest())


def seconds(act: Callable[..., object], *given: object) -> float:
    started = time.perf_counter()
    act(*given)
    return time.perf_counter() - started


def as_text(found: Mapping[str, Any]) -> list[str]:
    small, large = found["1 MB"], found["4 x 25 MB"]
    return [
        "\nUploads on granian, the decoder's judgement included",
        f"  {'1 MB':28} {small['seconds'] * 1000:8.0f} ms   {small['of_floor']:6.1%} of parse, hash, fsync and rename"
        f"   asked: {SMALL_TARGET:.0%}",
        f"  {'4 x 25 MB':28} {large['seconds'] * 1000:8.0f} ms   {large['times_loop']:6.2f} times a bare loop"
        "   asked: {}, then {}".format(*LARGE_TARGETS),
        f"  {'memory grew by':28} {large['growth'] / MB:8.1f} MiB   asked: at most {GROWTH // MB}",
    ]
