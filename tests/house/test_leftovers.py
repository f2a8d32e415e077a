"""What a run leaves behind when the machine goes down under it does not keep the next one from starting."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests import postgres


@pytest.fixture
def abandoned(tmp_path: Path) -> tuple[Path, int]:
    """Another run's folder, with a PostgreSQL server of its own; and the process id of that server."""
    postgres.server(tmp_path)
    home = Path((tmp_path / "postgres.home").read_text())
    return home, int((home / "data" / "postmaster.pid").read_text().split()[0])


def test_a_server_that_runs_is_stopped_and_its_files_are_removed(tmp_path: Path, abandoned: tuple[Path, int]) -> None:
    home, process = abandoned
    postgres.stop(tmp_path)
    assert not home.exists()
    assert _gone(process)


def test_the_files_of_a_server_that_was_killed_are_removed_all_the_same(
    tmp_path: Path, abandoned: tuple[Path, int]
) -> None:
    home, process = abandoned
    os.kill(process, signal.SIGKILL)
    assert _gone(process)
    assert (home / "data" / "postmaster.pid").exists()
    postgres.stop(tmp_path)
    assert not home.exists()


def _gone(process: int) -> bool:
    for _ in range(100):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        # A killed server whose parent has not asked for its end yet is still listed, as a zombie.
        status = Path(f"/proc/{process}/stat")
        if status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False
