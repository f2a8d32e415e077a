"""The catalogues hold exactly what is said, translated, with the same placeholders and tags."""

import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog

ROOT = Path(__file__).parent.parent.parent
TOOL: dict[str, Any] = runpy.run_path(str(ROOT / "translations" / "__main__.py"), run_name="catalogues")


def test_the_catalogues_are_complete_and_up_to_date() -> None:
    done = subprocess.run([sys.executable, "translations", "--check"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def said() -> Catalog:
    catalogue = Catalog()
    catalogue.add("Hello %(name)s")
    catalogue.add("<b>Bold</b> words")
    catalogue.add(("%(num)s day", "%(num)s days"))
    return catalogue


def indonesian(*more: tuple[Any, Any], flags: tuple[str, ...] = ()) -> Catalog:
    right: dict[Any, Any] = {
        "Hello %(name)s": "Halo %(name)s",
        "<b>Bold</b> words": "Kata <b>tebal</b>",
        ("%(num)s day", "%(num)s days"): ("%(num)s hari",),
    }
    catalogue = Catalog(locale="id", fuzzy=False)
    catalogue.mime_headers = [("Plural-Forms", "nplurals=1; plural=0;")]
    for key, value in (right | dict(more)).items():
        catalogue.add(key, value, flags=flags)
    return catalogue


def test_a_right_catalogue_has_no_fault(said: Catalog) -> None:
    assert TOOL["faults"](indonesian(), said, "id") == []


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        (("Hello %(name)s", "Halo"), "other placeholders"),
        (("Hello %(name)s", ""), "not translated"),
        (("<b>Bold</b> words", "Kata tebal"), "other tags"),
        (("<b>Bold</b> words", "Kata <b>tebal</b> "), "other white space"),
        (("Nobody says this", "Tidak ada"), "no longer said"),
        ((("%(num)s day", "%(num)s days"), ("hari",)), "other placeholders"),
    ],
)
def test_a_fault_in_a_catalogue_is_seen(said: Catalog, wrong: tuple[Any, Any], fault: str) -> None:
    found = TOOL["faults"](indonesian(wrong), said, "id")
    assert len(found) == 1
    assert fault in found[0]


def test_a_missing_sentence_a_guess_and_english_plurals_are_seen(said: Catalog) -> None:
    said.add("Newly said")
    assert any("not in the catalogue" in fault for fault in TOOL["faults"](indonesian(), said, "id"))
    assert all("fuzzy" in fault for fault in TOOL["faults"](indonesian(flags=("fuzzy",)), said, "id")[1:])
    english = indonesian()
    english.mime_headers = [("Plural-Forms", "nplurals=2; plural=(n != 1);")]
    assert any("2 plural forms" in fault for fault in TOOL["faults"](english, said, "id"))
