"""A real server process on a port of its own: started in a moment, killed without a word."""

import multiprocessing
import socket
import time
from contextlib import suppress

from portal.app import create_app
from portal.config import Settings
from portal.serve import serve

# Forked from a process that has imported the portal and done nothing else: the test's own has threads by now,
# also those of the storage, which a fork would leave behind.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.journeys.forked"])


def run(settings: Settings, port: int) -> None:
    serve(create_app(settings), host="127.0.0.1", port=port, worker=False)


class Forked:
    """The portal, served by a process that can be killed."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])

    def start(self) -> None:
        self.process = FORKS.Process(target=run, args=(self.settings, self.port), daemon=True)
        self.process.start()
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.005)
        raise RuntimeError("the server did not start")

    @property
    def pid(self) -> int:
        assert self.process.pid
        return self.process.pid

    def kill(self) -> None:
        self.process.kill()
        self.process.join()
        self.process.close()
