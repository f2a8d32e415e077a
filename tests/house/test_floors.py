"""The floors of the house hold, and a breach of each kind would be seen."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
LINT = Path(sys.executable).parent / "lint-imports"


def lint(folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [LINT, "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "COLUMNS": "200"},
    )


def test_every_floor_holds() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The portal's code alone, in a folder where it may be spoiled."""
    folder = tmp_path_factory.mktemp("floors")
    shutil.copy(ROOT / "pyproject.toml", folder)
    shutil.copytree(ROOT / "portal", folder / "portal", ignore=shutil.ignore_patterns("static", "templates", "*.pyc"))
    return folder


BREACHES = [
    ("A room knows", "portal.institution.rules", "portal.complaints.models"),
    ("A room knows", "portal.tracking.views.case", "portal.intake.views"),
    ("Inside a room", "portal.complaints.models", "portal.complaints.service"),
    ("Inside a room", "portal.filing.forms.matter", "portal.filing.service"),
    ("Rules are pure", "portal.complaints.rules", "portal.clock"),
    ("Rules are pure", "portal.workdays.rules", "sqlalchemy"),
    ("Services, queries", "portal.complaints.service", "flask_htmx"),
    ("Services, queries", "portal.history.queries", "portal.web.floor"),
    ("Forms do not", "portal.tracking.forms", "portal.complaints.queries"),
]


def test_a_breach_of_each_kind_is_seen(copy: Path) -> None:
    before: dict[Path, str] = {}
    for _, module, imported in BREACHES:
        path = copy / Path(*module.split(".")).with_suffix(".py")
        before.setdefault(path, path.read_text())
        path.write_text(f"{path.read_text()}\nimport {imported}\n")
    done = lint(copy)
    for path, text in before.items():
        path.write_text(text)
    assert done.returncode == 1
    # The report has one chapter a broken contract: its name, a rule of dashes, the imports.
    chapters = re.split(r"\n(.+)\n-{10,}\n", done.stdout.split("Broken contracts", 1)[1])
    told = dict(zip(chapters[1::2], chapters[2::2], strict=True))
    for contract, module, imported in BREACHES:
        (chapter,) = [text for name, text in told.items() if name.startswith(contract)]
        assert re.search(rf"{module}.* -> {imported}", chapter.replace("\n", " ")), (
            contract,
            module,
            imported,
            chapter,
        )


def test_a_room_that_nobody_put_on_a_floor_is_seen(copy: Path) -> None:
    room = copy / "portal" / "newroom"
    room.mkdir()
    (room / "__init__.py").touch()
    try:
        done = lint(copy)
    finally:
        shutil.rmtree(room)
    assert done.returncode == 1
    assert "newroom" in done.stdout
