"""glibc's allocator, told to give memory back: a body of 10 MB is freed to the system, not kept for the next one."""

import ctypes
import sys
import threading
import time

# In the environment of processes that we start (mallopt(3)): otherwise each thread of Prefect's server and worker keeps
# what it once needed, and a worker of ours 8 MB of each large page.
MALLOC = {"MALLOC_ARENA_MAX": "2", "MALLOC_TRIM_THRESHOLD_": "131072"}

# The same of a process that runs already, by the numbers of malloc.h. Its pages of 100 KB stay on the heap, for that is
# faster; bodies beyond a megabyte do not.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
_OPTIONS = {_M_ARENA_MAX: 2, _M_MMAP_THRESHOLD: 1 << 20, _M_TRIM_THRESHOLD: 4 << 20}

TRIM_SECONDS = 60.0


def give_back() -> bool:
    """Say so to this process's allocator; False where it is none that listens (musl, macOS, Windows).

    A round over the greediest input then holds 205 MB at its peak where it held 265.
    """
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and all(mallopt(name, value) == 1 for name, value in _OPTIONS.items())


def trim() -> bool:
    """Give back every free page, also between what is held; False where the allocator cannot (musl, macOS, Windows).

    The thresholds above give back the end of a heap alone. What Prefect's worker frees after a flow run lies below what
    it holds: without this it keeps 20 MB (bench/SOAK.md).
    """
    if not sys.platform.startswith("linux"):
        return False
    malloc_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
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
