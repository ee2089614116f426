"""Static sites: the feed documents that their generators write, which often hold everything."""

from ingest.backfill.answers import feed_ask, feed_in, is_refused, is_same_host, refs_in
from ingest.backfill.source import Cursor, End, Listing, Nature, Reply, Target

# Where each generator writes its feed unless told otherwise.
DOCUMENTS = {
    "hugo": ("index.xml",),
    "jekyll": ("feed.xml", "atom.xml"),
    "hexo": ("atom.xml",),
    "pelican": ("feeds/all.atom.xml", "feeds/all.rss.xml"),
    "eleventy": ("feed/feed.xml", "feed.xml"),
    "gatsby": ("rss.xml",),
    "zola": ("atom.xml", "rss.xml"),
    "nikola": ("rss.xml",),
    "astro": ("rss.xml",),
}
_USUAL = ("index.xml", "atom.xml")
_MOST = 4


class StaticSite:
    """One document after the other; each is there or not."""

    name = "static_site"
    summary = "The whole feed that generators of static sites (Hugo, Jekyll ...) write: index.xml, atom.xml."
    nature = Nature(is_newest_first=False, idle_pages=_MOST + 1, empty_pages=_MOST + 1)

    def probe(self, target: Target) -> float:
        """Likely where a generator names itself."""
        return 0.7 if "static" in target.platforms else 0.0

    def first(self, target: Target) -> Cursor:
        """The feed that the site names, then those that its generator writes, or the usual ones of one unknown."""
        own = [target.feed_url] if target.feed_url and is_same_host(target.feed_url, target.home_url) else []
        named = [name for kind, names in DOCUMENTS.items() if kind in target.platforms for name in names]
        urls = list(dict.fromkeys([*own, *(f"{target.home_url}{name}" for name in named or _USUAL)]))[:_MOST]
        return _cursor(urls, found=0, is_cut=False)

    def advance(self, cursor: Cursor, reply: Reply) -> Listing:
        """A document's entries, and the next document."""
        waiting = cursor.state.get("waiting")
        left = waiting[1:] if isinstance(waiting, list) else []
        found = int(str(cursor.state.get("found")))
        parsed = None if is_refused(reply) else feed_in(reply)
        refs = refs_in(parsed, cursor.ask.url) if parsed else ()
        found += parsed is not None
        is_cut = bool(cursor.state.get("cut")) or (parsed is not None and parsed.is_truncated)
        if left:
            return Listing(refs=refs, next=_cursor(left, found=found, is_cut=is_cut))
        if not found:
            return Listing(end=End.UNSUITABLE, detail="none of the documents that its generator writes is a feed")
        if is_cut:
            return Listing(refs=refs, end=End.LIMIT, detail="the feed has more entries than are read")
        return Listing(refs=refs, end=End.COMPLETE)


def _cursor(urls: list[str], *, found: int, is_cut: bool) -> Cursor:
    return Cursor(feed_ask(urls[0]), {"waiting": urls, "found": found, "cut": is_cut})
