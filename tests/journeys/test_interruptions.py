"""The filing, interrupted at random: what was acknowledged is there in the end, and it is filed whole or not at all."""

import gc
import random
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from portal.app import create_app
from portal.complaints.models import Complaint
from portal.complaints.numbers import read_number
from portal.complaints.parties import authority_of
from portal.config import Settings
from portal.evidence import queries
from portal.evidence.models import Document
from portal.evidence.service import sweep_bytes
from portal.evidence.storage import Depot
from portal.sealing import open_box
from portal.words import LANGUAGES
from tests.builders import NOW
from tests.intake.journey import ANSWERS, ON, number_and_code, send
from tests.journeys.customers import FOR_SOMEBODY, OWN, SHORT, Customer, House, Way
from tests.journeys.interruptions import INTERRUPTIONS, bring_a_file
from tests.page import Client

SEQUENCES, CHUNKS = 200, 10
# So many on each of the other ways: every kind of interruption, twice.
OTHER_SEQUENCES = 24
# Further seeds that once failed: they stay. Of the first two hundred none has so far.
FAILED_ONCE: tuple[int, ...] = ()


@pytest.fixture(autouse=True)
def _swept() -> Iterator[None]:
    """What a request that was torn apart held open goes with it, and not in the middle of somebody else's test."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture
def environment(environment: dict[str, str], request: pytest.FixtureRequest) -> dict[str, str]:
    marker = request.node.get_closest_marker("institution")
    return environment | {"PORTAL_INSTITUTION": marker.args[0] if marker else "muamalat"}


@pytest.fixture(autouse=True)
def travel() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def house(app: Flask, settings: Settings, travel: time_machine.Traveller) -> Iterator[House]:
    restarted = create_app(settings)
    restarted.testing = True
    for language in LANGUAGES:
        restarted.environment(language).bytecode_cache = app.environment(language).bytecode_cache
        for name in ("errors/500.html", "layouts/error.html", "layouts/page.html", "ui/channels.html"):
            # Compiled while there is room for it on the disk: that cache is the tests' own.
            for each in (app, restarted):
                each.environment(language).get_template(name)
    yield House([app, restarted], settings, travel)
    restarted.extensions["aduan"].database.dispose()


def sequence(house: House, seed: int, way: Way = OWN) -> None:
    """File a complaint with a random handful of interruptions; every fifth is left before it is sent."""
    chance = random.Random(seed)
    client = Client(chance.choice(house.apps), house.settings.base_url)
    who = Customer(house, way, chance, client, chance.choice(("id", "en")))
    places = chance.sample(list(way.written), k=min(3, len(way.written)))
    # Every kind in its turn, and up to two more by chance.
    kinds = (INTERRUPTIONS[seed % len(INTERRUPTIONS)], *chance.sample(INTERRUPTIONS, k=len(places) - 1))
    wanted = dict(zip(places, kinds, strict=True))
    page = who.at("privacy")
    while (step := page.path.rsplit("/", 1)[1]) != "check":
        assert step not in who.seen, f"{step} comes again"
        who.seen.append(step)
        if step in wanted:
            page = wanted[step](who, page, step)
            who.look()
        if step == "documents" and seed % 4 == 0:
            page = bring_a_file(who, page)
        values = {**who.asked(page, step), **who.told.get(step, {})}
        page = page.form(f"/{who.lang}/file/privacy" if step == "privacy" else None).fill(values).submit(ON.get(step))
        assert not page.errors, (step, page)
    who.look()
    assert set(wanted) <= set(who.seen), "a step of this way never came"
    if seed % 5 == 0:
        assert nothing_is_sent(who), "it was sent though nobody has sent it"
        return
    number, code = number_and_code(send(page))
    assert number_and_code(send(page)) == (number, code), "sent twice, it became two"
    whole(who, number)


def nothing_is_sent(who: Customer) -> bool:
    return who.at("check").path == f"/{who.lang}/file/check"


def whole(who: Customer, number: str) -> None:
    """The complaint holds what was acknowledged, and every file."""
    read = read_number(number, who.way.profile.prefix)
    assert read is not None
    with who.house.database.session() as session:
        complaint = session.scalars(sa.select(Complaint).where(Complaint.registration == read.canonical)).one()
        box = open_box(session, complaint.key_id)
        told = box.open(complaint)
        story = who.told.get("story", ANSWERS["story"])["story"].replace("\r\n", "\n")
        account = who.told.get("account", {"account": "3017777702"})["account"]
        assert (told["story"], told["account"]) == (story, account if "account" in who.seen else None)
        if "authority" in who.seen:
            power = authority_of(session, complaint.id)
            assert power is not None
            scope = who.told.get("authority", ANSWERS["authority"])["scope"]
            assert box.open(power)["scope"] == scope.replace("\r\n", "\n")
        assert complaint.folder_id is not None
        assert len(queries.documents(session, complaint.folder_id)) == len(who.files)


def swept(house: House) -> None:
    """After the sweep there is no file without a row and no row without its file."""
    depot = Depot.at(house.settings.evidence_url)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=400), tick=False), house.database.session() as session:
        found = sweep_bytes(session, depot, now=datetime.now(UTC))
        assert found.without_bytes == ()
        rows = set(session.scalars(sa.select(Document.storage)))
    assert {kept.name for batch in depot.listed() for kept in batch} == rows
    assert not list(Path(house.settings.evidence_url.removeprefix("file://")).rglob("*#*"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_nothing_acknowledged_is_lost_however_the_filing_is_interrupted(house: House, chunk: int) -> None:
    """KX-16, SQ-20, SQ-21, BM-10: what a customer gave stays, and is registered whole or not at all."""
    for seed in (*range(chunk, SEQUENCES, CHUNKS), *FAILED_ONCE[chunk::CHUNKS]):
        try:
            sequence(house, seed)
        except AssertionError as fault:
            raise AssertionError(f"seed {seed}: {fault}") from fault
    swept(house)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nor_where_somebody_files_for_the_customer(house: House) -> None:
    """SQ-18, BM-17: on the longest way, with both identities and the power of attorney."""
    others(house, FOR_SOMEBODY)


@pytest.mark.institution("kredifazz")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nor_on_the_short_way_of_a_question(house: House) -> None:
    """KF-02, KX-11."""
    others(house, SHORT)


def others(house: House, way: Way) -> None:
    for seed in range(OTHER_SEQUENCES):
        try:
            sequence(house, seed, way)
        except AssertionError as fault:
            raise AssertionError(f"seed {seed}: {fault}") from fault
    swept(house)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_nor_on_postgresql(house: House) -> None:
    for seed in range(len(INTERRUPTIONS)):
        sequence(house, seed)
    swept(house)
