"""Copies for officers: the same picture or pages, made anew, and nothing of what came beside them."""

import io
from dataclasses import replace

import pikepdf
import pytest
from PIL import Image, ImageChops, ImageStat

from portal.evidence.confined import BOUNDS, Bounds
from portal.evidence.copying import Copy
from portal.evidence.inspection import inspect
from portal.evidence.rules import Fault, Media, NotReadable
from tests.evidence import files, papers
from tests.evidence.processes import has_gone


def copied(content: bytes, media: Media, bounds: Bounds = BOUNDS, *, page: int | None = None) -> tuple[Media, bytes]:
    copy = Copy([content[:70], content[70:]], media, bounds, page=page)
    try:
        made = b"".join(copy)
        assert len(made) == copy.size
        return copy.media, made
    finally:
        copy.close()


def fault(content: bytes, media: Media, bounds: Bounds = BOUNDS, *, page: int | None = None) -> Fault:
    with pytest.raises(NotReadable) as refused:
        copied(content, media, bounds, page=page)
    return refused.value.fault


def opened(made: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(made))
    picture.load()
    return picture


@pytest.mark.parametrize(
    ("content", "media", "becomes", "mode", "size"),
    [
        (files.picture("JPEG"), Media.JPEG, Media.JPEG, "RGB", (64, 48)),
        (files.picture("PNG"), Media.PNG, Media.PNG, "RGB", (64, 48)),
        (files.picture("WEBP"), Media.WEBP, Media.JPEG, "RGB", (64, 48)),
        (files.heic(), Media.HEIC, Media.JPEG, "RGB", (48, 32)),
        (files.in_mode("RGBA", (200, 10, 10, 128), "WEBP"), Media.WEBP, Media.PNG, "RGBA", (64, 48)),
        (files.in_mode("LA", (90, 128)), Media.PNG, Media.PNG, "RGBA", (64, 48)),
        (files.in_mode("P", 3), Media.PNG, Media.PNG, "RGB", (64, 48)),
        (files.in_mode("1", 1), Media.PNG, Media.PNG, "1", (64, 48)),
        (files.in_mode("L", 77, "JPEG"), Media.JPEG, Media.JPEG, "L", (64, 48)),
        (files.in_mode("CMYK", (0, 255, 255, 0), "JPEG"), Media.JPEG, Media.JPEG, "RGB", (64, 48)),
    ],
    ids=["jpeg", "png", "webp", "heic", "transparent-webp", "grey-png", "palette", "bitmap", "grey-jpeg", "cmyk"],
)
def test_every_kind_of_picture_is_made_anew(
    content: bytes, media: Media, becomes: Media, mode: str, size: tuple[int, int]
) -> None:
    kind, made = copied(content, media)
    picture = opened(made)
    assert (kind, picture.mode, picture.size) == (becomes, mode, size)
    assert inspect([made], kind).facts == dict(zip(("width", "height"), size, strict=True))


def test_sixteen_bits_of_grey_are_not_cut_to_white() -> None:
    _, made = copied(files.in_mode("I;16", 0x8000), Media.PNG)
    assert opened(made).getpixel((9, 9)) == 0x80


def test_a_photograph_comes_upright_and_tells_no_place_or_telephone() -> None:
    for turned in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = turned
        _, made = copied(files.picture(size=(64, 48), exif=exif), Media.JPEG)
        assert opened(made).size == ((48, 64) if turned >= 5 else (64, 48))
    original = files.with_place()
    assert b"Telefon Siti" in original and Image.open(io.BytesIO(original)).getexif().get_ifd(0x8825)
    _, made = copied(original, Media.JPEG)
    assert b"Telefon" not in made and b"Exif" not in made and not opened(made).getexif()
    # And what somebody hung behind the picture stays behind.
    _, made = copied(original + files.archive() + files.EICAR, Media.JPEG)
    assert files.EICAR not in made and b"mutasi.txt" not in made
    _, made = copied(files.with_text(), Media.PNG)
    assert b"Siti" not in made and opened(made).info == {}


def test_colours_of_a_wide_profile_stay_what_they_were() -> None:
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    _, made = copied(files.picture(colour="teal", icc_profile=profile, quality=95), Media.JPEG)
    assert all(abs(one - other) <= 3 for one, other in zip(opened(made).getpixel((9, 9)), (0, 128, 128), strict=True))
    _, made = copied(files.picture(icc_profile=b"no profile at all" * 20), Media.JPEG)
    assert opened(made).mode == "RGB" and "icc_profile" not in opened(made).info


