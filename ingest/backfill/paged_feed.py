"""Walking feed pages that are numbered: what a missing, empty or foreign page means (rule B4)."""

from dataclasses import replace

from ingest.backfill.answers import GONE, feed_in, is_refused, misread, refs_in, refuse
from ingest.backfill.source import Cursor, End, Listing, Reply


def read_page(reply: Reply, ahead: Cursor, *, feed_url: str, is_first: bool) -> Listing:
    """A numbered page of a feed, and the one behind it, ``ahead``.

    404 or 410 behind the first page is the end, and so is a page without entries.
    """
    if is_refused(reply):
        is_end = not is_first and reply.status in GONE
        return Listing(end=End.COMPLETE) if is_end else refuse(reply, is_first=is_first)
    parsed = feed_in(reply)
    if parsed is None:
        return misread(reply, wanted="feed", is_first=is_first)
    listing = Listing(refs=refs_in(parsed, feed_url), next=ahead)
    return listing if parsed.entries else replace(listing, next=None, end=End.COMPLETE)
