"""The papers of a case as its reader takes them along: what is in the archive, what is not, and why."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from hashlib import sha256

from portal.evidence import labels as evidence_labels
from portal.evidence.rules import UNJUDGED, Filed
from portal.institution.models import Institution
from portal.papers.rules import MANIFEST, Entry, manifest, paper_name

PAGE = {"id": "berkas.html", "en": "case-file.html"}
LISTING = {"id": "daftar.txt", "en": "list.txt"}
PAPERS = {"id": "dokumen", "en": "documents"}


@dataclass(frozen=True, slots=True)
class Paper:
    """A document in the file: its number there, and its path in the archive; None for what nobody may open (yet)."""

    number: int
    document: Filed
    purpose: str
    state: str
    path: str | None = field(repr=False)

    @property
    def name(self) -> str:
        return self.document.shown


def papers_of(documents: Iterable[Filed], profile: Institution, language: str) -> list[Paper]:
    """The documents in the order in which they came, each with the number by which page, list and archive call it.

    What the scanner has locked, or has not judged yet, is listed with its hash and state, and does not leave the
    house in an archive that others will open.
    """
    return [
        Paper(
            number=number,
            document=one,
            purpose=evidence_labels.purpose(one.purpose, profile, language),
            state=str(evidence_labels.STATES[one.scan]),
            path=None
            if one.locked or one.scan in UNJUDGED
            else f"{PAPERS[language]}/{paper_name(number, one.name, one.media)}",
        )
        for number, one in enumerate(documents, 1)
    ]


@dataclass(frozen=True, slots=True)
class Bundle:
    """What an archive holds: its own pages with their bytes, and the documents, which are read when they are due."""

    pages: tuple[tuple[Entry, bytes], ...] = field(repr=False)
    papers: tuple[tuple[Entry, Filed], ...] = field(repr=False)

    @property
    def entries(self) -> list[Entry]:
        return [entry for entry, _ in (*self.pages, *self.papers)]


def bundle(
    number: str, page: str, listing: str, papers: Iterable[Paper], language: str, *, zone: tzinfo, now: datetime
) -> Bundle:
    """The archive of a case: one folder named by its number, with the page, the list, the manifest and the documents.

    The manifest names every file but itself, by its path from the folder in which it lies.
    """
    local = now.astimezone(zone)
    texts = [(PAGE[language], page.encode()), (LISTING[language], listing.encode())]
    made = [(Entry(path, len(text), sha256(text).hexdigest(), local), text) for path, text in texts]
    held = [
        (
            Entry(one.path, one.document.size, one.document.sha256, one.document.created_at.astimezone(zone)),
            one.document,
        )
        for one in papers
        if one.path is not None
    ]
    sums = manifest([entry for entry, _ in (*made, *held)]).encode()
    made.append((Entry(MANIFEST, len(sums), sha256(sums).hexdigest(), local), sums))
    return Bundle(
        tuple((_below(number, entry), text) for entry, text in made),
        tuple((_below(number, entry), document) for entry, document in held),
    )


def _below(folder: str, entry: Entry) -> Entry:
    return Entry(f"{folder}/{entry.path}", entry.size, entry.sha256, entry.at)