def test_a_huge_photograph_comes_smaller() -> None:
    _, made = copied(files.picture("JPEG", (12_000, 9_000)), Media.JPEG)
    assert opened(made).size == (6_000, 4_500)


def test_pages_are_drawn_as_they_were_and_do_nothing_any_more() -> None:
    """JavaScript, Launch, AA, OpenAction, XFA, links, attachments, XMP, author: gone. What is drawn stays."""
    armed = files.armed_pdf()
    assert set(inspect([armed], Media.PDF).facts["active"]) >= {
        "/JavaScript",
        "/Launch",
        "/EmbeddedFile",
        "/XFA",
        "/AA",
    }
    kind, made = copied(armed, Media.PDF)
    assert kind is Media.PDF
    with pikepdf.open(io.BytesIO(made)) as copy:
        assert [page.obj.Rotate for page in copy.pages] == [90, 90]
        assert set(copy.Root.keys()) == {"/Type", "/Pages"} and "/Info" not in copy.trailer
        keys = {name for page in copy.pages for name in set(page.obj.keys())}
        assert keys <= {"/Type", "/Parent", "/MediaBox", "/Resources", "/Contents", "/Rotate"}
        drawn = [page.obj.Contents for page in copy.pages]
        text = [b"".join(part.read_bytes() for part in (d if isinstance(d, pikepdf.Array) else [d])) for d in drawn]
        assert all(b"(Saldo Rp7.654.321) Tj" in each for each in text)
        photo = copy.pages[0].Resources.XObject.Photo
        assert set(photo.keys()) == {
            "/Type", "/Subtype", "/Width", "/Height", "/ColorSpace", "/BitsPerComponent", "/Filter", "/Length",
        }  # fmt: skip
        assert opened(photo.read_raw_bytes()).size == (64, 48)
        # A filled field is part of what the page shows.
        forms = [each for each in copy.objects if isinstance(each, pikepdf.Stream) and each.get("/Subtype") == "/Form"]
        assert [b"diisi Siti" in form.read_bytes() for form in forms] == [True]
        everything = b"".join(each.read_raw_bytes() for each in copy.objects if isinstance(each, pikepdf.Stream))
        copy.save(plain := io.BytesIO(), object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False)
    for gone in (b"geheim", b"jahat", b"Rahmawati", b"Telefon", files.EICAR, b"xmpmeta", b"xdp", b"JavaScript"):
        assert gone not in everything and gone not in plain.getvalue(), gone


def test_a_copy_is_made_within_the_same_bounds() -> None:
    assert fault(files.pixel_bomb(), Media.PNG, BOUNDS) is Fault.HEAVY
    assert fault(files.pdf(12), Media.PDF, replace(BOUNDS, pages=10)) is Fault.HEAVY
    assert fault(files.pdf(password="rahasia"), Media.PDF, BOUNDS) is Fault.PASSWORD
    assert fault(files.picture("PNG", (6000, 6000)), Media.PNG, replace(BOUNDS, seconds=0.01)) is Fault.HEAVY


# ── a page as a picture ──────────────────────────────────────────────────────────────────────────


def unlike(made: bytes, paper: Image.Image) -> float:
    """By how many levels of 255 a picture differs from a paper, on average."""
    picture = opened(made).convert("L")
    return float(ImageStat.Stat(ImageChops.difference(picture, paper.convert("L").resize(picture.size))).mean[0])


def test_each_page_is_drawn_as_the_paper_that_it_is() -> None:
    sheets = [papers.statement(number) for number in (1, 2, 3)]
    for number, sheet in enumerate(sheets, 1):
        kind, made = copied(papers.printed(*sheets), Media.PDF, page=number)
        assert (kind, opened(made).size) == (Media.JPEG, (849, 1200))
        # Another month of the same statement is further away.
        assert unlike(made, sheet) < 2 < min(unlike(made, other) for other in sheets if other is not sheet)


