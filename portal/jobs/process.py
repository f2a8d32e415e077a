"""The life of a worker process: it looks at the clock, obeys signals, and ends without losing a job."""

import queue
import random
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from portal.jobs.rules import pause
from portal.jobs.runner import Runner

log = structlog.get_logger("portal.jobs")


def work(running: Runner) -> int:
    """Let the runner run until a signal asks for the end; then wait for the jobs that are going on.

    The same signal again ends at once: another worker takes what is left when its leases have run out.
    One signal of each kind is still one request: Ctrl+C reaches the whole group of processes, and then
    the server above it terminates its worker.
    """
    asked: int | None = None
    with _signals() as signals:
        log.info("jobs.started", threads=running.threads, kinds=len(running.roster.tasks))
        running.start()
        poll = running.pace.poll
        while asked is None and not running.is_clogged:
            running.tick()
            asked = _received(signals, pause(poll, chance=random.random()))
        clogged = asked is None
        running.stop()
        log.info("jobs.stopping", clogged=clogged)
        while not running.wait(0.1):
            if asked is not None and _received(signals, 0) == asked:
                log.warning("jobs.cut_off")
                return 1
        log.info("jobs.stopped")
        return 1 if clogged else 0


@contextmanager
def _signals() -> Iterator["queue.SimpleQueue[int]"]:
    """The signals that ask for the end. Only the main thread can receive them; elsewhere none comes."""
    received: queue.SimpleQueue[int] = queue.SimpleQueue()
    if threading.current_thread() is not threading.main_thread():
        yield received
        return
    # A handler interrupts the main thread anywhere, also while it holds an Event's lock; the put of a
    # SimpleQueue is made for that.
    asked = {
        number: signal.signal(number, lambda number, _: received.put(number))
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield received
    finally:
        for number, before in asked.items():
            signal.signal(number, before)


def _received(signals: "queue.SimpleQueue[int]", seconds: float) -> int | None:
    try:
        return signals.get(timeout=seconds)
    except queue.Empty:
        return None
