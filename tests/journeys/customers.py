"""A customer on one of the ways through a filing, and the servers that they meet."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import time_machine
from flask import Flask

from portal.config import Settings
from portal.db import Database
from portal.institution.loader import load
from portal.institution.models import Institution
from tests.intake.journey import asked, fitting
from tests.page import Client, Page


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


@dataclass
class House:
    """The servers in front of one database: a restart goes on with another of them."""

    apps: list[Flask]
    settings: Settings
    travel: time_machine.Traveller

    @property
    def database(self) -> Database:
        return self.apps[0].extensions["aduan"].database


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
