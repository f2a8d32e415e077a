"""Whether a document was submitted before: by its bytes, and by what its pages look like. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from portal.evidence.rules import Fault, Filed

# Bits of 256 in which a page's rough hash may differ from another's that is worth a fine look: `likeness` says
# what was measured.
NEAR = 40
HALF = 32
# So many candidates of one page are looked at finely.
CANDIDATES = 5


class Novelty(StrEnum):
    """SAME: these bytes are in the case. NEAR: all that it shows is. NEW. PENDING: nobody has looked yet."""

    SAME = "same"
    NEAR = "near"
    NEW = "new"
    PENDING = "pending"


class Note(StrEnum):
    """Why a document counts as new without having been compared by its looks."""

    UNREADABLE = "unreadable"
    TOO_LONG = "too_long"
    BLANK = "blank"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of how a document looks.

    `pages` are the numbers of the pages on which something is drawn, `twins` for each document that it was
    compared with which of its pages that one has too, and as which of its own. Where `fault` is set nobody could
    look at it.
    """

    pages: Collection[int] = ()
    twins: Mapping[UUID, Mapping[int, int]] = field(default_factory=dict)
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Twin:
    """An earlier document that has what a new one shows: name and day stand in it.

    `pages` are pairs, counted from 0: a page of the new one that no twin before this has, and the page that looks
    the same; none where all bytes are the same.
    """

    document: Filed
    pages: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a document is new, and if not, which earlier ones have it.

    `twins` are in the order in which they cover the document's pages, the one that has most of them first.
    """

    novelty: Novelty
    twins: tuple[Twin, ...] = ()
    note: Note | None = None

    @property
    def counts(self) -> bool:
        """Whether it counts as a document that was not submitted before."""
        return self.novelty is Novelty.NEW


def novelty(new: Filed, earlier: Sequence[Filed], seen: Seen | None) -> Verdict:
    """What a document is beside those that came before it (BM-40, SQ-30).

    The same bytes under any name are SAME. A document all of whose pages are found in earlier ones, in whatever
    order and even in several of them, is NEAR; one page that is in none makes it NEW. What nobody can look at is
    NEW with a note: it is for an officer to judge, and never refused. A page on which nothing is drawn decides
    nothing. `seen` is None as long as nobody has looked at it, or at one of the earlier ones.
    """
    same = next((one for one in earlier if one.sha256 == new.sha256), None)
    if same is not None:
        return Verdict(Novelty.SAME, (Twin(same),))
    if new.locked:
        return Verdict(Novelty.NEW, note=Note.LOCKED)
    if seen is None:
        return Verdict(Novelty.PENDING)
    if seen.fault is not None:
        return Verdict(Novelty.NEW, note=Note.TOO_LONG if seen.fault is Fault.HEAVY else Note.UNREADABLE)
    if not seen.pages:
        return Verdict(Novelty.NEW, note=Note.BLANK)
    left, twins = set(seen.pages), []
    # The sort keeps the order in which they came: of two that have as much, the first one is named.
    for one in sorted(earlier, key=lambda one: -len(left & set(seen.twins.get(one.id, ())))):
        theirs = seen.twins.get(one.id, {})
        if covered := left & set(theirs):
            twins.append(Twin(one, tuple((page, theirs[page]) for page in sorted(covered))))
            left -= covered
    return Verdict(Novelty.NEW) if left else Verdict(Novelty.NEAR, tuple(twins))


def candidates(pages: Sequence[bytes], others: Sequence[bytes]) -> dict[int, list[int]]:
    """For each page that something is drawn on the other document's pages that may be the same, the likeliest first.

    A page's hashes are those of the whole page and of what is drawn on it; one that is near is enough.
    """
    found: dict[int, list[int]] = {}
    for number, page in enumerate(pages):
        far = {at: _far(page, other) for at, other in enumerate(others) if page and other}
        near = sorted((at for at in far if far[at] <= NEAR), key=lambda at: far[at])
        # Copies keep their order: beside those that look likest, the one at the same place.
        chosen = near[:CANDIDATES]
        if number in near and number not in chosen:
            chosen.append(number)
        if chosen:
            found[number] = chosen
    return found


def _far(page: bytes, other: bytes) -> int:
    return min(_bits(page[at : at + HALF], other[at : at + HALF]) for at in (0, HALF))


def _bits(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count()


def drawn(pages: Iterable[bytes]) -> list[int]:
    """The numbers of the pages on which something is drawn."""
    return [number for number, page in enumerate(pages) if page]
