"""What a browser, its addresses and the server's log still say of somebody who has left."""

from collections.abc import Callable, Iterable, Iterator

from playwright.sync_api import Error, Page, Request

from tests.browser.conftest import PATIENCE
from tests.browser.customer import Customer, Kept


def look_back(page: Page) -> Iterator[str]:
    """Press the back button to the beginning of the tab's history; yields all that each page holds."""
    refusals: list[str] = []
    devtools = page.context.new_cdp_session(page)
    devtools.on(
        "Page.frameNavigated", lambda event: refusals.extend(filter(None, [event["frame"].get("unreachableUrl")]))
    )
    devtools.send("Page.enable")
    for _ in range(page.evaluate("history.length") - 1):
        known = len(refusals)
        try:
            page.go_back()
        except Error as fault:
            # The answer to a form: the browser would have to send it again, and asks instead of showing it.
            if "ERR_CACHE_MISS" not in fault.message:
                raise
            _wait_for(page, lambda known=known: len(refusals) > known)
            continue
        yield everything(page)


def _wait_for(page: Page, happened: Callable[[], bool]) -> None:
    # Playwright tells that a page was not shown before the browser's own page about it stands there.
    for _ in range(PATIENCE // 20):
        if happened():
            return
        page.wait_for_timeout(20)
    raise AssertionError("the browser says nothing about a page that it does not show")


def everything(page: Page) -> str:
    """Source, address and what stands in the fields, which a browser may have filled in again."""
    fields = page.locator("input, textarea").evaluate_all("all => all.map((field) => field.value)")
    return "\n".join((page.url, page.content(), *fields))


def secrets(customer: Customer, *kept: Kept) -> list[str]:
    """What must not be found: the person, the story, the numbers and the codes."""
    return [*customer.secrets, *(line for each in kept for line in (each.number, each.code))]


def nothing_of(told: Iterable[str], hidden: list[str]) -> int:
    """None of the texts holds any of this; returns how many texts there were."""
    count = 0
    for text in told:
        found = [each for each in hidden if each in text]
        assert not found, f"{found} stands in {text[:2000]}"
        count += 1
    return count


class Addresses:
    """Every address that the browser asks for, and the one that it says it comes from."""

    def __init__(self, page: Page) -> None:
        self.asked: list[str] = []
        self.referrers: list[str] = []
        page.context.on("request", self._ask)

    def _ask(self, request: Request) -> None:
        self.asked.append(request.url)
        referrer = request.headers.get("referer")
        if referrer:
            self.referrers.append(referrer)
