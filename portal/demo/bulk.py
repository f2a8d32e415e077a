"""Very many plain complaints for benchmarks: composed by the service itself, inserted in bulk."""

import gc
import os
import random
import time
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from multiprocessing import get_context
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from portal.complaints import service
from portal.complaints.handed_in import Acknowledged, Filing, Person, Transaction
from portal.complaints.rules import COMPLAINT
from portal.config import Settings
from portal.db import Base, Database, Session
from portal.institution.loader import load as load_profile
from portal.institution.models import Institution
from portal.sealing import new_box
from portal.web.floor import Floor

CHUNK = 1000
# So often is a chunk composed before what the database refuses is believed. Among a million complaints one chunk in
# a dozen draws a number that is taken.
DRAWS = 10
# Complaints lie over this many days, as those of a bank would.
SPREAD_DAYS = 720
GIVEN = "Adi Budi Citra Dewi Eka Fitri Gita Hadi Indah Joko Kartika Lestari Made Nanda Putri Rizky Sari Tono"
FAMILY = "Siregar Wijaya Nasution Santoso Halim Pratama Kusuma Saputra Lubis Hidayat Wibowo Simanjuntak"
STORY = (
    "Transfer saya tidak sampai. Saldo berkurang pada hari yang sama, tetapi penerima belum menerima uangnya. "
    "Saya sudah menelepon dua kali dan diminta menunggu. Mohon diperiksa dan dikembalikan."
)

Rows = dict[str, list[dict[str, Any]]]


class Collector(Session):
    """A session that keeps what would be inserted instead of inserting it row by row.

    It stands in for the real one while a complaint is being made, so that bulk data goes through the
    same service as everybody's. Whatever is asked of it, it finds nothing: only what is written without
    reading works, and dates are those of the published calendars.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.is_writing = True
        self.rows: Rows = defaultdict(list)
        self._kept: list[Base] = []

    def add(self, row: Any, _warn: bool = True) -> None:
        self._kept.append(row)

    def holds(self, row: Base) -> bool:
        return True

    def begin_nested(self) -> Any:
        return _Nothing()

    def scalar(self, *_: Any, **__: Any) -> Any:
        return None

    def connection(self, *_: Any, **__: Any) -> Any:
        """Swallows the job of sending: nobody is written to about invented complaints."""
        return _Nothing()

    def flush(self, objects: Any = None) -> None:
        """Nothing to do: every id is known before the insert."""

    def collect(self) -> None:
        """Turn what was added into rows."""
        for row in self._kept:
            held = row.__dict__
            self.rows[row.__tablename__].append({name: held.get(name) for name in _columns(type(row))})
        self._kept.clear()


@cache
def _columns(kind: type[Base]) -> tuple[str, ...]:
    return tuple(column.key for column in sa.inspect(kind).column_attrs)


class _Nothing:
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...

    def execute(self, *_: object) -> tuple[()]:
        return ()


def load(floor: Floor, complaints: int, *, now: datetime) -> float:
    """Make so many complaints; returns how many seconds it took. Two runs with the same number differ."""
    started = time.perf_counter()
    seed = random.SystemRandom().getrandbits(32)
    chunks = [(floor.settings, seed + i, min(CHUNK, complaints - i), now) for i in range(0, complaints, CHUNK)]
    # Spawned, not forked: the parent holds connections that a fork would share.
    context = get_context("spawn")
    turns = context.Lock()
    with ProcessPoolExecutor(os.cpu_count(), mp_context=context, initializer=_take_turns, initargs=(turns,)) as pool:
        for _ in pool.map(make, chunks):
            pass
    with floor.database.short_write() as connection:
        connection.exec_driver_sql("ANALYZE")
    return time.perf_counter() - started


# SQLite's writers poll for their turn and give up after a while; a lock hands it over at once and never fails.
_turns: AbstractContextManager[Any] = nullcontext()


def _take_turns(turns: AbstractContextManager[Any]) -> None:
    global _turns
    _turns = turns
    # A chunk makes a million objects, of which none is garbage before it is in the database.
    gc.disable()


def make(chunk: tuple[Settings, int, int, datetime]) -> None:
    """Compose one chunk of complaints and insert it in one transaction."""
    settings, seed, number, now = chunk
    database = _database(settings)
    for tries_left in reversed(range(DRAWS)):
        rows = compose(database, settings, seed, number, now)
        try:
            with _turns if database.is_sqlite else nullcontext(), database.short_write() as connection:
                for table in Base.metadata.sorted_tables:
                    if rows.get(table.name):
                        insert(connection, table, rows[table.name])
        except (DBAPIError, database.driver.Error) as error:
            refusal = error.orig if isinstance(error, DBAPIError) else error
            # One registration number in many millions is drawn twice. The service draws again where it finds
            # one taken; here nothing is found, so the whole chunk is drawn again.
            if isinstance(refusal, database.driver.IntegrityError) and tries_left:
                continue
            # Its rows hold bytes that cannot go from one process to another: what the database said can.
            raise RuntimeError(f"{type(refusal).__name__}: {refusal}") from None
        break
    del rows
    gc.collect()


def insert(connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    """Insert these rows, all with the same columns, as fast as the database takes them: by its driver itself."""
    names = list(rows[0])
    bound = [table.c[name].type.dialect_impl(connection.dialect).bind_processor(connection.dialect) for name in names]
    values = ([bind(row[name]) if bind else row[name] for name, bind in zip(names, bound, strict=True)] for row in rows)
    driver: Any = connection.connection.cursor()
    if connection.dialect.name == "sqlite":
        places = ", ".join("?" * len(names))
        driver.executemany(f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({places})", values)
        return
    with driver.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:
        for row in values:
            copy.write_row(row)


@cache
def _database(settings: Settings) -> Database:
    return Database(settings.database_url, settings.keys)


def compose(database: Database, settings: Settings, seed: int, number: int, now: datetime) -> Rows:
    """The rows of so many complaints, by table."""
    profile = load_profile(settings.institution)
    chance = random.Random(seed)
    collector = Collector(database)
    for _ in range(number):
        filing, at = _invent(chance, profile, now)
        box = new_box(collector, now=at)
        service.file_complaint(
            collector,
            box=box,
            filing=filing,
            profile=profile,
            base_url=settings.base_url,
            now=at,
            # Their documents are not there, but they count as complete, as most complaints are.
            given=[document.code for document in profile.documents.values()],
        )
        collector.collect()
        collector.info.clear()
    return dict(collector.rows)


def _invent(chance: random.Random, profile: Institution, now: datetime) -> tuple[Filing, datetime]:
    at = now - timedelta(minutes=chance.randrange(SPREAD_DAYS * 24 * 60))
    name = f"{chance.choice(GIVEN.split())} {chance.choice(FAMILY.split())}"
    language = chance.choice(profile.languages)
    channel = profile.own_channel
    return (
        Filing(
            kind=COMPLAINT,
            channel=channel,
            form=profile.channels[channel].form,
            topic=chance.choice(tuple(profile.topics)),
            language=language,
            customer=Person(name, language, f"{name.split()[0].lower()}.{chance.randrange(10**6)}@example.id", None),
            account=f"30{chance.randrange(10**8):08d}",
            transactions=(
                Transaction(
                    chance.choice(tuple(profile.transaction_types)),
                    (at - timedelta(days=1)).date(),
                    None,
                    Decimal(chance.randrange(10, 5000) * 1000),
                    None,
                ),
            ),
            story=STORY,
            acknowledged=Acknowledged(profile.privacy.version, language, at),
        ),
        at,
    )
