"""Old copies of the feed itself in the Wayback Machine: the way that works for any site that ever had a feed.

A copy shows the newest entries of its time, so that not every copy is needed: from the newest on, the next one is the
oldest that still reaches as far as the last one's oldest entry.
"""

from bisect import bisect_left
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from ingest.backfill import cdx
from ingest.backfill.answers import feed_in, is_refused, misread, refs_in, refuse
from ingest.backfill.positions import pack, unpack
from ingest.backfill.source import Ask, Cursor, End, Listing, Nature, Place, Ref, Reply, Target

MOST_COPIES = 20_000

_OVERLAP = timedelta(days=1)  # entries are dated before they are shown: drafts, queues, other zones


@dataclass(frozen=True, slots=True, kw_only=True)
class _Position:
    """``copies``: stamps of those that are left, oldest first; while they are gathered, ``is_gathering``."""

    base: str
    feed: str
    question: str
    since: str | None = None
    until: str | None = None
    copies: tuple[str, ...] = ()
    answers: int = 0
    is_gathering: bool = True
    is_cut: bool = False
    read: int = 0  # copies that were feeds
    unread: int = 0


class WaybackFeed:
    """The captures of the feed's address, then as many of them as it takes."""

    name = "wayback_feed"
    summary = "Old copies of the site's feed in the Wayback Machine, with titles, dates and text of their time."
    nature = Nature(is_newest_first=False, idle_pages=25, empty_pages=25)

    def probe(self, target: Target) -> float:
        """Worth a try wherever there is a feed."""
        return 0.3 if target.feed_url and target.archives.wayback_url else 0.0

    def first(self, target: Target) -> Cursor:
        """The first answer of the index: copies that differ from the one before."""
        base, feed = target.archives.wayback_url, target.feed_url or target.home_url
        since, until = target.window.since, target.window.until
        url = cdx.question(base, url=feed, match="exact", extra=("collapse=digest",), since=since)
        position = _Position(
            base=base,
            feed=feed,
            question=url,
            since=_stamp(since) if since else None,
            until=_stamp(until) if until else None,
        )
        return Cursor(cdx.ask(url), pack(position))

    def advance(self, cursor: Cursor, reply: Reply) -> Listing:
        """More of the index, or a copy's entries; then the next copy."""
        position = unpack(_Position, cursor.state)
        return _gather(position, reply) if position.is_gathering else _read(position, reply)


def _gather(position: _Position, reply: Reply) -> Listing:
    is_first = position.answers == 0
    if is_refused(reply):
        return refuse(reply, is_first=is_first)
    rows = cdx.rows_in(reply)
    if rows is None:
        return misread(reply, wanted="list of captures", is_first=is_first)
    copies = tuple(sorted({*position.copies, *(capture.stamp for capture in rows.captures)}))
    kept = replace(
        position,
        copies=copies[-MOST_COPIES:],
        answers=position.answers + 1,
        is_cut=position.is_cut or len(copies) > MOST_COPIES,
    )
    if rows.resume_key is not None:
        return Listing(next=Cursor(cdx.ask(cdx.resumed(position.question, rows.resume_key)), pack(kept)))
    return _ahead(replace(kept, copies=_up_to(kept.copies, kept.until), is_gathering=False), ())


def _up_to(copies: tuple[str, ...], until: str | None) -> tuple[str, ...]:
    """The copies without those behind the first one after the window: that one still shows what was new before it."""
    return copies if until is None else copies[: bisect_left(copies, until) + 1]


def _read(position: _Position, reply: Reply) -> Listing:
    """A copy's entries; one that cannot be read costs only itself."""
    if not position.copies:
        return _ahead(position, ())
    stamp, left = position.copies[-1], position.copies[:-1]
    parsed = None if is_refused(reply) else feed_in(reply)
    if parsed is None:
        return _ahead(replace(position, copies=left, unread=position.unread + 1), ())
    refs = refs_in(parsed, position.feed)
    after = replace(position, copies=_reaching(left, stamp, refs), read=position.read + 1)
    return _ahead(after, refs)


def _reaching(left: tuple[str, ...], stamp: str, refs: tuple[Ref, ...]) -> tuple[str, ...]:
    """The copies up to the oldest one that reaches what this one shows; where there is none, all that are older."""
    dates = [ref.published_at for ref in refs]
    known = [date for date in dates if date is not None]
    if not known or len(known) < len(dates):
        return left
    reached = min(_stamp(min(known) + _OVERLAP), stamp)
    wanted = bisect_left(left, reached)
    return left[: wanted + 1]


def _ahead(position: _Position, refs: tuple[Ref, ...]) -> Listing:
    if position.copies:
        url = f"{position.base}/web/{position.copies[-1]}id_/{position.feed}"
        return Listing(refs=refs, next=Cursor(Ask(url=url, place=Place.WAYBACK_COPY), pack(position)))
    if position.unread and not position.read:
        return Listing(refs=refs, end=End.UNSUITABLE, detail="no copy of the feed could be read")
    if position.is_cut:
        return Listing(refs=refs, end=End.LIMIT, detail=f"there are more than {MOST_COPIES:,} copies of the feed")
    return Listing(refs=refs, end=End.COMPLETE)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%d%H%M%S")
