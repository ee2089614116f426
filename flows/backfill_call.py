"""One call of a backfill: what it may cost, who is told, and what it has worked on."""

import time
from dataclasses import dataclass, field
from datetime import datetime

from flows.backfill_standing import report_of
from flows.backfill_words import Progress
from flows.batches import BatchRunner
from flows.steps.ask_history import Undertaking
from storage import find_pages

SLICE = 200  # pages that are let wait at a time: what a cancelled job has to take back
PROGRESS_SECONDS = 3.0
_ANY = 1_000_000_000


@dataclass(slots=True, kw_only=True)
class Call:
    """One call: what it may cost, who is told, and the pages that it has worked on."""

    work: Undertaking
    runner: BatchRunner
    progress: Progress | None
    max_pages: int | None = None
    max_requests: int | None = None
    worked: set[int] = field(default_factory=set)
    sent_before: int = 0
    began_at: datetime
    told_at: float = 0.0
    failed_rounds: int = 0  # for a reason of ours, since the last request

    @property
    def pages_left(self) -> int:
        """How many further pages this call may fetch."""
        by_pages = SLICE if self.max_pages is None else self.max_pages - len(self.worked)
        return max(0, min(SLICE, by_pages, self.requests_left))

    @property
    def requests_left(self) -> int:
        """How many requests it may still send; a page may take more than one."""
        sent = self.work.mill.client.sent - self.sent_before
        return _ANY if self.max_requests is None else max(0, self.max_requests - sent)

    async def tell(self, *, is_urgent: bool = False) -> None:
        """Let whoever asked know where the job stands, every few seconds."""
        if self.progress is None or (time.monotonic() - self.told_at < PROGRESS_SECONDS and not is_urgent):
            return
        self.told_at = time.monotonic()
        # A slice of pages takes minutes: what is done of it counts now.
        await self.work.ledger.apply(lambda session: find_pages.settle(session, self.work.job_id))
        await self.progress(report_of(self.work))
