"""What a profile is made of: the parts of any file of facts, and a figure with its source."""

from datetime import date

from portal.datafiles import (
    LANGUAGES,
    Code,
    Codes,
    Count,
    FilledTable,
    Href,
    Item,
    Labelled,
    Language,
    Line,
    Named,
    Part,
    Row,
    Several,
    Table,
    Text,
    no_rows,
)
from portal.workdays.rules import Basis, Confidence

__all__ = [
    "LANGUAGES",
    "Code",
    "Codes",
    "Count",
    "FilledTable",
    "Href",
    "Item",
    "Labelled",
    "Language",
    "Line",
    "Named",
    "Part",
    "Row",
    "Several",
    "Sourced",
    "Table",
    "Text",
    "no_rows",
]


class Sourced(Part):
    """A figure with its source, who set it, how well it is attested and when that was last checked."""

    source: Text
    basis: Basis
    confidence: Confidence
    checked: date
