"""The steps of the procedure as a drawing: where boxes and lines of text stand. Pure; the template draws it."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

# In the drawing's own units; the page scales it to its column.
WIDTH = 320
LINE = 19
PADDING = 13
GAP = 24
# So many signs of the page's font fit beside the step's number, and into half the width.
SIGNS = 30
SIGNS_OF_HALF = 16


@dataclass(frozen=True, slots=True)
class Box:
    """One box: its place, its lines with their baselines, and its number unless it is an outcome."""

    x: int
    y: int
    width: int
    height: int
    number: int | None
    lines: tuple[tuple[int, str], ...]

    @property
    def middle(self) -> int:
        return self.x + self.width // 2

    @property
    def bottom(self) -> int:
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Diagram:
    """The steps from top to bottom, then the outcomes between which the customer chooses, side by side."""

    steps: tuple[Box, ...]
    outcomes: tuple[Box, ...]

    @property
    def height(self) -> int:
        return max(box.bottom for box in (*self.steps, *self.outcomes)) + 1


def draw(steps: Sequence[str], outcomes: Sequence[str]) -> Diagram:
    """Place the titles of the steps and of the two outcomes that follow the last one (SQ-36, BM-01)."""
    y = 1
    drawn = []
    for number, title in enumerate(steps, start=1):
        box = _box(title, number, x=1, y=y, width=WIDTH - 2, signs=SIGNS)
        drawn.append(box)
        y = box.bottom + GAP
    half = (WIDTH - 2 - GAP // 2) // 2
    ends = [
        _box(title, None, x=1 + place * (half + GAP // 2), y=y, width=half, signs=SIGNS_OF_HALF)
        for place, title in enumerate(outcomes)
    ]
    tallest = max((box.height for box in ends), default=0)
    level = tuple(Box(box.x, box.y, box.width, tallest, box.number, box.lines) for box in ends)
    return Diagram(tuple(drawn), level)


def _box(title: str, number: int | None, *, x: int, y: int, width: int, signs: int) -> Box:
    lines = textwrap.wrap(title.replace("\u00a0", " "), signs, break_long_words=False)
    height = len(lines) * LINE + 2 * PADDING
    return Box(
        x,
        y,
        width,
        height,
        number,
        tuple((y + PADDING + LINE * row - 5, line) for row, line in enumerate(lines, start=1)),
    )
