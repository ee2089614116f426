"""The feed as it stands: its newest entries, for a site that lists its past nowhere else."""

from ingest.backfill.answers import feed_ask, feed_in, is_refused, misread, refs_in, refuse
from ingest.backfill.source import Cursor, End, Listing, Nature, Reply, Target


class Newest:
    """One document, and no more."""

    name = "newest"
    summary = "The feed as it stands: its newest entries, as many as it shows."
    nature = Nature()

    def probe(self, target: Target) -> float:
        """Little, wherever there is a feed."""
        return 0.35 if target.feed_url and target.feed is not None else 0.0

    def first(self, target: Target) -> Cursor:
        """The feed itself."""
        feed_url = target.feed_url or target.home_url
        return Cursor(feed_ask(feed_url), {"feed": feed_url})

    def advance(self, cursor: Cursor, reply: Reply) -> Listing:
        """Its entries; only a feed that says so shows all there is (RFC 5005 section 2)."""
        if is_refused(reply):
            return refuse(reply, is_first=True)
        parsed = feed_in(reply)
        if parsed is None:
            return misread(reply, wanted="feed", is_first=True)
        refs = refs_in(parsed, str(cursor.state.get("feed") or cursor.ask.url))
        if parsed.is_complete and not parsed.is_truncated:
            return Listing(refs=refs, end=End.COMPLETE)
        return Listing(refs=refs, end=End.LIMIT, detail="a feed shows its newest entries, and no older ones")
