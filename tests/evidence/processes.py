"""What the kernel tells of processes."""

import time
from pathlib import Path


def has_gone(pid: int) -> bool:
    """Whether nothing is left of the process, not even a zombie, at the latest a few seconds from now."""
    until = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def children(pid: int) -> list[int]:
    """The processes that this one has started and that are there, zombies too."""
    return [int(child) for task in Path(f"/proc/{pid}/task").glob("*/children") for child in task.read_text().split()]


def descriptors(pid: int) -> dict[int, str]:
    """What the process has open, by number."""
    found = {}
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found[int(entry.name)] = str(entry.readlink())
        except FileNotFoundError:
            # That was the folder itself, while it was being read.
            continue
    return found
