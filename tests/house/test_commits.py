"""One commit a request, by the view, as its last act: nothing else commits."""

import ast
from collections.abc import Iterator
from pathlib import Path

PORTAL = Path(__file__).parent.parent.parent / "portal"
# As a file's name, or as the name of the package that it was split into; `demo` is a command's work.
MAY_COMMIT = {"views", "commands", "cli", "worker", "demo"}
# The session itself; the runner, which settles a job together with its effects; views cut by noun; and the reading
# log, which is written beside a request that only reads, in a session of its own.
MAY_COMMIT_TOO = {
    "db.py",
    "jobs/runner.py",
    "intake/resume.py",
    "intake/saving.py",
    "intake/texts.py",
    "history/reading.py",
}
# Small transactions of their own, outside the request's session: they never touch a case's row.
MAY_WRITE_SHORTLY = {
    "db.py": "it is made here",
    "jobs/leases.py": "a lease is renewed while the job's own transaction waits",
    "jobs/runner.py": "a failed try is counted after the job's own transaction is gone",
    "web/limits.py": "what a network does is counted even when the request is refused",
    "web/bots.py": "a challenge counts once, whatever becomes of the request",
    "web/throttle.py": "attempts are counted even when the request is refused",
    "accounts/service.py": "the tries of a one-time code are counted even when it is refused",
    "accounts/sessions.py": "an officer's session's last use, once a minute",
    "complaints/codes.py": "a case session's last use, once a minute",
    "demo/bulk.py": "a hundred thousand rows go in by Core, not through a session",
}


def users(*attributes: str) -> Iterator[str]:
    """The files below portal/ that use an attribute of one of these names."""
    for path in sorted(PORTAL.rglob("*.py")):
        nodes = ast.walk(ast.parse(path.read_text()))
        if any(isinstance(node, ast.Attribute) and node.attr in attributes for node in nodes):
            yield str(path.relative_to(PORTAL))


def test_only_views_commands_and_the_runner_commit() -> None:
    found = {file for file in users("commit") if not MAY_COMMIT & {*Path(file).with_suffix("").parts}}
    assert found - MAY_COMMIT_TOO == set()


def test_short_transactions_of_their_own_are_few_and_each_has_a_reason() -> None:
    assert set(users("short_write")) - set(MAY_WRITE_SHORTLY) == set()


def test_nobody_reaches_past_sessions_to_the_engine() -> None:
    assert set(users("engine", "writer")) - {"db.py", "migrating.py"} == set()
