"""What a document is: kinds, states, faults, limits, and how a name is shown. Pure."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any
from uuid import UUID

MB = 1024 * 1024
# The purpose of what the profile does not name. No code of a profile contains a hyphen.
OTHER = "other-evidence"
# The purpose of a file that we send to a customer: none of the documents that a complaint can need.
FROM_US = "from-us"
# The longest name that a file system gives a file; in characters, so that no script comes off worse.
LONGEST_NAME = 255
# The beginning of a file that `sniff` needs. PDF readers look for their mark as far as this.
SNIFFED_BYTES = 1024


class Media(StrEnum):
    """The kinds of file that are accepted, by their media type."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    HEIC = "image/heic"
    PDF = "application/pdf"


class ScanState(StrEnum):
    """What the scanner has said. `UNAVAILABLE` is never clean; `NOT_SCANNED`: this deployment has no scanner."""

    WAITING = "waiting"
    CLEAN = "clean"
    INFECTED = "infected"
    UNAVAILABLE = "unavailable"
    NOT_SCANNED = "not_scanned"


# What the scanner still has to judge.
UNJUDGED = frozenset({ScanState.WAITING, ScanState.UNAVAILABLE})


class Right(IntEnum):
    """How much of a folder's documents somebody may have, in this order: nothing, our copies, or their own back."""

    NONE = 0
    COPY = 1
    ORIGINAL = 2


def given(right: Right, scan: ScanState) -> Right:
    """How much of one document that right gives now; the scanner's word narrows or widens it.

    What is infected nobody opens. Whoever sent a file may have it back in every other state: they have it
    anyway. Everybody else gets the original once a scanner has called it clean, a copy that we made where
    this deployment has no scanner, and nothing while it is still to be judged.
    """
    if scan is ScanState.INFECTED or right is Right.NONE:
        return Right.NONE
    if right is Right.ORIGINAL or scan is ScanState.CLEAN:
        return Right.ORIGINAL
    return Right.COPY if scan is ScanState.NOT_SCANNED else Right.NONE


class Fault(StrEnum):
    """Why a file was not taken; each has a sentence of its own."""

    NONE = "none"
    TYPE = "type"
    SIZE = "size"
    DELIVERY_SIZE = "delivery_size"
    EMPTY = "empty"
    TOO_MANY = "too_many"
    CASE_FULL = "case_full"
    PASSWORD = "password"
    BROKEN = "broken"
    HEAVY = "heavy"
    TWICE = "twice"
    FAILED = "failed"


