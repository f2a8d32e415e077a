"""Real files of every kind for the tests, and files that pretend or attack."""

import io
import zipfile
import zlib

import pikepdf
from PIL import Image

# The EICAR test string, in two parts so that a scanner on the developer's machine leaves this file alone.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-" + rb"ANTIVIRUS-TEST-FILE!$H+H*"


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), colour: str = "teal", **options: object) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, kind, **options)
    return file.getvalue()


def with_place(size: tuple[int, int] = (64, 48)) -> bytes:
    """A photograph that says where and with which telephone it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "Telefon Siti"
    exif.get_ifd(0x8825)[2] = (6.0, 12.0, 30.0)
    return picture(size=size, exif=exif)


def noise(pixels: int) -> bytes:
    """A PNG that does not compress: about three bytes a pixel."""
    side = int(pixels**0.5)
    file = io.BytesIO()
    Image.effect_noise((side, side), 90).convert("RGB").save(file, "PNG", compress_level=1)
    return file.getvalue()


def pdf(pages: int = 1, *, password: str | None = None, javascript: bool = False) -> bytes:
    file = io.BytesIO()
    with pikepdf.new() as made:
        for _ in range(pages):
            made.add_blank_page(page_size=(200, 200))
        if javascript:
            made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        how = pikepdf.Encryption(owner=password, user=password) if password else False
        made.save(file, encryption=how, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return file.getvalue()


def archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("mutasi.txt", "x")
    return file.getvalue()


def pixel_bomb(side: int = 50_000) -> bytes:
    """A PNG of a few kilobytes that says it has billions of pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    header = side.to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    body = zlib.compress(bytes(1_000_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def heic() -> bytes:
    """A photograph as iPhones make them; decoders cannot make one, so this one is kept as a file."""
    from pathlib import Path

    return Path(__file__).with_name("photo.heic").read_bytes()
