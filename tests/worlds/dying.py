"""A process that dies, as by kill -9, before or after one of its commits."""

import os
import signal
from contextlib import contextmanager
from unittest.mock import patch

from in_process import InProcess

from flows import mill as machinery
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
