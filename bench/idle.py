"""What `feedmill up` costs while nothing happens: CPU, memory, and how the Prefect server's database grows.

    .venv/bin/python bench/idle.py --minutes 10

It starts the system in a data folder of its own, without feeds, waits until it has settled, and reads /proc (Linux).
The round of every five minutes is part of it: it finds nothing due.
"""

import argparse
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from processes import readings

PROJECT = Path(__file__).resolve().parent.parent
START_SECONDS = 240
SETTLE_SECONDS = 60


def main() -> None:
    """Measure and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    minutes: float = parser.parse_args().minutes
    with tempfile.TemporaryDirectory() as folder:
        process = _start(Path(folder))
        try:
            _wait_until_up(process, Path(folder) / "printed")
            time.sleep(SETTLE_SECONDS)
            _measure(process.pid, Path(folder) / "prefect" / "prefect.db", minutes)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(90)


def _start(folder: Path) -> "subprocess.Popen[bytes]":
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (folder / "printed").open("wb") as sink:
        return subprocess.Popen(
            [sys.executable, "-m", "flows.cli.main", "up", "--no-sample", "--port", str(port)],
            cwd=PROJECT,
            env=os.environ | {"FEEDMILL_DATA_DIR": str(folder)},
            stdout=sink,
            stderr=subprocess.STDOUT,
        )


def _wait_until_up(process: "subprocess.Popen[bytes]", printed: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while "Ctrl-C stops everything" not in printed.read_text():
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"`feedmill up` did not come up:\n{printed.read_text()}")
        time.sleep(1)


def _measure(up_pid: int, database: Path, minutes: float) -> None:
    before, bytes_before = readings(up_pid), _used_bytes(database)
    peaks = dict(before)
    end = time.monotonic() + minutes * 60
    while time.monotonic() < end:
        time.sleep(5)
        now = readings(up_pid)
        peaks = {name: max(peaks.get(name, now[name]), now[name], key=lambda one: one.memory_mb) for name in now}
    after, bytes_after = readings(up_pid), _used_bytes(database)
    print(
        "| process | CPU seconds a minute | memory now, MB | most, its flow runs included, MB |\n|---|---:|---:|---:|"
    )
    for name, now in after.items():
        cpu = (now.cpu_seconds - before[name].cpu_seconds) / minutes
        print(f"| {name} | {cpu:.2f} | {now.memory_mb:.0f} | {peaks[name].memory_mb:.0f} |")
    grown = (bytes_after - bytes_before) * 60 / minutes
    print(
        f"\nThe server's database: {bytes_after:,} bytes, growing by {grown:,.0f} bytes an hour, over {minutes:g} min."
    )


def _used_bytes(database: Path) -> int:
    """Pages in use, those of the write-ahead log among them."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        numbers = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count")]
        size: int = connection.execute("PRAGMA page_size").fetchone()[0]
    return (numbers[0] - numbers[1]) * size


if __name__ == "__main__":
    main()
