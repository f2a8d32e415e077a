"""Bulk complaints: made many at once, and a registration number that is drawn twice costs none of them."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import clock
from portal.complaints import numbers, service
from portal.complaints.models import Complaint
from portal.demo import bulk


@pytest.fixture
def drawn(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[numbers.Number]]:
    """Numbers that come before all others when somebody draws one."""
    first: list[numbers.Number] = []
    real = service.new_number
    monkeypatch.setattr(service, "new_number", lambda *asked: first.pop(0) if first else real(*asked))
    yield first
    bulk._database.cache_clear()


def _count(app: Flask) -> int:
    with app.extensions["aduan"].database.session() as session:
        return session.scalars(sa.select(sa.func.count(Complaint.id))).one()


def test_a_number_drawn_twice_is_drawn_again(app: Flask, drawn: list[numbers.Number]) -> None:
    settings = app.extensions["aduan"].settings
    drawn += [numbers.new_number("BMI", 26)] * 2
    bulk.make((settings, 1, 3, clock.now()))
    assert _count(app) == 3
    assert not drawn


def test_what_the_database_refuses_is_said_in_words(app: Flask, drawn: list[numbers.Number]) -> None:
    settings = app.extensions["aduan"].settings
    drawn += [numbers.new_number("BMI", 26)] * (2 * bulk.DRAWS)
    with pytest.raises(RuntimeError, match=r"(?i)unique"):
        bulk.make((settings, 1, 2, clock.now()))
    assert _count(app) == 0
