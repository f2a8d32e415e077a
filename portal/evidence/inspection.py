"""Judges a file by content: the decoder's last word."""

from collections.abc import Iterable

from portal.evidence.confined import BOUNDS, Bounds, Decoding
from portal.evidence.rules import Media, Verdict


def inspect(content: Iterable[bytes], media: Media, bounds: Bounds = BOUNDS) -> Verdict:
    """What the decoder says of a file that announces itself as `media`.

    Raises `NotReadable` with `PASSWORD`, `BROKEN` or `HEAVY` (it needs more pixels, pages, memory or time
    than we allow).
    """
    with Decoding("judge", content, media, bounds) as decoding:
        return Verdict(media, decoding.answer)
