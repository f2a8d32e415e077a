"""Reading profiles: TOML to a frozen `Institution`, or every fault of the file at once."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from portal.datafiles import Problem, Unusable, plainly
from portal.forums import loader as forums
from portal.forums.loader import unknown
from portal.institution.models import Institution
from portal.institution.rules import Form, Passing, RefusalGround

DATA = Path(__file__).resolve().parent / "data"

# What names a row of another table, and that table. `*` stands for every key or place.
REFERENCES = (
    ("own_channel", "channels"),
    ("service.contact", "channels"),
    ("urgent.channel", "channels"),
    ("identity.call", "channels"),
    ("kinds.*.category", "categories"),
    ("topics.*.division", "divisions"),
    ("topics.*.kinds.*", "kinds"),
    ("topics.*.guide.document", "documents"),
    ("escalation.*.division", "divisions"),
    ("clocks.answer.*.verbal.*", "limits"),
    ("clocks.answer.*.written.*", "limits"),
    ("clocks.objection.verbal.*", "limits"),
    ("clocks.objection.written.*", "limits"),
    ("clocks.documents.limit", "limits"),
    ("clocks.checking", "limits"),
    ("clocks.decision", "limits"),
    ("limits.*.extension.grounds.*", "extension_grounds"),
)
# Rows that the portal itself relies on.
NEEDED_ROWS = (
    ("topics", "other"),
    ("transaction_types", "other"),
    ("kinds", "complaint"),
    ("clocks.answer", "complaint"),
)

# `{limits.written.amount}` in a text: a figure stands once in the file, and texts take it from there.
_FIGURE = re.compile(r"\{([a-z0-9_.]+)\}")


class ProfileError(Unusable):
    """A profile cannot be used; `problems` says everything that is wrong with it."""


class UnknownInstitution(ProfileError):
    """There is no profile of that code."""


def codes() -> tuple[str, ...]:
    """The institutions whose profiles come with the portal."""
    return tuple(sorted(path.stem for path in DATA.glob("*.toml")))


@lru_cache(maxsize=32)
def load(code_or_path: str | Path) -> Institution:
    """The profile of a code ("muamalat") or of a file of one's own (a path, or a name that ends in .toml).

    Raises `UnknownInstitution`, which lists the known codes, or `ProfileError` with every fault.
    """
    path = Path(code_or_path)
    if isinstance(code_or_path, str) and path.suffix != ".toml" and path.name == code_or_path:
        path = DATA / f"{code_or_path}.toml"
        if code_or_path not in codes():
            wrong = f"is not an institution of this portal; known: {', '.join(codes())}"
            raise UnknownInstitution([Problem(code_or_path, "", wrong)])
    try:
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else "it is not UTF-8"
        raise ProfileError([Problem(str(path), "", f"cannot be read: {reason}")]) from None
    institution = read(content, file=path.name)
    if path.parent == DATA and institution.code != path.stem:
        raise ProfileError([Problem(path.name, "code", f"must be {path.stem!r}, as the file is called")])
    return institution


def read(content: str, *, file: str) -> Institution:
    """The profile in a TOML text. Raises `ProfileError`; `file` is what its problems call the text."""
    try:
        raw = tomllib.loads(content)
    except tomllib.TOMLDecodeError as fault:
        raise ProfileError([Problem(file, "", f"is not TOML: {fault}")]) from None

    faults: list[tuple[str, str]] = []
    # Notes are for people who keep the file: they may quote anything.
    filled = {key: part if key == "notes" else _fill(part, raw, key, faults) for key, part in raw.items()}
    institution = None
    try:
        institution = Institution.model_validate(filled)
    except ValidationError as error:
        faults += map(plainly, error.errors())
    faults += _references(filled)
    if institution is None or faults:
        raise ProfileError([Problem(file, key, wrong) for key, wrong in dict.fromkeys(faults)])
    return institution


def _fill(value: Any, raw: Mapping[str, Any], key: str, faults: list[tuple[str, str]]) -> Any:
    """The same value with each `{path}` in its texts replaced by the figure that stands at that path."""
    if isinstance(value, dict):
        return {name: _fill(part, raw, f"{key}.{name}", faults) for name, part in value.items()}
    if isinstance(value, list):
        return [_fill(part, raw, f"{key}.{place}", faults) for place, part in enumerate(value)]
    if not isinstance(value, str):
        return value

    def figure(match: re.Match[str]) -> str:
        found: Any = raw
        for name in match[1].split("."):
            found = _rows(found).get(name)
        if isinstance(found, bool) or not isinstance(found, int | str):
            faults.append((key, f"takes {match[0]} from the file, where there is no such figure"))
            return match[0]
        return str(found)

    return _FIGURE.sub(figure, value)


def _references(raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What names a row that is not there. Works on the raw file, so that other faults hide none of these."""
    for key, code in _walk(raw, ["forums", "*"], ""):
        known = forums.load().forums
        if isinstance(code, str) and code not in known:
            yield key, f"names {code!r}, which is no forum; known: {', '.join(known)}"
    for pattern, table in REFERENCES:
        rows = raw.get(table, {})
        for key, code in _walk(raw, pattern.split("."), ""):
            if isinstance(code, str) and isinstance(rows, dict) and code not in rows:
                yield key, unknown(code, rows, f"[{table}]")
    for key, kind in _walk_keys(raw, ("clocks", "answer")):
        if isinstance(raw.get("kinds"), dict) and kind not in raw["kinds"]:
            yield key, f"names {kind!r}, which does not stand in [kinds]"
    for table, code in NEEDED_ROWS:
        if any(True for _ in _walk(raw, table.split("."), "")) and not any(
            kind == code for _, kind in _walk_keys(raw, table.split("."))
        ):
            yield table, f"lacks a row {code!r}, which the portal relies on"
    for key, passing in _walk(raw, ["clocks", "documents", "passing"], ""):
        if passing == Passing.REFUSAL and RefusalGround.INCOMPLETE not in _rows(raw.get("refusals")):
            yield key, "says 'refusal', for which [refusals.incomplete] must give the ground"
    for key, _ in _walk(raw, ["*", "*", "code"], ""):
        yield key, "is not needed: a row is called by the name of its table"
    for key, form in _walk(raw, ["channels", str(raw.get("own_channel")), "form"], ""):
        if form != Form.WRITTEN:
            yield key, "must be 'written': what is filed in this portal is a written complaint"


def _rows(value: Any) -> Mapping[str, Any]:
    """A table by its keys, a list by its places; nothing for what is neither."""
    if isinstance(value, list):
        return {str(place): part for place, part in enumerate(value)}
    return value if isinstance(value, dict) else {}


def _walk(value: Any, pattern: list[str], key: str) -> Iterator[tuple[str, Any]]:
    """Every (key, value) that stands at a pattern."""
    if not pattern:
        yield key, value
        return
    head, *rest = pattern
    rows = _rows(value)
    for name in rows if head == "*" else (head,):
        if name in rows:
            yield from _walk(rows[name], rest, f"{key}.{name}".lstrip("."))


def _walk_keys(raw: Mapping[str, Any], path: list[str] | tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for key, table in _walk(raw, list(path), ""):
        if isinstance(table, dict):
            yield from ((f"{key}.{name}", name) for name in table)
