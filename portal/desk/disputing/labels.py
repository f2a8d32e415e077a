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
    from portal.evidence.novelty import Twin
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
    """A page of one of two files that stand beside each other. `page`: its number, where a file can have several."""

    line: Line
    page: int | None


@dataclass(frozen=True, slots=True)
class Beside:
    """An earlier file that has what another shows: pairs of pages that look the same, the new one's and its own.

    The first page of each where the two files are the same.
    """

    line: Line
    pairs: tuple[tuple[Side, Side], ...]


@dataclass(frozen=True, slots=True)
class Brought:
    """A document of an objection: whether it was submitted before, and the earlier files that have all it shows."""

    line: Line
    looks: LazyString
    mark: str
    twins: tuple[Beside, ...]
    note: LazyString | None


def brought(compared: "Iterable[Compared]", profile: Institution, language: str) -> list[Brought]:
    """What an objection brought, each beside what it repeats (BM-40)."""

    def beside(new: "Filed", twin: "Twin") -> Beside:
        pairs = twin.pages or ((0, 0),)
        ours, theirs = (_line(one, profile, language) for one in (new, twin.document))
        sides = ((_side(new, ours, page), _side(twin.document, theirs, other)) for page, other in pairs)
        return Beside(theirs, tuple(sides))

    return [
        Brought(
            line=_line(one.document, profile, language),
            looks=LOOKS[one.verdict.novelty],
            mark=LOOK_MARKS[one.verdict.novelty],
            twins=tuple(beside(one.document, twin) for twin in one.verdict.twins),
            note=NOTES[one.verdict.note] if one.verdict.note else None,
        )
        for one in compared
    ]


def _line(document: "Filed", profile: Institution, language: str) -> Line:
    (line,) = evidence_labels.lines([document], profile, language, right=Right.COPY)
    return line


def _side(document: "Filed", line: Line, page: int) -> Side:
    return Side(line, page + 1 if document.media is Media.PDF else None)
