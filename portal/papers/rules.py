"""What a bundle of papers holds: names that every system can store, and the list by which it is checked. Pure."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from portal.evidence.rules import ENDINGS, Media, shown_name

MANIFEST = "SHA256SUMS"
# Windows counts 260 signs from the drive on, others 255 bytes for a name alone.
LONGEST_STEM, LONGEST_BYTES = 80, 160
# What Windows keeps for itself, and what a shell or a web page would read as something else.
FORBIDDEN = frozenset('<>:"/\\|?*`$\ufffd')
# Other ways in which a kind's ending is written.
ENDS: dict[Media, frozenset[str]] = {
    media: frozenset(
        {ending, "jpeg", "jpe"} if media is Media.JPEG else {ending, "heif"} if ending == "heic" else {ending}
    )
    for media, ending in ENDINGS.items()
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the bundle: its path in it, how long it is, its hash in hexadecimal digits, and its moment.

    `at` is a local time: that is how archives date their files.
    """

    path: str
    size: int
    sha256: str
    at: datetime


def paper_name(number: int, name: str, media: Media) -> str:
    """The name of a document in the bundle: `007-struk transfer.jpg`.

    Numbered, so that no two are the same and none is a name that Windows keeps for a device; composed (NFC),
    without separators, control and direction characters, and signs that a system forbids; at most so long that
    it can be unpacked anywhere, and with the ending of its kind.
    """
    harmless = unicodedata.normalize("NFC", shown_name(name))
    stem, dot, ending = harmless.rpartition(".")
    if not dot or ending.casefold() not in ENDS[media]:
        stem, ending = harmless, ENDINGS[media]
    stem = "".join("_" if sign in FORBIDDEN or unicodedata.category(sign)[0] == "C" else sign for sign in stem)
    # No system likes a dot or a space at the end, and some drop it.
    stem = " ".join(stem.split())[:LONGEST_STEM].encode()[:LONGEST_BYTES].decode(errors="ignore").strip(". ")
    return f"{number:03d}-{stem or ENDINGS[media]}.{ending.lower()}"


def manifest(entries: Iterable[Entry]) -> str:
    """The list that `sha256sum -c` checks; two spaces and the path stand behind each hash."""
    return "".join(f"{entry.sha256}  {entry.path}\n" for entry in entries)
