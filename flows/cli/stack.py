"""The processes of `feedmill up`: each in a group of its own, with its log in the data folder, ended as a group."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from flows.cli.failure import CommandError

END_SECONDS = 30  # Prefect gives a cancelled flow run as long
LOG_LINES_SHOWN = 15


@dataclass(slots=True)
class Child:
    """A process that we started, with its whole group."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path

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

    def start(self, name: str, *arguments: str) -> Child:
        """Start ``python -m arguments``; its output goes to a log of its own."""
        log = self.logs / f"{name.replace(' ', '-')}.log"
        with log.open("wb") as sink:
            process = subprocess.Popen(  # noqa: S603 - our own commands
                [sys.executable, "-m", *arguments],
                cwd=self.folder,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        child = Child(name, process, log)
        self.children.append(child)
        return child

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


def _end(child: Child) -> None:
    """Ask the group to end, and after a while make it."""
    child.signal_group(signal.SIGTERM)
    deadline = time.monotonic() + END_SECONDS
    while child.is_group_alive() and time.monotonic() < deadline:
        time.sleep(0.1)
    child.signal_group(signal.SIGKILL)
    child.process.wait()
