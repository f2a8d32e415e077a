"""What every part of a profile is made of: lines, codes, counts, tables of rows, and texts in both languages."""

import re
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from portal.workdays.rules import Basis, Confidence

Language = Literal["id", "en"]
LANGUAGES: tuple[Language, ...] = ("id", "en")


def _one_line(value: Any) -> Any:
    # Long texts are wrapped in the file. A no-break space is meant and stays.
    return re.sub(r"[ \t\r\n]+", " ", value).strip(" ") if isinstance(value, str) else value


def _name_rows(table: Any) -> Any:
    if not isinstance(table, dict):
        return table
    return {code: row | {"code": code} if isinstance(row, dict) else row for code, row in table.items()}


def no_rows() -> Mapping[Any, Any]:
    return MappingProxyType({})


def _no_repeats(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(set(values)) < len(values):
        raise ValueError("names something twice")
    return values


Row = TypeVar("Row")
Item = TypeVar("Item")
Line = Annotated[str, BeforeValidator(_one_line), StringConstraints(min_length=1)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Count = Annotated[int, Field(strict=True, ge=1)]
Href = Annotated[str, StringConstraints(pattern=r"^https://[^\s]+$")]
Several = Annotated[tuple[Item, ...], Field(min_length=1), AfterValidator(_no_repeats)]
Table = Annotated[
    Mapping[Code, Row],
    BeforeValidator(_name_rows),
    # Frozen like everything else here.
    AfterValidator(lambda table: MappingProxyType(dict(table))),
]
FilledTable = Annotated[Table[Row], Field(min_length=1)]


class Part(BaseModel):
    """Any part of a profile: frozen, and without room for a mistyped key."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Text(Part):
    """A text in both languages; `text[lang]` in templates."""

    id: Line
    en: Line

    def in_(self, language: str) -> str:
        """The text in "id" or "en". Raises KeyError for another language."""
        if language == "id":
            return self.id
        if language == "en":
            return self.en
        raise KeyError(language)

    def __getitem__(self, language: str) -> str:
        return self.in_(language)


class Labelled(Part):
    """A name, and perhaps a hint."""

    label: Text
    hint: Text | None = None


class Named(Labelled):
    """A labelled row of a table."""

    code: Code


class Sourced(Part):
    """A figure with its source, who set it, how well it is attested and when that was last checked."""

    source: Text
    basis: Basis
    confidence: Confidence
    checked: date
