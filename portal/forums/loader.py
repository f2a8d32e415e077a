"""Reading the file of the forums: TOML to frozen facts, or every fault of the file at once."""

import difflib
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from portal.datafiles import Problem, Unusable, plainly
from portal.forums.facts import Forums

FILE = Path(__file__).resolve().parent / "data" / "forums.toml"


class ForumsError(Unusable):
    """The file of the forums cannot be used; `problems` says everything that is wrong with it."""


@cache
def load(path: Path = FILE) -> Forums:
    """The forums of a file, by default of the one that comes with the portal. Raises `ForumsError`."""
    try:
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else "it is not UTF-8"
        raise ForumsError([Problem(path.name, "", f"cannot be read: {reason}")]) from None
    return read(content, file=path.name)


def read(content: str, *, file: str) -> Forums:
    """The forums in a TOML text. Raises `ForumsError`; `file` is what its problems call the text."""
    try:
        raw = tomllib.loads(content)
    except tomllib.TOMLDecodeError as fault:
        raise ForumsError([Problem(file, "", f"is not TOML: {fault}")]) from None
    faults: list[tuple[str, str]] = []
    forums = None
    try:
        forums = Forums.model_validate(raw)
    except ValidationError as error:
        faults += map(plainly, error.errors())
    faults += _references(raw, "", raw)
    if forums is None or faults:
        raise ForumsError([Problem(file, key, wrong) for key, wrong in dict.fromkeys(faults)])
    return forums


# What names a row of another table, and that table.
REFERENCES = {"source": "sources", "via": "forums", "forum": "forums"}


def _references(value: Any, key: str, raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What names a row that is not there. Works on the raw file, so that other faults hide none of these."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        place = f"{key}.{name}".lstrip(".")
        rows = raw.get(REFERENCES.get(str(name), ""), {})
        if name in REFERENCES and isinstance(part, str) and isinstance(rows, dict) and part not in rows:
            yield place, unknown(part, rows, f"[{REFERENCES[name]}]")
        yield from _references(part, place, raw)


def unknown(code: str, rows: Mapping[str, Any], table: str) -> str:
    """That a code does not stand in a table, with the nearest one that does."""
    near = difflib.get_close_matches(code, rows, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"names {code!r}, which does not stand in {table}{hint}"
