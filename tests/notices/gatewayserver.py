"""A real HTTP gateway on this machine that can be told to misbehave."""

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class GatewayServer:
    """Takes every message, except where `plan` says otherwise for the next requests, one entry each.

    A number is the status of the answer. "hang" never answers, "drop" cuts the connection, "nonsense" is no
    HTTP. `lying` makes it keep a message and then act on the plan all the same. Like a good gateway it
    sends a message once, whatever the number of its requests: `requests` holds all, `sent` those sent.
    """

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.sent: dict[str, dict[str, Any]] = {}
        self.plan: list[int | str] = []
        self.lying = False
        self.on_taken: Callable[[], None] = lambda: None
        self.patience = threading.Event()
        self.port = 0

    @property
    def repeated(self) -> int:
        """How many messages came that had come before."""
        return len(self.requests) - len({message["id"] for message in self.requests})

    def take(self, message: dict[str, Any], key: str) -> None:
        self.requests.append(message)
        assert key == message["id"]
        self.sent.setdefault(key, message)


@contextmanager
def serving(gateway: GatewayServer, *, tls: ssl.SSLContext | None = None) -> Iterator[GatewayServer]:
    """Run the gateway on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            step = gateway.plan.pop(0) if gateway.plan else 202
            gateway.paths.append(self.path)
            gateway.headers.append({name.lower(): value for name, value in self.headers.items()})
            if gateway.lying or (isinstance(step, int) and 200 <= step < 300):
                gateway.take(message, self.headers["Idempotency-Key"])
                gateway.on_taken()
            if step == "hang":
                gateway.patience.wait(60)
            elif step == "nonsense":
                self.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")
            elif isinstance(step, int):
                self.send_response(step)
                if 300 <= step < 400:
                    self.send_header("Location", f"http://127.0.0.1:{gateway.port}/elsewhere")
                self.end_headers()
            self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            """It says nothing: what it is sent is private."""

    class Server(ThreadingHTTPServer):
        # A client that leaves in the middle is what some of the tests are about.
        def handle_error(self, request: Any, client_address: Any) -> None:
            return None

    with Server(("127.0.0.1", 0), Handler) as server:
        gateway.port = server.server_address[1]
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield gateway
        finally:
            gateway.patience.set()
            server.shutdown()
            thread.join()


def until(true: Callable[[], bool], *, within: float) -> None:
    """Wait for something that another process does."""
    give_up = time.monotonic() + within
    while not true():
        assert time.monotonic() < give_up
        time.sleep(0.05)
