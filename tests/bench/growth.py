"""What the desk's pages cost as complaints grow, as ratios to the smallest number: queue, case page, search.

Every size has a database of its own, filled by the bulk loader with complaints that are all open, which is
the worst that a queue can meet. A cost is the CPU time of the server and of the database for a request;
all sizes are asked in turn, several rounds, and medians are compared.
"""

import contextlib
import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from portal import clock, migrating
from portal.accounts.rules import OfficerRole
from portal.app import create_app
from portal.complaints.handed_in import Person
from portal.complaints.models import Complaint
from portal.complaints.numbers import Number
from portal.config import Settings
from portal.db import Base, Database
from portal.demo.bulk import insert
from portal.sealing import open_box
from portal.web.floor import Floor
from tests import postgres
from tests.bench.load import Server, cpu_of_family, cpu_per_request, granian, request_bytes
from tests.complaints.cases import file_case
from tests.desk.seats import sit
from tests.page import Client

BASE_URL = "http://127.0.0.1:8000"
SIZES = (1_000, 100_000, 1_000_000)
MOST = 1.5
# A name that the bulk loader gives to one in seventeen; two of which each is as common; and two that nobody else has.
NAME, NAMES, RARE = "Sari", "Sari Wijaya", "Zulaikha Tanjung"
# So many complaints more have two of these names in each size, so that what is found fills a page in all of them.
AS_MANY = 60
COPIED_AT_ONCE = 5_000


@dataclass(frozen=True)
class Whole:
    """A server together with the database's own processes, whose CPU time counts as well."""

    server: Server
    database: int | None

    @property
    def port(self) -> int:
        return self.server.port

    def cpu(self) -> float:
        return self.server.cpu() + (cpu_of_family(self.database) if self.database else 0)


@dataclass(frozen=True)
class Asked:
    """A page to measure, as the server gets it."""

    name: str
    request: bytes
    status: int


def measure(
    folder: Path, sizes: Sequence[int], *, databases: Sequence[str], rounds: int, requests: int
) -> dict[str, Any]:
    """Seconds of loading and microseconds a request, by database, page and size."""
    folder.chmod(0o755)
    # A server of this run's own, also in a folder that an earlier run has left.
    run = Path(tempfile.mkdtemp(prefix="postgres-", dir=folder))
    figures: dict[str, Any] = {}
    try:
        for name in databases:
            figures[name] = _measure_on(name, folder, run, sizes, rounds=rounds, requests=requests)
    finally:
        postgres.stop(run)
    return figures


def _measure_on(
    name: str, folder: Path, run: Path, sizes: Sequence[int], *, rounds: int, requests: int
) -> dict[str, Any]:
    costs: dict[str, dict[int, list[float]]] = {}
    loaded: dict[int, float] = {}
    with contextlib.ExitStack() as stack:
        filled: dict[int, tuple[Flask, dict[str, str]]] = {}
        for size in sizes:
            file = folder / f"{size}.db"
            url = f"sqlite:///{file}" if name == "sqlite" else _new_postgres(run, f"of_{size}")
            # Both have the same keys: what was composed for the one is copied to the other.
            environment = {"PORTAL_INSTANCE": str(folder / f"instance-{size}"), "PORTAL_DATABASE_URL": url}
            like = file if name != "sqlite" and file.exists() else None
            app, loaded[size] = _filled(environment, size, like=like)
            filled[size] = app, environment
        there: dict[int, tuple[Whole, list[Asked]]] = {}
        for size, (app, environment) in filled.items():
            # Only now: to fill the largest takes longer than an officer's session lasts.
            asked = _pages(app)
            app.extensions["aduan"].database.dispose()
            server = stack.enter_context(granian("wsgi:app", environment))
            there[size] = Whole(server, _postmaster(run) if name == "postgresql" else None), asked
        for _ in range(rounds):
            for size, (whole, asked) in there.items():
                for page in asked:
                    cost = cpu_per_request(whole, page.request, status=page.status, times=requests)
                    costs.setdefault(page.name, {}).setdefault(size, []).append(cost)
    return {
        "loaded": loaded,
        "pages": {
            page: {size: statistics.median(found) * 1e6 for size, found in by_size.items()}
            for page, by_size in costs.items()
        },
    }


def _filled(environment: Mapping[str, str], size: int, *, like: Path | None) -> tuple[Flask, float]:
    """An app over so many complaints, and the seconds that it took to load them: composed, or copied from a file."""
    app = create_app(Settings.from_environment(environment))
    floor = app.extensions["aduan"]
    migrating.upgrade(floor.database)
    began = time.perf_counter()
    if floor.database.is_sqlite and _is_full(floor.database):
        # A folder that was kept has them from an earlier run.
        pass
    elif like:
        _copy(Database(f"sqlite:///{like}", floor.settings.keys), floor.database)
    else:
        _compose(floor, environment, size)
    loaded = time.perf_counter() - began
    if not floor.database.is_sqlite:
        # As the server does by itself, which is switched off in the tests.
        with floor.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    return app, loaded


