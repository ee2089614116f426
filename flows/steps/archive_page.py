"""Make a fetched page ready for the archive, unless it says that it is not to be kept."""

from flows.mill import Mill
from ingest.fetch.directives import may_be_archived
from ingest.model import Capture, Fetched
from storage.keeping import Packed


def archive_page(
    mill: Mill, site_id: int, fetched: Fetched, tags: tuple[str, ...], part: int = 0
) -> tuple[Packed, ...]:
    """The packed page, to be kept with its article; nothing where the settings or the page are against it (rule 50).

    ``tags``: its robots tags.
    """
    if not mill.settings.archive_pages or not may_be_archived(fetched.headers, tags):
        return ()
    capture = Capture(
        url=fetched.url,
        body=fetched.body,
        fetched_at=mill.clock(),
        final_url=fetched.final_url,
        status=fetched.status,
        headers=fetched.headers,
    )
    with mill.database.read() as session:
        return (mill.archive.pack(session, site_id, capture, part),)
