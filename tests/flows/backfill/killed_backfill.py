"""One backfill in a process of its own that dies, as by kill -9, before or after one of its commits."""

import asyncio
import os
import signal
from contextlib import contextmanager
from unittest.mock import patch

from in_process import InProcess

from flows import mill as machinery
from flows.backfilling import Order, run
from flows.settings import Settings
from flows.writer import Writer


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


def backfill(settings, order, commit, *, is_before):
    """A backfill from its beginning, or from where it was killed last time, killed around a commit."""

    async def go_on():
        async with machinery.open_mill(Settings(**settings)) as mill:
            report = await run(mill, Order(**order))
        assert report.state == "done", report

    with dying_at(commit, is_before=is_before):
        asyncio.run(go_on())
