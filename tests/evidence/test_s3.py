"""The same storage on a real S3 server: whole files, ranges, the sweep, wrong keys, and a server that is away."""

import hashlib
import secrets
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from portal.clock import now
from portal.config import Settings
from portal.db import Session, uuid7
from portal.evidence import queries, service, storage, tasks
from portal.evidence.storage import Depot, Missing, StorageFailed
from portal.jobs.rules import Work
from portal.sealing import Box
from tests.evidence import files
from tests.evidence.s3 import BUCKET, Weed
from tests.evidence.test_service import add, arrive, read
from tests.intake.journey import walk_to
from tests.page import Client

URL = f"s3://{BUCKET}/bukti"
MB = 1024 * 1024
one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(scope="module")
def weed() -> Iterator[Weed]:
    weed = Weed()
    yield weed
    weed.clear()


@pytest.fixture
def told(weed: Weed, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As an operator tells the portal of the server, by the usual variables."""
    for name, value in weed.environment.items():
        monkeypatch.setenv(name, value)
    storage.store_at.cache_clear()
    yield
    storage.store_at.cache_clear()


@pytest.fixture
def depot(told: None) -> Iterator[Depot]:
    depot = Depot.at(URL)
    yield depot
    for name in names(depot):
        depot.delete(name)


def names(depot: Depot) -> list[str]:
    return [kept.name for batch in depot.listed() for kept in batch]


def test_a_file_of_several_parts_is_written_read_in_ranges_and_deleted(depot: Depot) -> None:
    content = secrets.token_bytes(12 * MB + 5)
    with depot.write() as writing:
        for at in range(0, len(content), 700_000):
            writing.write(content[at : at + 700_000])
        assert names(depot) == []
        writing.keep()
    assert names(depot) == [writing.name] and depot.size(writing.name) == len(content)
    for start, length in ((0, 10), (5 * MB - 3, 7), (len(content) - 4, 100), (len(content) + 5, 10)):
        assert depot.read(writing.name, start, length) == content[start : start + length]
    depot.delete(writing.name)
    depot.delete(writing.name)
    for act in (depot.size, lambda name: depot.read(name, 0, 5)):
        with pytest.raises(Missing):
            act(writing.name)


def test_what_is_not_ended_was_never_there(depot: Depot) -> None:
    with depot.write() as writing:
        writing.write(secrets.token_bytes(11 * MB))
    assert names(depot) == []


@one_database
def test_documents_come_back_and_the_sweep_leaves_no_bytes_without_a_row(
    depot: Depot, session: Session, box: Box, folder_id: UUID, settings: Settings
) -> None:
    one, two = secrets.token_bytes(900), secrets.token_bytes(700)
    add(session, folder_id, box, arrive(depot, box, "a.pdf", one), arrive(depot, box, "b.pdf", two))
    arrive(depot, box, "nobody's.pdf", b"orphan")
    first, second = queries.documents(session, folder_id)
    assert (read(depot, box, first), read(depot, box, second)) == (one, two)
    assert b"".join(service.content(depot, box, first, start=10, stop=20)) == one[10:20]
    session.begin_write()
    service.remove(session, first.id, folder_id, now=now())
    session.commit()
    tasks.sweep(Work(session, {}, now() + timedelta(hours=25), settings, uuid7(), 1))
    session.commit()
    assert names(depot) == [second.storage]


@pytest.fixture
def environment(environment: dict[str, str], told: None) -> dict[str, str]:
    return environment | {"PORTAL_EVIDENCE_URL": URL}


@one_database
def test_the_portal_keeps_documents_there(app: Flask, client: Client, depot: Depot) -> None:
    content = files.noise(2_500_000)
    page = walk_to(client, "documents", "en")
    given = [("besar.png", content), ("ktp.jpg", files.picture())]
    page = page.form("/en/file/documents").fill(files=given).submit("upload")
    link = page.all(".file-name a")[0]["href"]
    answer = client.http.get(link, base_url=client.base_url)
    assert hashlib.sha256(answer.data).digest() == hashlib.sha256(content).digest()
    answer = client.http.get(link, base_url=client.base_url, headers={"Range": "bytes=3000000-3000009"})
    assert (answer.status_code, answer.data) == (206, content[3_000_000:3_000_010])
    # Nothing in the bucket is a picture.
    assert all(depot.read(name, 0, 4) == b"ADU1" for name in names(depot)) and len(names(depot)) == 2
    assert client.http.get("/readyz", base_url=client.base_url).status_code == 200


@one_database
def test_a_wrong_key_and_a_server_that_is_away_are_told_and_leave_nothing(
    app: Flask, client: Client, weed: Weed, depot: Depot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = walk_to(client, "documents", "en")
    sentence = ["ktp.jpg was not saved. Upload it once more"]

    def upload(status: int) -> list[str]:
        given = [("ktp.jpg", files.picture())]
        answer = page.form("/en/file/documents").fill(files=given).submit("upload", status=status)
        return answer.errors or [node.text for node in answer.all(".file-name")]

    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    storage.store_at.cache_clear()
    assert upload(422) == sentence
    with pytest.raises(StorageFailed):
        Depot.at(URL).size("documents/xx/1")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", weed.environment["AWS_SECRET_ACCESS_KEY"])
    storage.store_at.cache_clear()
    weed.stop()
    assert upload(422) == sentence
    weed.start()
    # Once it is there again the same file is taken, and nothing is left of the tries before.
    assert upload(200) == ["ktp.jpg"]
    assert len(names(depot)) == 1
