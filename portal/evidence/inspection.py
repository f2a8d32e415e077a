"""Judges a file by content: the decoder's last word, in a process of its own that is killed beyond its limits."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from portal.evidence.rules import Fault, Media, NotReadable, Verdict

DECODER = Path(__file__).with_name("decoder.py")
# Decoders at work at the same time in one server process: each may take a processor and its memory.
AT_ONCE = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one inspection may take. The pixels are those of the largest telephone cameras (200 megapixels)
    when they bin four to one, with room to spare; the pages and objects those of a thick file of statements."""

    memory: int = 1024 * 1024 * 1024
    processor_seconds: int = 20
    seconds: float = 30.0
    pixels: int = 110_000_000
    pages: int = 1_000
    objects: int = 200_000


BOUNDS = Bounds()


def inspect(content: Iterable[bytes], media: Media, bounds: Bounds = BOUNDS) -> Verdict:
    """What the decoder says of a file that announces itself as `media`.

    Raises `NotReadable` with `PASSWORD`, `BROKEN` or `HEAVY` (it needs more pixels, pages, memory or time
    than we allow). The content goes through a pipe, piece by piece; nothing of it touches a disk.
    """
    with AT_ONCE:
        process = subprocess.Popen(
            # -I: no environment, no user's packages, no current folder on the path.
            [
                *(sys.executable, "-I", str(DECODER), media, str(bounds.memory), str(bounds.processor_seconds)),
                *(str(bounds.pixels), str(bounds.pages), str(bounds.objects)),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            # Threads of its own would each take address space that the file may need.
            env={"PATH": os.defpath, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            close_fds=True,
        )
        timer = threading.Timer(bounds.seconds, process.kill)
        timer.daemon = True
        timer.start()
        try:
            answer = _ask(process, content)
        finally:
            timer.cancel()
            process.kill()
            process.wait()
    return _read(answer, media)


def _ask(process: "subprocess.Popen[bytes]", content: Iterable[bytes]) -> bytes:
    assert process.stdin and process.stdout
    try:
        with process.stdin as pipe:
            for piece in content:
                pipe.write(piece)
    except BrokenPipeError:
        # It has ended before it had read everything, so it has been stopped; it says no more.
        pass
    with process.stdout as answer:
        return answer.read(64 * 1024)


def _read(answer: bytes, media: Media) -> Verdict:
    try:
        told = json.loads(answer)
    except ValueError:
        # It was killed: by its memory, its processor time, our patience, or the file.
        raise NotReadable(Fault.HEAVY) from None
    if "fault" in told:
        raise NotReadable(Fault(told["fault"]))
    return Verdict(media, told)
