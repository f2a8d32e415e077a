"""`make bench`: what our pages cost, as shares of a bare Flask application measured in the same run.

Every figure is CPU time of the server's processes for a request, so that a busy machine slows the run
but does not bend the shares. What is compared runs in turn, several rounds, and medians are printed.

`make bench ARGS="queue --sizes 1000,100000"` measures the desk instead: what its pages cost as complaints grow.
"""

import argparse
import contextlib
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from portal import migrating
from portal.app import create_app
from portal.config import Settings
from tests import postgres
from tests.bench import growth, uploads
from tests.bench.load import Connection, Server, cpu_per_request, granian, request_bytes
from tests.intake.journey import walk_to
from tests.journeys.filing import follow_a_case
from tests.page import Client

BASE_URL = "http://127.0.0.1:8000"
# Figure: (share of bare Flask on SQLite, on PostgreSQL) that is asked for first, and then.
TARGETS: Mapping[str, tuple[tuple[float, float], tuple[float, float]]] = {
    "tracking page": ((0.12, 0.05), (0.20, 0.08)),
    "refresh, nothing new (204)": ((0.25, 0.10), (0.40, 0.18)),
    "filing step": ((0.12, 0.12), (0.18, 0.18)),
}
OF_EMPTY_VIEW = {"tracking page": (0.25, 0.40)}
PAGE_BYTES, PAGE_REQUESTS = 60_000, 5
FIRST_ANSWER_SECONDS = (1.2, 0.7)


@dataclass(frozen=True)
class Asked:
    """One request to measure, as the server gets it."""

    name: str
    request: bytes
    status: int


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("section", nargs="?", choices=("requests", "queue"), default="requests")
    parser.add_argument("--sizes", help="numbers of complaints for the queue, with commas between them")
    parser.add_argument("--databases", default="sqlite,postgresql", help="those that the queue is measured on")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=300, help="requests a measurement")
    parser.add_argument("--complaints", type=int, default=1000, help="complaints that lie in the database besides")
    parser.add_argument("--keep", type=Path, help="a folder for the queue's SQLite files, which are used again")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    given = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = given.keep or stack.enter_context(tempfile.TemporaryDirectory(prefix="aduan-bench-"))
        if given.section == "queue":
            sizes = [int(size) for size in given.sizes.split(",")] if given.sizes else growth.SIZES
            grown = growth.measure(
                Path(folder),
                sizes,
                databases=given.databases.split(","),
                rounds=given.rounds,
                requests=given.requests,
            )
            print(json.dumps(grown, indent=1) if given.json else growth.as_text(grown))
            return 0
        figures = measure(Path(folder), rounds=given.rounds, requests=given.requests, complaints=given.complaints)
    print(json.dumps(figures, indent=1) if given.json else as_text(figures))
    return 0


def measure(folder: Path, *, rounds: int, requests: int, complaints: int) -> dict[str, Any]:
    """All figures: shares by database, weight of the pages, seconds to the first answer."""
    figures: dict[str, Any] = {"shares": {}, "pages": {}, "start": {}}
    run = folder / "postgres"
    run.mkdir()
    # The server runs as an unprivileged user, who must be able to get to its data.
    folder.chmod(0o755)
    try:
        with contextlib.ExitStack() as stack:
            bare = stack.enter_context(granian("tests.bench.hello:app"))
            for name, url in (("sqlite", f"sqlite:///{folder / 'aduan.db'}"), ("postgresql", new_postgres(run))):
                environment = {"PORTAL_INSTANCE": str(folder / name), "PORTAL_DATABASE_URL": url}
                asked, app = prepare(environment, complaints)
                server = stack.enter_context(granian("wsgi:app", environment))
                figures["shares"][name] = shares(bare, server, asked, rounds=rounds, requests=requests)
                if name == "sqlite":
                    figures["pages"] = {a.name: weight(server, a) for a in asked if a.status == 200}
                    with quiet():
                        figures["uploads"] = uploads.measure(folder, app, server, BASE_URL, rounds=rounds)
                    figures["start"] = {"seconds to the first answer": first_answer(environment)}
                app.extensions["aduan"].database.dispose()
    finally:
        postgres.stop(run)
    return figures


