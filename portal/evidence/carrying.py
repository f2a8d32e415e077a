"""Hands out what a PDF carries beside its pages, unpacked, so that a scanner sees it.

ClamAV reads a PDF's dictionaries only up to the first text that is written in hexadecimal digits: of a stream
whose checksum is named before its filter, as qpdf and all that is built on it write them, it looks at the
packed bytes and finds nothing.
"""

from collections.abc import Generator, Iterable, Iterator

from portal.evidence.confined import BOUNDS, Bounds, Decoding
from portal.evidence.rules import Fault, Media, NotReadable


def carried(content: Iterable[bytes], bounds: Bounds = BOUNDS) -> Generator[Iterator[bytes], None, None]:
    """Each attached file, script and form of a PDF, piece by piece; read each before you ask for the next.

    Raises `NotReadable`, like `inspection.inspect`, also for more than a hundred of them.
    """
    with Decoding("carry", content, Media.PDF, bounds) as decoding:
        try:
            sizes = [int(size) for size in decoding.answer["sizes"]]
        except (KeyError, TypeError, ValueError):
            # A decoder that was led astray says whatever it likes.
            raise NotReadable(Fault.BROKEN) from None
        for size in sizes:
            yield decoding.pieces(size)
