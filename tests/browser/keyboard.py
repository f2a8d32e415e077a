"""A customer who has a keyboard and nothing else: what has the focus is seen, reached and left by keys alone."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from playwright.sync_api import JSHandle, Locator, Page, expect

# More stops than any page has: who has not arrived by then never will.
LONGEST_WAY = 80
THICKNESS = 2
SMALLEST_TARGET = 24

# What the Tab key should stop at, in the order of the page; a group of radio buttons is one stop.
STOPS = """() => {
  const can = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")].filter(
    (e) => e.tabIndex >= 0 && !e.disabled && e.type !== "hidden" && e.checkVisibility({ visibilityProperty: true }));
  const group = (e) => document.getElementsByName(e.name);
  const speaks = (e) => [...group(e)].find((other) => other.checked) ?? group(e)[0];
  return can.filter((e) => e.type !== "radio" || e === speaks(e));
}"""
# How the focused element looks: an outline that is seen, on the screen, large enough to be hit.
LOOK = """() => {
  const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
  const target = (e.type === "radio" || e.type === "checkbox" ? e.closest("label") : e).getBoundingClientRect();
  return {
    what: e.outerHTML.slice(0, 120),
    outside: e === document.body || e === document.documentElement,
    ring: e.matches(":focus-visible") && style.outlineStyle !== "none" ? parseFloat(style.outlineWidth) : 0,
    seen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    target: Math.min(target.width, target.height),
  };
}"""


class Keyboard:
    """The keys of one page, watched: wherever the Tab key stops, the place is framed and on the screen."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def tab(self, *, back: bool = False) -> bool:
        """Press Tab; returns whether it stopped inside the page."""
        self.press("Shift+Tab" if back else "Tab")
        look = self.page.evaluate(LOOK)
        if look["outside"]:
            return False
        where = f"{look['what']} on {self.page.url}"
        assert look["ring"] >= THICKNESS, f"no visible focus at {where}"
        assert look["seen"], f"the focus is off the screen at {where}"
        assert look["target"] >= SMALLEST_TARGET, f"{look['target']} px are too small to hit at {where}"
        return True

    def to(self, target: Locator, *, back: bool = False) -> None:
        """Tab until this has the focus."""
        self.page.wait_for_load_state()
        for _ in range(LONGEST_WAY):
            if target.evaluate("e => e === document.activeElement"):
                return
            self.tab(back=back)
        raise AssertionError(f"the Tab key never comes to {target} on {self.page.url}")

    def follow(self, target: Locator, key: str = "Enter") -> None:
        """Tab to a link or button and press it."""
        self.to(target)
        self.press(key)

    def enter(self, values: Mapping[str, Any]) -> None:
        """Answer the fields of a form by their names, as `customer.fill` does with a mouse."""
        for name, value in values.items():
            controls = self.page.locator(f'main [name="{name}"]')
            kind = controls.first.get_attribute("type")
            if kind == "radio":
                self._choose(name, value)
            elif kind == "checkbox":
                self.to(controls)
                if controls.is_checked() != value:
                    self.press("Space")
            else:
                self.to(controls)
                self.press("Control+A")
                self.page.keyboard.type(value)

    def _choose(self, name: str, value: str) -> None:
        group = self.page.locator(f'main [name="{name}"]')
        wanted = self.page.locator(f'main [name="{name}"][value="{value}"]')
        chosen = group.and_(self.page.locator(":checked"))
        if chosen.count():
            self.to(chosen)
        else:
            self.to(group.first)
            self.press("Space")
        for _ in range(group.count()):
            if wanted.is_checked():
                expect(wanted).to_be_focused()
                return
            self.press("ArrowDown")
        raise AssertionError(f"the arrow keys never come to {name}={value}")


def round_trip(page: Page) -> None:
    """Tab through the whole page and out of it: every stop once, no way without end.

    In the order of the page, which on a screen of one column is also the order from top to bottom.
    """
    keyboard, stops = Keyboard(page), page.evaluate_handle(STOPS)
    rows = page.evaluate(
        "stops => stops.map((e) => e.getBoundingClientRect()).map((box) => [box.top, box.bottom])", stops
    )
    for number, (above, below) in enumerate(pairwise(rows)):
        assert below[1] > above[0], f"{page.url}: stop {number + 1} stands above\n{_names(page, stops)}"
    count = len(rows)
    order = []
    for _ in range(count + 1):
        if keyboard.tab():
            order.append(page.evaluate("stops => stops.indexOf(document.activeElement)", stops))
    # It begins where the focus was put: at the top, or at an error summary.
    first = order[0]
    expected = [*range(first, count), *range(first)][: len(order)]
    assert order[:count] == expected[:count], f"{page.url}: the focus goes {order}\n{_names(page, stops)}"
    assert set(order) == set(range(count)), f"{page.url}: the focus never comes to some of\n{_names(page, stops)}"


def _names(page: Page, stops: JSHandle) -> str:
    names = page.evaluate("stops => stops.map((e) => e.outerHTML.slice(0, 100))", stops)
    return "\n".join(f"{number} {name}" for number, name in enumerate(names))
