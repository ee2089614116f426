"""One ingest in a process of its own that dies, as by kill -9, before or after one of its commits."""

import asyncio
import os
import signal
from contextlib import contextmanager
from datetime import datetime
from unittest.mock import patch

from flows import mill as machinery
from flows.batches import RoundPlan, run_round
from flows.settings import Settings
from flows.writer import Writer
from ingest.jobs import mend_texts, read_feed, read_page


class InProcess:
    """Workers without processes of their own: they would take a second each to start, a hundred times."""

    def __init__(self, _limits):
        pass

    async def __aenter__(self):
        return self

    async def __aexit__(self, *exc_info):
        return None

    async def read_feed(self, job):
        return read_feed(job)

    async def read_page(self, job):
        return read_page(job)

    async def mend_texts(self, job, _host):
        return mend_texts(job)


@contextmanager
def dying_at(commit, *, is_before):
    """Die around this commit; 0: never."""
    plain, done = Writer._commit, 0

    def counted(self, batch):
        nonlocal done
        done += 1
        if done == commit and is_before:
            os.kill(os.getpid(), signal.SIGKILL)
        plain(self, batch)
        if done == commit:
            os.kill(os.getpid(), signal.SIGKILL)

    with patch.object(Writer, "_commit", counted), patch.object(machinery, "Workers", InProcess):
        yield


def ingest(settings, now, commit, *, is_before):
    """A round at a moment, killed around a commit."""

    async def run():
        async with machinery.open_mill(Settings(**settings), lambda: datetime.fromisoformat(now)) as mill:
            await run_round(mill, RoundPlan(poll_all=True))

    with dying_at(commit, is_before=is_before):
        asyncio.run(run())
