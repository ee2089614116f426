"""Extract one article in a worker process; where a page is beyond its limits, from the feed's own content instead."""

import logging
from dataclasses import replace

from flows.workers import WorkerBugError, WorkerLimitError, Workers
from ingest.jobs import PageJob, PageReading

log = logging.getLogger(__name__)


async def extract_page(workers: Workers, job: PageJob) -> PageReading:
    """The article of a page. Time, memory, a crash or a bug of ours cost the page, never the article."""
    try:
        return await workers.read_page(job)
    except WorkerLimitError as error:
        if job.page is None:
            raise
        log.warning("page %s %s; its feed's own content is used", job.url, error)
    except WorkerBugError:
        if job.page is None:
            raise
        log.exception("extracting %s failed for a reason of ours; its feed's own content is used", job.url)
    return await workers.read_page(replace(job, page=None))
