"""Looks at pages, in the decoder's process: the rough hashes of one document, and which pages two have in common."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from portal.evidence.confined import BOUNDS, Bounds, Decoding
from portal.evidence.rules import Fault, Media, NotReadable

# Every page is drawn, which nobody waits for; a document of more pages is not compared page by page.
LOOKING = replace(BOUNDS, processor_seconds=150, seconds=300.0, pages=300)


def hashes(content: Iterable[bytes], media: Media, bounds: Bounds = LOOKING) -> list[bytes]:
    """Every page's rough hashes, 64 bytes; empty for a page on which nothing is drawn. Raises `NotReadable`."""
    with Decoding("hash", content, media, bounds) as decoding:
        try:
            sizes = [int(size) for size in decoding.answer["sizes"]]
        except (KeyError, TypeError, ValueError):
            # A decoder that was led astray says whatever it likes.
            raise NotReadable(Fault.BROKEN) from None
        if len(sizes) > bounds.pages or not set(sizes) <= {0, 64}:
            raise NotReadable(Fault.BROKEN)
        return [b"".join(decoding.pieces(size)) for size in sizes]


def twins(
    first: Iterable[bytes],
    media: Media,
    size: int,
    second: Iterable[bytes],
    other: Media,
    pages: Mapping[int, Sequence[int]],
    bounds: Bounds = LOOKING,
) -> dict[int, int]:
    """Which pages of the first document, of so many bytes, look the same as one of the second, looked at finely.

    `pages` are the pages to look at, each with its candidates, the likeliest first. Raises `NotReadable`.
    """
    with Decoding("compare", _both(first, size, second, other, pages), media, bounds) as decoding:
        try:
            found = {int(page): int(twin) for page, twin in decoding.answer["twins"].items()}
        except (KeyError, TypeError, ValueError, AttributeError):
            raise NotReadable(Fault.BROKEN) from None
    if not all(twin in pages.get(page, ()) for page, twin in found.items()):
        raise NotReadable(Fault.BROKEN)
    return found


def _both(
    first: Iterable[bytes], size: int, second: Iterable[bytes], other: Media, pages: Mapping[int, Sequence[int]]
) -> Iterator[bytes]:
    yield json.dumps({"size": size, "media": other, "pages": pages}).encode() + b"\n"
    yield from first
    yield from second
