"""Uploads as a browser's connection carries them: raw, in pieces, to a real server."""

import http.client
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.intake.journey import walk_to
from tests.page import Client

STEP = "/id/file/documents"
PIECE = 64 * 1024


@dataclass(frozen=True)
class Uploader:
    """A browser that stands at the documents step: what it sends to be known."""

    cookies: str
    token: str

    @classmethod
    def new(cls, app: Flask, base_url: str) -> "Uploader":
        client = Client(app, base_url)
        token = walk_to(client, "documents").form(STEP).node.one("[name=csrf_token]")["value"]
        return cls("; ".join(f"{name}={client.cookie(name)}" for name in ("aduan", "draft")), token)

    def body(self, given: Mapping[str, bytes]) -> tuple[str, bytes]:
        """The form with these files, as multipart: its content type and its bytes."""
        from io import BytesIO

        fields = {"csrf_token": self.token, "purpose": "identity", "upload": "y"}
        files = [FileStorage(BytesIO(content), name) for name, content in given.items()]
        boundary, body = encode_multipart({**fields, "files": files})
        return f"multipart/form-data; boundary={boundary}", body

    def send(self, port: int, given: Mapping[str, bytes], *, pause: float = 0, timeout: float = 120) -> int:
        """Upload and return the status; `pause` seconds lie between two pieces of the body."""
        kind, body = self.body(given)

        def pieces() -> Iterator[bytes]:
            for at in range(0, len(body), PIECE):
                yield body[at : at + PIECE]
                time.sleep(pause)

        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        try:
            headers = {"Cookie": self.cookies, "Content-Type": kind, "Content-Length": str(len(body))}
            connection.request("POST", STEP, pieces(), headers)
            return connection.getresponse().status
        finally:
            connection.close()

    def listed(self, port: int) -> list[str]:
        """The names that the page shows to this browser now."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request("GET", STEP, headers={"Cookie": self.cookies})
            return re.findall(r"<bdi>([^<]+)</bdi></a>", connection.getresponse().read().decode())
        finally:
            connection.close()
