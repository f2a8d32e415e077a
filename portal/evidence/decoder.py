"""The decoders' own process: reads one file, judges, copies, draws or unpacks it, and ends.

Or waits, with its libraries loaded, and forks such a process for every file that is handed to it.

Started by `waiting` as a plain file, isolated from the portal: it imports nothing of it but the files that are
its own, has no environment, no keys, no database, and may write no file. Whatever a hostile file makes of a
decoder happens here, and ends with this process.

It answers with one line of JSON: {"fault": …}, or what it found. A copy's line tells its kind and size, a drawn
page's too, that of what a file carries the sizes of all parts, that of a file's hashes how long each page's are;
the bytes follow.
"""

import gc
import importlib
import io
import json
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from . import drawing, faults, pages, pictures
else:
    # Isolated as we are, no path leads to the files beside this one: they become a package of this process.
    sys.modules["decoding"] = ModuleType("decoding")
    sys.modules["decoding"].__path__ = [str(Path(__file__).parent)]
    faults, pictures, pages, drawing = (
        importlib.import_module(f"decoding.{name}") for name in ("faults", "pictures", "pages", "drawing")
    )


def confine(*, memory: int, seconds: int) -> None:
    """Bound this process before it reads the first byte: address space, processor time, no files."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def done(
    task: str, media: str, data: bytes, *, pixels: int, most: int, objects: int
) -> tuple[Mapping[str, Any], list[bytes]]:
    """The answer to a task, and the bytes that follow it. `task` is judge, copy, draw, carry, hash or compare."""
    is_picture, of_pages = media in pictures.FORMATS, {"most": most, "objects": objects}
    if task == "judge":
        return pictures.judge(data, media, pixels=pixels) if is_picture else pages.judge(data, **of_pages), []
    if task == "copy":
        return _one(*(pictures.copy(data, media, pixels=pixels) if is_picture else pages.copy(data, **of_pages)))
    if task == "draw":
        return _one(*drawing.page(data, media, pixels=pixels, **of_pages))
    if task == "compare":
        return drawing.compared(data, media, pixels=pixels, **of_pages), []
    made = (
        pages.carried(data, **of_pages) if task == "carry" else drawing.hashes(data, media, pixels=pixels, **of_pages)
    )
    return {"sizes": [len(part) for part in made]}, made


def _one(media: str, made: bytes) -> tuple[Mapping[str, Any], list[bytes]]:
    return {"media": media, "size": len(made)}, [made]


def main(
    task: str,
    media: str,
    memory: str,
    seconds: str,
    pixels: str,
    most_pages: str,
    objects: str,
    *,
    read: Callable[[], bytes] = sys.stdin.buffer.read,
) -> NoReturn:
    """Do one task with the file that `read` gives, and end."""
    confine(memory=int(memory), seconds=int(seconds))
    answer: Mapping[str, Any]
    made: list[bytes] = []
    try:
        answer, made = done(task, media, read(), pixels=int(pixels), most=int(most_pages), objects=int(objects))
    except faults.Fault as fault:
        answer = {"fault": fault.args[0]}
    except MemoryError:
        answer = {"fault": "heavy"}
    except Exception:
        # Decoders raise whatever their libraries do at what they cannot read; no text of it is passed on.
        answer = {"fault": "broken"}
    out = sys.stdout.buffer
    out.write(json.dumps(answer).encode() + b"\n")
    out.writelines(made)
    out.flush()
    # Nothing is left to tidy up in a process that may have been led astray.
    os._exit(0)


def serve() -> NoReturn:
    """Load the libraries once; then, until stdin is closed, fork a process whenever one is asked for there.

    What is answered is the child's number with its socket and its descriptor. On the socket the child is told
    its task, in one line of JSON, and gets the memory that holds its file: no byte of a file is read here.
    """
    import pi_heif
    import pypdfium2  # noqa: F401
    from PIL import ImageCms, ImageFilter, ImageOps, WebPImagePlugin  # noqa: F401

    pi_heif.register_heif_opener(thumbnails=False)
    _warm_up()
    # Who ends the server's processes all at once leaves it a moment to finish; it needs this one for that.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    # The kernel buries the children by itself.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    # What is loaded is shared with every child for as long as nobody's garbage collector touches it.
    gc.collect()
    gc.freeze()
    control = socket.socket(fileno=0)
    while True:
        if not control.recv(1):
            os._exit(0)
        theirs, own = socket.socketpair()
        child = os.fork()
        if child == 0:
            try:
                # Its own socket takes the place of the one to the server, which no child may have.
                theirs.close()
                os.dup2(own.fileno(), control.detach())
                os.dup2(own.fileno(), 1)
                own.close()
                _take()
            finally:
                os._exit(1)
        own.close()
        # It has not ended by itself: it waits for its task, which is told when the server has this answer.
        descriptor = os.pidfd_open(child)
        socket.send_fds(control, [str(child).encode()], [theirs.fileno(), descriptor])
        theirs.close()
        os.close(descriptor)


def _take() -> NoReturn:
    """Wait for a task and for the memory that holds its file."""
    line = socket.socket(fileno=0)
    told, given = b"", list[int]()
    while not given:
        more, given, _, _ = socket.recv_fds(line, 64 * 1024, 1)
        if not more:
            # Whoever has taken this process has no file for it.
            os._exit(0)
        told += more
    with open(given[0], "rb", buffering=0) as file:
        main(*json.loads(told.partition(b"\n")[0]), read=file.readall)


def _warm_up() -> None:
    """Judge a picture and a page of our own once: what a library does at its first file is done before it forks."""
    import pikepdf
    from PIL import Image

    dot, page = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (8, 8)).save(dot, "JPEG")
    largest = Image.MAX_IMAGE_PIXELS
    pictures.judge(dot.getvalue(), "image/jpeg", pixels=64)
    # Our dot's limit would be every drawn page's: who reads a picture sets their own, who draws a page sets none.
    Image.MAX_IMAGE_PIXELS = largest
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(page)
    pages.judge(page.getvalue(), most=1, objects=100)


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        serve()
    main(*sys.argv[1:])
