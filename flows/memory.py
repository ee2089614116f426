"""A process's memory: glibc's allocator gives back what is freed, and Python's collector looks around less often."""

import gc
import sys
import threading
import time
from typing import Any

# In the environment of processes that we start (mallopt(3)): otherwise each thread of Prefect's server and worker keeps
# what it once needed, and a worker of ours 8 MB of each large page.
MALLOC = {"MALLOC_ARENA_MAX": "2", "MALLOC_TRIM_THRESHOLD_": "131072"}

# The same of a process that runs already, by the numbers of malloc.h. Its pages of 100 KB stay on the heap, for that is
# faster; bodies beyond a megabyte do not.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
_OPTIONS = {_M_ARENA_MAX: 2, _M_MMAP_THRESHOLD: 1 << 20, _M_TRIM_THRESHOLD: 4 << 20}

TRIM_SECONDS = 60.0

# Python's 700 makes the collector go through what imports leave a hundred times: a tenth of their CPU.
YOUNG_OBJECTS = 10_000


def collect_less() -> None:
    """Let the collector look around after 10,000 new objects, not 700: among 230,000 that Prefect leaves and keeps."""
    gc.set_threshold(YOUNG_OBJECTS)


def give_back() -> bool:
    """Say so to this process's allocator; False where it is none that listens (musl, macOS, Windows).

    A round over the greediest input then holds 205 MB at its peak where it held 265.
    """
    mallopt = _allocator("mallopt")
    return mallopt is not None and all(mallopt(name, value) == 1 for name, value in _OPTIONS.items())


def trim() -> bool:
    """Give back every free page, also between what is held; False where the allocator cannot (musl, macOS, Windows).

    The thresholds above give back the end of a heap alone. What Prefect's worker frees after a flow run lies below what
    it holds: without this it keeps 20 MB (bench/SOAK.md).
    """
    malloc_trim = _allocator("malloc_trim")
    if malloc_trim is None:
        return False
    malloc_trim(0)
    return True


def keep_trimmed(every_seconds: float = TRIM_SECONDS) -> threading.Thread | None:
    """Trim this process from time to time, in a thread that ends with it; None where its allocator cannot."""
    if not trim():
        return None
    thread = threading.Thread(target=_trim_forever, args=(every_seconds,), name="trim-memory", daemon=True)
    thread.start()
    return thread


def _trim_forever(every_seconds: float) -> None:
    while True:
        time.sleep(every_seconds)
        trim()


def _allocator(function: str) -> Any:
    if not sys.platform.startswith("linux"):
        return None
    import ctypes  # the command's own start needs none of it

    return getattr(ctypes.CDLL(None), function, None)
