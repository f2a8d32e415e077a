"""Two windows on one draft: whose text counts, and what is kept beside it so that none is lost. Pure.

A window is one page as it was opened once. It tells with every text which window it is, how late in
its life, and what it was given to show. So three things are told apart, field by field: a window that
goes on writing, one that has not touched the field, and two that wrote different things.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

# One field's inputs by their names: a date has three.
Group = Mapping[str, str]
MARK = re.compile(r"[A-Za-z0-9_-]{8,32}")
LATEST_TURN = 10**15
# Different texts for one field that wait for a choice; nobody has so many windows open.
MOST_BESIDE = 16


class TooManyTexts(Exception):
    """So many different texts wait for a choice that no more can be kept beside them."""


@dataclass(frozen=True, slots=True)
class Window:
    """The page that a text comes from.

    `turn` grows with everything that the page's script sends; without scripts there is none, and what
    comes is the newest. `seen` has for each field the fingerprint of what the page was given to show.
    """

    mark: str = ""
    turn: int | None = None
    seen: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, mark: str, turn: str, seen: str) -> Self:
        """The window that a form names; one that names none has seen nothing."""
        pairs = (pair.rpartition(":") for pair in seen.split())
        number = int(turn) if turn.isascii() and turn.isdigit() and len(turn) <= 16 else None
        return cls(
            mark if MARK.fullmatch(mark) else "",
            number if number is not None and number <= LATEST_TURN else None,
            {name: print_ for name, _, print_ in pairs},
        )

    @property
    def told(self) -> str:
        """`seen`, as a form carries it."""
        return " ".join(f"{name}:{print_}" for name, print_ in self.seen.items())

    def shows(self, groups: Mapping[str, Group]) -> Self:
        """The same window, which shows this from now on."""
        return replace(self, seen={name: fingerprint(group) for name, group in groups.items()})


def fingerprint(group: Group) -> str:
    """What tells one text of a field from another. It stands in the page beside the text itself."""
    return hashlib.sha256(json.dumps(sorted(group.items())).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Beside:
    """What another window wrote into a field that had changed meanwhile."""

    mark: str
    turn: int | None
    at: datetime
    typed: Group = field(repr=False)


@dataclass(frozen=True, slots=True)
class Traces:
    """Which window wrote each field last, at which turn, and the texts that wait beside it for a choice."""

    by: Mapping[str, tuple[str, int | None]] = field(default_factory=dict)
    beside: Mapping[str, tuple[Beside, ...]] = field(default_factory=dict)

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Self:
        return cls(
            {name: (mark, turn) for name, (mark, turn) in told["by"].items()},
            {
                name: tuple(Beside(mark, turn, datetime.fromisoformat(at), typed) for mark, turn, at, typed in row)
                for name, row in told["beside"].items()
            },
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "by": {name: list(last) for name, last in self.by.items()},
            "beside": {
                name: [[one.mark, one.turn, one.at.isoformat(), dict(one.typed)] for one in row]
                for name, row in self.beside.items()
            },
        }


@dataclass(frozen=True, slots=True)
class Merged:
    """What stands in the draft now, input by input, and the traces of who put it there.

    `window`: the window that sent it, which knows from now on what of its own stands there.
    """

    typed: dict[str, str] = field(repr=False)
    traces: Traces
    window: Window


def merge(
    held: Mapping[str, str] | None, traces: Traces, groups: Mapping[str, Group], window: Window, *, at: datetime
) -> Merged:
    """What a window sent, put into what the draft holds of the same questions.

    A field that the draft holds nothing of, or that only this window has changed since it was shown, takes
    the window's text. One that others alone have changed stays. Where both have, the earlier text
    stays and the later one is kept beside it. Raises `TooManyTexts`.
    """
    typed = dict(held or {})
    by, beside = dict(traces.by), {name: list(row) for name, row in traces.beside.items()}
    for name, group in groups.items():
        mine = next((one for one in beside.get(name, ()) if one.mark == window.mark and window.mark), None)
        if mine and _is_older(window, mine.turn):
            continue
        if mine:
            beside[name].remove(mine)
        there = {key: typed[key] for key in group if key in typed}
        writer, turn = by.get(name, ("", None))
        own, seen = bool(writer) and writer == window.mark, window.seen.get(name)
        if there == group or (own and _is_older(window, turn)):
            continue
        if not there or own or seen == fingerprint(there):
            typed.update(group)
            by[name] = (window.mark, window.turn)
        elif seen != fingerprint(group):
            late = Beside(window.mark, window.turn, at, dict(group))
            row = [one for one in beside.get(name, []) if (one.mark, one.typed) != (late.mark, late.typed)]
            if len(row) >= MOST_BESIDE:
                raise TooManyTexts
            beside[name] = [*row, late]
    saved = {name: fingerprint(group) for name, group in groups.items() if group.items() <= typed.items()}
    return Merged(
        typed,
        Traces(by, {name: tuple(row) for name, row in beside.items() if row}),
        replace(window, seen={**window.seen, **saved}),
    )


def _is_older(window: Window, turn: int | None) -> bool:
    """Whether this page has already sent something later than this: of two on their way the slower came second."""
    return window.turn is not None and turn is not None and window.turn < turn


# ── a choice ─────────────────────────────────────────────────────────────────────────────────────

KEPT, JOINED = "kept", "joined"


class TextsChanged(Exception):
    """What was to be chosen from is not what the draft holds now."""


def choose(
    held: Mapping[str, str], traces: Traces, choices: Mapping[str, str], shown: Mapping[str, str], *, window: Window
) -> Merged:
    """The draft's texts after a choice for each field that has several.

    A choice is `KEPT`, `JOINED` (one below the other) or the fingerprint of a text beside. `shown` has
    the fingerprint of all texts of a field as the page showed them. Raises `TextsChanged` where another
    window wrote meanwhile or a choice is none: then nothing is decided.
    """
    typed, by = dict(held), dict(traces.by)
    for name, row in traces.beside.items():
        choice = choices.get(name, "")
        there = group_of(typed, name)
        if shown.get(name) != all_of(there, row):
            raise TextsChanged
        if choice == JOINED:
            texts = [*there.values(), *(text for one in row for text in one.typed.values())]
            typed[name] = "\n\n".join(dict.fromkeys(text for text in texts if text))
        elif choice != KEPT:
            taken = next((one for one in row if fingerprint(one.typed) == choice), None)
            if taken is None:
                raise TextsChanged
            typed.update(taken.typed)
        by[name] = (window.mark, window.turn)
    return Merged(typed, Traces(by), window)


def group_of(typed: Mapping[str, str], name: str) -> dict[str, str]:
    """The inputs of a field: the one of its name, or several named after it."""
    return {key: text for key, text in typed.items() if key == name or key.startswith(f"{name}-")}


def all_of(there: Group, row: tuple[Beside, ...]) -> str:
    """The fingerprint of all texts of a field."""
    return fingerprint({str(number): fingerprint(group) for number, group in enumerate(_texts(there, row))})


def _texts(there: Group, row: tuple[Beside, ...]) -> Iterator[Group]:
    yield there
    yield from (one.typed for one in row)
