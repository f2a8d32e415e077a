"""Names from hell, kinds by their first bytes, limits."""

import pytest

from portal.evidence.rules import Limits, Media, file_name, fits, shown_name, sniff
from tests.evidence import files


@pytest.mark.parametrize(
    "name",
    [
        "KTP Siti.jpg",
        "صورة البطاقة.jpeg",
        "บัตรประชาชน.png",
        "身份证.pdf",
        "हिन्दी क्‍ष.jpg",
        "bukti 👨‍👩‍👧.png",
        "cafe\u0301.pdf",
        "caf\u00e9.pdf",
        "ꦏꦠꦺꦥꦺ.heic",
        "a" * 251 + ".jpg",
        "字" * 255,
        ".htaccess",
        "con",
        "%2e%2e%2f.jpg",
        "<img src=x onerror=alert(1)>.jpg".replace("/", ""),
        "'; DROP TABLE documents;--.pdf",
    ],
)
def test_names_in_any_script_arrive_whole_and_are_shown_as_they_are(name: str) -> None:
    assert file_name(name) == name
    assert shown_name(name) == name


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("C:\\fakepath\\ktp.jpg", "ktp.jpg"),
        ("../../etc/passwd", "passwd"),
        ("a/b/", "b"),
        ("/", ""),
        ("\udcff.jpg", "?.jpg"),
    ],
)
def test_folders_before_a_name_are_left_out(sent: str, kept: str) -> None:
    assert file_name(sent) == kept


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("nota\u202egpj.exe", "nota\ufffdgpj.exe"),
        ("a\u2066b\u2069c\u200e\u200f\u061cd.pdf", "a\ufffdb\ufffdc\ufffd\ufffd\ufffdd.pdf"),
        ("satu\r\ndua\x00tiga\t.jpg", "satu\ufffd\ufffddua\ufffdtiga\ufffd.jpg"),
        ("ktp\u200b\ufeff.jpg", "ktp\ufffd\ufffd.jpg"),
        ("", "\ufffd"),
        ("   ", "\ufffd"),
        ("a\u2028b\u2029c", "a\ufffdb\ufffdc"),
    ],
)
def test_control_and_direction_characters_are_shown_harmless(name: str, shown: str) -> None:
    assert shown_name(name) == shown


def test_kinds_are_told_by_content() -> None:
    assert sniff(files.picture("JPEG")) is Media.JPEG
    assert sniff(files.picture("PNG")) is Media.PNG
    assert sniff(files.picture("WEBP")) is Media.WEBP
    assert sniff(files.heic()) is Media.HEIC
    assert sniff(files.pdf()) is Media.PDF
    assert sniff(b"\xef\xbb\xbf\n" + files.pdf()) is Media.PDF


@pytest.mark.parametrize(
    "content",
    [
        files.picture("GIF"),
        files.picture("BMP"),
        files.picture("TIFF"),
        files.archive(),
        b"<svg xmlns='http://www.w3.org/2000/svg'><!-- %PDF-1.7 --></svg>",
        b"<!doctype html><script>alert(1)</script>%PDF-1.7",
        b"MZ\x90\x00",
        b"\x7fELF",
        b"#!/bin/sh\n",
        b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom",
        b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmiaf",
        b"",
        b"x",
    ],
)
def test_what_is_not_accepted_is_not_recognised(content: bytes) -> None:
    assert sniff(content) is None


def test_a_limit_may_be_reached_and_not_passed() -> None:
    limits = Limits(file_bytes=10, delivery_files=1, delivery_bytes=10, case_files=2, case_bytes=20)
    assert fits(limits, files=1, size=10, more=10)
    assert not fits(limits, files=2, size=0, more=1)
    assert not fits(limits, files=1, size=11, more=10)
