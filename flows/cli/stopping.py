"""Work that Ctrl-C and SIGTERM end well: what is in hand ends, is committed, and the hosts are given back."""

import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from flows.cli.failure import complain
from flows.logs import guard_logs

Done = TypeVar("Done")


def run_stoppable(work: Coroutine[Any, Any, Done], when_stopped: Callable[[], str]) -> Done:
    """Run until done; where it is stopped, say what ``when_stopped`` gives and exit with 130."""
    guard_logs()
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(message)s")

    async def interruptible() -> Done:
        task = asyncio.ensure_future(work)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await task

    try:
        return asyncio.run(interruptible())
    except (KeyboardInterrupt, asyncio.CancelledError):
        end_progress()
        complain(when_stopped())
        sys.exit(130)


def show_progress(line: str) -> None:
    """One line on stderr, in the place of the last one; nothing where stderr is no terminal."""
    if sys.stderr.isatty():
        from ingest.text import strip_controls

        print(f"\r{strip_controls(line)}\x1b[K", end="", file=sys.stderr, flush=True)


def end_progress() -> None:
    """Take the line of progress away."""
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr)
