"""Real files of every accepted and refused kind, files that pretend, and names from hell: through the page."""

import io
import unicodedata
import zipfile
from collections.abc import Callable
from urllib.parse import unquote

import pikepdf
import pytest
from flask import Flask
from PIL import Image

from portal.evidence.access import init_guards
from portal.evidence.inspection import inspect
from portal.evidence.rules import Media, Right
from tests.evidence import files
from tests.intake.journey import walk_to
from tests.page import Client, Page

STEP = "/en/file/documents"
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
REFUSED = ": we take JPG, PNG, WebP, HEIC and PDF. Send a photo of it, or a PDF"


@pytest.fixture
def page(client: Client) -> Page:
    return walk_to(client, "documents", "en")


def upload(page: Page, name: str, content: bytes, *, status: int = 200) -> Page:
    return page.form(STEP).fill(purpose="identity", files=[(name, content)]).submit("upload", status=status)


def fetched(page: Page) -> tuple[bytes, dict[str, str]]:
    answer = page.client.http.get(page.all(".file-name a")[-1]["href"], base_url=page.client.base_url)
    assert answer.status_code == 200
    return answer.data, dict(answer.headers)


def saved(kind: str, mode: str = "RGB", **options: object) -> bytes:
    file = io.BytesIO()
    picture = Image.effect_noise((80, 60), 60).convert(mode)
    picture.save(file, kind, **options)
    return file.getvalue()


def frames(kind: str) -> bytes:
    one, two = (Image.new("RGB", (40, 30), colour) for colour in ("red", "blue"))
    file = io.BytesIO()
    one.save(file, kind, save_all=True, append_images=[two])
    return file.getvalue()


def rewritten(**options: object) -> bytes:
    file = io.BytesIO()
    with pikepdf.open(io.BytesIO(files.pdf(3))) as pdf:
        pdf.save(file, **options)  # type: ignore[arg-type]
    return file.getvalue()


# ── kinds ────────────────────────────────────────────────────────────────────────────────────────

