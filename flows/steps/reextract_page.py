"""Extract one stored article again, from its pages in the archive: no request is made."""

from collections.abc import Iterable
from dataclasses import replace

from flows.mill import Mill
from flows.steps.extract_page import extract_page
from flows.steps.learn_blocks import read_knowledge, read_profile
from ingest.decide.headline import follows_headline
from ingest.decide.revision import content_hash
from ingest.extract.join import adds_text, join_parts
from ingest.extract.sitefolder import find_keeps
from ingest.jobs import PageJob, PageReading
from ingest.model import ArticleStatus, Capture, Page
from ingest.urls import dedupe_key
from storage.reextraction import Stored


async def reextract_page(mill: Mill, stored: Stored) -> PageReading:
    """What today's extractor and rules make of the article's pages, joined as when they were fetched."""
    first, *further = stored.kept
    job = PageJob(
        url=first.capture.url,
        page=page_of(first.capture),
        entry=stored.entry,
        feed_title=stored.feed_title,
        now=first.capture.fetched_at,
        site_rules_dir=str(mill.settings.site_rules),
        site=replace(read_knowledge(mill.database, stored.site), profile=read_profile(mill, stored.site)),
        follows_headline=follows_headline(stored.provenance, is_revisit=False),
    )
    reading = await extract_page(mill.workers, job)
    return (await join_kept(mill, job, reading, [kept.capture for kept in further]))[0] if further else reading


async def join_kept(
    mill: Mill, job: PageJob, first: PageReading, further: Iterable[Capture]
) -> tuple[PageReading, list[Capture]]:
    """The reading with the text of the further pages, in the order in which each names the next; and those pages."""
    by_address = {dedupe_key(capture.url): capture for capture in further}
    readings, url, joined = [first], first.next_url, []
    while url is not None and (capture := by_address.pop(dedupe_key(url), None)) is not None:
        part = replace(job, url=capture.url, page=page_of(capture), entry=None, is_further_part=True)
        reading = await extract_page(mill.workers, part)
        is_text = reading.article.status is ArticleStatus.OK and bool(reading.article.text)
        if not is_text or not adds_text([known.article for known in readings], reading.article):
            break
        readings.append(reading)
        joined.append(capture)
        url = reading.next_url
    if not joined:
        return first, joined
    keeps = find_keeps(first.article.url, job.site_rules_dir)
    article = join_parts(first.article, [reading.article for reading in readings[1:]], None, keeps)
    return replace(first, article=article, content_hash=content_hash(article.title, article.text)), joined


def page_of(capture: Capture) -> Page:
    """An archived page as the extraction takes it."""
    content_type = capture.headers.get("content-type")
    return Page(url=capture.url, html=capture.body, final_url=capture.final_url, content_type=content_type)
