"""Ask for a feed document and read it in a worker process."""

import logging

from flows.mill import Mill
from flows.workers import WorkerBugError, WorkerLimitError
from ingest.errors import FeedRejected, IngestError
from ingest.jobs import FeedJob, FeedReading
from ingest.model import Fetched, FetchRequest, Validators

log = logging.getLogger(__name__)

FEED_ACCEPT = (
    "application/atom+xml,application/rss+xml,application/feed+json,application/rdf+xml,"
    "application/xml;q=0.9,text/xml;q=0.8,*/*;q=0.1"
)
MAX_FEED_BYTES = 10_000_000


def feed_request(url: str, validators: Validators | None = None) -> FetchRequest:
    """The request for a feed document: the same at every poll, so that what varies by it stays the same (rule 18)."""
    return FetchRequest(
        url=url,
        accept=FEED_ACCEPT,
        validators=validators or Validators(),
        accepts_delta=True,
        max_bytes=MAX_FEED_BYTES,
    )


async def read_feed(mill: Mill, result: Fetched) -> FeedReading | IngestError:
    """The feed in an answer with its entries' identities, or why it is none that can be read."""
    headers = result.headers
    job = FeedJob(result.body, result.final_url, headers.get("content-type"), headers.get("content-location"))
    try:
        return await mill.workers.read_feed(job)
    except IngestError as error:
        return error
    except WorkerLimitError as error:
        return FeedRejected(f"{result.final_url} {error}")
    except WorkerBugError:
        log.exception("parsing %s failed for a reason of ours", result.final_url)
        return FeedRejected(f"{result.final_url} could not be parsed for a reason of ours: see the log")
