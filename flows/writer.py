"""The one writer of a process: changes queue up and are committed together, on one thread."""

import asyncio
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from sqlmodel import Session

from storage.database import Database

T = TypeVar("T")
BATCH = 100


@dataclass(frozen=True, slots=True)
class _Change:
    apply: Callable[[Session], Any]
    done: "asyncio.Future[Any]"
    loop: asyncio.AbstractEventLoop

    def settle(self, result: object, error: Exception | None) -> None:
        self.loop.call_soon_threadsafe(self._settle, result, error)

    def _settle(self, result: object, error: Exception | None) -> None:
        if self.done.cancelled():
            return
        if error is not None:
            self.done.set_exception(error)
        else:
            self.done.set_result(result)


class Writer:
    """Group commit: whatever waits when a transaction begins goes into it, each change in a savepoint of its own.

    So a change that fails takes only itself back, and a thousand articles do not cost a thousand syncs to disk.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queue: queue.SimpleQueue[_Change | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write, name="feedmill-writer", daemon=True)

    async def __aenter__(self) -> Self:
        self._thread.start()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    async def apply(self, change: Callable[[Session], T]) -> T:
        """Run ``change`` in the next transaction; returns its result once that is committed."""
        loop = asyncio.get_running_loop()
        waiting = _Change(change, loop.create_future(), loop)
        self._queue.put(waiting)
        result: T = await waiting.done
        return result

    def _write(self) -> None:
        while batch := self._next_batch():
            self._commit(batch)

    def _next_batch(self) -> list[_Change]:
        first = self._queue.get()
        batch = [] if first is None else [first]
        while batch and len(batch) < BATCH and not self._queue.empty():
            change = self._queue.get()
            if change is None:
                self._queue.put(None)
                break
            batch.append(change)
        return batch

    def _commit(self, batch: list[_Change]) -> None:
        try:
            with self._database.begin() as session:
                outcomes = [_attempt(session, change) for change in batch]
        except Exception as failure:  # noqa: BLE001 - every waiter must hear that its change was not committed
            outcomes = [(None, failure)] * len(batch)
        for change, (result, error) in zip(batch, outcomes, strict=True):
            change.settle(result, error)


def _attempt(session: Session, change: _Change) -> tuple[object, Exception | None]:
    try:
        with session.begin_nested():
            return change.apply(session), None
    except Exception as error:  # noqa: BLE001 - handed to the waiter; the others' changes stand
        return None, error
