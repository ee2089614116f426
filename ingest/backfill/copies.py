"""Pages as an archive kept them: from the answer to a copy's request, and for pages that are gone."""

import re
from datetime import UTC, datetime
from io import BytesIO

from ingest.backfill.answers import is_refused
from ingest.backfill.source import Ask, Copy, Place, Ref, Reply
from ingest.errors import BadArchive
from ingest.model import Capture

_COPY = re.compile(r"/web/(\d{14})id_/")
_OLDEST = datetime(1996, 1, 1, tzinfo=UTC)  # the machine's first year


def read_copy(ref: Ref, copy: Copy, reply: Reply) -> Capture | None:
    """The page as the archive has it, under the ref's own address; None where the answer holds none.

    Of a WARC record the body is what the record holds; of the Wayback Machine it is the answer itself.
    """
    if is_refused(reply) or not reply.body or ref.url is None:
        return None
    if not copy.is_warc_record:
        return Capture(url=ref.url, body=reply.body, fetched_at=copy.captured_at, headers=dict(reply.headers))
    from ingest.export.warc import read_warc

    try:
        found = next(read_warc(BytesIO(reply.body)), None)
    except BadArchive:
        return None
    if found is None:
        return None
    return Capture(url=ref.url, body=found.body, fetched_at=found.fetched_at, headers=found.headers)


def ask_missing(wayback_url: str, url: str, published_at: datetime | None) -> Ask:
    """The request for the copy of a page that is gone: the machine leads to the one nearest to its publication.

    Without a date to the oldest one: later ones may show that the page was gone already.
    """
    stamp = (published_at or _OLDEST).astimezone(UTC).strftime("%Y%m%d%H%M%S")
    return Ask(url=f"{wayback_url}/web/{stamp}id_/{url}", place=Place.WAYBACK_COPY)


def read_missing(url: str, reply: Reply) -> Capture | None:
    """The copy of a page that is gone; None where there is none. When it was made stands in the answer's address."""
    found = _COPY.search(reply.url)
    if is_refused(reply) or not reply.body or found is None:
        return None
    try:
        captured_at = datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return Capture(url=url, body=reply.body, fetched_at=captured_at, headers=dict(reply.headers))
