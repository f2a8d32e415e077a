"""Static files: published once under the hash of them all, compressed, cached for ever.

One hash in the path instead of one in each name, so that modules and stylesheets may refer to each
other by relative addresses.
"""

import gzip
import hashlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from whitenoise import WhiteNoise

from portal.web.headers import ALWAYS

STATIC = Path(__file__).resolve().parent.parent / "static"
COMPRESSED = frozenset({".css", ".js", ".svg", ".txt"})


def read(name: str) -> str:
    """A static file as text, for what is made from it."""
    return (STATIC / name).read_text()


def publish(target: Path, made: Mapping[str, str]) -> str:
    """Copy the static files and the texts `made` for this deployment to `target/<hash>`; returns the hash.

    Done once: a folder that exists is complete, because it is renamed into place as the last act.
    """
    files = {str(path.relative_to(STATIC)): path.read_bytes() for path in sorted(STATIC.rglob("*")) if path.is_file()}
    files.update({name: text.encode() for name, text in made.items()})
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{len(files[name])}\0".encode() + files[name])
    release = digest.hexdigest()[:16]
    folder = target / release
    if folder.is_dir():
        return release
    draft = target / f".{release}.{os.getpid()}"
    shutil.rmtree(draft, ignore_errors=True)
    for name, content in files.items():
        path = draft / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        if path.suffix in COMPRESSED:
            path.with_name(path.name + ".gz").write_bytes(gzip.compress(content, mtime=0))
    try:
        draft.rename(folder)
    except OSError:
        # Another process published the same release in between.
        shutil.rmtree(draft, ignore_errors=True)
    return release


def init_assets(app: Flask, *, target: Path, made: Mapping[str, str]) -> None:
    """Serve the published files and give the app the function `static(path)`."""
    release = publish(target, made)
    prefix = f"/static/{release}/"

    def add_headers(headers: Any, path: str, url: str) -> None:
        for name, value in ALWAYS.items():
            headers[name] = value

    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(target / release),
        prefix=prefix,
        immutable_file_test=lambda path, url: True,
        add_headers_function=add_headers,
    )
    app.extensions["static"] = lambda path: prefix + path
