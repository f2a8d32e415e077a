"""Chromium in front of a real server: pages with and without JavaScript, axe, screenshots."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from ipaddress import IPv4Address
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from portal.accounts.rules import OfficerRole
from portal.institution.loader import load
from portal.sealing import KeyRing
from tests.browser.chromium import NoChromium, find
from tests.browser.responding import SCREENS as SCREEN_OF
from tests.browser.responding import Sit
from tests.browser.seats import seat, sit_down
from tests.browser.server import ROOT, Server, serving

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = (ROOT / "tests/vendor/axe.min.js").read_text()
SCREENS = ROOT / "build" / "screens"
WIDTHS = {"phone": 360, "desktop": 1280}
# Milliseconds that a page may take to become what is expected; a busy machine needs more than Playwright grants.
PATIENCE = 15_000
expect.set_options(timeout=PATIENCE)
# Each browser is on a network of its own: all together they do more than one network may.
NETWORKS = IPv4Address("10.0.0.0")
_serial = count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium. Without one the tests skip, and say so; with CI=true they fail."""
    try:
        path, reason = find(), "no Chromium here: set PORTAL_CHROMIUM, or install one as `make test` tries to"
    except NoChromium as fault:
        path, reason = None, str(fault)
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def server(run_folder: Path, sqlite_template: Path, keys: KeyRing) -> Iterator[Server]:
    """One server for all browser tests of a worker process. Each test files complaints of its own."""
    with serving(run_folder / f"server-{os.getpid()}", sqlite_template, keys) as server:
        yield server


@pytest.fixture
def own_server(database_folder: Path, sqlite_template: Path, keys: KeyRing) -> Iterator[Server]:
    """A server of this test's own, for tests that wear out attempts or stop it."""
    with serving(database_folder, sqlite_template, keys) as server:
        yield server


@pytest.fixture(scope="module")
def portal_of(
    request: pytest.FixtureRequest, run_folder: Path, sqlite_template: Path, keys: KeyRing
) -> Iterator[Callable[[str], Server]]:
    """The portal of an institution by its code, or by the file of its profile: one for all tests of a file."""
    servers: dict[str, Server] = {}
    with ExitStack() as running:

        def get(code: str) -> Server:
            if code not in servers:
                folder = run_folder / f"{request.module.__name__}-{Path(code).stem}-{os.getpid()}"
                servers[code] = running.enter_context(serving(folder, sqlite_template, keys, PORTAL_INSTITUTION=code))
            return servers[code]

        yield get


class Visit(Protocol):
    def __call__(
        self,
        server: Server,
        path: str = "/",
        *,
        javascript: bool = True,
        scheme: str = "light",
        width: int = WIDTHS["desktop"],
        **context: Any,
    ) -> Page: ...


@pytest.fixture
def meant() -> list[str]:
    """What the console may report because the test itself breaks a line or an answer; empty unless it adds to it."""
    return []


@pytest.fixture
def visit(browser: Browser, meant: list[str]) -> Iterator[Visit]:
    """Open a page of the server in a browser of its own, without any cookie.

    After the test no page may have met an error in a script, a breach of the content security
    policy, an answer of 500 or a request to anybody else.
    """
    contexts = []
    faults: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        # Chromium reports every answer of 4xx as an error in loading; a refused form is one on purpose.
        if message.type == "error" and not any(part in message.text for part in ("status of 4", *meant)):
            faults.append(f"console: {message.text} at {message.location}")

    def opened(
        server: Server,
        path: str = "/",
        *,
        javascript: bool = True,
        scheme: str = "light",
        width: int = WIDTHS["desktop"],
        **context: Any,
    ) -> Page:
        def asked(request: Request) -> None:
            if not request.url.startswith((server.url, "data:", "blob:", "about:")):
                faults.append(f"a request to {request.url}")

        own = browser.new_context(
            base_url=server.url,
            java_script_enabled=javascript,
            color_scheme=scheme,  # type: ignore[arg-type]
            viewport={"width": width, "height": 900},
            reduced_motion="reduce",
            extra_http_headers={"X-Forwarded-For": str(NETWORKS + next(_serial))},
            **{"locale": "id-ID", "timezone_id": "Asia/Jakarta", **context},
        )
        own.set_default_timeout(PATIENCE)
        own.on("console", heard)
        own.on("weberror", lambda error: faults.append(f"script: {error.error}"))
        own.on("request", asked)
        contexts.append(own)
        page = own.new_page()
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def sit(visit: Visit, keys: KeyRing) -> Sit:
    """A browser in which an officer of an institution has signed in; an agent, if nothing else is said."""

    def begin(
        server: Server, code: str, lang: str, *roles: OfficerRole, name: str = "Ratna Wulandari", screen: str = ""
    ) -> Page:
        usual, scheme = SCREEN_OF[lang]
        page = visit(server, f"/{lang}/", width=WIDTHS[screen or usual], scheme=scheme)
        sit_down(page, seat(server, keys, load(code), *(roles or (OfficerRole.AGENT,)), name=name), lang, server)
        return page

    return begin


@pytest.fixture(scope="session")
def audit() -> Callable[[Page], None]:
    """Run axe's every rule on a page as it stands: no violation may be found."""

    def check(page: Page) -> None:
        # A page that was navigated has lost it.
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE)
        # Rules that axe itself marks as experimental stay out: they report guesses.
        results = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        told = [
            f"{violation['id']} ({violation['impact']}): {violation['help']}\n    "
            + "\n    ".join(f"{node['html'][:200]} | {node['failureSummary'][:300]}" for node in violation["nodes"])
            for violation in results["violations"]
        ]
        assert not told, f"{page.url} has {len(told)} violations:\n" + "\n".join(told)

    return check


@pytest.fixture(scope="session")
def shot() -> Callable[[Page, str], Path]:
    """Keep a picture of the whole page as build/screens/<name>.png."""

    def take(page: Page, name: str) -> Path:
        path = SCREENS / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=path, full_page=True)
        return path

    return take
