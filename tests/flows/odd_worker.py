"""A worker process with jobs that no product has: it sleeps, eats memory, crashes and prints."""

import os
import sys
import time
from pathlib import Path

from ingest import jobs, worker

HOLD = b"<!-- hold until there is "


def read_page(job):
    """As the product's, but a page that says so takes until a file is there."""
    _, mark, rest = (job.page.html if job.page else b"").partition(HOLD)
    while mark and not Path(os.fsdecode(rest.partition(b" -->")[0])).exists():
        time.sleep(0.05)
    return jobs.read_page(job)


def spin():
    while True:
        pass


HELD = []


def keep(size):
    """Take memory for good."""
    HELD.append(b"\1" * size)


def is_loaded(module):
    return module in sys.modules


def chatter(noise):
    print(noise, flush=True)
    return "quiet"


worker.JOBS |= {"sleep": time.sleep, "eat": bytearray, "die": os._exit, "echo": str, "chatter": chatter, "keep": keep}
worker.JOBS |= {"read_page": read_page, "spin": spin, "loaded": is_loaded}

if __name__ == "__main__":
    worker.main()
