"""The processes of `feedmill up`: each in a group of its own, with its log in the data folder, ended as a group.

What ends by itself once all is up is started again, after a pause that grows while it does not stay. So is what has
grown beyond its share of memory, at a moment when nothing is under way.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from flows.cli.failure import CommandError

END_SECONDS = 30  # Prefect gives a cancelled flow run as long
LOG_LINES_SHOWN = 15
LONGEST_PAUSE = 60.0  # seconds
STAYED_SECONDS = 60.0  # who was up for so long has not fallen at its start
GROWING_SECONDS = 1800.0  # who holds more than its share before that needs it


def pause_before(falls: int) -> float:
    """Seconds to wait before the start after so many falls in a row: none, 2, 4, 8 ... at most a minute."""
    return min(LONGEST_PAUSE, 2.0 ** (falls - 1)) if falls > 1 else 0.0


@dataclass(slots=True)
class Child:
    """A process that we started, with its whole group."""

    name: str
    arguments: tuple[str, ...]
    process: "subprocess.Popen[bytes]"
    log: Path
    most_bytes: int | None = None  # of memory: beyond it the process is started anew, when nothing is under way
    falls: int = 0  # in a row
    started_at: float = field(default_factory=time.monotonic)
    again_at: float | None = None  # monotonic; None while it runs

    @property
    def memory_bytes(self) -> int:
        """What the process holds, without those that it started (proc(5), VmRSS); 0 where nobody can say."""
        try:
            status = Path(f"/proc/{self.process.pid}/status").read_text()
        except OSError:
            return 0
        found = re.search(r"VmRSS:\s*(\d+) kB", status)
        return int(found[1]) << 10 if found else 0

    @property
    def is_grown(self) -> bool:
        """Whether it holds more than it may, and not from its start."""
        is_old = self.again_at is None and time.monotonic() - self.started_at >= GROWING_SECONDS
        return self.most_bytes is not None and is_old and self.memory_bytes > self.most_bytes

    def note_fall(self, now: float) -> str:
        """Say that it has ended by itself, and when it is started again."""
        self.falls = 1 if now - self.started_at >= STAYED_SECONDS else self.falls + 1
        pause = pause_before(self.falls)
        self.again_at = now + pause
        when = f"in {pause:.0f} s" if pause else "now"
        return (
            f"Attention: the {self.name} has ended by itself ({_ending(self.process.returncode)}); it is started again "
            f"{when}. Its log: {self.log}"
        )

    def require_alive(self) -> None:
        """Raise CommandError, with the end of its log, where it has ended by itself."""
        code = self.process.poll()
        if code is not None:
            lines = self.log.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:]
            raise CommandError(
                f"the {self.name} ended with exit code {code}; its log, {self.log}, ends:\n" + "\n".join(lines)
            )

    def signal_group(self, number: signal.Signals) -> None:
        """Send a signal to the process and to everything it started."""
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            return

    def is_group_alive(self) -> bool:
        """Whether anything of the group still runs."""
        self.process.poll()
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return False
        return True


@dataclass(slots=True)
class Stack:
    """What `up` has started, ended in the reverse order whatever happens."""

    folder: Path  # where everything is started: that of prefect.yaml
    logs: Path
    environment: Mapping[str, str]
    children: list[Child] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.logs.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        for child in reversed(self.children):
            _end(child)

    def start(self, name: str, *arguments: str, most_bytes: int | None = None) -> Child:
        """Start ``python -m arguments``; its output goes to a log of its own. ``most_bytes`` as in Child."""
        log = self.logs / f"{name.replace(' ', '-')}.log"
        child = Child(name, arguments, self._open(arguments, log, "wb"), log, most_bytes)
        self.children.append(child)
        return child

    def _open(self, arguments: tuple[str, ...], log: Path, mode: str) -> "subprocess.Popen[bytes]":
        with log.open(mode) as sink:
            return subprocess.Popen(  # noqa: S603 - our own commands
                [sys.executable, "-m", *arguments],
                cwd=self.folder,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def run(self, name: str, *arguments: str) -> None:
        """Start a command and wait for its end. Raises CommandError with its log where it fails."""
        child = self.start(name, *arguments)
        try:
            if child.process.wait() != 0:
                child.require_alive()
        finally:
            self.children.remove(child)

    def require_alive(self) -> None:
        """Raise CommandError where any of them has ended by itself."""
        for child in self.children:
            child.require_alive()

    def mend(self, say: Callable[[str], None]) -> bool:
        """Start again what has ended by itself; each fall is said. Never gives up: the cause may pass.

        Gives whether anything was started.
        """
        now = time.monotonic()
        for child in self.children:
            if child.again_at is None and child.process.poll() is not None:
                say(child.note_fall(now))
        due = [child for child in self.children if child.again_at is not None and now >= child.again_at]
        for child in due:
            self._replace(child)
        return bool(due)

    def slim(self, say: Callable[[str], None], is_idle: Callable[[], bool]) -> None:
        """Start anew what has grown beyond its share of memory, each asked to end; only where nothing is under way."""
        for child in self.children:
            if child.is_grown and is_idle():
                say(f"The {child.name} has grown to {child.memory_bytes >> 20} MB: it is started anew.")
                _end(child)
                self._replace(child)

    def _replace(self, child: Child) -> None:
        # What is left of it may hold the port; a worker's runs lose their pipe with it, and stand still.
        child.signal_group(signal.SIGKILL)
        child.process = self._open(child.arguments, child.log, "ab")
        child.started_at, child.again_at = time.monotonic(), None


def _ending(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _end(child: Child) -> None:
    """Ask the group to end, and after a while make it."""
    child.signal_group(signal.SIGTERM)
    deadline = time.monotonic() + END_SECONDS
    while child.is_group_alive() and time.monotonic() < deadline:
        time.sleep(0.1)
    child.signal_group(signal.SIGKILL)
    child.process.wait()
