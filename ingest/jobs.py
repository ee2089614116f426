"""The units of CPU work that worker processes do: bytes in, nouns out. Imports wait until a job needs them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from ingest.blocks import NO_KNOWLEDGE, LearnedBlock, PageLines, Sighting, SiteKnowledge, StoredText
from ingest.model import Article, Entry, Page, ParsedFeed, SeenEntry
from ingest.profiles import Observation

if TYPE_CHECKING:
    from ingest.backfill.detect import Home
    from ingest.backfill.source import Cursor, Listing, Reply
    from ingest.feeds.discover import FeedLink


@dataclass(frozen=True, slots=True)
class FeedReading:
    """A parsed feed and its entries with their identities."""

    parsed: ParsedFeed
    seen: tuple[SeenEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageJob:
    """What extraction may look at: the page (None: the feed's own content only), the entry, and the feed's name.

    ``site_rules_dir``: the user's own site rules, before the packaged ones. ``is_further_part``: the page is no article
    of its own, but goes on with one that began elsewhere. ``follows_headline``: another headline on the page is an edit
    (``ingest.decide.headline``). ``site``: what the site's other pages have taught.
    """

    url: str | None
    page: Page | None
    entry: Entry | None
    feed_title: str | None
    now: datetime
    site_rules_dir: str | None = None
    is_further_part: bool = False
    follows_headline: bool = False
    site: SiteKnowledge = NO_KNOWLEDGE


@dataclass(frozen=True, slots=True)
class PageReading:
    """An extracted article with the keys of every address it is known by and the hash of what a reader sees.

    ``next_url``: where it goes on; ``single_url``: where the rule for the site has all of it on one page;
    ``sighting``: what learning takes from the text; ``observation``: what the page shows of its site's profile.
    """

    article: Article
    alias_keys: tuple[int, ...]
    content_hash: str
    signature: bytes | None = None  # of the text, to find its copies by
    next_url: str | None = None
    single_url: str | None = None
    sighting: Sighting | None = None
    observation: Observation | None = None
    claim_keys: tuple[int, ...] = ()  # of the canonical address: a name of the article as far as its text agrees


@dataclass(frozen=True, slots=True)
class FeedJob:
    """A feed document with what its response said of it."""

    body: bytes
    url: str
    content_type: str | None = None
    content_location: str | None = None


@dataclass(frozen=True, slots=True)
class MendJob:
    """Stored texts of a site, what is learned of it by now, and what was and is no more.

    ``pages``: the texts as lines, by page, as far as they are remembered. ``site_rules_dir``: where the user's own site
    rules are, which may say what is kept.
    """

    texts: tuple[StoredText, ...]
    site: SiteKnowledge
    restored: Mapping[int, LearnedBlock] = field(default_factory=dict)
    pages: Mapping[int, PageLines] = field(default_factory=dict)
    site_rules_dir: str | None = None


def read_feed(job: FeedJob) -> FeedReading:
    """Parse a feed document and name its entries. Raises NotAFeed or FeedRejected."""
    from ingest.feeds.identity import identify
    from ingest.feeds.parse import parse_feed

    parsed = parse_feed(job.body, url=job.url, content_type=job.content_type, content_location=job.content_location)
    return FeedReading(parsed, identify(job.url, parsed))


def read_page(job: PageJob) -> PageReading:
    """Extract the article of a page, or of the feed's own content where there is no page."""
    from ingest.decide.revision import content_hash
    from ingest.extract.article import ExtractContext, extract_fully
    from ingest.extract.audit import extract_by_profile
    from ingest.extract.sitefolder import find_site_rule
    from ingest.resemblance import signature

    page = job.page
    address = page.final_url or page.url if page is not None else job.url
    rule = find_site_rule(address, job.site_rules_dir) if address is not None else None
    context = ExtractContext(
        feed_title=job.feed_title,
        now=job.now,
        site_rule=rule,
        is_further_part=job.is_further_part,
        follows_headline=job.follows_headline,
        learned=job.site.learned,
    )
    observation = None
    if page is not None and job.site.profile is not None:
        found, observation = extract_by_profile(page, job.entry, context, job.site.profile)
    else:
        found = extract_fully(page, job.entry, context)
    article = found.article
    alias_keys = _alias_keys(job, article)
    return PageReading(
        article=article,
        alias_keys=alias_keys,
        claim_keys=_claim_keys(job, article, alias_keys),
        content_hash=content_hash(article.title, article.text),
        signature=signature(article.text),
        next_url=found.next_url,
        single_url=found.single_url,
        sighting=found.sighting,
        observation=observation,
    )


def read_front(body: bytes, url: str, headers: Mapping[str, str]) -> "tuple[Home, tuple[FeedLink, ...]]":
    """What a home page says of its site, and the feeds that it names."""
    from ingest.backfill.detect import read_home
    from ingest.feeds.discover import discover

    return read_home(body, url, headers), discover(body, url, headers)


def advance(name: str, cursor: "Cursor", reply: "Reply") -> "Listing":
    """What an answer says to a backfill's source. Raises UnknownSource."""
    from ingest.backfill.registry import advance

    return advance(name, cursor, reply)


def mend_texts(job: MendJob) -> list[tuple[StoredText, StoredText]]:
    """The texts that are to change, each as it is and as it shall be."""
    from ingest.clean.mend import mend_text, restore_text
    from ingest.decide.revision import content_hash
    from ingest.extract.sitefolder import find_keeps
    from ingest.resemblance import signature

    changes = []
    for text in job.texts:
        page = job.pages.get(text.page_id) if text.page_id is not None else None
        restored = restore_text(text, job.restored, page) if job.restored else None
        mended = mend_text(restored or text, job.site, find_keeps(text.url, job.site_rules_dir)) or restored
        if mended is not None:
            told = content_hash(mended.title, mended.text)
            changes.append((text, replace(mended, content_hash=told, signature=signature(mended.text))))
    return changes


def _alias_keys(job: PageJob, article: Article) -> tuple[int, ...]:
    """The keys of the addresses at which the article was found."""
    from ingest.urls import dedupe_key, is_front_page

    target = job.page and job.page.final_url
    if target and is_front_page(target) and not (job.url and is_front_page(job.url)):
        target = None  # where dead addresses lead
    addresses = dict.fromkeys(url for url in (job.url, article.url, target) if url)
    return tuple(dict.fromkeys(map(dedupe_key, addresses)))


def _claim_keys(job: PageJob, article: Article, alias_keys: Iterable[int]) -> tuple[int, ...]:
    """The key of the address that the page calls canonical, where it may be the article's own and is no alias.

    One elsewhere says where a copy comes from; the front page as canonical is a template's mistake.
    """
    from ingest.urls import dedupe_key, is_front_page, site_of

    own = {url for url in (job.url, article.url, job.page and job.page.final_url) if url}
    canonical = article.canonical_url
    if not canonical or (own and (is_front_page(canonical) or site_of(canonical) not in set(map(site_of, own)))):
        return ()
    return tuple({dedupe_key(canonical)} - set(alias_keys))
