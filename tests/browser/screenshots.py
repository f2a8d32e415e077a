"""Takes the README's pictures from demo data: `python -m tests.browser.screenshots` writes docs/screenshots/."""

import json
import os
import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from portal import migrating
from portal.accounts.rules import OfficerRole
from portal.db import Database
from portal.institution.loader import load
from portal.sealing import KeyRing
from tests.accounts.people import Known
from tests.browser.chromium import find
from tests.browser.conftest import ARGUMENTS
from tests.browser.customer import Customer, Kept, file, sign_in, walk_to
from tests.browser.seats import seat, sit_down
from tests.browser.server import ROOT, Server, serving

FOLDER = ROOT / "docs" / "screenshots"
# What fits on the screen at once; a phone's picture is taken as sharp as phones are.
SCREENS = {360: {"height": 780, "scale": 2}, 1280: {"height": 900, "scale": 1}}
COLOURS = 96
LARGEST = 120_000
# A complaint that has been running for some days shows what a count looks like.
RUNNING_FOR_DAYS = "CV Sumber Rejeki"
# Who has not complained yet.
VISITOR = Customer("Siti Rahmawati", "siti.rahmawati@example.id", "3010047702")


def load_demo(server: Server) -> list[dict[str, Any]]:
    """The demo's cases, as the operator's command reports them."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "demo", "--json"]
    told = subprocess.run(command, cwd=ROOT, env=os.environ | server.environment, check=True, capture_output=True)
    cases: list[dict[str, Any]] = json.loads(told.stdout)
    return cases


def save(page: Page, name: str) -> None:
    """Write what is on the screen with as few colours as it needs."""
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
    path = FOLDER / f"{name}.png"
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    size = path.stat().st_size
    print(f"{path.relative_to(ROOT)}: {size // 1000} kB")
    assert size < LARGEST, f"{name} is too large"


def take(browser: Browser, server: Server, kept: Kept, manager: Known) -> None:
    """Each page once in one language as a phone shows it or a desk."""

    def opened(width: int, path: str) -> Page:
        screen = SCREENS[width]
        page = browser.new_page(
            base_url=server.url,
            viewport={"width": width, "height": screen["height"]},
            device_scale_factor=screen["scale"],
            color_scheme="light",
            reduced_motion="reduce",
        )
        page.goto(path)
        return page

    save(opened(1280, "/id/"), "start-id-1280")
    save(opened(360, "/en/"), "start-en-360")
    for lang, width in (("id", 360), ("en", 1280)):
        page = opened(width, f"/{lang}/track")
        sign_in(page, lang, kept)
        save(page, f"case-{lang}-{width}")
    page = opened(360, "/id/")
    walk_to(page, "check", "id", VISITOR)
    save(page, "check-id-360")
    page = opened(360, "/en/")
    file(page, "en", VISITOR)
    save(page, "sent-en-360")
    page = opened(1280, "/en/desk/sign-in")
    sit_down(page, manager, "en")
    save(page, "queue-en-1280")
    page.locator("#queue tbody a").first.click()
    page.goto(page.url.replace("/en/", "/id/"))
    save(page, "desk-case-id-1280")


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        keys, template = KeyRing.generate(), Path(folder) / "template.db"
        database = Database(f"sqlite:///{template}", keys)
        migrating.upgrade(database)
        database.dispose()
        browser = playwright.chromium.launch(executable_path=find(), args=ARGUMENTS)
        with serving(Path(folder) / "server", template, keys) as server:
            case = next(each for each in load_demo(server) if each["what"].startswith(RUNNING_FOR_DAYS))
            manager = seat(server, keys, load("muamalat"), OfficerRole.CS_MANAGER, name="Ratna Wulandari")
            take(browser, server, Kept(case["number"], case["access_code"]), manager)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
