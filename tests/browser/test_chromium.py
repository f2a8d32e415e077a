"""The browser itself: it starts, and axe finds what is planted."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page


def test_axe_finds_a_planted_fault_and_passes_a_good_page(browser: Browser, audit: Callable[[Page], None]) -> None:
    page = browser.new_page()
    good = (
        "<!doctype html><html lang=en><title>t</title><main><h1>t</h1>"
        "<label for=a>Name</label><input id=a></main></html>"
    )
    page.set_content(good)
    audit(page)
    page.set_content(good.replace("<label for=a>Name</label>", ""))
    with pytest.raises(AssertionError, match=r"label \(critical\)"):
        audit(page)
    page.close()
