"""glibc's allocator gives back freed memory, also below what is held; the collector looks around less often."""

import gc
import subprocess
import sys

import pytest

from flows.memory import YOUNG_OBJECTS, trim
from flows.mill import open_mill
from flows.settings import Settings

needs_glibc = pytest.mark.skipif(not trim(), reason="this allocator cannot be asked")

FREED = """
import re, time
from pathlib import Path
from flows.memory import keep_trimmed, trim

def held():
    return int(re.search(r"VmRSS:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1])

def free_below_what_is_held():
    blocks = [b"%02000d" % number for number in range(20000)]
    return blocks[-1]
"""
ONCE = "kept = free_below_what_is_held(); before = held(); trim(); print(before - held())"
AGAIN = """
keep_trimmed(every_seconds=0.5)
for _ in range(2):
    start = held()
    kept = free_below_what_is_held()
    deadline = time.monotonic() + 20
    while held() > start + 10_000:
        assert time.monotonic() < deadline
        time.sleep(0.02)
"""


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", FREED + code], capture_output=True, text=True, check=True).stdout


@needs_glibc
def test_what_is_freed_below_what_is_held_is_given_back():
    assert int(run(ONCE)) > 30_000, "kB of the 40 MB that were freed"


@needs_glibc
def test_a_process_is_trimmed_again_and_again():
    run(AGAIN)


async def test_the_collector_looks_around_less_often_in_whatever_opens_a_mill(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(gc, "set_threshold", asked.append)
    async with open_mill(Settings(database_url=f"sqlite:///{tmp_path / 'feedmill.db'}", data_dir=tmp_path)):
        pass
    assert asked == [YOUNG_OBJECTS]
