"""What a command costs: wall, CPU of all its processes, and the most memory that they held together.

CPU is what the kernel adds up when a process is waited for, so that it holds for processes of any age; orphans are
adopted and waited for too. Memory is the sum of the proportional set sizes, looked at five times a second. Processes
that run on, as a Prefect server does, are measured by what they used meanwhile.
"""

import ctypes
import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PR_SET_CHILD_SUBREAPER = 36
_SAMPLE_SECONDS = 0.2
PRIORITY = -10


class CommandFailedError(Exception):
    """The command did not end well. The message has the end of what it said."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of wall and CPU; megabytes at the worst moment. ``main_cpu``: the CPU without feedmill's workers."""

    wall: float
    cpu: float
    peak_mb: float
    main_cpu: float


@dataclass(frozen=True, slots=True)
class Order:
    """A command to measure; ``beside``: processes that serve it and run on."""

    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    folder: Path
    beside: Sequence[int] = ()
    timeout_seconds: float = 1_800.0


def measure(order: Order) -> Cost:
    """Run a command to its end. Raises CommandFailedError."""
    result = order.log.with_suffix(".cost")
    launcher = [sys.executable, __file__, str(result), *order.command]
    before = cpu_of(order.beside)
    with order.log.open("wb") as log:
        process = subprocess.Popen(
            launcher, env=dict(order.environment), cwd=order.folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )
        watch = Watch([process.pid], [*order.beside])
        try:
            code = process.wait(order.timeout_seconds)
        except subprocess.TimeoutExpired as error:
            end_tree(process)
            raise CommandFailedError(f"took longer than {order.timeout_seconds:.0f} s") from error
        finally:
            watch.end()
    if code != 0:
        last = order.log.read_text(errors="replace").strip().splitlines()[-6:]
        raise CommandFailedError(f"exit code {code}: " + "\n".join(last))
    told = json.loads(result.read_text())
    return watch.cost(told["wall"], told["cpu"] + cpu_of(order.beside) - before)


class Watch:
    """Samples process trees until it is ended; of ``hidden`` the descendants count, not they."""

    def __init__(self, hidden: Sequence[int], shown: Sequence[int] = ()) -> None:
        self._hidden, self._shown = hidden, shown
        self._peak, self._over = 0.0, threading.Event()
        self._workers: dict[int, float] = {}
        self._known: set[int] = set()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Look no more."""
        self._over.set()
        self._thread.join()

    def cost(self, wall: float, cpu: float) -> Cost:
        """These, with what was seen."""
        return Cost(wall, cpu, self._peak, cpu - sum(self._workers.values()))

    def _run(self) -> None:
        while not self._over.wait(_SAMPLE_SECONDS):
            found = descendants([*self._hidden, *self._shown]) - set(self._hidden)
            self._peak = max(self._peak, sum(map(memory_mb, found)))
            for pid in found - self._known:
                go_first(pid)  # it may have begun a session of its own
            self._known |= found
            workers = {pid: own_cpu(pid) for pid in found if pid in self._workers or _is_worker(pid)}
            self._workers |= {pid: cpu for pid, cpu in workers.items() if cpu}


def _is_worker(pid: int) -> bool:
    try:
        return b"ingest.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def descendants(roots: Iterable[int]) -> set[int]:
    """The processes and all that come from them."""
    children: dict[int, list[int]] = {}
    for pid in (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()):
        if fields := _stat(pid):
            children.setdefault(int(fields[1]), []).append(pid)
    found, waiting = set(), list(roots)
    while waiting:
        pid = waiting.pop()
        found.add(pid)
        waiting.extend(children.get(pid, ()))
    return found


def memory_mb(pid: int) -> float:
    """The proportional set size of a process; 0 for one that has ended."""
    with suppress(OSError, StopIteration), Path(f"/proc/{pid}/smaps_rollup").open() as lines:
        return int(next(line for line in lines if line.startswith("Pss:")).split()[1]) / 1_024
    return 0.0


def cpu_of(roots: Sequence[int]) -> float:
    """CPU seconds of process trees so far, with those that have ended."""
    ticks = 0
    for pid in descendants(roots) if roots else ():
        fields = _stat(pid)
        ticks += sum(map(int, fields[11:15])) if fields else 0
    return ticks / _TICKS


def own_cpu(pid: int) -> float:
    """CPU seconds of one process, without its children's."""
    fields = _stat(pid)
    return sum(map(int, fields[11:13])) / _TICKS if fields else 0.0


def reaped_cpu(pid: int) -> float:
    """CPU seconds of the children of a process that have ended."""
    fields = _stat(pid)
    return sum(map(int, fields[13:15])) / _TICKS if fields else 0.0


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat behind the name, so that 0 is the state and 1 the parent; empty if it has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return []


def go_first(pid: int) -> None:
    """Give a session's leader and all that it will start precedence over what else the machine does, where we may.

    Linux shares the CPU between sessions first (sched_autogroup), so that the niceness of a process alone says little.
    """
    if os.geteuid() == 0:
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, pid, PRIORITY)
            Path(f"/proc/{pid}/autogroup").write_text(str(PRIORITY))


def end_tree(process: "subprocess.Popen[bytes]") -> None:
    """End a process that we started, and all that come from it."""
    for pid in descendants([process.pid]) - {process.pid}:
        with suppress(ProcessLookupError):
            os.kill(pid, 9)
    process.kill()
    process.wait()


def _launch(result: str, command: list[str]) -> int:
    """Run the command as its parent and adopt its orphans; write what all of them took."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    os.setsid()
    go_first(os.getpid())
    started = time.perf_counter()
    child = subprocess.Popen(command)
    code = child.wait()
    wall = time.perf_counter() - started
    with suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    Path(result).write_text(json.dumps({"wall": wall, "cpu": used.ru_utime + used.ru_stime}))
    return code


if __name__ == "__main__":
    sys.exit(_launch(sys.argv[1], sys.argv[2:]))
