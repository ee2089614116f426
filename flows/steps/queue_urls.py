"""Put single addresses into the queue of pages."""

from dataclasses import dataclass

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
    """Make the addresses pending. Addresses of one article become one page."""
    wanted: dict[int, NewPage] = {}
    refused: list[str] = []
    for url in urls:
        try:
            address = clean_url(article_url(check_url(url)))
        except BadUrl as error:
            refused.append(str(error))
            continue
        wanted[dedupe_key(address)] = NewPage(address, dedupe_key(address), host_of(address))
    now = mill.clock()
    await mill.writer.apply(lambda session: pages.add_urls(session, wanted.values(), now))
    return Queued(tuple(wanted), tuple(refused))
