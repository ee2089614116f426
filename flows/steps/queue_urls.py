"""Put single addresses into the queue of pages."""

from dataclasses import dataclass

from flows.gone import tell_gone
from flows.mill import Mill
from ingest.aggregators import article_url
from ingest.errors import BadUrl
from ingest.fetch.guard import check_url
from ingest.urls import clean_url, dedupe_key, host_of
from storage import pages
from storage.pages import NewPage


@dataclass(frozen=True, slots=True)
class Queued:
    """The keys of the pages that now wait, and a sentence for each address that can never be fetched."""

    keys: tuple[int, ...]
    refused: tuple[str, ...]


async def queue_urls(mill: Mill, urls: list[str]) -> Queued:
    """Make the addresses pending. Addresses of one article become one page; what went by retention is refused."""
    wanted: dict[int, NewPage] = {}
    refused: list[str] = []
    for url in urls:
        try:
            address = clean_url(article_url(check_url(url)))
        except BadUrl as error:
            refused.append(str(error))
            continue
        wanted[dedupe_key(address)] = NewPage(address, dedupe_key(address), host_of(address))
    with mill.database.read() as session:
        gone = tell_gone(session, {key: page.url for key, page in wanted.items()})
    open_ones = {key: page for key, page in wanted.items() if key not in gone}
    now = mill.clock()
    await mill.writer.apply(lambda session: pages.add_urls(session, open_ones.values(), now))
    return Queued(tuple(open_ones), (*refused, *gone.values()))
