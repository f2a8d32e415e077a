"""How pages look, in the decoder's process: shown as pictures, hashed, and compared."""

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from . import likeness, pages, pictures
from .faults import Fault

# The longer side of a page that is shown: the smallest print of a statement can be read on it.
SHOWN = 1_200


def page(data: bytes, media: str, *, pixels: int, most: int, objects: int) -> tuple[str, bytes]:
    """One page as a picture that every browser shows, in its colours.

    `data` begins with a line of JSON that says which page, the first one is 0. The file follows.
    """
    line, _, file = data.partition(b"\n")
    number = int(json.loads(line)["page"])
    if media in pictures.FORMATS:
        if number != 0:
            raise Fault("broken")
        return pictures.jpeg(pictures.on_white(pictures.upright(file, media, SHOWN, pixels=pixels)))
    import pypdfium2

    with pypdfium2.PdfDocument(pages.flattened(file, most=most, objects=objects, only=number)) as pdf:
        return pictures.jpeg(_rendered(pdf[0], SHOWN))


def hashes(data: bytes, media: str, **limits: int) -> list[bytes]:
    """Every page's rough hashes, empty for a page on which nothing is drawn."""
    count, draw = _in_grey(data, media, likeness.HASHED, **limits)
    return [likeness.hashes(draw(number)) for number in range(count)]


def compared(data: bytes, media: str, **limits: int) -> Mapping[str, Any]:
    """Which pages of one document are in another.

    `data` begins with a line of JSON: how long the first file is, the second one's kind, and the first one's pages
    with their candidates. The two files follow.
    """
    line, _, files = data.partition(b"\n")
    told = json.loads(line)
    plates = []
    for each, kind in ((files[: told["size"]], media), (files[told["size"] :], told["media"])):
        _, draw = _in_grey(each, kind, likeness.FINE, **limits)
        plates.append(lru_cache(maxsize=8)(lambda number, draw=draw: likeness.plates(draw(number), likeness.FINE)))
    candidates = {int(page): others for page, others in told["pages"].items()}
    return {"twins": likeness.twins(candidates, *plates)}


def _in_grey(
    data: bytes, media: str, longest: int, *, pixels: int, most: int, objects: int
) -> tuple[int, Callable[[int], Any]]:
    """How many pages there are, and what draws one of them in grey, its longer side at most `longest`."""
    if media in pictures.FORMATS:
        return 1, lambda _: pictures.on_white(pictures.upright(data, media, longest, pixels=pixels)).convert("L")
    import pypdfium2

    drawing = pypdfium2.PdfDocument(pages.flattened(data, most=most, objects=objects))
    return len(drawing), lambda number: _rendered(drawing[number], longest, grayscale=True).convert("L")


def _rendered(page: Any, longest: int, **options: Any) -> Any:
    """A page of a PDF, drawn: it is as large as it says, what is drawn of it is not."""
    image = page.render(scale=longest / max(page.get_size()), **options).to_pil()
    page.close()
    return image
