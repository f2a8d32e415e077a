"""Copies for officers: the same picture or pages, made anew, and nothing of what came beside them."""

import io
from dataclasses import replace

import pikepdf
import pytest
from PIL import Image

from portal.evidence.confined import BOUNDS, Bounds
from portal.evidence.copying import Copy
from portal.evidence.inspection import inspect
from portal.evidence.rules import Fault, Media, NotReadable
from tests.evidence import files
from tests.evidence.processes import has_gone


def copied(content: bytes, media: Media, bounds: Bounds = BOUNDS) -> tuple[Media, bytes]:
    copy = Copy([content[:70], content[70:]], media, bounds)
    try:
        made = b"".join(copy)
        assert len(made) == copy.size
        return copy.media, made
    finally:
        copy.close()


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
    def fault(content: bytes, media: Media, bounds: Bounds) -> Fault:
        with pytest.raises(NotReadable) as refused:
            copied(content, media, bounds)
        return refused.value.fault

    assert fault(files.pixel_bomb(), Media.PNG, BOUNDS) is Fault.HEAVY
    assert fault(files.pdf(12), Media.PDF, replace(BOUNDS, pages=10)) is Fault.HEAVY
    assert fault(files.pdf(password="rahasia"), Media.PDF, BOUNDS) is Fault.PASSWORD
    assert fault(files.picture("PNG", (6000, 6000)), Media.PNG, replace(BOUNDS, seconds=0.01)) is Fault.HEAVY


def test_a_copy_that_nobody_fetches_leaves_no_process() -> None:
    copy = Copy([files.noise(3_000_000)], Media.PNG)
    process = copy._decoding._process.pid
    assert next(iter(copy))
    copy.close()
    copy.close()
    assert has_gone(process)
