"""Code that others wrote is the code they published, byte for byte, and listed with its version."""

import hashlib
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
FOLDERS = [ROOT / "portal/static/vendor", ROOT / "tests/vendor"]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(ROOT)))
def test_every_vendored_file_is_listed_and_unchanged(folder: Path) -> None:
    listed = tomllib.loads((folder / "vendored.toml").read_text())
    present = {path.name for path in folder.iterdir()} - {"vendored.toml"}
    assert present == set(listed)
    for name, entry in listed.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == entry["sha256"], name
        assert entry["package"].startswith("npm:"), name
        assert entry["version"].count(".") == 2, name
