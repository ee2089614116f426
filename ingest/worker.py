"""The child's side of a worker process: reads jobs from a socket, answers on it, dies at its limits.

Run as ``python -m ingest.worker MEMORY_BYTES CPU_SECONDS`` it forks workers (``ingest.forkserver``), told over the
socket that is its stdin. A frame is a length (8 bytes, big-endian) and a pickle; in an answer there is a byte between
them, 1 where the process has grown too large for another job. The parent is trusted; only bytes from the world are not,
and those are arguments, never code.
"""

import contextlib
import logging
import os
import pickle
import resource
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from ingest import forkserver
from ingest.errors import IngestError
from ingest.jobs import advance, mend_texts, read_feed, read_front, read_page
from ingest.warming import warm_for_feeds, warm_for_pages

JOBS: dict[str, Callable[..., Any]] = {
    "read_feed": read_feed,
    "read_page": read_page,
    "mend_texts": mend_texts,
    "read_front": read_front,
    "advance": advance,
}
WITHOUT_PAGES = frozenset({"read_feed", "read_front", "advance"})  # of them: what only pages need is not loaded
LENGTH_BYTES = 8
_LEAST_ROOM = 2 / 3  # of its memory is to be free for the next page
SOCKET_BYTES = 1 << 20  # asked for: what a usual page and its answer need, so that nobody waits for the other to read
FOR_FEEDS, FOR_PAGES = b"F", b"P"  # what is loaded before a worker is forked


def answer(job: bytes) -> bytes:
    """One job's answer: ("done", result), ("unusable", IngestError), ("memory", text) or ("bug", traceback)."""
    try:
        name, arguments = pickle.loads(job)  # noqa: S301 - the parent is the only one on the other side of the pipe
        reply = ("done", JOBS[name](*arguments))
    except IngestError as error:
        reply = ("unusable", error)
    except MemoryError:
        reply = ("memory", "beyond the memory of a worker")
    except RecursionError:
        reply = ("memory", "nested beyond what a worker can follow")
    except Exception:  # noqa: BLE001 - the parent decides what a bug means; the traceback must reach it
        reply = ("bug", traceback.format_exc())
    return pickle.dumps(reply, protocol=pickle.HIGHEST_PROTOCOL)


def serve(source: BinaryIO, sink: BinaryIO, memory_bytes: int, cpu_seconds: float) -> None:
    """Answer jobs until the parent closes the socket; a job that takes more CPU time than this ends the process."""
    while len(header := source.read(LENGTH_BYTES)) == LENGTH_BYTES:
        job = source.read(int.from_bytes(header))
        signal.setitimer(signal.ITIMER_PROF, cpu_seconds)  # SIGPROF ends it even inside a library's C code
        reply = answer(job)
        signal.setitimer(signal.ITIMER_PROF, 0)
        sink.write(len(reply).to_bytes(LENGTH_BYTES))
        sink.write(bytes([_resident_bytes() > (1 - _LEAST_ROOM) * memory_bytes]))
        sink.write(reply)
        sink.flush()


def _resident_bytes() -> int:
    """What this process holds (proc(5), statm); 0 where nobody can say."""
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[1]) * resource.getpagesize()
    except OSError:
        return 0


def main() -> None:
    """Fork workers as told, each within its limits; what a library prints goes to stderr."""
    memory_bytes, cpu_seconds = int(sys.argv[1]), float(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.disable(logging.CRITICAL)  # what libraries say about bad input is no news: the outcome is the record
    os.dup2(2, 1)
    for asked_to_end in (signal.SIGINT, signal.SIGTERM):  # a whole group is asked: what is in hand ends with the parent
        signal.signal(asked_to_end, signal.SIG_IGN)

    def work(connection: socket.socket) -> None:
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SOCKET_BYTES)
        with contextlib.suppress(ConnectionError):  # the parent is gone
            serve(connection.makefile("rb"), connection.makefile("wb"), memory_bytes, cpu_seconds)

    forkserver.run(socket.socket(fileno=0), work, {FOR_FEEDS: warm_for_feeds, FOR_PAGES: warm_for_pages})


if __name__ == "__main__":
    main()
