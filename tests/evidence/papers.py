"""Papers as customers have them, and what becomes of one that is sent again: saved anew, scanned, photographed."""

import io
import random
from collections.abc import Sequence

import pikepdf
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont


def receipt(amount: str = "1.250.000", reference: str = "FT26112000417") -> Image.Image:
    """A receipt of an automated teller machine."""
    lines = (
        "BANK MUAMALAT INDONESIA", "KC JAKARTA SUDIRMAN", "ATM 0417    20/11/2026    14:30:11", "TRANSFER ANTAR BANK",
        "DARI       3010012345678", "KE           8800123456789", "NAMA    BUDI SANTOSO", f"JUMLAH   RP {amount}",
        "BIAYA    RP 6.500", f"REF    {reference}", "TRANSAKSI BERHASIL", "SIMPAN STRUK INI SEBAGAI BUKTI YANG SAH",
    )  # fmt: skip
    return _written(lines, (900, 1200), 30)


def statement(number: int = 1, *, balance: int = 0) -> Image.Image:
    """A page of a statement; `balance` is added to what stands in its middle."""
    dice = random.Random(number)
    lines = ["REKENING KORAN - PT BANK MUAMALAT INDONESIA"]
    for row in range(40):
        left = dice.randint(10**6, 10**8) + (balance if row == 20 else 0)
        way = dice.choice(("MASUK", "KELUAR"))
        lines.append(
            f"{dice.randint(1, 30):02d}/11/2026    TRANSFER {way}    {dice.randint(10**9, 10**10)}    {left:,}"
        )
    return _written(lines, (1240, 1754), 19)


def photograph(number: int = 1) -> Image.Image:
    """Something colourful that nothing is written on."""
    dice = random.Random(number)
    image = Image.new("RGB", (1200, 900), (90, 120, 160))
    draw = ImageDraw.Draw(image)
    for _ in range(60):
        x, y, size = dice.randint(0, 1200), dice.randint(0, 900), dice.randint(30, 300)
        draw.ellipse((x, y, x + size, y + size), fill=tuple(dice.randint(0, 255) for _ in range(3)))
    return image.filter(ImageFilter.GaussianBlur(3))


def _written(lines: Sequence[str], size: tuple[int, int], height: int) -> Image.Image:
    image = Image.new("L", size, 255)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(height)
    for row, line in enumerate(lines):
        draw.text((80, 80 + row * height * 2), line, font=font, fill=20)
    return image


def jpeg(image: Image.Image, quality: int = 90, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality, **options)
    return file.getvalue()


def png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def printed(*pages: Image.Image) -> bytes:
    """A PDF of these pages."""
    file = io.BytesIO()
    # An image remembers with what it was saved, and brings that along when it is saved as a page of another.
    first, *others = (page.copy() for page in pages)
    first.save(file, "PDF", save_all=True, append_images=others, resolution=150)
    return file.getvalue()


def printed_again(pdf: bytes) -> bytes:
    """The same pages, as another program writes them: other objects, another date, another author."""
    file = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as source, pikepdf.new() as made:
        made.pages.extend(source.pages)
        made.docinfo["/Author"], made.docinfo["/CreationDate"] = "Siti Rahmawati", "D:20261124090000"
        made.save(file, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return file.getvalue()


def smaller(image: Image.Image, share: float) -> Image.Image:
    return image.resize((round(image.width * share), round(image.height * share)), Image.Resampling.LANCZOS)


def scanned(image: Image.Image, *, degrees: float = 1.0, noise: int = 12, gamma: float = 0.8) -> Image.Image:
    """A page from a scanner: crooked, noisy, of another brightness, a little soft."""
    page = image.convert("L").rotate(degrees, Image.Resampling.BICUBIC, fillcolor=255)
    page = page.point([round(255 * (level / 255) ** (1 / gamma)) for level in range(256)])
    page = ImageChops.add(page, Image.effect_noise(page.size, noise), 1, -128)
    return page.filter(ImageFilter.GaussianBlur(0.6))
