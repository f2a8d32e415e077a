"""The filing, interrupted at random: what was acknowledged is there in the end, and it is filed whole or not at all."""

import gc
import random
import resource
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from portal.app import create_app
from portal.complaints.models import Complaint
from portal.complaints.numbers import read_number
from portal.complaints.parties import authority_of
from portal.config import Settings
from portal.db import Database
from portal.evidence import queries
from portal.evidence.models import Document
from portal.evidence.service import sweep_bytes
from portal.evidence.storage import Depot
from portal.filing import service
from portal.institution.loader import load
from portal.institution.models import Institution
from portal.sealing import open_box
from portal.words import LANGUAGES
from tests.builders import NOW
from tests.evidence import files
from tests.intake.journey import ANSWERS, ON, asked, fitting, number_and_code, send
from tests.page import Client, Form, Page

SEQUENCES, CHUNKS = 200, 10
# So many on each of the other ways: every kind of interruption, twice.
OTHER_SEQUENCES = 24
# Further seeds that once failed: they stay. Of the first two hundred none has so far.
FAILED_ONCE: tuple[int, ...] = ()
# In which field something can be wrong beside the one that is written.
WRONG = {
    "identity": {"number": ""},
    "representative": {"number": ""},
    "authority": {"given_on-m": "13"},
    "contact": {"email": "siti@"},
    "loss": {"amount": "banyak"},
}


@pytest.fixture(autouse=True)
def _swept() -> Iterator[None]:
    """What a request that was torn apart held open goes with it, and not in the middle of somebody else's test."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@dataclass(frozen=True)
class Way:
    """A way through the steps: where somebody writes, in which field, and which answers lead along it."""

    profile: Institution
    written: Mapping[str, str]
    answers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


FULL = {"identity": "name", "contact": "needs", "account": "account", "story": "story", "loss": "wish"}
OWN = Way(load("muamalat"), FULL)
FOR_SOMEBODY = Way(
    load("muamalat"),
    {**FULL, "representative": "relation", "authority": "scope"},
    {"who": {"role": "representative"}},
)
KREDIFAZZ = load("kredifazz")
SHORT = Way(KREDIFAZZ, {"contact": "name", "story": "story"}, fitting(KREDIFAZZ, kind="question", transaction=None))


@pytest.fixture
def environment(environment: dict[str, str], request: pytest.FixtureRequest) -> dict[str, str]:
    marker = request.node.get_closest_marker("institution")
    return environment | {"PORTAL_INSTITUTION": marker.args[0] if marker else "muamalat"}


@pytest.fixture(autouse=True)
def travel() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@dataclass
class House:
    """The servers in front of one database: a restart goes on with another of them."""

    apps: list[Flask]
    settings: Settings
    travel: time_machine.Traveller

    @property
    def database(self) -> Database:
        return self.apps[0].extensions["aduan"].database


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


@dataclass
class Customer:
    """Somebody who files, and what they were told is saved: by step the texts of its fields, and the files."""

    house: House
    way: Way
    chance: random.Random
    client: Client
    lang: str
    seen: list[str] = field(default_factory=list)
    told: dict[str, dict[str, str]] = field(default_factory=dict)
    files: list[bytes] = field(default_factory=list)
    serial: int = 0

    def at(self, step: str, *, status: int = 200) -> Page:
        return self.client.get(f"/{self.lang}/file/{step}", status=status)

    def text(self) -> str:
        """Something that was never written before."""
        self.serial += 1
        return f"Tulisan {self.serial} {self.chance.choice(('é漢字', 'biasa', 'dua kata'))} {self.chance.random():.6f}"

    def asked(self, page: Page, step: str) -> dict[str, Any]:
        """The answers to what a page asks, on this way."""
        return {**asked(page, step), **self.way.answers.get(step, {})}

    def words_for(self, step: str) -> dict[str, str]:
        """An answer for the field of a step that is written freely."""
        if step == "account":
            return {"account": f"{self.chance.randrange(10**9, 10**10)}"}
        return {self.way.written[step]: self.text()}

    def note(self, step: str, values: dict[str, Any]) -> None:
        self.told.setdefault(step, {}).update({k: v for k, v in values.items() if isinstance(v, str)})

    def look(self) -> None:
        """Everything that was acknowledged still stands on its page."""
        for step, texts in self.told.items():
            shown = self.at(step).form().values
            there = {name: shown[name] for name in texts}
            assert there == texts, f"{step}: {there} instead of {texts}"

    def tab(self, app: Flask | None = None) -> Client:
        """Another tab of this browser, or this browser in front of another server."""
        other = Client(app or self.client.app, self.client.base_url)
        for name in ("draft", "aduan"):
            if value := self.client.cookie(name):
                other.http.set_cookie(name, value, domain="127.0.0.1")
        return other


# ── interruptions ────────────────────────────────────────────────────────────────────────────────


def error_in_another_field(who: Customer, page: Page, step: str) -> Page:
    words = who.words_for(step)
    if step not in WRONG:
        # It asks nothing else: its only field is sent empty.
        return page.form().fill({who.way.written[step]: ""}).submit(status=422)
    page = page.form().fill({**who.asked(page, step), **words, **WRONG[step]}).submit(status=422)
    who.note(step, words)
    return page


def language_switch(who: Customer, page: Page, step: str) -> Page:
    words, other = who.words_for(step), {"id": "en", "en": "id"}[who.lang]
    page = page.form().fill(words).submit(f"switch={other}")
    who.note(step, words)
    who.lang = other
    return page


def back(who: Customer, page: Page, step: str) -> Page:
    words = who.words_for(step)
    quietly(page, words)
    who.note(step, words)
    # By the browser's button: an earlier page, and then forward to this one.
    who.at(who.chance.choice(who.seen[1:]))
    return who.at(step)


def reload(who: Customer, page: Page, step: str) -> Page:
    words = who.words_for(step)
    quietly(page, words)
    who.note(step, words)
    return who.at(step)


def double_submit(who: Customer, page: Page, step: str) -> Page:
    values = {**who.asked(page, step), **who.words_for(step)}
    form = page.form().fill(values)
    first, second = form.submit(), form.submit()
    assert first.path == second.path
    who.note(step, {who.way.written[step]: values[who.way.written[step]]})
    return who.at(step)


def two_tabs_same(who: Customer, page: Page, step: str) -> Page:
    words = who.words_for(step)
    other = who.tab().get(page.path)
    quietly(page, words)
    quietly(other, words)
    who.note(step, words)
    return who.at(step)


def two_tabs_different(who: Customer, page: Page, step: str) -> Page:
    one, two = who.words_for(step), who.words_for(step)
    other = who.tab().get(page.path)
    quietly(page, one)
    quietly(other, two)
    name = who.way.written[step]
    chosen = who.at(step)
    assert chosen.path == f"/{who.lang}/file/texts/{step}"
    assert one[name] in chosen.text and two[name] in chosen.text
    choices = {node["value"]: node for node in chosen.all(".choice input")}
    texts = dict(zip(choices, (one[name], two[name], f"{one[name]}\r\n\r\n{two[name]}"), strict=False))
    choice = who.chance.choice(list(texts))
    page = chosen.form().fill({"choice-0": choice}).submit()
    who.note(step, {name: texts[choice]})
    return page


def expired(who: Customer, page: Page, step: str) -> Page:
    words = who.words_for(step)
    values = {**who.asked(page, step), **words}
    who.client.http.delete_cookie("aduan", domain="127.0.0.1")
    page = page.form().fill(values).submit(status=422)
    # One click sends it again.
    page.form().submit()
    who.note(step, words)
    return who.at(step)


def another_device(who: Customer, page: Page, step: str) -> Page:
    words = who.words_for(step)
    quietly(page, words)
    who.note(step, words)
    shown = who.at("elsewhere").form(f"/{who.lang}/file/elsewhere").submit()
    device = Client(who.client.app, who.client.base_url)
    form = device.get(f"/{who.lang}/file/resume").form(f"/{who.lang}/file/resume")
    form.fill(code=shown.one("#resume-code").text).submit()
    who.client = device
    return who.at(step)


def restart(who: Customer, page: Page, step: str) -> Page:
    words = who.words_for(step)
    quietly(page, words)
    who.note(step, words)
    others = [app for app in who.house.apps if app is not who.client.app]
    who.client = who.tab(others[0])
    return who.at(step)


def full_disk(who: Customer, page: Page, step: str) -> Page:
    words = who.words_for(step)
    form = page.form().fill(words)
    with no_room():
        answer = who.client.http.post(
            page.path, base_url=who.client.base_url, data=fields(form), environ_overrides={"REMOTE_ADDR": "10.9.9.9"}
        )
    if answer.status_code < 500:
        # PostgreSQL writes on a disk of its own.
        who.note(step, words)
    return who.at(step)


def idle(who: Customer, page: Page, step: str) -> Page:
    """Left alone nearly for as long as it may be; what is deleted then is somebody else's."""
    words = who.words_for(step)
    quietly(page, words)
    who.note(step, words)
    who.house.travel.shift(timedelta(days=who.way.profile.retention.draft_days - 1))
    with who.house.database.session() as session:
        session.begin_write()
        service.purge(session, now=datetime.now(UTC))
        session.commit()
    return who.at(step)


