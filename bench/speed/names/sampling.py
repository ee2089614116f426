"""Where a program's CPU goes: a thread looks at all others every few milliseconds and books what each has used since.

Each thread's own CPU clock is read, so that waiting costs nothing and C code counts for the Python line that called it.
What was found goes into a folder every half second, for workers are killed when they are not wanted any more.
"""

import json
import os
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from types import FrameType

_INTERVAL_SECONDS = 0.004
_WRITE_SECONDS = 0.5

Stack = tuple[str, ...]


def start(folder: str) -> None:
    """Watch this process until it ends."""
    threading.Thread(target=_watch, args=(Path(folder),), name="bench-sampler", daemon=True).start()


def _watch(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    spent: Counter[tuple[str, Stack]] = Counter()
    clocks: dict[int, float] = {}
    own, written = threading.get_ident(), time.monotonic()
    while True:
        time.sleep(_INTERVAL_SECONDS)
        names = {thread.ident: thread.name for thread in threading.enumerate()}
        for ident, frame in sys._current_frames().items():  # noqa: SLF001 - its documented name
            if ident != own and ident in names:
                now = _cpu_seconds(ident)
                used = now - clocks.get(ident, 0.0)
                clocks[ident] = now
                if used > 0:
                    spent[names[ident], _stack_of(frame)] += used
        if time.monotonic() - written > _WRITE_SECONDS:
            _write(folder, spent)
            written = time.monotonic()


def _cpu_seconds(ident: int) -> float:
    return time.clock_gettime(time.pthread_getcpuclockid(ident))


def _stack_of(frame: FrameType | None) -> Stack:
    """The functions from the innermost outwards, as file:function."""
    found = []
    while frame is not None:
        found.append(f"{frame.f_code.co_filename}:{frame.f_code.co_qualname}")
        frame = frame.f_back
    return tuple(found)


def _write(folder: Path, spent: Counter[tuple[str, Stack]]) -> None:
    rows = [(thread, stack, seconds) for (thread, stack), seconds in spent.items()]
    told = {"command": sys.orig_argv, "cpu": time.process_time(), "rows": rows}
    target = folder / f"{os.getpid()}.json"
    partial = target.with_suffix(".part")
    partial.write_text(json.dumps(told))
    partial.replace(target)
