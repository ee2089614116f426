"""A worker for tests: it reads feeds' content as the real one does, and does with a page what the page says."""

import os
import sys
import time

from ingest import jobs, worker


def read_page(job):
    if job.page is None:
        return jobs.read_page(job)
    deeds = {"spin": spin, "eat": eat, "crash": crash, "hang": hang, "fail": fail}
    return deeds[job.page.html]()


def spin():
    while True:
        pass


def eat():
    return bytearray(8 << 30)


def crash():
    os._exit(3)


def hang():
    time.sleep(600)


def fail():
    raise ZeroDivisionError


worker.JOBS["read_page"] = read_page

if __name__ == "__main__":
    sys.exit(worker.main())
