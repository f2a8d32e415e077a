"""What the portal's files of facts are made of, and how what is wrong with one is told.

Such a file is TOML with both languages in it: lines, codes, counts, tables of rows, texts, addresses.
Every fault is told with the file and the key at which it stands.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StringConstraints,
    ValidationInfo,
    field_validator,
)
from pydantic_core import ErrorDetails

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
# Rows of another table, each named once.
Codes = Annotated[tuple[Code, ...], AfterValidator(_no_repeats)]
FilledTable = Annotated[Table[Row], Field(min_length=1)]


class Part(BaseModel):
    """Any part of a file: frozen, and without room for a mistyped key."""

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


class AddressKind(StrEnum):
    TEL = "tel"
    MAILTO = "mailto"
    URL = "url"
    TEXT = "text"


class Address(Part):
    """One way to reach a channel. `shown` is how it is written for people, `label` what sets it apart.

    An address that could not be confirmed as the institution's own carries `verified = false`.
    """

    kind: AddressKind
    value: Line
    shown: Line | None = None
    label: Text | None = None
    verified: StrictBool = True

    @field_validator("value")
    @classmethod
    def _fit_kind(cls, value: str, info: ValidationInfo) -> str:
        form, example = {
            AddressKind.TEL: (r"\+?[0-9]{3,15}", "digits, with a + before a country code"),
            AddressKind.MAILTO: (r"[^@\s]+@[^@\s]+\.[^@\s.]+", "an e-mail address"),
            AddressKind.URL: (r"https://[^\s]+", "an address that begins with https://"),
        }.get(info.data.get("kind", AddressKind.TEXT), (r".*", ""))
        if not re.fullmatch(form, value):
            raise ValueError(f"must be {example}")
        return value

    @property
    def text(self) -> str:
        """What people read."""
        return self.shown or self.value

    @property
    def href(self) -> str | None:
        """What a link needs, or None where there is nothing to follow."""
        if self.kind is AddressKind.TEXT:
            return None
        return self.value if self.kind is AddressKind.URL else f"{self.kind}:{self.value}"


class Problem(NamedTuple):
    """One fault of a file: in which file, at which key, and what is wrong."""

    file: str
    key: str
    wrong: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.wrong}" if self.key else f"{self.file}: {self.wrong}"


class Unusable(Exception):
    """A file of facts cannot be used; `problems` says everything that is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


# What TOML has, by what pydantic calls its absence.
_SHAPES = {
    **dict.fromkeys(("bool_type", "bool_parsing"), "true or false"),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "a whole number, without quotes"),
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
        "a day, for example 2026-11-21",
    ),
    **dict.fromkeys(("string_type",), "a text in quotes"),
    **dict.fromkeys(("tuple_type", "list_type"), "a list in square brackets"),
    **dict.fromkeys(("dict_type", "mapping_type", "model_type", "model_attributes_type"), "a table"),
}
_LANGUAGES = {"id": "the Indonesian text is missing", "en": "the English text is missing"}


def plainly(error: ErrorDetails) -> tuple[str, str]:
    """Pydantic's finding as (key, what is wrong) in plain words."""
    names = [str(part) for part in error["loc"] if part != "[key]"]
    context = error.get("ctx", {})
    match error["type"]:
        case "missing":
            wrong = _LANGUAGES.get(names[-1], "is missing")
        case "extra_forbidden":
            wrong = "is not a key that is known here"
        case "enum" | "literal_error":
            wrong = f"must be {context['expected']}, not {error['input']!r}"
        case "zoneinfo_str":
            wrong = f"{error['input']!r} is not a time zone"
        case "greater_than_equal":
            wrong = f"must be at least {context['ge']}, not {error['input']}"
        case "string_too_short":
            wrong = "is empty"
        case "string_pattern_mismatch":
            wrong = f"{error['input']!r} does not fit {context['pattern']}"
        case "too_short":
            wrong = "is empty"
        case "string_too_long":
            wrong = f"is longer than {context['max_length']} characters"
        case "value_error":
            wrong = str(context["error"])
        case kind if kind in _SHAPES:
            wrong = f"must be {_SHAPES[kind]}"
        case _:
            wrong = error["msg"][0].lower() + error["msg"][1:]
    return ".".join(names), wrong
