"""The Wayback Machine's index of the whole site: one capture, the oldest, of each page."""

from urllib.parse import urlsplit

from ingest.backfill import cdx
from ingest.backfill.answers import is_refused, misread, refuse
from ingest.backfill.source import Cursor, End, Listing, Nature, Ref, Reply, Target
from ingest.backfill.unlikely import is_unlikely
from ingest.urls import clean_url


class Wayback:
    """Captures by address, 5,000 an answer."""

    name = "wayback"
    summary = "Every page of the site that the Wayback Machine has, gone ones included."
    nature = Nature(is_newest_first=False, idle_pages=5, empty_pages=5)  # in the order of addresses

    def probe(self, target: Target) -> float:
        """Any site may be there."""
        return 0.2 if target.archives.wayback_url else 0.0

    def first(self, target: Target) -> Cursor:
        """The first captures. One from before the window shows a page that was published before it."""
        base = target.archives.wayback_url
        folder = urlsplit(target.home_url).path.strip("/")
        url = cdx.question(
            base,
            url=f"{target.host}/{folder}/" if folder else target.host,
            match="prefix" if folder else "host",
            extra=("filter=mimetype:text/html", "collapse=urlkey"),
            since=target.window.since,
        )
        return Cursor(cdx.ask(url), {"base": base, "answers": 0})

    def advance(self, cursor: Cursor, reply: Reply) -> Listing:
        """An answer's pages, and the next one where it has a resumption key."""
        answers = int(str(cursor.state.get("answers")))
        if is_refused(reply):
            return refuse(reply, is_first=answers == 0)
        rows = cdx.rows_in(reply)
        if rows is None:
            return misread(reply, wanted="list of captures", is_first=answers == 0)
        refs = tuple(_ref(str(cursor.state.get("base")), capture) for capture in rows.captures)
        refs = tuple(ref for ref in refs if ref.url and not is_unlikely(ref.url))
        if rows.resume_key is None:
            return Listing(refs=refs, end=End.COMPLETE)
        ahead = cdx.ask(cdx.resumed(cursor.ask.url, rows.resume_key))
        return Listing(refs=refs, next=Cursor(ahead, {**cursor.state, "answers": answers + 1}))


def _ref(base: str, capture: cdx.Capture) -> Ref:
    copy = cdx.copy_of(base, capture)
    return Ref(url=clean_url(cdx.own_address(capture.url)), latest_at=copy.captured_at, copies=(copy,))
