"""What must hold on every page in every state: axe, narrow screens, large text, few requests, few bytes."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from portal.sealing import KeyRing
from tests.browser.branches import BRANCHES
from tests.browser.conftest import Visit
from tests.browser.server import Server, serving
from tests.browser.tour import tour

NARROWEST = 320
MOST_REQUESTS = 5
MOST_BYTES = 60_000
# Whatever stands outside the window or is cut off by the box around it.
OVERFLOW = """() => {
  const room = document.documentElement.clientWidth, faults = [];
  if (document.documentElement.scrollWidth > room)
    faults.push(`the page is ${document.documentElement.scrollWidth} px wide`);
  for (const e of document.querySelectorAll("body *")) {
    if (e.closest(".hidden-text, .skip, .table-stack thead") || !e.checkVisibility()) continue;
    const box = e.getBoundingClientRect(), name = e.outerHTML.slice(0, 120);
    if (box.width && (box.left < -1 || box.right > room + 1)) faults.push(`${box.left}…${box.right}: ${name}`);
    if (getComputedStyle(e).overflowX !== "visible" && e.tagName !== "INPUT" && e.scrollWidth > e.clientWidth + 1)
      faults.push(`cut off: ${name}`);
  }
  return faults;
}"""


@pytest.mark.parametrize("lang", ["id", "en"])
def test_axe_finds_nothing_light_or_dark(
    server: Server, visit: Visit, audit: Callable[[Page], None], lang: str
) -> None:
    """Every rule of axe on each page in both schemes, one on a phone and the other on a desk, by turns."""
    page = visit(server, f"/{lang}/")
    looks = [("light", 360), ("dark", 1280)], [("dark", 360), ("light", 1280)]
    faults = []
    for number, name in enumerate(tour(page, server, lang)):
        for scheme, width in looks[number % 2]:
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.set_viewport_size({"width": width, "height": 900})
            try:
                audit(page)
            except AssertionError as fault:
                faults.append(f"{name}, {scheme}, {width} px: {fault}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("lang", ["id", "en"])
def test_no_page_is_wider_than_a_narrow_screen_or_cuts_large_text(server: Server, visit: Visit, lang: str) -> None:
    """320 px, with letters of the usual size and twice as large (WCAG 1.4.4, 1.4.10)."""
    page = visit(server, f"/{lang}/", width=NARROWEST)
    devtools = page.context.new_cdp_session(page)
    faults = []
    for name in tour(page, server, lang):
        for size in (16, 32):
            devtools.send("Page.setFontSizes", {"fontSizes": {"standard": size, "fixed": size * 13 // 16}})
            assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == f"{size}px"
            faults += [f"{name}, {size} px letters: {fault}" for fault in page.evaluate(OVERFLOW)]
    assert not faults, "\n".join(faults)


@pytest.fixture(scope="module")
def institutions(
    run_folder: Path, sqlite_template: Path, keys: KeyRing, server: Server
) -> Iterator[Callable[[str], Server]]:
    """A server for each institution, started when it is first asked for."""
    running = {"muamalat": server}
    with ExitStack() as stack:

        def of(code: str) -> Server:
            if code not in running:
                folder = run_folder / f"{code}-{os.getpid()}"
                running[code] = stack.enter_context(serving(folder, sqlite_template, keys, PORTAL_INSTITUTION=code))
            return running[code]

        yield of


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("branch", BRANCHES)
def test_a_branch_of_the_way_is_as_fit_for_everybody(
    institutions: Callable[[str], Server],
    visit: Visit,
    audit: Callable[[Page], None],
    keys: KeyRing,
    branch: str,
    lang: str,
) -> None:
    """Axe, and letters of both sizes at 320 px. Where one language is dark and narrow, the other is light and wide."""
    code, states = BRANCHES[branch]
    server = institutions(code)
    page = visit(server, f"/{lang}/")
    devtools = page.context.new_cdp_session(page)
    looks = [("light", 360), ("dark", 1280), ("dark", 360), ("light", 1280)]
    faults = []
    for number, name in enumerate(states(page, server, keys, lang)):
        page.set_viewport_size({"width": NARROWEST, "height": 900})
        for size in (32, 16):
            devtools.send("Page.setFontSizes", {"fontSizes": {"standard": size, "fixed": size * 13 // 16}})
            faults += [f"{name}, {size} px letters: {fault}" for fault in page.evaluate(OVERFLOW)]
        # The languages differ in both, on each page.
        scheme, width = looks[number % 4 ^ (lang == "en")]
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 900})
        faults += [f"{name}, {width} px: {fault}" for fault in page.evaluate(OVERFLOW)]
        try:
            audit(page)
        except AssertionError as fault:
            faults.append(f"{name}, {scheme}, {width} px: {fault}")
    assert not faults, "\n".join(faults)


def test_the_first_view_of_each_page_is_light(server: Server, visit: Visit) -> None:
    """At most five requests and less than 60 kB with an empty cache, the icon among them."""
    page = visit(server, "/en/")
    icon = page.request.get(page.locator('link[rel="icon"]').get_attribute("href") or "")
    transfer = Transfer(page, icon.url)
    seen, faults = 0, []
    for name in tour(page, server, "en"):
        if "+" in name or name in ("400", "404"):
            continue
        page.reload()
        sizes = {icon.url: len(icon.body())} | transfer.sizes()
        seen += 1
        if len(sizes) > MOST_REQUESTS or sum(sizes.values()) >= MOST_BYTES:
            faults.append(f"{name}: {sizes}")
    assert seen == 37
    assert not faults, "\n".join(faults)


class Transfer:
    """What the newest page took over the line, as the browser's network counts it, with nothing in its cache.

    Without the icon, which browsers ask for when they please.
    """

    def __init__(self, page: Page, icon: str) -> None:
        self.page = page
        self.icon = icon
        self.urls: dict[str, str] = {}
        self.lengths: dict[str, int] = {}
        devtools = page.context.new_cdp_session(page)
        devtools.on("Network.requestWillBeSent", self._asked)
        devtools.on("Network.loadingFinished", self._finished)
        devtools.send("Network.enable")
        devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def sizes(self) -> dict[str, int]:
        """Bytes by address, headers included."""
        for _ in range(500):
            if len(self.lengths) == len(self.urls):
                break
            self.page.wait_for_timeout(10)
        return {url: self.lengths[request] for request, url in self.urls.items()}

    def _asked(self, event: dict[str, Any]) -> None:
        if event["type"] == "Document":
            self.urls.clear()
            self.lengths.clear()
        if event["request"]["url"] != self.icon:
            self.urls[event["requestId"]] = event["request"]["url"]

    def _finished(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self.urls:
            self.lengths[event["requestId"]] = int(event["encodedDataLength"])


def test_nothing_moves_for_who_asks_for_no_motion(server: Server, visit: Visit) -> None:
    """With reduced motion nothing changes over time; otherwise colours alone do."""
    page = visit(server, "/en/track")
    moving = """() => [...document.querySelectorAll("*")].flatMap((e) => {
        const style = getComputedStyle(e), times = style.transitionDuration.split(", ").map(parseFloat);
        if (style.animationName !== "none") return ["an animation"];
        return times.some((time) => time > 0) ? style.transitionProperty.split(", ") : [];
    })"""
    assert page.evaluate(moving) == []
    page.emulate_media(reduced_motion="no-preference")
    assert set(page.evaluate(moving)) == {"background-color", "color", "border-color"}
