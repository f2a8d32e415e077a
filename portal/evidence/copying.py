"""Makes the copy of a document that officers get: the same picture or pages, made anew, and nothing beside them.

Or of one page, as a picture that a browser shows. A copy is made when it is asked for and goes straight to who
asked: it is kept nowhere.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import chain

from portal.evidence.confined import BOUNDS, Bounds, Decoding
from portal.evidence.rules import Fault, Media, NotReadable


class Copy:
    """A copy on its way: its kind, its size, its bytes once. Close it, read or not."""

    def __init__(
        self, content: Iterable[bytes], media: Media, bounds: Bounds = BOUNDS, *, page: int | None = None
    ) -> None:
        """Make it. Pictures come upright and without EXIF, pages without anything that acts or is attached.

        Of a `page`, the first one is 1, a picture of 1,200 pixels at most; a picture has one page. Raises
        `NotReadable`, like `inspection.inspect`, and for a page that there is not. Larger pictures than officers
        need come smaller.
        """
        if page is None:
            self._decoding = Decoding("copy", content, media, bounds)
        else:
            asked = json.dumps({"page": page - 1}).encode() + b"\n"
            self._decoding = Decoding("draw", chain([asked], content), media, bounds)
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
