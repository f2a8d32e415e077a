"""Static files: published whole, cached for ever under their hash, compressed."""

import gzip
from pathlib import Path

from flask import Flask

from portal.web.assets import STATIC, publish

HERE = "http://127.0.0.1:8000"


def test_the_hash_changes_with_any_content_and_with_nothing_else(tmp_path: Path) -> None:
    first = publish(tmp_path, {"made.css": "a"})
    assert publish(tmp_path, {"made.css": "a"}) == first
    assert publish(tmp_path, {"made.css": "b"}) != first
    assert (tmp_path / first / "made.css").read_text() == "a"
    assert {path.name for path in tmp_path.iterdir()} == {first, publish(tmp_path, {"made.css": "b"})}


def test_every_file_is_there_and_texts_compressed_too(tmp_path: Path) -> None:
    folder = tmp_path / publish(tmp_path, {})
    for source in STATIC.rglob("*"):
        if source.is_file():
            copy = folder / source.relative_to(STATIC)
            assert copy.read_bytes() == source.read_bytes()
            if source.suffix in (".css", ".js"):
                assert gzip.decompress(Path(f"{copy}.gz").read_bytes()) == source.read_bytes()


def test_a_file_is_served_compressed_and_for_ever(app: Flask) -> None:
    path = app.extensions["static"]("css/app.css")
    answer = app.test_client().get(path, base_url=HERE, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Cache-Control"] == "max-age=315360000, public, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "--l1:" in gzip.decompress(answer.data).decode()
    answer.close()


def test_what_is_not_published_is_not_served(app: Flask) -> None:
    folder = app.extensions["static"]("")
    for path in ("../../aduan.db", "%2e%2e/%2e%2e/aduan.db", "css/none.css", "vendor/"):
        assert app.test_client().get(folder + path, base_url=HERE).status_code == 404
