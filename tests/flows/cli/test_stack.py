"""The processes of `feedmill up`: what falls is started again, and all of it ends with the stack."""

import os
import signal
import time
from pathlib import Path

import pytest

from flows.cli.stack import Stack, pause_before

STAYS = """
import os, pathlib, subprocess, sys, time
pathlib.Path("started").open("a").write(f"{os.getpid()}\\n")
below = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
pathlib.Path("below").open("a").write(f"{below.pid}\\n")
time.sleep(600)
"""
FALLS = "import sys; sys.exit(7)"


@pytest.fixture
def stack(tmp_path):
    (tmp_path / "stays.py").write_text(STAYS)
    (tmp_path / "falls.py").write_text(FALLS)
    with Stack(tmp_path, tmp_path / "logs", dict(os.environ)) as made:
        yield made


def numbers(file: Path) -> list[int]:
    return [int(line) for line in file.read_text().splitlines()] if file.exists() else []


def wait_for(is_true, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def kill_at_its_work(stack, child):
    wait_for(lambda: numbers(stack.folder / "below"))
    os.kill(child.process.pid, signal.SIGKILL)
    child.process.wait(10)


def test_what_is_killed_is_started_again_at_once_and_said(stack):
    child = stack.start("server", "stays")
    kill_at_its_work(stack, child)
    said: list[str] = []

    assert stack.mend(said.append)

    wait_for(lambda: len(numbers(stack.folder / "started")) == 2)
    assert not stack.mend(said.append), "nothing has fallen since"
    assert "the server has ended by itself (signal SIGKILL); it is started again now" in said[0]
    assert child.process.poll() is None


def test_what_it_leaves_is_ended_before_the_next_start(stack):
    child = stack.start("server", "stays")
    kill_at_its_work(stack, child)
    left = numbers(stack.folder / "below")[0]

    stack.mend(lambda _: None)

    wait_for(lambda: not lives(left))


def test_what_falls_again_waits_before_its_next_start(stack):
    stack.start("worker", "falls")
    said: list[str] = []

    def mended_until(falls: int) -> None:
        wait_for(lambda: (stack.mend(said.append), len(said) == falls)[1])

    mended_until(2)
    assert "exit code 7" in said[0]
    assert "again now" in said[0]
    assert "again in 2 s" in said[1]
    stack.mend(said.append)
    assert len(said) == 2, "said once for each fall"


def test_what_has_grown_is_started_anew_once_nothing_is_under_way(stack):
    grown, slim = stack.start("worker", "stays", most_bytes=1), stack.start("server", "stays", most_bytes=1 << 40)
    wait_for(lambda: len(numbers(stack.folder / "below")) == 2)
    assert not grown.is_grown, "it holds that from its start"
    grown.started_at -= 1800
    first, other = grown.process.pid, slim.process.pid
    said: list[str] = []

    stack.slim(said.append, lambda: False)
    assert (grown.process.pid, said) == (first, [])

    stack.slim(said.append, lambda: True)
    assert [line.startswith("The worker has grown to ") for line in said] == [True]
    assert (lives(first), lives(grown.process.pid), slim.process.pid) == (False, True, other)
    assert not stack.mend(said.append), "it is no fall"


def test_the_memory_of_a_process_is_its_own(stack):
    child = stack.start("server", "stays")

    wait_for(lambda: numbers(stack.folder / "below"))
    assert 1 << 20 < child.memory_bytes < 1 << 28
    child.process.kill()
    child.process.wait(10)
    assert child.memory_bytes == 0


def test_pauses_grow_to_a_minute_and_no_further():
    assert [pause_before(falls) for falls in (1, 2, 3, 4, 7, 50)] == [0, 2, 4, 8, 60, 60]


def test_who_stayed_for_a_minute_has_not_fallen_at_its_start(stack):
    child = stack.start("worker", "falls")
    child.process.wait(20)
    child.falls = 6

    child.note_fall(child.started_at + 61)

    assert child.falls == 1
