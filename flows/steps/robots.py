"""Whether a host lets us fetch a page: its robots.txt, asked for at most once a day, kept with the site (rule 49)."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta

from flows.mill import Mill
from ingest.errors import BadUrl
from ingest.fetch.guard import check_url
from ingest.fetch.robots import (
    MAX_AGE_SECONDS,
    MAX_STALE_SECONDS,
    RobotsRules,
    RobotsVerdict,
    robots_request,
    robots_verdict,
)
from ingest.model import FailureKind, Fetched, FetchFailed, FetchResult
from storage import sites
from storage.sites import Robots

_ALLOW_ALL = RobotsRules.parse(b"", "feedmill")


@dataclass(slots=True)
class RobotsDesk:
    """One host's rules while its lease is ours: read once, however many of its pages wait."""

    mill: Mill
    site_id: int
    host: str
    _known: RobotsRules | FetchFailed | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def objection(self, url: str) -> FetchFailed | None:
        """Why this address of the host may not be fetched, or not now; None where it may."""
        try:
            check_url(url)
        except BadUrl as error:  # too long once its letters are escaped, for one
            return FetchFailed(url=url, kind=FailureKind.BAD_URL, detail=f"{error}.")
        async with self._turn:
            if self._known is None:
                self._known = await self._read(url)
        if isinstance(self._known, FetchFailed):
            return replace(self._known, url=url)
        if self._known.allows(url):
            return None
        detail = f"robots.txt of {self.host} does not let us fetch {url}."
        return FetchFailed(url=url, kind=FailureKind.ROBOTS, detail=detail)

    async def _read(self, url: str) -> RobotsRules | FetchFailed:
        with self.mill.database.read() as session:
            kept = sites.robots(session, self.site_id)
        if kept is None or self._is_older(kept, MAX_AGE_SECONDS):
            return await self._ask(url, kept)
        return self._rules(kept)

    async def _ask(self, url: str, kept: Robots | None) -> RobotsRules | FetchFailed:
        result = await self.mill.client.fetch(robots_request(url))
        if robots_verdict(result) is RobotsVerdict.UNREACHABLE:
            assert isinstance(result, FetchFailed)
            if kept is None or self._is_older(kept, MAX_STALE_SECONDS):
                return replace(
                    result, detail=f"robots.txt of {self.host} could not be read, so nothing is: {result.detail}"
                )
            return self._rules(kept)
        read = self._robots(result)
        await self.mill.writer.apply(lambda session: sites.put_robots(session, self.site_id, read))
        return self._rules(read)

    def _robots(self, result: FetchResult) -> Robots:
        body = result.body.decode("utf-8", "replace").replace("\x00", "") if isinstance(result, Fetched) else None
        rules = self._parse(body)
        return Robots(
            body=body,
            status=getattr(result, "status", None),
            fetched_at=self.mill.clock(),
            crawl_delay_seconds=rules.crawl_delay,
        )

    def _rules(self, kept: Robots) -> RobotsRules:
        if kept.crawl_delay_seconds:
            self.mill.client.set_host_delay(self.host, kept.crawl_delay_seconds)
        return self._parse(kept.body)

    def _parse(self, body: str | None) -> RobotsRules:
        return _ALLOW_ALL if body is None else RobotsRules.parse(body.encode(), self.mill.robots_token)

    def _is_older(self, kept: Robots, seconds: int) -> bool:
        return self.mill.clock() - kept.fetched_at > timedelta(seconds=seconds)