class NotReadable(Exception):
    """A file that the decoder refuses; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is taken: bytes and numbers, each inclusive."""

    file_bytes: int
    delivery_files: int
    delivery_bytes: int
    case_files: int
    case_bytes: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the decoder found: the kind of file, and facts about it that tell nothing of a person."""

    media: Media
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stored:
    """Bytes that lie sealed in the storage and have no row yet."""

    storage: str
    size: int
    sha256: bytes


@dataclass(frozen=True, slots=True)
class Arrived:
    """One file of a delivery: what came of it. Without a fault it has been stored and judged."""

    name: str = field(repr=False)
    fault: Fault | None = None
    stored: Stored | None = None
    verdict: Verdict | None = None
    # The name under which the same bytes were added before.
    same_as: str | None = field(default=None, repr=False)


def proofs(done: Iterable[Arrived]) -> list[dict[str, object]]:
    """What a history keeps of each file that was taken: the hash and size that prove it."""
    taken = (one.stored for one in done if one.stored and not one.fault)
    return [{"sha256": one.sha256.hex(), "size": one.size} for one in taken]


@dataclass(frozen=True, slots=True)
class Filed:
    """A document as its owner sees it. `name` is as it was sent, `shown` harmless; `sha256` is its content's hash.

    `added_by`: the party that added it to the complaint; None for what came when it was filed. `sent_by`: the
    officer who sent it to the customer; None for all that the customer's side brought.
    """

    id: UUID
    folder_id: UUID
    delivery_id: UUID
    purpose: str
    added_by: UUID | None
    name: str = field(repr=False)
    storage: str = field(repr=False)
    sha256: str
    size: int
    media: Media
    scan: ScanState
    created_at: datetime
    sent_by: UUID | None = None

    @property
    def shown(self) -> str:
        return shown_name(self.name)

    @property
    def locked(self) -> bool:
        """Nobody opens it, so it shows nothing to anybody."""
        return self.scan is ScanState.INFECTED


def purposes_of(documents: Iterable[Filed]) -> set[str]:
    """What these documents show. A locked one shows nothing: another one is needed in its place."""
    return {one.purpose for one in documents if not one.locked}


# ── kinds ────────────────────────────────────────────────────────────────────────────────────────

# The brands by which a HEIF container says that its picture is coded as HEVC; the general ones; and those of
# another coding, which bear the general ones too.
HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"})
HEIF_BRANDS = frozenset({b"mif1", b"msf1"})
AVIF_BRANDS = frozenset({b"avif", b"avis"})


def sniff(head: bytes) -> Media | None:
    """The kind of file that these first bytes announce; the decoder has the last word.

    A PDF may have other bytes before its mark, as every reader allows, but not those of another kind.
    """
    if head.startswith(b"\xff\xd8\xff"):
        return Media.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Media.PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Media.WEBP
    if head[4:8] == b"ftyp":
        length = min(int.from_bytes(head[:4], "big"), len(head))
        brands = {head[8:12], *(head[at : at + 4] for at in range(16, length, 4))}
        return Media.HEIC if brands & HEIC_BRANDS or (brands & HEIF_BRANDS and not brands & AVIF_BRANDS) else None
    # A page of HTML that mentions the mark is no PDF.
    if b"%PDF-" in head[:SNIFFED_BYTES] and head.lstrip()[:1] != b"<":
        return Media.PDF
    return None


# ── names ────────────────────────────────────────────────────────────────────────────────────────

# Between letters of some scripts and in emoji these two are spelling, not concealment.
JOINERS = frozenset("\u200c\u200d")
CONCEALED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def file_name(sent: str) -> str:
    """The name of a file as it was sent, whole, without the folders that some browsers put before it."""
    last = sent.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    return last.encode("utf-8", "replace").decode()[:LONGEST_NAME]


def shown_name(name: str) -> str:
    """A name as it may be shown: control and direction characters are replaced, so that none hides a part.

    `invoice<RLO>gpj.exe` would else read as `invoiceexe.jpg`.
    """
    harmless = "".join("\ufffd" if _conceals(sign) else sign for sign in name)
    return harmless.strip() or "\ufffd"


def _conceals(sign: str) -> bool:
    """Whether a sign is not seen itself; no text may hold those that Unicode has set aside for no sign at all."""
    if unicodedata.category(sign) in CONCEALED:
        return sign not in JOINERS
    return ord(sign) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(sign) <= 0xFDEF


ENDINGS: Mapping[Media, str] = {
    Media.JPEG: "jpg",
    Media.PNG: "png",
    Media.WEBP: "webp",
    Media.HEIC: "heic",
    Media.PDF: "pdf",
}


def copy_name(name: str, word: str, media: Media) -> str:
    """The name of our copy of a file: it says that it is one, and ends as its own kind does.

    `word` says "copy", or which page, in the reader's language: `nota.heic` becomes `nota (copy).jpg`.
    """
    shown = shown_name(name)
    stem, dot, ending = shown.rpartition(".")
    return f"{stem if dot and stem and len(ending) <= 5 else shown} ({word}).{ENDINGS[media]}"


# ── pages ────────────────────────────────────────────────────────────────────────────────────────


def pages_of(facts: Mapping[str, Any]) -> int:
    """How many pages a document has by what the decoder found; a picture is one."""
    return int(facts.get("pages", 1))


# ── how much ─────────────────────────────────────────────────────────────────────────────────────


def fits(limits: Limits, *, files: int, size: int, more: int) -> bool:
    """Whether a case with so many files and bytes can take one more file of `more` bytes."""
    return files < limits.case_files and size + more <= limits.case_bytes
