"""The floor of an upload: parse the body, hash each file while it is written, fsync, rename. Nothing else."""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import IO, Any, cast

from flask import Flask, Request

FOLDER = Path(os.environ.get("BENCH_FLOOR", tempfile.gettempdir()))


class Hashed:
    """A file that is hashed on its way to the disk."""

    def __init__(self) -> None:
        self.hash = hashlib.sha256()
        self.handle, self.draft = tempfile.mkstemp(dir=FOLDER)

    def write(self, data: bytes, /) -> int:
        self.hash.update(data)
        return os.write(self.handle, data)

    def seek(self, offset: int, /) -> int:
        """The last byte has come."""
        os.fsync(self.handle)
        os.close(self.handle)
        os.rename(self.draft, FOLDER / self.hash.hexdigest())
        return 0

    def close(self) -> None:
        """It was closed when it was whole."""


class Floor(Request):
    def _get_file_stream(self, *_: Any, **__: Any) -> IO[bytes]:
        return cast("IO[bytes]", Hashed())


app = Flask(__name__)
app.request_class = Floor


@app.get("/healthz")
def healthz() -> str:
    return "ok"


@app.post("/")
def take() -> str:
    from flask import request

    return str(len(request.files))
