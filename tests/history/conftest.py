"""Tables of test subjects in each test's database, and a shelf for the anchors' copies."""

from pathlib import Path

import pytest

from portal.db import Database, Session
from portal.history.shelf import Shelf
from tests.history import parcels
from tests.history.parcels import (
    Parcel,
    make,
)


@pytest.fixture
def database(database: Database) -> Database:
    parcels.make_tables(database)
    return database


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf.at(f"file://{tmp_path / 'evidence'}")


@pytest.fixture
def parcel(session: Session) -> Parcel:
    """The subject under attack, among others that nobody touches."""
    make(session)
    target: Parcel = make(session)
    make(session)
    make(session, entries=0)
    return target
