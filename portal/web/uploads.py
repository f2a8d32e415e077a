"""The request as the portal reads it: files go where the view says, and nowhere unless it says so."""

from collections.abc import Callable
from typing import IO, Any, Protocol, cast

import flask


class Sink(Protocol):
    """Where the parser puts one file: `write` as its bytes come, `seek(0)` once when the last one has."""

    def write(self, data: bytes, /) -> int: ...

    def seek(self, offset: int, /) -> int: ...

    def close(self) -> None: ...


class Nowhere:
    """Takes a file that nobody asked for and keeps nothing of it, neither in memory nor on the disk."""

    def write(self, data: bytes, /) -> int:
        return len(data)

    def seek(self, offset: int, /) -> int:
        return 0

    def close(self) -> None:
        """Nothing was opened."""


class Request(flask.Request):
    """A request whose files are streamed into `sink(filename)`.

    Werkzeug would spool every file of every multipart body to memory and disk before any view has
    judged it. Here a view must set `sink` before it touches `form` or `files`, after it has judged
    right, limit and origin.
    """

    sink: Callable[[str], Sink] | None = None

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        stream: Any = self.sink(filename or "") if self.sink else Nowhere()
        return cast("IO[bytes]", stream)


def is_foreign(request: flask.Request, origin: str) -> bool:
    """Whether a browser says that another site's page has sent this request.

    Asked before a body is parsed, when the CSRF token cannot be known yet. Our own pages forbid the
    referrer, so that a browser without Fetch Metadata names its origin "null": what no header tells
    is left to the token.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    named = request.headers.get("Origin")
    return named not in (None, "null", origin)
