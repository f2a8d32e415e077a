"""The embedded server: waitress, which buffers slow bodies, with a worker beside it and a drain at the end.

For one machine without a proxy. Behind a proxy that buffers, any WSGI server takes `wsgi:app`.
"""

import argparse
import signal
import subprocess
import sys
import time
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from waitress import create_server, wasyncore

from portal.app import LARGEST_BODY, create_app
from portal.config import Settings, SettingsError
from portal.evidence.rules import MB
from portal.institution.profile.asking import Uploads

DEFAULT_PORT = 8000
THREADS = 8
DRAIN_SECONDS = 30
# Long enough for a story on a slow line, short enough that idle connections do not pile up.
CHANNEL_SECONDS = 120
WORKER_PAUSE_SECONDS = 2
# How often an idle server looks whether it was asked to end.
LOOK_SECONDS = 0.2


class _Asked:
    """Whether somebody has asked the server to end.

    A signal only notes it. An exception raised by the handler would come up in the middle of reading
    some request, where waitress takes it for that request's own failure and drops both.
    """

    def __init__(self) -> None:
        self.to_end = False

    def note(self, signum: int, frame: FrameType | None) -> None:
        self.to_end = True


def drain(server: Any) -> None:
    """Take no new connection and finish the requests under way; waitress alone would cut them."""
    # Who is already waiting at the door is let in.
    wasyncore.loop(timeout=0.05, map=server._map, count=1)
    listener = server.socket
    server.del_channel()
    listener.close()
    until, quiet = time.monotonic() + DRAIN_SECONDS, 0
    # Twice, because what a client sent may still lie in the socket at the first look.
    while time.monotonic() < until and quiet < 2:
        wasyncore.loop(timeout=0.1, map=server._map, count=1)
        quiet = 0 if any(map(_is_busy, server._map.values())) else quiet + 1
    server.task_dispatcher.shutdown()


def _is_busy(channel: Any) -> bool:
    """Whether a connection is in the middle of a request: receiving, working or answering."""
    return any(getattr(channel, name, None) for name in ("request", "requests", "total_outbufs_len"))


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Let the worker finish what it is doing; a job that takes too long is done again when its lease ends."""
    process.terminate()
    try:
        process.wait(DRAIN_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def start_worker() -> subprocess.Popen[bytes]:
    """A worker that ends with this process, however that ends: its standard input is a pipe that closes then."""
    return subprocess.Popen([sys.executable, "-m", "portal.worker", "--beside"], stdin=subprocess.PIPE)


def largest_body(app: Flask) -> int:
    """One delivery of files and its form, and as much again as tells a mistake from an attack."""
    uploads: Uploads = app.extensions["aduan"].institution.uploads
    return uploads.delivery_mb * MB + LARGEST_BODY * 4


def serve(app: Flask, *, host: str, port: int, worker: bool) -> None:
    """Serve until SIGTERM or SIGINT; restart the worker if it dies. Raises `OSError` for a port that is taken."""
    settings: Settings = app.extensions["aduan"].settings
    server = create_server(
        app,
        host=host,
        port=port,
        threads=THREADS,
        ident=None,
        channel_timeout=CHANNEL_SECONDS,
        # The app refuses earlier, in the customer's language; this is for who does not stop even then. Every
        # body is spooled by the server first, the largest into a temporary file that has no name.
        max_request_body_size=largest_body(app),
        # Without a proxy nobody may say where a request comes from; with one the app reads it.
        clear_untrusted_proxy_headers=settings.proxies == 0,
    )
    asked = _Asked()
    signal.signal(signal.SIGTERM, asked.note)
    signal.signal(signal.SIGINT, asked.note)
    process = start_worker() if worker else None
    tried = time.monotonic()
    print(f"Serving {settings.base_url} ({settings.institution}). Stop with Ctrl+C.", flush=True)
    try:
        while not asked.to_end:
            wasyncore.loop(timeout=LOOK_SECONDS, map=server._map, count=1)
            if process and process.poll() is not None and time.monotonic() - tried > WORKER_PAUSE_SECONDS:
                process, tried = start_worker(), time.monotonic()
        drain(server)
    finally:
        if process:
            _end(process)
        app.extensions["aduan"].database.dispose()


def own_port(settings: Settings) -> int:
    """The port at which people are told to come, where that is this machine itself; behind a proxy, the usual one."""
    told = urlsplit(settings.base_url).port
    return told if told and not settings.production else DEFAULT_PORT


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m portal.serve", description="Serve the portal on this machine.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, help="else the port of PORTAL_BASE_URL on this machine, or 8000")
    parser.add_argument("--no-worker", action="store_true", help="serve only; the worker runs elsewhere")
    given = parser.parse_args(arguments)
    try:
        app = create_app()
    except SettingsError as fault:
        print("The portal cannot start:", *fault.reasons, sep="\n- ", file=sys.stderr)
        return 2
    port = given.port or own_port(app.extensions["aduan"].settings)
    try:
        serve(app, host=given.host, port=port, worker=not given.no_worker)
    except OSError as fault:
        print(f"The portal cannot listen on {given.host}:{port}: {fault.strerror}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
