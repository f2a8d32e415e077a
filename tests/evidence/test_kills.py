"""Uploads that are killed, that come all at once, and that find no room: what was acknowledged is there, whole."""

import hashlib
import http.client
import random
import resource
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import clock
from portal.config import Settings
from portal.db import Database, uuid7
from portal.evidence import queries, service, tasks
from portal.evidence.models import Document, Folder
from portal.evidence.rules import Filed
from portal.evidence.storage import Depot
from portal.jobs.rules import Work
from portal.sealing import open_box
from tests.evidence import files
from tests.evidence.sending import Uploader
from tests.intake.journey import walk_to
from tests.journeys.forked import Forked
from tests.page import Client

KILLS, CUSTOMERS, SEED = 50, 10, 20261122
MB = 1024 * 1024


@pytest.fixture
def customers(app: Flask, settings: Settings) -> list[Uploader]:
    return [Uploader.new(app, settings.base_url) for _ in range(CUSTOMERS)]


def pictures(chance: random.Random, number: int) -> dict[str, bytes]:
    """A small and a larger picture such as nobody sent before."""
    return {
        f"{number}-kecil.jpg": files.picture(colour=f"#{chance.randrange(1 << 24):06x}"),
        f"{number}-besar.png": files.noise(90_000 + chance.randrange(60_000)),
    }


def everything(database: Database, depot: Depot) -> dict[str, Filed]:
    """All documents by name, each read whole and compared with the hash that its row keeps."""
    found = {}
    with database.session() as session:
        for folder in session.scalars(sa.select(Folder)):
            box = open_box(session, folder.key_id)
            for filed in queries.documents(session, folder.id):
                content = b"".join(service.content(depot, box, filed))
                assert hashlib.sha256(content).hexdigest() == filed.sha256
                assert filed.name not in found, "the same file was added twice"
                found[filed.name] = filed
    return found


def swept(database: Database, settings: Settings, tmp_path: Path) -> None:
    """After the sweep of tomorrow every byte has a row, and every row its bytes."""
    with database.session() as session:
        work = Work(session, {}, clock.now() + timedelta(hours=25), settings, uuid7(), 1)
        tasks.sweep(work)
        session.commit()
        depot = Depot.at(settings.evidence_url)
        assert service.sweep_bytes(session, depot, now=clock.now()).without_bytes == ()
        rows = set(session.scalars(sa.select(Document.storage)))
    there = {path for path in (tmp_path / "evidence" / "documents").rglob("*") if path.is_file()}
    assert {str(path.relative_to(tmp_path / "evidence")) for path in there} == rows


def test_what_was_acknowledged_outlives_kills_at_random_moments(
    customers: list[Uploader], settings: Settings, database: Database, tmp_path: Path
) -> None:
    """Fifty `kill -9` between the first byte and the answer; then everybody sends again what they got no word for."""
    chance, server = random.Random(SEED), Forked(settings)
    server.start()
    started = time.perf_counter()
    customers[0].send(server.port, pictures(chance, -1))
    usual = time.perf_counter() - started
    sent: list[tuple[Uploader, dict[str, bytes]]] = []
    acknowledged = {"-1-kecil.jpg", "-1-besar.png"}
    interrupted = 0
    for number in range(KILLS):
        who, given = customers[number % CUSTOMERS], pictures(chance, number)
        answers: list[int] = []

        def send(who: Uploader = who, given: dict[str, bytes] = given, answers: list[int] = answers) -> None:
            # Whatever a dying server does to a connection is what this test is about.
            with suppress(OSError, http.client.HTTPException):
                answers.append(who.send(server.port, given, pause=usual / 40))

        thread = threading.Thread(target=send)
        thread.start()
        time.sleep(chance.uniform(0, usual * 1.2))
        server.kill()
        thread.join(30)
        if answers == [303]:
            acknowledged |= given.keys()
        else:
            interrupted += 1
            sent.append((who, given))
        server.start()
    shown = [name for who in customers for name in who.listed(server.port)]
    assert acknowledged <= set(shown)
    # Either all files of a delivery have their rows or none has.
    for _, given in sent:
        assert set(given) <= set(shown) or not set(given) & set(shown)
    for who, given in sent:
        assert who.send(server.port, given) == (422 if set(given) & set(shown) else 303)
    server.kill()
    assert interrupted >= KILLS // 5, "the kills came too late to interrupt anything"
    assert len(everything(database, Depot.at(settings.evidence_url))) == 2 * (KILLS + 1)
    swept(database, settings, tmp_path)
    assert len(everything(database, Depot.at(settings.evidence_url))) == 2 * (KILLS + 1)


def peak(pid: int) -> int:
    """The most memory that a process has had resident, in bytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


def test_a_hundred_uploads_at_once_over_two_servers_lose_nothing(
    customers: list[Uploader], settings: Settings, database: Database, tmp_path: Path
) -> None:
    """Ten customers with ten files each, half of them to each of two processes that share one database."""
    chance = random.Random(SEED)
    # What hangs behind a picture is kept with it: two megabytes such as nobody sent before.
    given = [{f"{number}.jpg": files.picture() + chance.randbytes(2 * MB)} for number in range(100)]
    servers = [Forked(settings), Forked(settings)]
    for server in servers:
        server.start()
        customers[0].send(server.port, {f"first-{server.port}.jpg": files.picture(colour=f"#{server.port:06x}")})
    before = [peak(server.pid) for server in servers]
    try:
        with ThreadPoolExecutor(100) as pool:
            answers = list(pool.map(lambda n: customers[n % CUSTOMERS].send(servers[n % 2].port, given[n]), range(100)))
        growth = [peak(server.pid) - was for server, was in zip(servers, before, strict=True)]
    finally:
        for server in servers:
            server.kill()
    assert answers == [303] * 100
    found = everything(database, Depot.at(settings.evidence_url))
    for one in given:
        ((name, content),) = one.items()
        assert found[name].sha256 == hashlib.sha256(content).hexdigest()
    assert len(found) == 102
    swept(database, settings, tmp_path)
    total = sum(len(content) for one in given for content in one.values())
    print(f"\n{total / MB:.0f} MB in 100 uploads at once; memory grew by {[f'{each / MB:.0f} MB' for each in growth]}")
    # What arrives is held up to half a megabyte a connection, and then on the disk; eight threads work on it.
    # Fifty whole bodies a process would be a hundred megabytes.
    assert max(growth) <= 48 * MB


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """The kernel refuses every byte beyond, as a full disk does."""
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_disk_that_is_full_in_the_middle_of_a_file_is_told_and_keeps_no_piece(
    client: Client, tmp_path: Path, settings: Settings, lang: str
) -> None:
    sentence = {
        "id": "besar.png belum tersimpan. Unggah sekali lagi",
        "en": "besar.png was not saved. Upload it once more",
    }
    step = f"/{lang}/file/documents"
    page = walk_to(client, "documents", lang)
    form = page.form(step).fill(files=[("ktp.jpg", files.picture()), ("besar.png", files.noise(3_000_000))])
    with files_no_larger_than(2 * MB):
        page = form.submit("upload", status=422)
    assert page.errors == [sentence[lang]]
    # The smaller file found room, is kept and shown; of the larger one there is nothing.
    assert [node.text for node in page.all(".file-name")] == ["ktp.jpg"]
    assert len([path for path in (tmp_path / "evidence" / "documents").rglob("*") if path.is_file()]) == 1
    page = page.form(step).fill(files=[("besar.png", files.noise(3_000_000))]).submit("upload")
    assert [node.text for node in page.all(".file-name")] == ["ktp.jpg", "besar.png"]
