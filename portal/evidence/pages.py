"""PDFs, in the decoder's process: judged, copied, flattened, and unpacked."""

import io
from collections.abc import Iterator, Mapping
from typing import Any

from .faults import Fault

# What makes a PDF act by itself or carry something else inside.
ACTIVE = ("/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/RichMedia", "/AA", "/OpenAction", "/XFA", "/SubmitForm")
# How deep one object of a PDF is looked into.
DEPTH = 50

# What a copied page is made of; everything else of a page acts, points elsewhere, or describes.
PAGE = {"/Type", "/Parent", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Resources", "/Contents", "/Group"}
# More attachments than this are an archive, not a document.
PARTS = 100
# What a stream that a page draws may carry along beside what is drawn.
CARRIED = {"/AF", "/Alternates", "/Measure", "/Metadata", "/OPI", "/PieceInfo", "/PS", "/PtData", "/Ref"}


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


def judge(data: bytes, *, most: int, objects: int) -> Mapping[str, Any]:
    """Count the pages, and see what would act."""
    with _read(data, most=most, objects=objects) as pdf:
        found = {name for each in pdf.objects for name in _active(each)}
        return {"pages": len(pdf.pages), "active": sorted(found)}


def copy(data: bytes, *, most: int, objects: int) -> tuple[str, bytes]:
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
        file = io.BytesIO()
        made.save(file, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return "application/pdf", file.getvalue()


def flattened(data: bytes, *, most: int, objects: int, only: int | None = None) -> bytes:
    """The same pages, or `only` one of them, with what stands in a form or in a remark drawn into them.

    It is a part of what is seen.
    """
    with _read(data, most=most, objects=objects) as pdf:
        if only is not None:
            del pdf.pages[only + 1 :]
            del pdf.pages[:only]
        pdf.generate_appearance_streams()
        pdf.flatten_annotations("screen")
        flat = io.BytesIO()
        pdf.save(flat)
    return flat.getvalue()


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
