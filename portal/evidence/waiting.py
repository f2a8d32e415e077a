"""Begins decoder processes: forked by one that waits with its libraries loaded, or each started anew.

To load the libraries costs a hundred times what most files cost. So every server process has one decoder
that has loaded them and waits; it never reads a file itself, but forks a child for each, which confines itself
before the first byte and ends with it. Nothing of one file is ever in the memory of another's decoder. The next
child is asked for as soon as one is taken, so that no file waits for a fork.
"""

import atexit
import fcntl
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

DECODER = Path(__file__).with_name("decoder.py")
# It answers within milliseconds, the first time within the second that the libraries take.
ANSWERED_WITHIN = 30.0
ONE_MORE = HERE = b"."
IN_MEMORY = getattr(os, "MFD_CLOEXEC", 0) | getattr(os, "MFD_ALLOW_SEALING", 0)


def can_wait() -> bool:
    """Whether this system has what is needed to fork a decoder ahead and to hand it a file."""
    needed = ((os, "fork"), (os, "pidfd_open"), (os, "memfd_create"), (fcntl, "F_ADD_SEALS"), (socket, "send_fds"))
    if not all(hasattr(*each) for each in needed):
        return False
    try:
        os.close(os.memfd_create("probe", IN_MEMORY))
    except OSError:
        # A hardened kernel refuses memory that could hold a program.
        return False
    return True


CAN_WAIT = can_wait()
# A decoder that was led astray neither grows the memory that holds its file, nor writes into it.
UNCHANGEABLE = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE if CAN_WAIT else 0


class Process(Protocol):
    """A decoder at work on one file, which `give` hands to it; its socket `line` gives its answer."""

    pid: int
    line: socket.socket

    def give(self, content: Iterable[bytes]) -> None: ...

    def kill(self) -> None: ...

    def end(self) -> None: ...


class Started:
    """A decoder that was started for this file alone."""

    def __init__(self, process: "subprocess.Popen[bytes]", line: socket.socket) -> None:
        self.pid = process.pid
        self.line = line
        self._process = process

    def give(self, content: Iterable[bytes]) -> None:
        """Send it the file, piece by piece."""
        for piece in content:
            self.line.sendall(piece)
        self.line.shutdown(socket.SHUT_WR)

    def kill(self) -> None:
        """End it, whatever it is doing."""
        self._process.kill()

    def end(self) -> None:
        """End it, and let go of what we had of it."""
        self.kill()
        self.line.close()
        self._process.wait()


class Forked:
    """A child of the waiting process. Its descriptor names it even when its number is somebody else's by now."""

    def __init__(self, pid: int, descriptor: int, line: socket.socket) -> None:
        self.pid = pid
        self.line = line
        self._descriptor: int | None = descriptor
        # A timer kills from a thread of its own, perhaps while the descriptor is being closed.
        self._lock = threading.Lock()

    def is_there(self) -> bool:
        """Whether it has not ended."""
        assert self._descriptor is not None
        ended = select.poll()
        ended.register(self._descriptor, select.POLLIN)
        return not ended.poll(0)

    def give(self, content: Iterable[bytes]) -> None:
        """Hand it the file in a piece of memory that nobody can change any more: a socket takes four times as long."""
        memory = os.memfd_create("file", IN_MEMORY)
        with open(memory, "wb", buffering=0) as file:
            for piece in content:
                # A write to memory is never cut short.
                file.write(piece)
            file.seek(0)
            fcntl.fcntl(memory, fcntl.F_ADD_SEALS, UNCHANGEABLE)
            socket.send_fds(self.line, [HERE], [memory])

    def kill(self) -> None:
        """End it, whatever it is doing."""
        with self._lock, suppress(ProcessLookupError):
            if self._descriptor is not None:
                signal.pidfd_send_signal(self._descriptor, signal.SIGKILL)

    def end(self) -> None:
        """End it, and let go of what we had of it. The kernel buries it; nobody needs to wait."""
        self.kill()
        self.line.close()
        with self._lock:
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None


class Waiting:
    """The waiting process of this server process, started at first use and again when it has died.

    Any thread may ask; one at a time is answered. Its end of the socket is closed with this process, however
    that ends, and the waiting one ends with it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        # A process forked from this one while a job's socket is open would keep it open.
        os.register_at_fork(
            before=self._lock.acquire, after_in_parent=self._lock.release, after_in_child=self._forget_the_parents
        )
        atexit.register(self.end)

    @property
    def pid(self) -> int | None:
        """The waiting process, where there is one."""
        return self._process.pid if self._process else None

    def begin(self, arguments: Sequence[str]) -> Process:
        """A decoder with these arguments, which waits for its file."""
        with self._lock:
            # The waiting one, or the child that it forked ahead, may have been killed since; then a new one is.
            for _ in range(3 if CAN_WAIT else 0):
                if begun := self._take(arguments):
                    return begun
            ours, theirs = socket.socketpair()
            with theirs:
                return Started(started(arguments, theirs.fileno(), theirs.fileno()), ours)

    def _take(self, arguments: Sequence[str]) -> Process | None:
        """Tell the child that is ready its task, and have the next one forked."""
        try:
            if self._control is None:
                self._start()
            assert self._control
            told, handed, _, _ = socket.recv_fds(self._control, 64, 2, socket.MSG_CMSG_CLOEXEC)
            with suppress(ConnectionError):
                # Where the waiting one is gone, the child that it left is as good; the next to ask finds out.
                self._control.send(ONE_MORE)
        except OSError:
            told, handed = b"", []
        except BaseException:
            # Its answer may still come, and the next to ask must not take it for theirs.
            self._end()
            raise
        if len(handed) < 2:
            self._end()
            return None
        child = Forked(int(told), handed[1], socket.socket(fileno=handed[0]))
        with suppress(OSError):
            if child.is_there():
                child.line.sendall(json.dumps(arguments).encode() + b"\n")
                return child
        child.end()
        return None

    def _start(self) -> None:
        # Packets, not a stream: one child is one packet, with its socket and its descriptor.
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.settimeout(ANSWERED_WITHIN)
        with theirs:
            self._process = started(["serve"], theirs.fileno(), subprocess.DEVNULL)
        self._control.send(ONE_MORE)

    def end(self) -> None:
        """End the waiting process. Children at work end with their own files."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        if self._control:
            self._control.close()
        if self._process:
            self._process.kill()
            self._process.wait()
        self._control = self._process = None

    def _forget_the_parents(self) -> None:
        if self._control:
            self._control.close()
        if self._process:
            # It is no child of this process, which could wait for it in vain.
            self._process.returncode = 0
        self._control = self._process = None
        self._lock.release()


def started(arguments: Sequence[str], stdin: int, stdout: int) -> "subprocess.Popen[bytes]":
    """A new decoder process, which has nothing of this one but these."""
    return subprocess.Popen(
        # -I: no environment, no user's packages, no current folder on the path.
        [sys.executable, "-I", str(DECODER), *arguments],
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.DEVNULL,
        cwd="/",
        # Threads of its own would each take address space that the file may need.
        env={"PATH": os.defpath, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        close_fds=True,
    )


WAITING = Waiting()
