"""Extract one stored article again, from its pages in the archive: no request is made."""

from dataclasses import replace

from flows.mill import Mill
from flows.steps.extract_page import extract_page
from flows.steps.learn_blocks import read_knowledge
from ingest.decide.revision import content_hash
from ingest.extract.join import adds_text, join_parts
from ingest.jobs import PageJob, PageReading
from ingest.model import ArticleStatus, Capture, Page
from ingest.urls import dedupe_key
from storage.archive import Kept
from storage.reextraction import Stored


async def reextract_page(mill: Mill, stored: Stored) -> PageReading:
    """What today's extractor and rules make of the article's pages, joined as when they were fetched."""
    first, *further = stored.kept
    job = PageJob(
        url=first.capture.url,
        page=_page(first.capture),
        entry=stored.entry,
        feed_title=stored.feed_title,
        now=first.capture.fetched_at,
        site_rules_dir=str(mill.settings.site_rules),
        site=read_knowledge(mill.database, stored.site),
    )
    reading = await extract_page(mill.workers, job)
    return await _join(mill, job, reading, further) if further else reading


async def _join(mill: Mill, job: PageJob, first: PageReading, further: list[Kept]) -> PageReading:
    """The reading with the text of the further pages, in the order in which each names the next."""
    by_address = {dedupe_key(kept.capture.url): kept.capture for kept in further}
    readings, url = [first], first.next_url
    while url is not None and (capture := by_address.pop(dedupe_key(url), None)) is not None:
        part = replace(job, url=capture.url, page=_page(capture), entry=None, is_further_part=True)
        reading = await extract_page(mill.workers, part)
        is_text = reading.article.status is ArticleStatus.OK and bool(reading.article.text)
        if not is_text or not adds_text([known.article for known in readings], reading.article):
            break
        readings.append(reading)
        url = reading.next_url
    if len(readings) == 1:
        return first
    article = join_parts(first.article, [reading.article for reading in readings[1:]], None)
    return replace(first, article=article, content_hash=content_hash(article.title, article.text))


def _page(capture: Capture) -> Page:
    content_type = capture.headers.get("content-type")
    return Page(url=capture.url, html=capture.body, final_url=capture.final_url, content_type=content_type)
