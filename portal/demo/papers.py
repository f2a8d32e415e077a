"""Draws the papers of the invented customers: pictures and PDFs that open, and that say that they are specimens."""

import io
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import pikepdf
from PIL import Image, ImageDraw, ImageFont

from portal.evidence.rules import Media, Verdict

INK, FAINT, PAPER = "#1d2421", "#69736e", "#f6f5ef"
A4 = (595, 842)


class Paper(NamedTuple):
    """A file as a customer would send it. It needs no decoder to say what it is: it was drawn here."""

    name: str
    content: bytes
    verdict: Verdict


class Drawn(NamedTuple):
    """Whose paper it is, and what stands on it in the customer's language."""

    owner: str
    language: str
    lines: Sequence[tuple[str, str]]


WORDS: Mapping[str, Mapping[str, str]] = {
    "id": {
        "specimen": "CONTOH",
        "identity": "Kartu identitas",
        "account": "Buku tabungan",
        "receipt": "Bukti transaksi",
        "power": "Surat kuasa khusus",
        "firm": "Kartu tanda anggota",
        "name": "Nama",
        "number": "Nomor",
        "power_text": "Yang bertanda tangan di bawah ini memberi kuasa untuk mengurus pengaduan ini.",
    },
    "en": {
        "specimen": "SPECIMEN",
        "identity": "Identity card",
        "account": "Passbook",
        "receipt": "Transaction receipt",
        "power": "Special power of attorney",
        "firm": "Membership card",
        "name": "Name",
        "number": "Number",
        "power_text": "The undersigned authorises the representative to act in the matter of this complaint.",
    },
}


def _card(told: Drawn, title: str, colour: str) -> bytes:
    picture = Image.new("RGB", (856, 540), PAPER)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 856, 90), fill=colour)
    draw.text((36, 24), title, fill="white", font=ImageFont.load_default(36))
    draw.rectangle((620, 140, 810, 380), fill="#d8d6cb")
    draw.ellipse((670, 180, 760, 270), fill="#b7b4a6")
    for row, (label, value) in enumerate(told.lines):
        draw.text((36, 130 + 70 * row), label, fill=FAINT, font=ImageFont.load_default(20))
        draw.text((36, 154 + 70 * row), value, fill=INK, font=ImageFont.load_default(30))
    draw.text((590, 440), WORDS[told.language]["specimen"], fill=colour, font=ImageFont.load_default(44))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=82)
    return file.getvalue()


def _screen(told: Drawn, title: str, colour: str) -> bytes:
    picture = Image.new("RGB", (720, 1280), "white")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 720, 130), fill=colour)
    draw.text((40, 50), title, fill="white", font=ImageFont.load_default(38))
    for row, (label, value) in enumerate(told.lines):
        draw.text((40, 190 + 110 * row), label, fill=FAINT, font=ImageFont.load_default(26))
        draw.text((40, 222 + 110 * row), value, fill=INK, font=ImageFont.load_default(34))
        draw.line((40, 282 + 110 * row, 680, 282 + 110 * row), fill="#e2e2dc", width=2)
    draw.text((40, 1190), WORDS[told.language]["specimen"], fill=FAINT, font=ImageFont.load_default(40))
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def _pages(told: Drawn, title: str, text: str) -> bytes:
    lines = [f"BT /F 18 Tf 60 770 Td {_shown(title)} Tj ET", f"BT /F 11 Tf 60 740 Td {_shown(text)} Tj ET"]
    for row, (label, value) in enumerate(told.lines):
        lines.append(f"BT /F 10 Tf 60 {690 - 24 * row} Td {_shown(label)} Tj ET")
        lines.append(f"BT /F 12 Tf 200 {690 - 24 * row} Td {_shown(value)} Tj ET")
    lines.append(f"0.6 g BT /F 40 Tf 60 90 Td {_shown(WORDS[told.language]['specimen'])} Tj ET")
    file = io.BytesIO()
    with pikepdf.new() as made:
        page = made.add_blank_page(page_size=A4)
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=made.make_indirect(font)))
        page.obj.Contents = made.make_stream("\n".join(lines).encode("latin-1", "replace"))
        made.save(file)
    return file.getvalue()


def _shown(text: str) -> str:
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"({escaped})"


def _picture(size: tuple[int, int], media: Media) -> Verdict:
    return Verdict(media, {"width": size[0], "height": size[1]})


PAGE = Verdict(Media.PDF, {"pages": 1, "active": []})
Draw = Callable[[Drawn, str], Paper]


def _identity(told: Drawn, colour: str) -> Paper:
    content = _card(told, WORDS[told.language]["identity"], colour)
    return Paper(f"identitas-{_slug(told.owner)}.jpg", content, _picture((856, 540), Media.JPEG))


def _account(told: Drawn, colour: str) -> Paper:
    content = _card(told, WORDS[told.language]["account"], colour)
    return Paper("buku-tabungan.jpg", content, _picture((856, 540), Media.JPEG))


def _receipt(told: Drawn, colour: str) -> Paper:
    content = _screen(told, WORDS[told.language]["receipt"], colour)
    return Paper("Screenshot_bukti.png", content, _picture((720, 1280), Media.PNG))


def _power(told: Drawn, colour: str) -> Paper:
    words = WORDS[told.language]
    return Paper("surat-kuasa-khusus.pdf", _pages(told, words["power"], words["power_text"]), PAGE)


def _firm(told: Drawn, colour: str) -> Paper:
    content = _card(told, WORDS[told.language]["firm"], colour)
    return Paper("kartu-anggota.jpg", content, _picture((856, 540), Media.JPEG))


# Which paper shows what, by the profile's codes of documents; anything else is a screenshot.
BY_PURPOSE: Mapping[str, Draw] = {
    "identity": _identity,
    "representative_identity": _identity,
    "account_ownership": _account,
    "power_of_attorney": _power,
    "firm_authority": _firm,
}


def paper(purpose: str, told: Drawn, colour: str) -> Paper:
    """The paper that a customer sends for this purpose, in the institution's colour."""
    return BY_PURPOSE.get(purpose, _receipt)(told, colour)


def letter(language: str, *, name: str, title: str, text: str) -> Paper:
    """A letter of somebody else that the customer sends on: one line of text under its title."""
    return Paper(name, _pages(Drawn("", language, ()), title, text), PAGE)


def _slug(name: str) -> str:
    return "-".join(name.lower().split()[:2])