def _is_full(database: Database) -> bool:
    with database.reader.connect() as connection:
        return connection.scalar(sa.select(Complaint.id).limit(1)) is not None


def _compose(floor: Floor, environment: Mapping[str, str], size: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "demo", "--complaints", str(size)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"the complaints were not made:\n{done.stderr[-2000:]}")
    for name, day in itertools.product((NAMES, RARE), range(AS_MANY)):
        file_case(
            floor.database,
            floor.institution,
            now=clock.now() - timedelta(days=10 * day),
            customer=Person(name=name, language="id", email=f"{name.split()[0].lower()}@example.id", phone=None),
            account=f"40{day:08d}",
        )


def _copy(source: Database, target: Database) -> None:
    with source.snapshot() as reading, target.short_write() as writing:
        for table in Base.metadata.sorted_tables:
            for rows in reading.execute(sa.select(table)).mappings().partitions(COPIED_AT_ONCE):
                insert(writing, table, [dict(row) for row in rows])
    source.dispose()


def _pages(app: Flask) -> list[Asked]:
    """What a manager at this desk asks for, with their cookie."""
    floor = app.extensions["aduan"]
    with _quiet():
        client = Client(app, BASE_URL)
        sit(client, floor.database, floor.institution, OfficerRole.CS_MANAGER)
        with floor.database.session() as session:
            case = session.scalars(sa.select(Complaint).order_by(Complaint.id).limit(1)).one()
            number = Number(case.registration, floor.institution.prefix).printed
            topic = case.topic
            account = open_box(session, case.key_id).open(case)["account"]
        queue = client.get("/en/desk")
        following = queue.one("[rel=next]")["href"]
        refresh = queue.one("#queue")["hx-get"]
        by_name, by_names, by_rare, by_account = (_found(client, text) for text in (NAME, NAMES, RARE, account))
        assert client.get("/en/desk/search").form("/en/desk/search").fill(q=number).submit().path.endswith(str(case.id))
    cookie = {"Cookie": f"aduan-desk={client.cookie('aduan-desk')}"}
    return [
        Asked("queue", request_bytes("/en/desk", headers=cookie), 200),
        Asked("queue, next page", request_bytes(following, headers=cookie), 200),
        Asked("queue, one topic", request_bytes(f"/en/desk?topic={topic}", headers=cookie), 200),
        Asked("queue, all by receipt", request_bytes("/en/desk?status=all", headers=cookie), 200),
        Asked("refresh, nothing new (204)", request_bytes(refresh, headers={**cookie, "HX-Request": "true"}), 204),
        Asked("case page", request_bytes(f"/en/desk/cases/{case.id}", headers=cookie), 200),
        Asked("search by a common name", request_bytes(by_name, headers=cookie), 200),
        Asked("search by two rare names", request_bytes(by_rare, headers=cookie), 200),
        Asked("search by two common names", request_bytes(by_names, headers=cookie), 200),
        Asked("search by account", request_bytes(by_account, headers=cookie), 200),
    ]


def _found(client: Client, text: str) -> str:
    page = client.get("/en/desk/search").form("/en/desk/search").fill(q=text).submit()
    return page.path


def _new_postgres(run: Path, name: str) -> str:
    url = postgres.server(run)
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return url.set(database=name).render_as_string(hide_password=False)


def _postmaster(run: Path) -> int:
    home = Path((run / "postgres.home").read_text())
    return int((home / "data" / "postmaster.pid").read_text().split()[0])


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stderr(nowhere):
        yield


def as_text(figures: Mapping[str, Any]) -> str:
    """One line a page: its cost at the smallest size, and the ratio of each other size to it."""
    lines = []
    for database, found in figures.items():
        told = ", ".join(f"{size:,} in {seconds:.0f} s" for size, seconds in found["loaded"].items())
        lines.append(f"\n{database}: CPU of server and database a request; asked: at most {MOST} times (loaded {told})")
        for page, costs in found["pages"].items():
            smallest = costs[min(costs)]
            ratios = "   ".join(
                f"{size:,}: ×{cost / smallest:.2f}{'' if cost / smallest <= MOST else ' TOO MUCH'}"
                for size, cost in sorted(costs.items())
                if size != min(costs)
            )
            lines.append(f"  {page:30} {smallest:8.0f} µs   {ratios}")
    return "\n".join(lines)
