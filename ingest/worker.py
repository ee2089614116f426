"""The child's side of a worker process: reads jobs from stdin, answers on stdout, dies at its limits.

Run as ``python -m ingest.worker MEMORY_BYTES CPU_SECONDS``. A frame is a length (8 bytes, big-endian) and a pickle; in
an answer there is a byte between them, 1 where the process has grown too large for another job. The parent is trusted;
only bytes from the world are not, and those are arguments, never code.
"""

import contextlib
import fcntl
import logging
import os
import pickle
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from ingest.errors import IngestError
from ingest.jobs import advance, mend_texts, read_feed, read_front, read_page

JOBS: dict[str, Callable[..., Any]] = {
    "read_feed": read_feed,
    "read_page": read_page,
    "mend_texts": mend_texts,
    "read_front": read_front,
    "advance": advance,
}
LENGTH_BYTES = 8
_LEAST_ROOM = 2 / 3  # of its memory is to be free for the next page
_PIPE_BYTES = 1 << 20  # what a usual page and its answer need, so that nobody waits for the other to read


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
    """Answer jobs until the parent closes the pipe; a job that takes more CPU time than this ends the process."""
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


def _widen(*pipes: int) -> None:
    """Let a whole page go through a pipe at once (pipe(7)); where that cannot be, it goes in portions."""
    for pipe in pipes:
        with contextlib.suppress(AttributeError, OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def main() -> None:
    """Set the limits, keep stdout for frames alone, and serve."""
    memory_bytes, cpu_seconds = int(sys.argv[1]), float(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.disable(logging.CRITICAL)  # what libraries say about bad input is no news: the outcome is the record
    frames = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not break a frame
    _widen(sys.stdin.fileno(), frames.fileno())
    serve(sys.stdin.buffer, frames, memory_bytes, cpu_seconds)


if __name__ == "__main__":
    main()
