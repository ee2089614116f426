"""What the processes of `feedmill up` take, read from /proc (Linux): CPU, memory, and who is below whom."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
KINDS = {
    "flows.dashboard_server": "server",
    "flows.process_worker": "worker",
    "main websub": "websub",
    "main sample": "newsroom",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """Processes at one moment: CPU seconds so far, their ended children's among them, and memory in MB.

    ``memory_mb`` is PSS; ``own_mb`` what they share with nobody, which no other process's end makes larger.
    """

    cpu_seconds: float
    memory_mb: float
    own_mb: float


def readings(up_pid: int) -> dict[str, Reading]:
    """`up` itself, the server and the worker, each with the processes below it."""
    found = {"up": read([up_pid])}
    for child in children(up_pid):
        kind = kind_of(child)
        if kind is not None:
            found[kind] = read([child, *below(child)])
    return found


def read(pids: list[int]) -> Reading:
    """Sum of these processes; those that have just ended count for nothing."""
    cpu, memory, own = 0.0, 0.0, 0.0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:  # it has just ended
            continue
        cpu += sum(int(value) for value in fields[11:15]) / TICKS
        sizes = {line.split()[0]: int(line.split()[1]) / 1024 for line in rollup.splitlines()[1:]}
        memory += sizes.get("Pss:", 0.0)
        own += sizes.get("Private_Clean:", 0.0) + sizes.get("Private_Dirty:", 0.0)
    return Reading(cpu, memory, own)


def children(pid: int) -> list[int]:
    """The processes that this one started, of all its threads."""
    found: list[int] = []
    for task in _threads(pid):
        try:
            found += [int(child) for child in Path(f"/proc/{pid}/task/{task}/children").read_text().split()]
        except OSError:
            continue
    return found


def below(pid: int) -> Iterator[int]:
    """Its children, theirs, and so on."""
    for child in children(pid):
        yield child
        yield from below(child)


def kind_of(pid: int) -> str | None:
    """What `up` calls the process, by its command line."""
    words = command(pid)
    return next((name for part, name in KINDS.items() if part in words), None)


def command(pid: int) -> str:
    """Its command line; empty once it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def _threads(pid: int) -> list[str]:
    try:
        return [task.name for task in Path(f"/proc/{pid}/task").iterdir()]
    except OSError:
        return []
