"""Walking feed documents that link to the next one: loops, other hosts, and where it ends (rules 82, 83, B4)."""

from collections.abc import Callable
from hashlib import blake2b

from ingest.backfill.answers import GONE, feed_ask, feed_in, is_refused, is_same_host, misread, refs_in, refuse
from ingest.backfill.source import Cursor, End, Listing, Ref, Reply, State
from ingest.model import ParsedFeed
from ingest.urls import dedupe_form

_MOST_REMEMBERED = 5_000  # documents of a walk whose addresses are known again


def start(feed_url: str) -> Cursor:
    """The first document of a walk: the feed itself."""
    return Cursor(feed_ask(feed_url), {"feed": feed_url, "asked": [_mark(feed_url)]})


def follow(cursor: Cursor, reply: Reply, link_of: Callable[[ParsedFeed], str | None]) -> Listing:
    """What a document says, and where it links to. ``link_of`` gives the link to the older document."""
    asked = _asked(cursor.state)
    is_first = len(asked) <= 1
    if is_refused(reply):
        is_end = not is_first and reply.status in GONE and not cursor.state.get("archive")
        return Listing(end=End.COMPLETE) if is_end else refuse(reply, is_first=is_first)
    parsed = feed_in(reply)
    if parsed is None:
        return misread(reply, wanted="feed", is_first=is_first)
    refs = refs_in(parsed, str(cursor.state.get("feed") or cursor.ask.url))
    archive = parsed.links.prev_archive_url
    link = archive if cursor.state.get("archive") else link_of(parsed)  # the first archive ends the chain of archives
    return _go_on(cursor, refs, link, is_archive=archive is not None)


def _go_on(cursor: Cursor, refs: tuple[Ref, ...], link: str | None, *, is_archive: bool) -> Listing:
    asked = _asked(cursor.state)
    if link is None:
        return Listing(refs=refs, end=End.COMPLETE)
    if _mark(link) in asked:
        detail = f"the link to older entries, {link}, leads back to what was read"
        return Listing(refs=refs, end=End.REPEATS, detail=detail)
    if not is_same_host(link, cursor.ask.url):
        detail = f"the link to older entries, {link}, leads to another host"
        return Listing(refs=refs, end=End.UNSUITABLE, detail=detail)
    state = {**cursor.state, "asked": [*asked, _mark(link)][-_MOST_REMEMBERED:], "archive": is_archive}
    return Listing(refs=refs, next=Cursor(feed_ask(link), state))


def _asked(state: State) -> list[str]:
    asked = state.get("asked")
    return asked if isinstance(asked, list) else []


def _mark(url: str) -> str:
    return blake2b(dedupe_form(url).encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
