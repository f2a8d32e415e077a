"""The decoder's last word, in a process that is killed when it exceeds its limits."""

import subprocess
import sys
import time
from dataclasses import replace

import pytest

from portal.evidence.confined import BOUNDS, Bounds
from portal.evidence.inspection import inspect
from portal.evidence.rules import Fault, Media, NotReadable
from portal.evidence.waiting import DECODER
from tests.evidence import files

# Every file of the portal that the decoder has loaded.
LOADED = """
import runpy, sys
from pathlib import Path
decoder = Path(sys.argv[1])
runpy.run_path(str(decoder), run_name="decoder")
files = (Path(getattr(module, "__file__", None) or "/") for module in list(sys.modules.values()))
print(*sorted(file.name for file in files if decoder.parent.parent in file.parents))
"""


def fault_of(content: bytes, media: Media, bounds: Bounds = BOUNDS) -> Fault:
    with pytest.raises(NotReadable) as refused:
        inspect([content], media, bounds)
    return refused.value.fault


@pytest.mark.parametrize(
    ("content", "media", "facts"),
    [
        (files.picture("JPEG"), Media.JPEG, {"width": 64, "height": 48}),
        (files.with_place(), Media.JPEG, {"width": 64, "height": 48}),
        (files.picture("JPEG", (3000, 2000)), Media.JPEG, {"width": 3000, "height": 2000}),
        (files.picture("PNG"), Media.PNG, {"width": 64, "height": 48}),
        (files.picture("WEBP"), Media.WEBP, {"width": 64, "height": 48}),
        (files.heic(), Media.HEIC, {"width": 48, "height": 32}),
        (files.pdf(3), Media.PDF, {"pages": 3, "active": []}),
        (files.pdf(javascript=True), Media.PDF, {"pages": 1, "active": ["/JS", "/JavaScript", "/OpenAction"]}),
        # What somebody hung behind a picture does not make it another kind; officers get re-encoded copies.
        (files.picture("JPEG") + files.archive(), Media.JPEG, {"width": 64, "height": 48}),
    ],
)
def test_real_files_are_read(content: bytes, media: Media, facts: dict[str, object]) -> None:
    verdict = inspect([content[:100], content[100:]], media)
    assert verdict.media is media
    assert verdict.facts == facts


def test_a_password_is_said(tmp_path: object) -> None:
    assert fault_of(files.pdf(password="rahasia"), Media.PDF) is Fault.PASSWORD


@pytest.mark.parametrize(
    ("content", "media"),
    [
        (files.picture("JPEG", (600, 400))[:-400], Media.JPEG),
        (files.noise(10_000)[:-5_000], Media.PNG),
        (files.heic()[:-200], Media.HEIC),
        (files.picture("WEBP", (600, 400))[:-200], Media.WEBP),
        (files.pdf(5)[:-80], Media.PDF),
        (b"%PDF-1.7\n%%EOF", Media.PDF),
        (b"\xff\xd8\xff\xe0 and then nothing", Media.JPEG),
        (b"GIF89a/*" + b"%PDF-" + b"*/=1;alert(1)", Media.PDF),
    ],
)
def test_what_is_damaged_or_only_pretends_is_refused(content: bytes, media: Media) -> None:
    assert fault_of(content, media) is Fault.BROKEN


def test_a_picture_of_another_kind_than_it_announces_is_refused() -> None:
    assert fault_of(files.picture("PNG"), Media.JPEG) is Fault.BROKEN


def test_a_pixel_bomb_is_refused_before_it_is_decoded() -> None:
    bomb = files.pixel_bomb()
    assert len(bomb) < 10_000
    started = time.monotonic()
    assert fault_of(bomb, Media.PNG) is Fault.HEAVY
    assert time.monotonic() - started < 5


def test_a_page_bomb_is_refused() -> None:
    assert fault_of(files.pdf(12), Media.PDF, replace(BOUNDS, pages=10)) is Fault.HEAVY
    assert fault_of(files.pdf(12), Media.PDF, replace(BOUNDS, objects=10)) is Fault.HEAVY


def test_a_decoder_that_needs_too_much_memory_or_time_is_killed() -> None:
    large = files.picture("PNG", (6000, 6000))
    assert fault_of(large, Media.PNG, replace(BOUNDS, memory=160 * 1024 * 1024)) is Fault.HEAVY
    started = time.monotonic()
    assert fault_of(large, Media.PNG, replace(BOUNDS, seconds=0.01)) is Fault.HEAVY
    assert time.monotonic() - started < 5


def test_the_decoder_knows_nothing_of_the_portal(monkeypatch: pytest.MonkeyPatch) -> None:
    """It gets no environment, so no keys and no database; and of ours it loads its own files alone."""
    loaded = subprocess.run(
        [sys.executable, "-I", "-c", LOADED, DECODER], cwd="/", env={}, capture_output=True, text=True, check=True
    )
    assert loaded.stdout.split() == ["drawing.py", "faults.py", "likeness.py", "pages.py", "pictures.py"]
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    assert inspect([files.picture()], Media.JPEG).facts == {"width": 64, "height": 48}
