"""Whether it is our own network that is down: failures to reach anyone wait here until the others have answered."""

import asyncio
from collections import deque
from collections.abc import Iterable

from ingest.decide.outage import Contact, contact_of, may_be_down
from ingest.model import FetchResult

RECENT = 50  # contacts that count: a cable may be cut, and mended, in the middle of a round


class NetworkWatch:
    """What a round's requests say together. A failure to reach a host is judged once no answer can change the verdict.

    Nothing is written meanwhile: killed here, the feed is still due.
    """

    def __init__(self) -> None:
        self._recent: deque[Contact] = deque(maxlen=RECENT)
        self._unheard: set[str] = set()
        self._waiting: list[asyncio.Future[bool]] = []

    def expect(self, hosts: Iterable[str]) -> None:
        """These are going to be asked."""
        self._unheard.update(hosts)

    def leave(self, host: str) -> None:
        """Nothing is asked of this one any more."""
        self._unheard.discard(host)
        self._review()

    async def is_to_blame(self, host: str, outcome: FetchResult) -> bool:
        """Take an outcome in; for a failure to reach the host, wait until it is known whether that is our own doing."""
        contact = contact_of(outcome)
        self._recent.append(contact)
        if contact.is_reached or contact.says_nothing:
            self.leave(host)
            return False
        verdict: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append(verdict)
        self.leave(host)
        return await verdict

    def _review(self) -> None:
        """Judge for all who wait, once it is certain."""
        if not self._waiting:
            return
        may_be = may_be_down(self._recent, len(self._unheard))
        if may_be and self._unheard:
            return
        waiting, self._waiting = self._waiting, []
        for verdict in waiting:
            if not verdict.done():
                verdict.set_result(may_be)