ACCEPTED: dict[str, tuple[Callable[[], bytes], str]] = {
    "photo.jpg": (files.with_place, "image/jpeg"),
    "progressive.jpeg": (lambda: saved("JPEG", progressive=True), "image/jpeg"),
    "print.jpg": (lambda: saved("JPEG", "CMYK"), "image/jpeg"),
    "two-in-one.jpg": (lambda: frames("MPO"), "image/jpeg"),
    "screen.png": (lambda: saved("PNG", "RGBA"), "image/png"),
    "scan.png": (lambda: saved("PNG", "1"), "image/png"),
    "moving.png": (lambda: frames("PNG"), "image/png"),
    "chat.webp": (lambda: saved("WEBP"), "image/webp"),
    "lossless.webp": (lambda: saved("WEBP", "RGBA", lossless=True), "image/webp"),
    "moving.webp": (lambda: frames("WEBP"), "image/webp"),
    "iphone.heic": (files.heic, "image/heic"),
    "statement.pdf": (lambda: files.pdf(3), "application/pdf"),
    "web.pdf": (lambda: rewritten(linearize=True), "application/pdf"),
    "old.pdf": (lambda: rewritten(force_version="1.2"), "application/pdf"),
    "mailed.pdf": (lambda: b"\r\n" + files.pdf(), "application/pdf"),
    "attached.pdf": (lambda: files.with_attachment(b"x"), "application/pdf"),
    # The content counts, not the name.
    "called-txt.txt": (files.picture, "image/jpeg"),
    "no ending": (files.pdf, "application/pdf"),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_every_accepted_kind_comes_back_byte_by_byte_and_as_a_copy(page: Page, app: Flask, name: str) -> None:
    make, media = ACCEPTED[name]
    content = make()
    page = upload(page, name, content)
    assert [node.text for node in page.all(".file-name")] == [name]
    data, headers = fetched(page)
    assert (data, headers["Content-Type"]) == (content, media)
    init_guards(app, lambda _: Right.COPY)
    copy, headers = fetched(page)
    assert headers["Content-Type"] in ("image/jpeg", "image/png", "application/pdf")
    assert inspect([copy], Media(headers["Content-Type"])).facts["width" if "image" in media else "pages"]


def office() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr("word/document.xml", "<document/>")
    return file.getvalue()


NOT_TAKEN: dict[str, Callable[[], bytes]] = {
    "animasi.gif": lambda: saved("GIF"),
    "peta.bmp": lambda: saved("BMP"),
    "fax.tiff": lambda: saved("TIFF"),
    "baru.avif": lambda: saved("AVIF"),
    "ikon.ico": lambda: saved("ICO"),
    "lama.jp2": lambda: saved("JPEG2000"),
    "gambar.svg": lambda: b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "halaman.html": lambda: b"<!doctype html><script>alert(1)</script>",
    "pura-pura.pdf": lambda: b"<html><!-- %PDF-1.7 --><script>alert(1)</script>",
    "surat.docx": office,
    "surat.doc": lambda: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2000),
    "surat.rtf": lambda: b"{\\rtf1 Saldo}",
    "arsip.zip": files.archive,
    "arsip.rar": lambda: b"Rar!\x1a\x07\x01\x00" + bytes(100),
    "arsip.7z": lambda: b"7z\xbc\xaf\x27\x1c" + bytes(100),
    "rekaman.mp4": lambda: b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(500),
    "rekaman.mp3": lambda: b"ID3\x04" + bytes(500),
    "program.exe": lambda: b"MZ\x90\x00" + bytes(500),
    "program": lambda: b"\x7fELF\x02\x01\x01" + bytes(500),
    "skrip.sh": lambda: b"#!/bin/sh\nrm -rf /\n",
    "catatan.txt": lambda: b"Saldo saya Rp7.654.321",
    "tabel.csv": lambda: b"=cmd|'/c calc'!A1,1\n",
    "kosong-nol.jpg": lambda: bytes(5000),
    # Two kinds in one, the accepted one not first.
    "gif-js.jpg": lambda: b"GIF89a/*" + files.picture() + b"*/=1;alert(1)",
    "zip-jpg.jpg": lambda: files.archive() + files.picture(),
}


@pytest.mark.parametrize("name", NOT_TAKEN)
def test_every_other_kind_is_refused_by_content_with_its_name(page: Page, name: str) -> None:
    page = upload(page, name, NOT_TAKEN[name](), status=422)
    assert page.errors == [name + REFUSED]
    assert not page.has(".file-name")


POLYGLOTS: dict[str, Callable[[], bytes]] = {
    "jpeg-zip": lambda: files.picture() + files.archive(b"secret"),
    "jpeg-html": lambda: files.picture(comment=b"<script>alert(1)</script>"),
    "png-php": lambda: files.picture("PNG") + b"<?php system($_GET[0]); ?>",
    "webp-js": lambda: files.picture("WEBP") + b"*/=1;alert(1)",
    "pdf-zip": lambda: files.pdf() + files.archive(b"secret"),
    "pdf-exe": lambda: b"MZ\x90\x00" + bytes(60) + files.pdf(),
}


@pytest.mark.parametrize("kind", POLYGLOTS)
def test_a_file_of_two_kinds_runs_nowhere_and_its_copy_is_of_one(page: Page, app: Flask, kind: str) -> None:
    content = POLYGLOTS[kind]()
    page = upload(page, "dua.jpg", content)
    data, headers = fetched(page)
    assert data == content
    assert headers["Content-Disposition"].startswith("attachment") and headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].endswith("sandbox")
    init_guards(app, lambda _: Right.COPY)
    copy, _ = fetched(page)
    for other in (b"PK\x03\x04", b"<?php", b"<script", b"alert(1)", b"MZ\x90"):
        assert other not in copy


