"""What every test may ask for: keys, an empty database of each kind, a session, the app, a client."""

import os
import shutil
import socket
import uuid
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from argon2 import PasswordHasher
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from portal import migrating
from portal.accounts import passwords
from portal.config import Settings
from portal.db import Database, Session
from portal.sealing import KeyRing
from portal.words import LANGUAGES
from tests import postgres
from tests.page import Client

# One run is one pytest call: its workers inherit the variable and so share a folder, a server and templates.
RUN = "ADUAN_TEST_RUN"


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        run = postgres.memory_folder("aduan-tests-")
        (run / "owner").write_text(str(os.getpid()))
        os.environ[RUN] = str(run)
        for other in run.parent.glob("aduan-tests-*"):
            if _is_orphan(other):
                _clear_away(other)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and RUN in os.environ:
        _clear_away(Path(os.environ.pop(RUN)))


def _is_orphan(run: Path) -> bool:
    """Whether a run was killed before it could clear away its server and folder."""
    try:
        os.kill(int((run / "owner").read_text()), 0)
    except ProcessLookupError:
        return True
    except (OSError, ValueError):
        # Another user's, or one that is being made at this moment.
        return False
    return False


def _clear_away(run: Path) -> None:
    postgres.stop(run)
    shutil.rmtree(run, ignore_errors=True)


@pytest.fixture(scope="session")
def run_folder() -> Path:
    """The folder that all worker processes of this run share."""
    return Path(os.environ[RUN])


# ── nothing leaves this machine ──────────────────────────────────────────────────────────────────


class Outside(AssertionError):
    """A test tried to reach something beyond this machine."""


@pytest.fixture(scope="session", autouse=True)
def _stay_inside() -> Iterator[None]:
    connect, connect_ex, resolve = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def check(host: Any) -> None:
        name = host.decode() if isinstance(host, bytes) else host
        try:
            inside = name in (None, "", "localhost") or ip_address(name).is_loopback
        except ValueError:
            inside = False
        if not inside:
            raise Outside(f"a test tried to reach {name}")

    def checked(original: Any) -> Any:
        def method(self: socket.socket, address: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6):
                check(address[0])
            return original(self, address)

        return method

    def checked_resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
        check(host)
        return resolve(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", checked(connect))
        patch.setattr(socket.socket, "connect_ex", checked(connect_ex))
        patch.setattr(socket, "getaddrinfo", checked_resolve)
        yield


@pytest.fixture(scope="session", autouse=True)
def _loggers_follow_the_newest_settings() -> Iterator[None]:
    """A cached logger keeps what the first app told it, and `capture_logs` in a later test would not hear it."""
    configure = structlog.configure
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(structlog, "configure", lambda **told: configure(**told | {"cache_logger_on_first_use": False}))
        yield


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2id as in earnest, but not over 64 MiB: hundreds of tests sign somebody in."""
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


# ── keys and databases ───────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def keys() -> KeyRing:
    """A ring of random keys; a ring cannot be changed, so all tests share it."""
    return KeyRing.generate()


@pytest.fixture(scope="session")
def sqlite_template(run_folder: Path, keys: KeyRing) -> Path:
    """An empty migrated SQLite file, to be copied."""
    template = run_folder / "template.db"
    with postgres.locked(run_folder, "sqlite-template"):
        if not template.exists():
            making = run_folder / "making.db"
            database = Database(f"sqlite:///{making}", keys)
            migrating.upgrade(database)
            database.dispose()
            making.rename(template)
    return template


class Postgres:
    """The run's server, as seen from one worker: it makes databases from a template and drops them."""

    TEMPLATE = "aduan_template"

    def __init__(self, run_folder: Path, keys: KeyRing) -> None:
        self.url = postgres.server(run_folder)
        self.admin = sa.create_engine(
            self.url.set(database="postgres"), isolation_level="AUTOCOMMIT", pool_size=1, max_overflow=0
        )
        with postgres.locked(run_folder, "postgres-template"):
            done = run_folder / "postgres-template"
            if not done.exists():
                self._run(f"DROP DATABASE IF EXISTS {self.TEMPLATE}")
                self._run(f"CREATE DATABASE {self.TEMPLATE}")
                database = Database(self.of(self.TEMPLATE), keys)
                migrating.upgrade(database)
                database.dispose()
                done.touch()

    def of(self, name: str) -> str:
        return self.url.set(database=name).render_as_string(hide_password=False)

    def make(self, template: str = TEMPLATE) -> str:
        """Make a database and return its name; template0 makes one without any table."""
        name = f"t_{uuid.uuid4().hex}"
        # Copied file by file: written block by block through the log it takes four times as long.
        self._run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return name

    def drop(self, name: str) -> None:
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        with self.admin.connect() as connection:
            connection.exec_driver_sql(statement)


@pytest.fixture(scope="session")
def postgres_server(run_folder: Path, keys: KeyRing) -> Iterator[Postgres]:
    server = Postgres(run_folder, keys)
    yield server
    server.admin.dispose()


@pytest.fixture
def database_folder(run_folder: Path) -> Iterator[Path]:
    """A folder of this test's own for SQLite files, where every commit need not wait for a disk."""
    folder = run_folder / uuid.uuid4().hex
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, database_folder: Path) -> Iterator[str]:
    """The URL of a database of this test's own, migrated and empty.

    A test that needs one kind only says so:
    `@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)`.
    """
    if request.param == "sqlite":
        file = database_folder / "aduan.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
        yield f"sqlite:///{file}"
        return
    server: Postgres = request.getfixturevalue("postgres_server")
    name = server.make()
    yield server.of(name)
    server.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_database_url(request: pytest.FixtureRequest, database_folder: Path) -> Iterator[str]:
    """The URL of a database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{database_folder / 'bare.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres_server")
    name = server.make("template0")
    yield server.of(name)
    server.drop(name)


@pytest.fixture
def database(database_url: str, keys: KeyRing) -> Iterator[Database]:
    database = Database(database_url, keys)
    yield database
    database.dispose()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session that reads; `begin_write()` or `writing(row)` lets it write."""
    with database.session() as session:
        yield session


# ── the app ──────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def environment(database_url: str, keys: KeyRing, tmp_path: Path) -> dict[str, str]:
    """The environment of a development server; a test changes it before it asks for `settings`."""
    return {
        "PORTAL_INSTITUTION": "muamalat",
        "PORTAL_DATABASE_URL": database_url,
        "PORTAL_EVIDENCE_URL": f"file://{tmp_path / 'evidence'}",
        "PORTAL_BASE_URL": "http://127.0.0.1:8000",
        "PORTAL_KEYS": keys.to_json(),
        "PORTAL_INSTANCE": str(tmp_path / "instance"),
    }


@pytest.fixture
def settings(environment: dict[str, str]) -> Settings:
    return Settings.from_environment(environment)


@pytest.fixture
def app(settings: Settings, run_folder: Path) -> Iterator[Flask]:
    # Imported here, so that the tests of a room do not need the whole house to stand.
    from portal.app import create_app

    app = create_app(settings)
    app.testing = True
    for language in LANGUAGES:
        # Every app compiles its templates anew, in each language to another code; one run does it once.
        app.environment(language).bytecode_cache = FileSystemBytecodeCache(str(run_folder), f"{language}-%s.cache")
    yield app
    app.extensions["aduan"].database.dispose()


@pytest.fixture
def client(app: Flask, settings: Settings) -> Client:
    """A browser without JavaScript that refuses bad HTML."""
    return Client(app, settings.base_url)
