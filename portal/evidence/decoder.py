"""The decoders' own process: reads one file from stdin, judges, copies or unpacks it, and ends.

Or waits, with its libraries loaded, and forks such a process for every file that is handed to it.

Started by `waiting` as a plain file, isolated from the portal: it imports nothing of it, has no
environment, no keys, no database, and may write no file. Whatever a hostile file makes of a decoder
happens here, and ends with this process.

It answers with one line of JSON: {"fault": …}, or what it found. A copy's line tells its kind and size, that
of what a file carries the sizes of all parts, that of a file's hashes how long each page's are; the bytes follow.
"""

import contextlib
import gc
import importlib.util
import io
import json
import os
import resource
import signal
import socket
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NoReturn

FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/heic": "HEIF"}
# What makes a PDF act by itself or carry something else inside.
ACTIVE = ("/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/RichMedia", "/AA", "/OpenAction", "/XFA", "/SubmitForm")

# How deep one object of a PDF is looked into.
DEPTH = 50

# A copied picture's longer side: every line of a photographed page can be read, and it always fits the memory.
LONGEST = 6_000
QUALITY = 90

# What a copied page is made of; everything else of a page acts, points elsewhere, or describes.
PAGE = {"/Type", "/Parent", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Resources", "/Contents", "/Group"}
# More attachments than this are an archive, not a document.
PARTS = 100
# What a stream that a page draws may carry along beside what is drawn.
CARRIED = {"/AF", "/Alternates", "/Measure", "/Metadata", "/OPI", "/PieceInfo", "/PS", "/PtData", "/Ref"}


class Fault(Exception):
    """The file is refused; the first argument says why, in the words of `evidence.rules.Fault`."""


def confine(*, memory: int, seconds: int) -> None:
    """Bound this process before it reads the first byte: address space, processor time, no files."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


# ── pictures ─────────────────────────────────────────────────────────────────────────────────────


def _opened(data: bytes, media: str, *, pixels: int) -> Any:
    """A picture that is not decoded yet. Its size is looked at before any pixel is."""
    from PIL import Image, UnidentifiedImageError

    if media == "image/heic":
        import pi_heif

        pi_heif.register_heif_opener(thumbnails=False)
    # Pillow only warns up to twice its limit; ours is looked at below and is exact.
    Image.MAX_IMAGE_PIXELS = pixels
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        image = Image.open(io.BytesIO(data), formats=[FORMATS[media]])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Fault("heavy") from None
    except UnidentifiedImageError:
        raise Fault("broken") from None
    if image.size[0] * image.size[1] > pixels:
        raise Fault("heavy")
    return image


def judge_picture(data: bytes, media: str, *, pixels: int) -> Mapping[str, Any]:
    """Decode a picture whole."""
    with _opened(data, media, pixels=pixels) as image:
        width, height = image.size
        # A JPEG is read to its end at an eighth of its size: all of it is decoded, in little memory.
        image.draft(None, (max(1, width // 8), max(1, height // 8)))
        image.load()
    return {"width": width, "height": height}


def copy_picture(data: bytes, media: str, *, pixels: int) -> tuple[str, bytes]:
    """The picture anew from its pixels: upright, in plain colours, and nothing of what came beside them."""
    from PIL import ImageOps

    with _opened(data, media, pixels=pixels) as image:
        # Of a larger JPEG only as much is decoded as the copy needs.
        image.thumbnail((LONGEST, LONGEST), reducing_gap=1.0)
        ImageOps.exif_transpose(image, in_place=True)
        drawn = _plain(image)
        # Comments, profiles and places hang on a picture in Pillow too; some encoders would write them again.
        drawn.info.clear()
        copy = io.BytesIO()
        if media == "image/png" or "A" in drawn.getbands():
            drawn.save(copy, "PNG")
            return "image/png", copy.getvalue()
        drawn.save(copy, "JPEG", quality=QUALITY)
        return "image/jpeg", copy.getvalue()


def _plain(image: Any) -> Any:
    """The picture in grey or in the colours that every screen shows, with its transparency if it has any."""
    from PIL import ImageCms

    if image.mode.startswith("I"):
        # Sixteen bits of grey: cut to eight they would all be white.
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    profile = image.info.get("icc_profile")
    see_through = image.has_transparency_data
    if image.mode in ("1", "L") and not see_through:
        return image
    if profile and image.mode in ("RGB", "CMYK"):
        # A profile that is none, or one of another kind of picture, says nothing about this one.
        with contextlib.suppress(ImageCms.PyCMSError, OSError):
            told, wanted = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
            return ImageCms.profileToProfile(image, told, wanted, outputMode="RGB")
    mode = "RGBA" if see_through else "RGB"
    return image if image.mode == mode else image.convert(mode)


# ── pages ────────────────────────────────────────────────────────────────────────────────────────


def _read(data: bytes, *, most: int, objects: int) -> Any:
    """A PDF's structure; what is repaired by guessing beyond its end counts as cut short."""
    import pikepdf

    try:
        pdf = pikepdf.open(io.BytesIO(data), suppress_warnings=True)
    except pikepdf.PasswordError:
        raise Fault("password") from None
    count = len(pdf.pages)
    if count == 0 or b"%%EOF" not in data[-4096:]:
        raise Fault("broken")
    if count > most or len(pdf.objects) > objects:
        raise Fault("heavy")
    return pdf


def judge_pages(data: bytes, *, most: int, objects: int) -> Mapping[str, Any]:
    """Count the pages, and see what would act."""
    with _read(data, most=most, objects=objects) as pdf:
        found = {name for each in pdf.objects for name in _active(each)}
        return {"pages": len(pdf.pages), "active": sorted(found)}


def copy_pages(data: bytes, *, most: int, objects: int) -> tuple[str, bytes]:
    """What the pages draw, page by page in a new PDF: no action, script, form, link, attachment or description.

    What stands in a form or in a remark is drawn into its page first: a statement that was filled in is
    evidence.
    """
    import pikepdf

    with _read(data, most=most, objects=objects) as source, pikepdf.new() as made:
        source.generate_appearance_streams()
        source.flatten_annotations("screen")
        for page in source.pages:
            for name in set(page.obj.keys()) - PAGE:
                del page.obj[name]
            made.pages.append(page)
        for each in made.objects:
            for inside, _ in _around(each):
                _clean(inside)
        copy = io.BytesIO()
        made.save(copy, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return "application/pdf", copy.getvalue()


def carried(data: bytes, *, most: int, objects: int) -> list[bytes]:
    """What a PDF carries beside its pages, unpacked: attached files, scripts and forms, each once."""
    import pikepdf

    found: dict[Any, bytes] = {}
    with _read(data, most=most, objects=objects) as pdf:
        for each in pdf.objects:
            for inside, _ in _around(each):
                for part in _parts(inside):
                    try:
                        found.setdefault(part.objgen, part.read_bytes())
                    except pikepdf.PdfError:
                        # Packed in a way that only its reader knows: then as it is.
                        found[part.objgen] = part.read_raw_bytes()
    if len(found) > PARTS:
        raise Fault("heavy")
    return list(found.values())


def _parts(each: Any) -> Iterator[Any]:
    """The streams that one object carries: it is one itself, or names it as one."""
    import pikepdf

    if isinstance(each, pikepdf.Stream) and each.get("/Type") == "/EmbeddedFile":
        yield each
    if isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
        files = each.get("/EF")
        named: list[Any] = [value for _, value in files.items()] if isinstance(files, pikepdf.Dictionary) else []
        named.append(each.get("/JS"))
        form = each.get("/XFA")
        named += list(form) if isinstance(form, pikepdf.Array) else [form]
        yield from (part for part in named if isinstance(part, pikepdf.Stream))


def _clean(each: Any) -> None:
    """Take from one object of a page what it does not draw."""
    import pikepdf

    if isinstance(each, pikepdf.Stream):
        for name in CARRIED & set(each.keys()):
            del each[name]
        if each.get("/Subtype") == "/PS":
            each.write(b"")
        elif each.get("/Filter") == "/DCTDecode":
            told = each.get("/DecodeParms")
            each.write(
                _without_remarks(each.read_raw_bytes()),
                filter=pikepdf.Name.DCTDecode,
                decode_parms=told if isinstance(told, pikepdf.Dictionary) else None,
            )
    elif isinstance(each, pikepdf.Dictionary) and str(each.get("/S", "")) in ACTIVE:
        # An action that hangs where no reader looks for one is carried no further all the same.
        for name in list(each.keys()):
            del each[name]


def _without_remarks(jpeg: bytes) -> bytes:
    """A photograph inside a page without what cameras write beside it: EXIF with its place, and comments."""
    kept, at = [jpeg[:2]], 2
    while jpeg[at : at + 1] == b"\xff" and at + 4 <= len(jpeg):
        mark, end = jpeg[at + 1], at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if mark == 0xDA:
            break
        # Adobe's part says how the colours are coded; the others of this family are applications' own.
        if not (0xE1 <= mark <= 0xEF or mark == 0xFE) or mark == 0xEE:
            kept.append(jpeg[at:end])
        at = end
    return b"".join([*kept, jpeg[at:]])


def _active(each: Any) -> set[str]:
    import pikepdf

    found: set[str] = set()
    for here, _ in _around(each):
        if isinstance(here, pikepdf.Dictionary | pikepdf.Stream):
            for key, value in here.items():
                found.update(name for name in (key, str(value) if key in ("/S", "/Type") else "") if name in ACTIVE)
    return found


def _around(each: Any) -> Iterator[tuple[Any, int]]:
    """An object and what stands inside it, with the depth. What is referred to comes by itself, as an object."""
    import pikepdf

    around = [(each, 0)]
    while around:
        here, depth = around.pop()
        yield here, depth
        children: list[Any] = []
        if isinstance(here, pikepdf.Dictionary | pikepdf.Stream):
            children = [value for _, value in here.items()]
        elif isinstance(here, pikepdf.Array):
            children = list(here)
        around += [
            (child, depth + 1)
            for child in children
            if depth < DEPTH and isinstance(child, pikepdf.Object) and not child.is_indirect
        ]


# ── how pages look ───────────────────────────────────────────────────────────────────────────────


@cache
def _likeness() -> Any:
    """The file beside this one that compares pages; isolated as we are, no path leads there."""
    spec = importlib.util.spec_from_file_location("likeness", Path(__file__).with_name("likeness.py"))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _drawn(
    data: bytes, media: str, longest: int, *, pixels: int, most: int, objects: int
) -> tuple[int, Callable[[int], Any]]:
    """How many pages there are, and what draws one of them in grey, its longer side at most `longest`."""
    if media in FORMATS:
        return 1, lambda _: _grey(data, media, longest, pixels=pixels)
    import pypdfium2

    with _read(data, most=most, objects=objects) as pdf:
        # What stands in a form or in a remark is a part of what is seen.
        pdf.generate_appearance_streams()
        pdf.flatten_annotations("screen")
        flat = io.BytesIO()
        pdf.save(flat)
    drawing = pypdfium2.PdfDocument(flat.getvalue())

    def draw(number: int) -> Any:
        page = drawing[number]
        # A page is as large as it says; what is drawn of it is not.
        scale = longest / max(page.get_size())
        image = page.render(scale=scale, grayscale=True).to_pil().convert("L")
        page.close()
        return image

    return len(drawing), draw


def _grey(data: bytes, media: str, longest: int, *, pixels: int) -> Any:
    from PIL import Image, ImageOps

    with _opened(data, media, pixels=pixels) as image:
        image.thumbnail((longest, longest), reducing_gap=3.0)
        ImageOps.exif_transpose(image, in_place=True)
        plain = _plain(image)
        if "A" in plain.getbands():
            # What is see-through is seen on white.
            plain = Image.alpha_composite(Image.new("RGBA", plain.size, "white"), plain.convert("RGBA"))
        return plain.convert("L")


def hash_pages(data: bytes, media: str, **limits: int) -> list[bytes]:
    """Every page's rough hashes, empty for a page on which nothing is drawn."""
    likeness = _likeness()
    count, draw = _drawn(data, media, likeness.HASHED, **limits)
    return [likeness.hashes(draw(number)) for number in range(count)]


def compare_pages(data: bytes, media: str, **limits: int) -> Mapping[str, Any]:
    """Which pages of one document are in another.

    `data` begins with a line of JSON: how long the first file is, the second one's kind, and the first one's pages
    with their candidates. The two files follow.
    """
    likeness = _likeness()
    line, _, files = data.partition(b"\n")
    told = json.loads(line)
    plates = []
    for each, kind in ((files[: told["size"]], media), (files[told["size"] :], told["media"])):
        _, draw = _drawn(each, kind, likeness.FINE, **limits)
        plates.append(lru_cache(maxsize=8)(lambda number, draw=draw: likeness.plates(draw(number), likeness.FINE)))
    pages = {int(page): candidates for page, candidates in told["pages"].items()}
    return {"twins": likeness.twins(pages, *plates)}


# ── one file, and the end ────────────────────────────────────────────────────────────────────────


def main(
    task: str,
    media: str,
    memory: str,
    seconds: str,
    pixels: str,
    most_pages: str,
    objects: str,
    *,
    read: Callable[[], bytes] = sys.stdin.buffer.read,
) -> NoReturn:
    """`task` is judge, copy, carry, hash or compare."""
    confine(memory=int(memory), seconds=int(seconds))
    answer: Mapping[str, Any]
    made: list[bytes] = []
    try:
        data = read()
        of_pages = {"most": int(most_pages), "objects": int(objects)}
        if task == "judge":
            answer = (
                judge_picture(data, media, pixels=int(pixels)) if media in FORMATS else judge_pages(data, **of_pages)
            )
        elif task == "copy":
            kind, copy = (
                copy_picture(data, media, pixels=int(pixels)) if media in FORMATS else copy_pages(data, **of_pages)
            )
            made, answer = [copy], {"media": kind, "size": len(copy)}
        elif task == "carry":
            made = carried(data, **of_pages)
            answer = {"sizes": [len(part) for part in made]}
        elif task == "hash":
            made = hash_pages(data, media, pixels=int(pixels), **of_pages)
            answer = {"sizes": [len(part) for part in made]}
        else:
            answer = compare_pages(data, media, pixels=int(pixels), **of_pages)
    except Fault as fault:
        answer = {"fault": fault.args[0]}
    except MemoryError:
        answer = {"fault": "heavy"}
    except Exception:
        # Decoders raise whatever their libraries do at what they cannot read; no text of it is passed on.
        answer = {"fault": "broken"}
    out = sys.stdout.buffer
    out.write(json.dumps(answer).encode() + b"\n")
    if "fault" not in answer:
        out.writelines(made)
    out.flush()
    # Nothing is left to tidy up in a process that may have been led astray.
    os._exit(0)


def serve() -> NoReturn:
    """Load the libraries once; then, until stdin is closed, fork a process whenever one is asked for there.

    What is answered is the child's number with its socket and its descriptor. On the socket the child is told
    its task, in one line of JSON, and gets the memory that holds its file: no byte of a file is read here.
    """
    import pi_heif
    import pypdfium2  # noqa: F401
    from PIL import ImageCms, ImageFilter, ImageOps, WebPImagePlugin  # noqa: F401

    pi_heif.register_heif_opener(thumbnails=False)
    _likeness()
    _warm_up()
    # Who ends the server's processes all at once leaves it a moment to finish; it needs this one for that.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    # The kernel buries the children by itself.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    # What is loaded is shared with every child for as long as nobody's garbage collector touches it.
    gc.collect()
    gc.freeze()
    control = socket.socket(fileno=0)
    while True:
        if not control.recv(1):
            os._exit(0)
        theirs, own = socket.socketpair()
        child = os.fork()
        if child == 0:
            try:
                # Its own socket takes the place of the one to the server, which no child may have.
                theirs.close()
                os.dup2(own.fileno(), control.detach())
                os.dup2(own.fileno(), 1)
                own.close()
                _take()
            finally:
                os._exit(1)
        own.close()
        # It has not ended by itself: it waits for its task, which is told when the server has this answer.
        descriptor = os.pidfd_open(child)
        socket.send_fds(control, [str(child).encode()], [theirs.fileno(), descriptor])
        theirs.close()
        os.close(descriptor)


def _take() -> NoReturn:
    """Wait for a task and for the memory that holds its file."""
    line = socket.socket(fileno=0)
    told, given = b"", list[int]()
    while not given:
        more, given, _, _ = socket.recv_fds(line, 64 * 1024, 1)
        if not more:
            # Whoever has taken this process has no file for it.
            os._exit(0)
        told += more
    with open(given[0], "rb", buffering=0) as file:
        main(*json.loads(told.partition(b"\n")[0]), read=file.readall)


def _warm_up() -> None:
    """Judge a picture and a page of our own once: what a library does at its first file is done before it forks."""
    import pikepdf
    from PIL import Image

    dot, page = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (8, 8)).save(dot, "JPEG")
    largest = Image.MAX_IMAGE_PIXELS
    judge_picture(dot.getvalue(), "image/jpeg", pixels=64)
    # Our dot's limit would be every drawn page's: who reads a picture sets their own, who draws a page sets none.
    Image.MAX_IMAGE_PIXELS = largest
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(page)
    judge_pages(page.getvalue(), most=1, objects=100)


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        serve()
    main(*sys.argv[1:])