Interruption = Callable[[Customer, Page, str], Page]
INTERRUPTIONS: tuple[Interruption, ...] = (
    error_in_another_field,
    language_switch,
    back,
    reload,
    double_submit,
    two_tabs_same,
    two_tabs_different,
    expired,
    another_device,
    restart,
    full_disk,
    idle,
)


def quietly(page: Page, words: dict[str, str]) -> None:
    """What the page's script saves two seconds after the last key."""
    page.form().fill(words).tamper(typed="y").submit()


def fields(form: Form) -> dict[str, str]:
    """What a form sends by its first button."""
    return {**{name: values[0] for name, values in form.chosen.items() if values}, "switch": ""}


@contextmanager
def no_room() -> Iterator[None]:
    """A disk that takes nothing more: every file of this process ends where it is."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


# ── files ────────────────────────────────────────────────────────────────────────────────────────


def bring_a_file(who: Customer, page: Page) -> Page:
    """One file that arrives, perhaps after one whose line broke in the middle or for which there was no room."""
    content = files.noise(who.chance.randrange(20_000, 40_000))
    form = page.form(page.path).fill(files=[("nota.png", content)])
    trouble = who.chance.choice(("none", "cut", "full"))
    if trouble == "cut":
        body = form._body(form._button("upload")).arguments()
        whole = body["data"].read() if hasattr(body["data"], "read") else body["data"]
        who.client.http.open(
            page.path,
            method="POST",
            base_url=who.client.base_url,
            input_stream=BytesIO(whole[: who.chance.randrange(200, len(whole) - 200)]),
            content_length=len(whole),
            content_type=body["content_type"],
        )
    elif trouble == "full":
        with no_room():
            form.submit("upload", status=422)
    if trouble != "none":
        assert len(who.at("documents").all(".file-name")) == len(who.files)
    page = who.at("documents").form(page.path).fill(files=[("nota.png", content)]).submit("upload")
    who.files.append(content)
    return page


# ── sequences ────────────────────────────────────────────────────────────────────────────────────


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
