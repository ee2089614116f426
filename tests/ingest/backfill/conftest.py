"""What walks a source: against the fake sites, against a table of answers, or against a function."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from yarl import URL

from ingest.backfill.detect import Findings, FoundFeed, home_of, read_home, read_sitemaps, target_of
from ingest.backfill.guards import Limits, Progress, Rules, Step, judge, key_of
from ingest.backfill.source import Archives, Ask, Cursor, End, Place, Ref, Reply, Source, Target, Window
from ingest.backfill.stored import read_cursor, read_progress, write_cursor, write_progress
from ingest.feeds.discover import discover
from ingest.feeds.parse import parse_feed

MOST_REQUESTS = 400


@dataclass(slots=True)
class Walked:
    """A walk that ended."""

    asked: list[Ask] = field(default_factory=list)
    refs: list[Ref] = field(default_factory=list)
    end: End | None = None
    detail: str | None = None
    progress: Progress = field(default_factory=Progress)

    @property
    def urls(self) -> set[str | None]:
        return {ref.url for ref in self.refs}


async def walk_source(
    source: Source, target: Target, answer: Callable[[Ask], Awaitable[Reply]], limits: Limits | None = None
) -> Walked:
    """Walk to the end as a flow does: what is kept between two requests goes through JSON."""
    walked, cursor, named = Walked(), source.first(target), set[int]()
    rules = Rules(nature=source.nature, window=target.window, limits=limits or Limits())
    while walked.end is None:
        assert len(walked.asked) < MOST_REQUESTS, f"{source.name} does not end: {walked.asked[-3:]}"
        walked.asked.append(cursor.ask)
        reply = await answer(cursor.ask)
        listing = source.advance(cursor, reply)
        assert (listing.next is None) != (listing.end is None)
        keys = {key_of(ref) for ref in listing.refs}
        step = Step(cursor=cursor, listing=listing, new=len(keys - named), bytes=len(reply.body))
        progress = read_progress(json.loads(json.dumps(write_progress(walked.progress))))
        walked.progress, judged = judge(progress, step, rules)
        named |= keys
        walked.refs += judged.refs
        walked.end, walked.detail = judged.end, judged.detail
        cursor = stored(judged.next) if judged.next else cursor
    return walked


def stored(cursor: Cursor) -> Cursor:
    again = read_cursor(json.loads(json.dumps(write_cursor(cursor))))
    assert again == cursor
    return again


@dataclass(slots=True)
class Web:
    """Loopback as a flow sees it: what is asked again is 429 and 5xx, what was refused has no body."""

    session: aiohttp.ClientSession

    async def get(self, url: str, **headers: str) -> Reply:
        for _ in range(20):
            async with self.session.get(URL(url, encoded=True), headers=headers) as response:
                body = await response.read()
                status = response.status
                if status != 429 and status < 500:
                    names = {name.lower(): text for name, text in response.headers.items()}
                    ok = 200 <= status < 300
                    return Reply(url=str(response.url), status=status, headers=names, body=body if ok else b"")
        raise AssertionError(f"{url} never answers")

    async def answer(self, ask: Ask) -> Reply:
        if ask.place is Place.FILE:
            return read_file(ask)
        headers = {"Range": f"bytes={ask.byte_range[0]}-{ask.byte_range[1]}"} if ask.byte_range else {}
        return await self.get(ask.url, **headers)

    async def target(self, url: str, window: Window | None = None, archives: Archives | None = None) -> Target:
        """The site as a flow finds it: its home page, the feed that this names, its robots.txt."""
        home = await self.get(home_of(url))
        robots = await self.get(home_of(url) + "robots.txt")
        named = [link.url for link in discover(home.body, home.url, home.headers) if link.origin == "page"]
        feed = await self.get(named[0]) if named else None
        found = None
        if feed is not None and feed.status == 200:
            found = FoundFeed(url=feed.url, body=feed.body, parsed=parse_feed(feed.body, url=feed.url))
        findings = Findings(
            url=url,
            home=read_home(home.body, home.url, home.headers),
            feed=found,
            sitemaps=read_sitemaps(robots.body, robots.url),
            archives=archives or Archives(),
        )
        return target_of(findings, window or Window())


def read_file(ask: Ask) -> Reply:
    from pathlib import Path

    path = Path(ask.url)
    if not path.is_file():
        return Reply(url=ask.url, status=404)
    body = path.read_bytes()
    first, last = ask.byte_range or (0, len(body))
    return Reply(url=ask.url, status=200, body=body[first : last + 1])


def answering(answers: Mapping[str, Any] | Callable[[str], Any]) -> Callable[[Ask], Awaitable[Reply]]:
    """Answers by address: bytes, text, JSON values, a status, or a whole reply; 404 for what is not there."""

    async def answer(ask: Ask) -> Reply:
        found = answers(ask.url) if callable(answers) else answers.get(ask.url, 404)
        return as_reply(ask.url, found)

    return answer


def as_reply(url: str, found: Any) -> Reply:
    match found:
        case Reply():
            return found
        case int():
            return Reply(url=url, status=found)
        case bytes():
            return Reply(url=url, status=200, body=found)
        case str():
            return Reply(url=url, status=200, body=found.encode())
        case _:
            return Reply(url=url, status=200, body=json.dumps(found).encode())


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    async with aiohttp.ClientSession() as session:
        yield Web(session)


@pytest.fixture
def walk() -> Callable[..., Awaitable[Walked]]:
    return walk_source


@pytest.fixture
def walk_answers() -> Callable[..., Awaitable[Walked]]:
    """Walk a source against a table or a function of answers."""

    async def walking(source: Source, target: Target, answers: Any, **fields: Any) -> Walked:
        return await walk_source(source, target, answering(answers), **fields)

    return walking


@pytest.fixture
def read_files() -> Callable[[Ask], Awaitable[Reply]]:
    async def answer(ask: Ask) -> Reply:
        return read_file(ask)

    return answer
