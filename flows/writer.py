"""The one writer of a process: changes queue up and are committed together, on one thread."""

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from sqlmodel import Session

from storage.database import Database, failure_of
from storage.errors import lasting

T = TypeVar("T")
Item = TypeVar("Item")
BATCH = 100
GATHERING = 25  # changes that gain from company: so many have the most of it (bench/speed/STORE.md)
GAP_SECONDS = 0.04  # while others like them come at shorter gaps, they wait for one another
GATHERING_SECONDS = 0.25  # but no longer than this
_Outcome = tuple[object, Exception | None]


@dataclass(frozen=True, slots=True)
class _Change:
    """A change that waits. Those whose ``apply`` is the same function are applied together."""

    apply: Callable[[Session, Sequence[Any]], Sequence[Any]]
    item: Any
    done: "asyncio.Future[Any]"
    loop: asyncio.AbstractEventLoop
    is_patient: bool

    def settle(self, result: object, error: Exception | None) -> None:
        if self.done.cancelled():
            return
        if error is not None:
            self.done.set_exception(error)
        else:
            self.done.set_result(result)


class Writer:
    """Group commit: whatever waits when a transaction begins goes into it, each change in a savepoint of its own.

    So a change that fails takes only itself back, and a thousand articles do not cost a thousand syncs to disk. Changes
    to items (``apply_to``) that come one upon another wait some hundredths of a second for company, others for nothing.
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
        return await self._queue_up(lambda session, _: [change(session)], None, is_patient=False)

    async def apply_to(self, change: Callable[[Session, Sequence[Item]], Sequence[T]], item: Item) -> T:
        """The same of a change to this item and all others that wait for it: it gives a result for each, in order.

        Where that fails it is applied to each alone: the one that it fails for is told so.
        """
        return await self._queue_up(change, item, is_patient=True)

    async def _queue_up(
        self, change: Callable[[Session, Sequence[Item]], Sequence[T]], item: Item, *, is_patient: bool
    ) -> T:
        loop = asyncio.get_running_loop()
        waiting = _Change(change, item, loop.create_future(), loop, is_patient)
        self._queue.put(waiting)
        result: T = await waiting.done
        return result

    def _write(self) -> None:
        while batch := self._next_batch():
            self._commit(batch)

    def _next_batch(self) -> list[_Change]:
        first = self._queue.get()
        batch = [] if first is None else [first]
        until = time.monotonic() + GATHERING_SECONDS
        while batch and len(batch) < BATCH:
            try:
                change = self._queue.get(timeout=_patience(batch, until))
            except queue.Empty:
                break
            if change is None:
                self._queue.put(None)
                break
            batch.append(change)
        return batch

    def _commit(self, batch: list[_Change]) -> None:
        groups = _group(batch)
        try:
            with self._database.begin() as session:
                if len(batch) == 1:  # the transaction is all the savepoint that it needs
                    outcomes: list[_Outcome] = [(_apply(session, batch)[0], None)]
                else:
                    outcomes = [outcome for group in groups for outcome in _attempt(session, group)]
        except Exception as failure:  # noqa: BLE001 - every waiter must hear that its change was not committed
            outcomes = [(None, failure)] * len(batch)
        _settle(zip((change for group in groups for change in group), outcomes, strict=True))


def _patience(batch: Sequence[_Change], until: float) -> float:
    """Seconds for which to wait for one more: none where a change is in haste, or company enough has come."""
    if len(batch) >= GATHERING or not all(change.is_patient for change in batch):
        return 0.0
    return max(0.0, min(GAP_SECONDS, until - time.monotonic()))


def _settle(outcomes: Iterable[tuple[_Change, _Outcome]]) -> None:
    """Tell each waiter its outcome: its loop is woken once for all of them."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[_Change, _Outcome]]] = {}
    for one in outcomes:
        by_loop.setdefault(one[0].loop, []).append(one)
    for loop, settled in by_loop.items():
        loop.call_soon_threadsafe(_tell, settled)


def _tell(settled: Sequence[tuple[_Change, _Outcome]]) -> None:
    for change, (result, error) in settled:
        change.settle(result, error)


def _group(batch: list[_Change]) -> list[list[_Change]]:
    groups: dict[Any, list[_Change]] = {}
    for change in batch:
        groups.setdefault(change.apply, []).append(change)
    return list(groups.values())


def _attempt(session: Session, changes: list[_Change]) -> list[_Outcome]:
    try:
        with session.begin_nested():
            return [(result, None) for result in _apply(session, changes)]
    except Exception as error:
        failure = failure_of(session, error)
        if failure is not None and lasting(failure) is not None:  # it meets all: nothing of this transaction stands
            raise failure from error
        if len(changes) == 1:  # handed to the waiter; the others' changes stand
            return [(None, error)]
    return [outcome for change in changes for outcome in _attempt(session, [change])]


def _apply(session: Session, changes: list[_Change]) -> list[object]:
    results = changes[0].apply(session, [change.item for change in changes])
    return [result for result, _ in zip(results, changes, strict=True)]