def prepare(environment: Mapping[str, str], complaints: int) -> tuple[list[Asked], Flask]:
    """Fill a database and open a case in it; returns what to ask with that browser's cookies."""
    settings = Settings.from_environment(environment)
    app = create_app(settings)
    migrating.upgrade(app.extensions["aduan"].database)
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "demo", "--complaints", str(complaints)],
        env={**os.environ, **environment},
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with quiet():
        customer, filer = Client(app, BASE_URL), Client(app, BASE_URL)
        case = follow_a_case(customer, "id")
        step = walk_to(filer, "story", "id")
        refresh = case.page.one("[hx-get]")["hx-get"]
    opened = {"Cookie": f"aduan={customer.cookie('aduan')}"}
    filing = {"Cookie": f"aduan={filer.cookie('aduan')}; draft={filer.cookie('draft')}"}
    return [
        Asked("empty view", request_bytes("/healthz"), 200),
        Asked("start page", request_bytes("/id/"), 200),
        Asked("filing step", request_bytes(step.path, headers=filing), 200),
        Asked("tracking page", request_bytes(case.page.path, headers=opened), 200),
        Asked("refresh, nothing new (204)", request_bytes(refresh, headers={**opened, "HX-Request": "true"}), 204),
    ], app


def shares(bare: Server, server: Server, asked: list[Asked], *, rounds: int, requests: int) -> dict[str, Any]:
    """Each request's cost in µs, and bare Flask's cost as a share of it."""
    hello = request_bytes("/")
    costs: dict[str, list[float]] = {a.name: [] for a in asked}
    yardstick: list[float] = []
    for _ in range(rounds):
        yardstick.append(cpu_per_request(bare, hello, status=200, times=requests * 4))
        for a in asked:
            costs[a.name].append(cpu_per_request(server, a.request, status=a.status, times=requests))
    median = {name: statistics.median(values) for name, values in costs.items()}
    flask, empty = statistics.median(yardstick), median["empty view"]
    return {
        "bare Flask": {"microseconds": flask * 1e6},
        **{
            name: {"microseconds": cost * 1e6, "of_bare": flask / cost, "of_empty": empty / cost}
            for name, cost in median.items()
        },
    }


def weight(server: Server, asked: Asked) -> dict[str, int]:
    """What a first view transfers: the page and everything it names, compressed where we compress."""
    connection = Connection(server.port)
    try:
        _, total, body = connection.ask(asked.request)
        named = set(_named(body.decode()))
        for path in named:
            status, size, _ = connection.ask(request_bytes(path))
            assert status == 200, path
            total += size
    finally:
        connection.close()
    return {"bytes": total, "requests": 1 + len(named)}


def _named(page: str) -> Iterator[str]:
    for tag in re.findall(r"<(?:script|link|img)\b[^>]*>", page):
        if "alternate" not in tag and (found := re.search(r'(?:src|href)="(/[^"]*)"', tag)):
            yield found[1]


def first_answer(environment: Mapping[str, str]) -> float:
    """Seconds of CPU from nothing to the first page, in a fresh interpreter; the median of five."""
    script = (
        "import time; from wsgi import app; "
        "app.test_client().get('/id/', base_url='http://127.0.0.1:8000').data; print(time.process_time())"
    )

    def once() -> float:
        done = subprocess.run(
            [sys.executable, "-c", script], env={**os.environ, **environment}, check=True, capture_output=True
        )
        return float(done.stdout.split()[-1])

    return statistics.median(_times(5, once))


def _times(count: int, act: Callable[[], float]) -> list[float]:
    return [act() for _ in range(count)]


def as_text(figures: dict[str, Any]) -> str:
    lines = []
    for column, (database, found) in enumerate(figures["shares"].items()):
        lines.append(f"\n{database}: CPU of the server a request, and bare Flask's share of it")
        for name, figure in found.items():
            line = f"  {name:28} {figure['microseconds']:8.0f} µs"
            if "of_bare" in figure:
                line += f"   {figure['of_bare']:6.1%} of bare Flask   {figure['of_empty']:6.1%} of the empty view"
            if name in TARGETS:
                first, then = (step[column] for step in TARGETS[name])
                line += f"   asked: {first:.0%}, then {then:.0%}"
            if name in OF_EMPTY_VIEW:
                line += "   (of the empty view {:.0%}, then {:.0%})".format(*OF_EMPTY_VIEW[name])
            lines.append(line)
    lines.append(f"\nFirst view, at most {PAGE_BYTES:,} bytes and {PAGE_REQUESTS} requests")
    for name, page in figures["pages"].items():
        lines.append(f"  {name:28} {page['bytes']:8,} bytes   {page['requests']} requests")
    lines += uploads.as_text(figures["uploads"])
    seconds = figures["start"]["seconds to the first answer"]
    lines.append("\nFirst answer after {:.2f} s of CPU; asked: {} s, then {} s".format(seconds, *FIRST_ANSWER_SECONDS))
    return "\n".join(lines)


def new_postgres(run: Path) -> str:
    """An empty database on a server of this run's own."""
    url = postgres.server(run)
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE bench")
    engine.dispose()
    return url.set(database="bench").render_as_string(hide_password=False)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Without our own log lines between the figures."""
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stderr(nowhere):
        yield


if __name__ == "__main__":
    started = time.perf_counter()
    code = main()
    print(f"\n({time.perf_counter() - started:.0f} s)")
    raise SystemExit(code)
