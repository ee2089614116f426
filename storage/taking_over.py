"""A feed takes over the pages that waited for a backfill alone: what it shows now is live."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from ingest.model import SeenEntry
from storage.chunks import chunks
from storage.documents import entry_document
from storage.pages import BACKFILL, LIVE
from storage.tables import PAGE, SITE

_OF_PAGE = (PAGE.c.id, PAGE.c.page_key, PAGE.c.feed_id, PAGE.c.entry, SITE.c.host)


def take_over(connection: Connection, *, feed_id: int, shown: Sequence[SeenEntry]) -> None:
    """Let the pages of these entries wait as live ones, of this feed, where they wait for a backfill.

    What the backfill's listing says of them is kept. A page that waits for an archive's copy, on that one's host, stays
    as it is, and so does one that a filter of the feed would keep out.
    """
    entries = {(seen.page_key, seen.host): seen.entry for seen in reversed(shown) if seen.kept_out is None}
    rows = [
        {
            "of_page": row.id,
            "priority": LIVE,
            "feed_id": row.feed_id or feed_id,
            "entry": row.entry or entry_document(entries[row.page_key, row.host]),
        }
        for row in _waiting(connection, {key for key, _ in entries})
        if (row.page_key, row.host) in entries
    ]
    if not rows:
        return
    columns: dict[str, Any] = {name: bindparam(name) for name in ("priority", "feed_id", "entry")}
    connection.execute(update(PAGE).where(PAGE.c.id == bindparam("of_page")).values(columns), rows)


def _waiting(connection: Connection, keys: set[int]) -> list[Any]:
    quiet = (PAGE.c.state == "pending") & (PAGE.c.priority == BACKFILL) & PAGE.c.article_id.is_(None)
    waiting = select(*_OF_PAGE).join(SITE, SITE.c.id == PAGE.c.site_id).where(quiet).order_by(PAGE.c.id)
    return [
        row for chunk in chunks(sorted(keys)) for row in connection.execute(waiting.where(PAGE.c.page_key.in_(chunk)))
    ]
