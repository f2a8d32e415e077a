"""What an objection brought, told to officers: each document beside what it repeats."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.evidence.novelty import Note, Novelty
from portal.institution.models import Institution
from portal.web import formats
from portal.workdays.rules import local_day

if TYPE_CHECKING:
    from portal.evidence.fingerprints import Compared

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
class Brought:
    """A document of an objection: its name, whether it was submitted before, and as which earlier files."""

    name: str = field(repr=False)
    looks: LazyString
    mark: str
    beside: str | None = field(repr=False)
    note: LazyString | None


def brought(compared: "Iterable[Compared]", profile: Institution, language: str) -> list[Brought]:
    """What an objection brought, each beside what it repeats (BM-40)."""
    return [
        Brought(
            name=one.document.shown,
            looks=LOOKS[one.verdict.novelty],
            mark=LOOK_MARKS[one.verdict.novelty],
            beside=_beside(one, profile, language),
            note=NOTES[one.verdict.note] if one.verdict.note else None,
        )
        for one in compared
    ]


def _beside(compared: "Compared", profile: Institution, language: str) -> str | None:
    """Beside which earlier files a document stands, by name and day."""
    twins = [
        _(
            "sent on %(day)s as %(name)s",
            day=formats.day(local_day(twin.created_at, profile.zone), language),
            name=twin.shown,
        )
        for twin in compared.verdict.twins
    ]
    return "; ".join(twins) or None
