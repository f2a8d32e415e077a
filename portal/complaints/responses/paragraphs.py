"""The paragraphs that officers put into their responses: kept by administrators in both languages.

Nothing is overwritten: each change is a row of its own, and the newest holds.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from portal.accounts.rules import Officer
from portal.complaints.responses.models import Paragraph
from portal.db import Session, uuid7
from portal.web import formats

# What a paragraph may hold, filled in when it is inserted: the registration number, the customer's name, and the
# day by which we answer.
PLACEHOLDERS = ("number", "name", "due_on")
_BRACED = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Canned:
    """A paragraph as it stands: title and text by language, and who changed it last."""

    paragraph_id: UUID
    title: Mapping[str, str]
    text: Mapping[str, str]
    retired: bool
    officer_id: UUID
    at: datetime


class UnknownPlaceholder(Exception):
    """A text holds a placeholder that nobody fills in; `name` is the first of them."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class NoParagraph(Exception):
    """There is no paragraph with this id."""


def paragraphs(session: Session, *, retired: bool = False) -> list[Canned]:
    """The paragraphs that hold, in the order in which they were first written; with `retired` the others too."""
    found = [versions[-1] for versions in _by_paragraph(session).values()]
    return [one for one in found if retired or not one.retired]


def versions_of(session: Session, paragraph_id: UUID) -> list[Canned]:
    """What a paragraph was, the newest first. Raises `NoParagraph`."""
    found = _by_paragraph(session, paragraph_id).get(paragraph_id)
    if found is None:
        raise NoParagraph
    return found[::-1]


def write(
    session: Session,
    *,
    paragraph_id: UUID | None,
    title: Mapping[str, str],
    text: Mapping[str, str],
    retired: bool = False,
    officer: Officer,
    now: datetime,
) -> UUID:
    """Write a new paragraph, change one, retire it or take it back into use; returns its id.

    Raises `UnknownPlaceholder`, `NoParagraph`.
    """
    for one in text.values():
        for name in _BRACED.findall(one):
            if name not in PLACEHOLDERS:
                raise UnknownPlaceholder(name)
    if paragraph_id is not None:
        versions_of(session, paragraph_id)
    row = Paragraph(
        paragraph_id=paragraph_id or uuid7(),
        title_id=title["id"],
        title_en=title["en"],
        text_id=text["id"],
        text_en=text["en"],
        retired=retired,
        officer_id=officer.id,
        at=now,
    )
    session.add(row)
    session.flush()
    return row.paragraph_id


def fill(text: str, *, number: str, name: str, due_on: date | None, language: str) -> str:
    """A paragraph's text with its placeholders filled in; without a date that one stays, for the officer to replace."""
    told = {"number": number, "name": name, "due_on": formats.day(due_on, language) if due_on else "{due_on}"}
    return _BRACED.sub(lambda found: told.get(found[1], found[0]), text)


def _by_paragraph(session: Session, paragraph_id: UUID | None = None) -> dict[UUID, list[Canned]]:
    asked = sa.select(Paragraph).order_by(Paragraph.id)
    rows: Sequence[Paragraph] = session.scalars(
        asked.where(Paragraph.paragraph_id == paragraph_id) if paragraph_id else asked
    ).all()
    found: dict[UUID, list[Canned]] = {}
    for row in rows:
        told = Canned(
            row.paragraph_id,
            {"id": row.title_id, "en": row.title_en},
            {"id": row.text_id, "en": row.text_en},
            row.retired,
            row.officer_id,
            row.at,
        )
        found.setdefault(row.paragraph_id, []).append(told)
    return found