@pytest.mark.parametrize(
    ("content", "media", "size", "colour"),
    [
        (files.picture(size=(2400, 1800)), Media.JPEG, (1200, 900), (0, 128, 128)),
        (files.picture("PNG"), Media.PNG, (64, 48), (0, 128, 128)),
        (files.picture("WEBP"), Media.WEBP, (64, 48), (0, 128, 128)),
        (files.heic(), Media.HEIC, (48, 32), None),
        (files.in_mode("RGBA", (0, 0, 0, 128), "WEBP"), Media.WEBP, (64, 48), (127, 127, 127)),
        (papers.printed(Image.new("RGB", (300, 200), "teal")), Media.PDF, (1200, 800), (0, 128, 128)),
    ],
    ids=["jpeg", "png", "webp", "heic", "transparent", "pdf"],
)
def test_every_kind_of_document_has_a_first_page_in_its_colours(
    content: bytes, media: Media, size: tuple[int, int], colour: tuple[int, int, int] | None
) -> None:
    """Such that every browser shows it, also where it cannot show the file."""
    kind, made = copied(content, media, page=1)
    picture = opened(made)
    assert (kind, picture.size, picture.mode) == (Media.JPEG, size, "RGB")
    if colour:
        assert all(abs(one - other) <= 4 for one, other in zip(picture.getpixel((9, 9)), colour, strict=True))


def test_a_large_picture_of_black_and_white_keeps_its_thin_lines() -> None:
    fax = Image.new("1", (2480, 3508), 1)
    for row in range(300, 3200, 100):
        fax.paste(0, (200, row, 2200, row + 1))
    _, made = copied(papers.png(fax), Media.PNG, page=1)
    picture = opened(made).convert("L")
    levels = [picture.getpixel((picture.width // 2, row)) for row in range(picture.height)]
    assert sum(level < 230 for level in levels) >= 29


def test_what_was_filled_in_is_seen_and_what_lies_beside_the_page_is_not() -> None:
    """A field's text is dark on the page; place, comment and script are in none of the bytes."""
    filled, empty = (opened(copied(files.armed_pdf(), Media.PDF, page=page)[1]).convert("L") for page in (1, 2))
    assert ImageStat.Stat(ImageChops.difference(filled, empty)).extrema[0][1] > 100
    _, made = copied(files.with_place(), Media.JPEG, page=1)
    assert b"Telefon" not in made and not opened(made).getexif()


@pytest.mark.parametrize(
    ("box", "size"),
    [
        ((0, 0, 1e9, 1e9), (1200, 1200)),
        ((0, 0, 14_400, 1), (1200, 1)),
        ((0, 0, 1, 1e6), (1, 1200)),
        ((0, 0, 0.001, 0.001), (1200, 1200)),
        ((-1e7, -1e7, 1e7, 1e7), (1200, 1200)),
    ],
)
def test_a_page_is_drawn_small_however_large_it_says_that_it_is(box: tuple[float, ...], size: tuple[int, int]) -> None:
    _, made = copied(files.pdf_of_size(*box), Media.PDF, page=1)
    assert opened(made).size == size


def test_a_page_is_drawn_within_the_same_bounds() -> None:
    assert fault(files.pdf_of_size(0, 0, 3.4e38, 3.4e38), Media.PDF, page=1) is Fault.BROKEN
    assert fault(files.endless_pdf(), Media.PDF, replace(BOUNDS, processor_seconds=1), page=1) is Fault.HEAVY
    assert fault(files.pdf(12), Media.PDF, replace(BOUNDS, pages=10), page=1) is Fault.HEAVY
    assert fault(files.object_bomb(), Media.PDF, page=1) is Fault.HEAVY
    assert fault(files.pixel_bomb(), Media.PNG, page=1) is Fault.HEAVY
    assert fault(files.pdf(password="rahasia"), Media.PDF, page=1) is Fault.PASSWORD
    assert fault(files.pdf(5)[:-80], Media.PDF, page=1) is Fault.BROKEN
    assert fault(files.pdf(2), Media.PDF, page=3) is Fault.BROKEN
    assert fault(files.picture(), Media.JPEG, page=2) is Fault.BROKEN


# ── and the end ──────────────────────────────────────────────────────────────────────────────────


def test_a_copy_that_nobody_fetches_leaves_no_process() -> None:
    copy = Copy([files.noise(3_000_000)], Media.PNG)
    process = copy._decoding._process.pid
    assert next(iter(copy))
    copy.close()
    copy.close()
    assert has_gone(process)
