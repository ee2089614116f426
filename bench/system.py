"""`feedmill up` as a program that is measured: started in a folder of its own, asked through its API, and stopped."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from fast_newsroom import FastClock

from flows.cli.prefect_api import PrefectApi
from flows.sample.world import Newsroom
from ingest.urls import host_of
from storage import feeds
from storage.database import Database
from storage.feeds import NewFeed

PROJECT = Path(__file__).resolve().parent.parent
START_SECONDS = 300
END_SECONDS = 90
UP = "Ctrl-C stops everything"


def free_port() -> int:
    """A port of 127.0.0.1 that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class World:
    """A sample newsroom whose clock runs faster, served by a process of its own."""

    pace: float
    hours: float
    scale: int = 1
    port: int = field(default_factory=free_port)
    began_at: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    process: "subprocess.Popen[bytes] | None" = None

    def __enter__(self) -> Self:
        words = {"--port": self.port, "--pace": self.pace, "--hours": self.hours, "--scale": self.scale}
        said = [str(part) for pair in words.items() for part in pair]
        program = [sys.executable, str(PROJECT / "bench" / "fast_newsroom.py"), *said]
        self.process = subprocess.Popen([*program, "--began", self.began_at.isoformat()], cwd=PROJECT)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        assert self.process is not None
        self.process.terminate()
        self.process.wait(30)

    @property
    def clock(self) -> FastClock:
        """Its time."""
        return FastClock(self.began_at, self.pace, self.hours)

    def newsroom(self) -> Newsroom:
        """What it tells, as a pure function of a moment."""
        return Newsroom(self.clock.world_began_at, scale=self.scale)

    def subscribe(self, database_url: str, seconds: int = 60) -> int:
        """Subscribe to all of it, to be polled so often; gives the number of feeds."""
        now = datetime.now(UTC)
        told = self.newsroom().feeds(self.clock(), self.port)
        with Database(database_url) as database, database.begin() as session:
            for feed in told:
                new = NewFeed(
                    url=feed.url,
                    host=host_of(feed.url),
                    created_at=now,
                    title=feed.title,
                    tags=feed.tags,
                    min_interval_seconds=seconds,
                    max_interval_seconds=seconds,
                )
                feeds.add(session, new)
        return len(told)


@dataclass(slots=True)
class Up:
    """A running `feedmill up`; ``environment`` is added to ours."""

    folder: Path
    environment: Mapping[str, str]
    arguments: tuple[str, ...] = ("--no-sample",)
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.printed.open("ab") as sink:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "flows.cli.main", "up", *self.arguments, "--port", str(self.port)],
                cwd=PROJECT,
                env=os.environ
                | {"FEEDMILL_DATA_DIR": str(self.folder), "PYTHONPATH": str(PROJECT)}
                | dict(self.environment),
                stdout=sink,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        self._stop()

    @property
    def printed(self) -> Path:
        """What it says."""
        return self.folder / "printed"

    @property
    def pid(self) -> int:
        """Its process."""
        assert self.process is not None
        return self.process.pid

    @property
    def api(self) -> PrefectApi:
        """Its server's API."""
        found = re.findall(r"Dashboard +(\S+)", self.printed.read_text())
        return PrefectApi(f"{found[-1]}/api")

    @property
    def database_url(self) -> str:
        """The store."""
        return self.environment.get("FEEDMILL_DATABASE_URL") or f"sqlite:///{self.folder / 'feedmill.db'}"

    def count_runs(self, **state: Any) -> int:
        """How many flow runs are in a state."""
        return self.api.count_runs(state)

    def run_every(self, seconds: int) -> None:
        """Give the rounds another rhythm than prefect.yaml's."""
        self.api.set_rhythm("ingest-feeds/ingest-feeds", at_once=1, every_seconds=seconds)

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while UP not in self.printed.read_text():
            assert self.process is not None
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"`feedmill up` did not come up:\n{self.printed.read_text()}")
            time.sleep(0.5)

    def _stop(self) -> None:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(END_SECONDS)
