"""An institution's six colours: they must be legible wherever the stylesheet puts them."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

TEXT_CONTRAST = 4.5
EDGE_CONTRAST = 3.0


class Scheme(NamedTuple):
    """The colours of the stylesheet that an institution's own meet, in one scheme. A test compares them with it."""

    grounds: Mapping[str, str]
    on_accent: str
    texts: Mapping[str, str]
    edges: Mapping[str, str]


LIGHT = Scheme(
    grounds={
        "paper": "#fbfbf9",
        "sheet": "#ffffff",
        "wash": "#f1f3f0",
        "bad-wash": "#fcefed",
        "warn-wash": "#fcf4e0",
        "good-wash": "#e9f4ec",
    },
    on_accent="#ffffff",
    texts={"ink": "#1a2221", "ink-2": "#485352", "bad": "#9f1d17", "warn": "#704800", "good": "#17603a"},
    edges={"line-2": "#6a7674", "focus": "#0b50c9"},
)
DARK = Scheme(
    grounds={
        "paper": "#12171a",
        "sheet": "#191f22",
        "wash": "#1f272a",
        "bad-wash": "#3a1b19",
        "warn-wash": "#33280f",
        "good-wash": "#16301f",
    },
    on_accent="#0d1416",
    texts={"ink": "#e7ebe9", "ink-2": "#aeb8b6", "bad": "#ffb1a8", "warn": "#f2c877", "good": "#8fd5a8"},
    edges={"line-2": "#8b9896", "focus": "#ffd23f"},
)


def contrast(one: str, other: str) -> float:
    """The contrast of two `#rrggbb` colours, 1 to 21 (WCAG 2.2)."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def accent_faults(accent: str, wash: str | None, scheme: Scheme) -> Iterator[str]:
    """Where an accent (plain or pressed) cannot be read: as text on any ground, or under a button's text."""
    grounds = dict(scheme.grounds)
    if wash is not None:
        grounds["its own wash"] = wash
    for name, ground in grounds.items():
        yield from _fault(accent, f"on {name} {ground}", contrast(accent, ground), TEXT_CONTRAST)
    yield from _fault(
        accent, f"under a button's text {scheme.on_accent}", contrast(accent, scheme.on_accent), TEXT_CONTRAST
    )


def wash_faults(wash: str, scheme: Scheme) -> Iterator[str]:
    """Where a wash hides the stylesheet's own texts, control edges or focus ring."""
    for needed, colours in ((TEXT_CONTRAST, scheme.texts), (EDGE_CONTRAST, scheme.edges)):
        for name, colour in colours.items():
            yield from _fault(wash, f"under {name} {colour}", contrast(wash, colour), needed)


def _fault(colour: str, where: str, found: float, needed: float) -> Iterator[str]:
    if found < needed:
        yield f"{colour} {where} has a contrast of {found:.2f}:1, it needs {needed:g}:1"
