"""Makes the copy of a document that officers get: the same picture or pages, made anew, and nothing beside them.

A copy is made when it is asked for and goes straight to who asked: it is kept nowhere.
"""

from collections.abc import Iterable, Iterator

from portal.evidence.confined import BOUNDS, Bounds, Decoding
from portal.evidence.rules import Fault, Media, NotReadable


class Copy:
    """A copy on its way: its kind, its size, its bytes once. Close it, read or not."""

    def __init__(self, content: Iterable[bytes], media: Media, bounds: Bounds = BOUNDS) -> None:
        """Make it. Pictures come upright and without EXIF, pages without anything that acts or is attached.

        Raises `NotReadable`, like `inspection.inspect`. Larger pictures than officers need come smaller.
        """
        self._decoding = Decoding("copy", content, media, bounds)
        try:
            self.media = Media(self._decoding.answer["media"])
            self.size = int(self._decoding.answer["size"])
        except (KeyError, TypeError, ValueError):
            # A decoder that was led astray says whatever it likes.
            self.close()
            raise NotReadable(Fault.BROKEN) from None
        self._pieces = self._whole()

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces

    def _whole(self) -> Iterator[bytes]:
        yield from self._decoding.pieces(self.size)
        # The last byte was fetched: nothing of it need wait for whoever serves it to come to an end.
        self.close()

    def close(self) -> None:
        """What serves an answer calls it at the end, also where nobody read a byte."""
        self._decoding.close()
