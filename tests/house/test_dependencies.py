"""What the code imports is declared, what is declared is used, and the locks name no registry."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCKS = ("requirements.txt", "requirements-test.txt")
# Needed without an import: the time zones of machines that have none.
USED_UNSEEN = {"tzdata"}
# Parts of what they come with, which promises them to its users.
COME_WITH = {
    "click": "flask",
    "jinja2": "flask",
    "markupsafe": "flask",
    "babel": "flask-babel",
    "pydantic-core": "pydantic",
}


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.match(r"[A-Za-z0-9._-]+", name)[0]).lower()  # type: ignore[index]


def imported(folder: str) -> set[str]:
    """The top-level names that the folder's modules import."""
    names: set[str] = set()
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names.update(alias.name.split(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names) - {"portal", "tests"}


def distributions(names: set[str]) -> set[str]:
    known = packages_distributions()
    return {COME_WITH.get(found, found) for found in (plain(known[name][0]) for name in names)}


def test_the_portal_declares_what_it_imports_and_imports_what_it_declares() -> None:
    declared = {plain(name) for name in PROJECT["dependencies"]}
    optional = {plain(name) for name in PROJECT["optional-dependencies"]["postgres"]}
    used = distributions(imported("portal") | imported("migrations") | imported("translations"))
    assert used - declared - optional == set()
    assert declared - used - USED_UNSEEN == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_hashes_and_names_no_registry(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert not re.search(r"^\s*-(?!-hash)", text, re.MULTILINE)
    pins = re.findall(r"^([a-z0-9][^=\s]*)==\S+.*\\\n    --hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)
    assert len(pins) == len(re.findall(r"^[a-z0-9]", text, re.MULTILINE))


def test_both_locks_pin_the_same_and_hold_what_is_declared() -> None:
    pins = [dict(re.findall(r"^([a-z0-9][^=\s]*)==(\S+)", (ROOT / lock).read_text(), re.MULTILINE)) for lock in LOCKS]
    assert pins[0].items() <= pins[1].items()
    assert {plain(name) for name in PROJECT["dependencies"]} <= set(pins[0])
    extras = PROJECT["optional-dependencies"]
    wanted = {plain(name) for extra in extras.values() for name in extra} - {"aduan"}
    assert wanted <= set(pins[1])
