"""Six colours that can be read wherever the stylesheet puts them."""

import re
from pathlib import Path

import pytest

from portal.institution import colours
from portal.institution.loader import codes, load

STYLESHEET = Path(__file__).resolve().parents[2] / "portal" / "static" / "css" / "app.css"


def declared(block: str) -> dict[str, str]:
    """The custom properties of a block that are plain colours, as six digits."""
    found = dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{3,6})\b", block))
    return {
        name: value if len(value) == 7 else "#" + "".join(2 * digit for digit in value[1:])
        for name, value in found.items()
    }


@pytest.mark.parametrize(
    ("scheme", "selector"),
    [(colours.LIGHT, ":root {"), (colours.DARK, "@media (prefers-color-scheme: dark)")],
)
def test_the_colours_that_are_checked_against_are_the_stylesheets(scheme: colours.Scheme, selector: str) -> None:
    css = STYLESHEET.read_text(encoding="utf-8")
    start = css.index(selector)
    tokens = declared(css[start : css.index("}", start)])
    assert {**scheme.grounds, **scheme.texts, **scheme.edges, "on-accent": scheme.on_accent}.items() <= tokens.items()


@pytest.mark.parametrize(("one", "other", "expected"), [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48)])
def test_contrast_is_that_of_wcag(one: str, other: str, expected: float) -> None:
    assert colours.contrast(one, other) == pytest.approx(expected, abs=0.005)
    assert colours.contrast(one, other) == colours.contrast(other, one)


@pytest.mark.parametrize(
    "six",
    [
        ("#0f5b4c", "#083d32", "#e7f1ee", "#7fcfba", "#aee3d5", "#15302b"),
        ("#1d4c94", "#12356c", "#e9eff8", "#9dbff2", "#c3d8f8", "#1a2a42"),
        ("#80264f", "#5c1737", "#f7ebf1", "#eba6c5", "#f4c9dc", "#3a1d2b"),
        ("#6b4a10", "#4b3307", "#f5efe2", "#dfba74", "#ecd4a6", "#33291a"),
    ],
)
def test_the_designs_own_palettes_are_legible(six: tuple[str, ...]) -> None:
    l1, l2, l3, d1, d2, d3 = six
    assert not [fault for accent in (l1, l2) for fault in colours.accent_faults(accent, l3, colours.LIGHT)]
    assert not [fault for accent in (d1, d2) for fault in colours.accent_faults(accent, d3, colours.DARK)]
    assert not [*colours.wash_faults(l3, colours.LIGHT), *colours.wash_faults(d3, colours.DARK)]


def test_a_wash_must_not_hide_texts_or_edges() -> None:
    assert any("under ink-2" in fault for fault in colours.wash_faults("#667777", colours.LIGHT))
    assert any("under focus" in fault and "3:1" in fault for fault in colours.wash_faults("#b08d00", colours.DARK))


@pytest.mark.parametrize("code", codes())
def test_the_six_colours_become_a_stylesheet(code: str) -> None:
    palette = load(code).colours
    assert declared(palette.stylesheet) == palette.model_dump()
    assert palette.stylesheet.startswith(":root {")
