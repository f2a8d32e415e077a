"""The decoders' own process: reads one file from stdin, judges it, says so as one line of JSON, ends.

Started by `inspection` as a plain file, isolated from the portal: it imports nothing of it, has no
environment, no keys, no database, and may write no file. Whatever a hostile file makes of a decoder
happens here, and ends with this process.
"""

import io
import json
import resource
import sys
import warnings
from collections.abc import Mapping
from typing import Any, NoReturn

FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/heic": "HEIF"}
# What makes a PDF act by itself or carry something else inside.
ACTIVE = ("/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/RichMedia", "/AA", "/OpenAction", "/XFA", "/SubmitForm")


# How deep one object of a PDF is looked into.
DEPTH = 50


class Fault(Exception):
    """The file is refused; the first argument says why, in the words of `evidence.rules.Fault`."""


def confine(*, memory: int, seconds: int) -> None:
    """Bound this process before it reads the first byte: address space, processor time, no files."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def picture(data: bytes, media: str, *, pixels: int) -> Mapping[str, Any]:
    """Decode a picture whole. Its size is looked at before any pixel is."""
    from PIL import Image, UnidentifiedImageError

    if media == "image/heic":
        import pi_heif

        pi_heif.register_heif_opener(thumbnails=False)
    # Pillow only warns up to twice its limit; ours is looked at below and is exact.
    Image.MAX_IMAGE_PIXELS = pixels
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(io.BytesIO(data), formats=[FORMATS[media]]) as image:
            width, height = image.size
            if width * height > pixels:
                raise Fault("heavy")
            # A JPEG is read to its end at an eighth of its size: all of it is decoded, in little memory.
            image.draft(None, (max(1, width // 8), max(1, height // 8)))
            image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        raise Fault("heavy") from None
    except UnidentifiedImageError:
        raise Fault("broken") from None
    return {"width": width, "height": height}


def pages(data: bytes, *, most: int, objects: int) -> Mapping[str, Any]:
    """Read a PDF's structure; what is repaired by guessing beyond its end counts as cut short."""
    import pikepdf

    try:
        pdf = pikepdf.open(io.BytesIO(data), suppress_warnings=True)
    except pikepdf.PasswordError:
        raise Fault("password") from None
    with pdf:
        count = len(pdf.pages)
        if count == 0 or b"%%EOF" not in data[-4096:]:
            raise Fault("broken")
        if count > most or len(pdf.objects) > objects:
            raise Fault("heavy")
        found = {name for each in pdf.objects for name in _active(each)}
    return {"pages": count, "active": sorted(found)}


def _active(each: Any) -> set[str]:
    import pikepdf

    found: set[str] = set()
    around = [(each, 0)]
    while around:
        here, depth = around.pop()
        children: list[Any] = []
        if isinstance(here, pikepdf.Dictionary | pikepdf.Stream):
            for key, value in here.items():
                found.update(name for name in (key, str(value) if key in ("/S", "/Type") else "") if name in ACTIVE)
                children.append(value)
        elif isinstance(here, pikepdf.Array):
            children = list(here)
        # What is referred to comes by itself, as one of the file's objects.
        around += [
            (child, depth + 1)
            for child in children
            if depth < DEPTH and isinstance(child, pikepdf.Object) and not child.is_indirect
        ]
    return found


def main(media: str, memory: str, seconds: str, pixels: str, most_pages: str, objects: str) -> NoReturn:
    confine(memory=int(memory), seconds=int(seconds))
    answer: Mapping[str, Any]
    try:
        data = sys.stdin.buffer.read()
        if media in FORMATS:
            answer = picture(data, media, pixels=int(pixels))
        else:
            answer = pages(data, most=int(most_pages), objects=int(objects))
    except Fault as fault:
        answer = {"fault": fault.args[0]}
    except MemoryError:
        answer = {"fault": "heavy"}
    except Exception:
        # Decoders raise whatever their libraries do at what they cannot read; no text of it is passed on.
        answer = {"fault": "broken"}
    print(json.dumps(answer), flush=True)
    # Nothing is left to tidy up in a process that may have been led astray.
    import os

    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
