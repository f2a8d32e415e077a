"""Does one thing in a thread of its own, while whoever asked goes on: waiting for a disk, or for a decoder."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

Result = TypeVar("Result")


def beside(act: Callable[[], Result]) -> Future[Result]:
    """What `act` returns or raises, once it has.

    A thread for each, not a pool: a pool's threads do not live on in a process that was forked, and the
    first to ask there would wait for ever.
    """
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(act())
        except BaseException as failure:
            future.set_exception(failure)

    threading.Thread(target=run, daemon=True).start()
    return future