BOMBS: dict[str, Callable[[], bytes]] = {
    "pixels.png": files.pixel_bomb,
    "pixels.webp": files.canvas_bomb,
    "pages.pdf": lambda: files.pdf(1_200),
    "objects.pdf": files.object_bomb,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_with_its_name(page: Page, name: str) -> None:
    content = BOMBS[name]()
    assert len(content) < 3_000_000
    page = upload(page, name, content, status=422)
    assert page.errors == [f"{name} has too many pixels or pages. Send it in parts, or as a smaller photo"]


# ── names ────────────────────────────────────────────────────────────────────────────────────────

LONG = "é" * 125 + ".pdf"  # 254 bytes
NAMES: dict[str, tuple[str, str, str]] = {
    # What is sent; how it is shown; what a browser saves it as.
    "255 bytes": (LONG, LONG, LONG),
    "255 signs of three bytes": ("字" * 251 + ".pdf", "字" * 251 + ".pdf", "字" * 251 + ".pdf"),
    "longer than any file system": ("a" * 3000 + ".pdf", "a" * 255, "a" * 255),
    "right to left override": ("nota\u202egpj.pdf", "nota\ufffdgpj.pdf", "nota\ufffdgpj.pdf"),
    "isolates and marks": ("\u2067a\u2069\u200f.pdf", "\ufffda\ufffd\ufffd.pdf", "\ufffda\ufffd\ufffd.pdf"),
    "arabic": ("صورة البطاقة.pdf", "صورة البطاقة.pdf", "صورة البطاقة.pdf"),
    "emoji of three people": ("👨‍👩‍👧 bukti.pdf", "👨‍👩‍👧 bukti.pdf", "👨‍👩‍👧 bukti.pdf"),
    "decomposed": (unicodedata.normalize("NFD", "Café Jalan.pdf"),) * 3,
    "control characters": ("a\x01b\x1b[31mc\x7f.pdf", "a\ufffdb\ufffd[31mc\ufffd.pdf", "a\ufffdb\ufffd[31mc\ufffd.pdf"),
    "path": ("../../../etc/passwd", "passwd", "passwd"),
    "only dots": ("..", "..", ".."),
    "markup": (
        "<img src=x onerror=alert(1)>.pdf",
        "<img src=x onerror=alert(1)>.pdf",
        "<img src=x onerror=alert(1)>.pdf",
    ),
    "template": ("${7*7}#{7*7}<%= 7*7 %>.pdf",) * 3,
    "format": ("%s %d {0} 100%.pdf",) * 3,
    "statement": ("a'b; DROP TABLE documents;--.pdf",) * 3,
    "header": ("x; filename=evil.exe.pdf", "x; filename=evil.exe.pdf", "x; filename=evil.exe.pdf"),
    "reserved": ("CON.pdf", "CON.pdf", "CON.pdf"),
    "private": ("\ue000.pdf", "\ue000.pdf", "\ue000.pdf"),
    "no signs at all": ("\ufdd0\uffff\U0010ffff.pdf", "\ufffd\ufffd\ufffd.pdf", "\ufffd\ufffd\ufffd.pdf"),
}


@pytest.mark.parametrize("kind", NAMES)
def test_a_name_from_hell_arrives_whole_and_is_shown_harmless(page: Page, kind: str) -> None:
    sent, shown, kept = NAMES[kind]
    page = upload(page, sent, files.pdf())
    assert page.all(".file-name")[0].element.find(".//*[@download]/*").text == shown
    _, headers = fetched(page)
    plain, encoded = headers["Content-Disposition"].split("; filename*=UTF-8''")
    assert unquote(encoded) == kept
    assert plain.startswith('attachment; filename="') and plain.endswith('"') and plain.isascii()
    assert not set(plain[len('attachment; filename="') : -1]) & set('"\\%/\r\n')
    # The same name when it is refused, in the summary and beside the field.
    page = upload(page, sent, b"no document", status=422)
    assert [shown in sentence for sentence in page.errors] == [True]
