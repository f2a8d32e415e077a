"""Tables of test subjects in each test's database, and a shelf for the anchors' copies."""

from pathlib import Path

import pytest

from portal.db import Database
from portal.history.shelf import Shelf
from tests.history import parcels


@pytest.fixture
def database(database: Database) -> Database:
    parcels.make_tables(database)
    return database


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf.at(f"file://{tmp_path / 'evidence'}")
