"""Pictures, in the decoder's process: judged, copied, and made small."""

import contextlib
import io
import warnings
from collections.abc import Mapping
from typing import Any

from .faults import Fault

FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/heic": "HEIF"}
# A copied picture's longer side: every line of a photographed page can be read, and it always fits the memory.
LONGEST = 6_000
QUALITY = 90


def opened(data: bytes, media: str, *, pixels: int) -> Any:
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


def judge(data: bytes, media: str, *, pixels: int) -> Mapping[str, Any]:
    """Decode a picture whole."""
    with opened(data, media, pixels=pixels) as image:
        width, height = image.size
        # A JPEG is read to its end at an eighth of its size: all of it is decoded, in little memory.
        image.draft(None, (max(1, width // 8), max(1, height // 8)))
        image.load()
    return {"width": width, "height": height}


def copy(data: bytes, media: str, *, pixels: int) -> tuple[str, bytes]:
    """The picture anew from its pixels: upright, in plain colours, and nothing of what came beside them."""
    # Of a larger JPEG only as much is decoded as the copy needs.
    drawn = upright(data, media, LONGEST, pixels=pixels, gap=1.0)
    if media == "image/png" or "A" in drawn.getbands():
        made = io.BytesIO()
        drawn.save(made, "PNG")
        return "image/png", made.getvalue()
    return jpeg(drawn)


def upright(data: bytes, media: str, longest: int, *, pixels: int, gap: float = 3.0) -> Any:
    """A picture as it is seen, in plain colours, its longer side at most `longest`.

    `gap`: how much larger than that a JPEG is decoded at least, which is then made smaller with more care.
    """
    from PIL import ImageOps

    with opened(data, media, pixels=pixels) as image:
        if max(image.size) > longest and image.mode in ("1", "P"):
            # Of a picture without levels in between only some pixels would be left, and its lines be torn.
            image = image.convert("L") if image.mode == "1" else _plain(image)
        image.thumbnail((longest, longest), reducing_gap=gap)
        ImageOps.exif_transpose(image, in_place=True)
        plain = _plain(image)
        # Comments, profiles and places hang on a picture in Pillow too; some encoders would write them again.
        plain.info.clear()
        return plain


def on_white(image: Any) -> Any:
    """What is see-through is seen on white."""
    from PIL import Image

    if "A" not in image.getbands():
        return image
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA")).convert("RGB")


def jpeg(image: Any) -> tuple[str, bytes]:
    made = io.BytesIO()
    image.save(made, "JPEG", quality=QUALITY)
    return "image/jpeg", made.getvalue()


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
