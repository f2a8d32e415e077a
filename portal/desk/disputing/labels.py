"""What an objection brought, told to officers: each document beside what it repeats."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.evidence import labels as evidence_labels
from portal.evidence.labels import Line
from portal.evidence.novelty import Note, Novelty
from portal.evidence.rules import Media, Right
from portal.institution.models import Institution

if TYPE_CHECKING:
    from portal.evidence.fingerprints import Compared
    from portal.evidence.rules import Filed

LOOKS: Mapping[Novelty, LazyString] = {
    Novelty.SAME: _l("Submitted before"),
    Novelty.NEAR: _l("Shows what was submitted before"),
    Novelty.NEW: _l("Not submitted before"),
    Novelty.PENDING: _l("Still being compared"),
}
LOOK_MARKS: Mapping[Novelty, str] = {
    Novelty.SAME: "late",
    Novelty.NEAR: "late",
    Novelty.NEW: "done",
    Novelty.PENDING: "wait",
}
NOTES: Mapping[Note, LazyString] = {
    Note.UNREADABLE: _l("It could not be compared: look at it yourself."),
    Note.TOO_LONG: _l("It has too many pages to be compared: look at it yourself."),
    Note.BLANK: _l("Nothing is drawn on it: look at it yourself."),
    Note.LOCKED: _l("It is locked, and nobody opens it."),
}


@dataclass(frozen=True, slots=True)
class Side:
    """One of two files that stand beside each other. `drawn`: a page can show it, which a PDF's copy cannot be."""

    line: Line
    drawn: bool


@dataclass(frozen=True, slots=True)
class Brought:
    """A document of an objection: whether it was submitted before, and the earlier files that have all it shows."""

    side: Side
    looks: LazyString
    mark: str
    twins: tuple[Side, ...]
    note: LazyString | None


def brought(compared: "Iterable[Compared]", profile: Institution, language: str) -> list[Brought]:
    """What an objection brought, each beside what it repeats (BM-40)."""
    return [
        Brought(
            side=_side(one.document, profile, language),
            looks=LOOKS[one.verdict.novelty],
            mark=LOOK_MARKS[one.verdict.novelty],
            twins=tuple(_side(twin, profile, language) for twin in one.verdict.twins),
            note=NOTES[one.verdict.note] if one.verdict.note else None,
        )
        for one in compared
    ]


def _side(document: "Filed", profile: Institution, language: str) -> Side:
    (line,) = evidence_labels.lines([document], profile, language, right=Right.COPY)
    return Side(line, document.media is not Media.PDF)
