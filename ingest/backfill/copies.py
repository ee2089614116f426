"""From the answer to a copy's request to the page that an archive kept."""

from io import BytesIO

from ingest.backfill.answers import is_refused
from ingest.backfill.source import Copy, Ref, Reply
from ingest.errors import BadArchive
from ingest.export.warc import read_warc
from ingest.model import Capture


def read_copy(ref: Ref, copy: Copy, reply: Reply) -> Capture | None:
    """The page as the archive has it, under the ref's own address; None where the answer holds none.

    Of a WARC record the body is what the record holds; of the Wayback Machine it is the answer itself.
    """
    if is_refused(reply) or not reply.body or ref.url is None:
        return None
    if not copy.is_warc_record:
        return Capture(url=ref.url, body=reply.body, fetched_at=copy.captured_at, headers=dict(reply.headers))
    try:
        found = next(read_warc(BytesIO(reply.body)), None)
    except BadArchive:
        return None
    if found is None:
        return None
    return Capture(url=ref.url, body=found.body, fetched_at=found.fetched_at, headers=found.headers)
