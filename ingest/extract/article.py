"""The door: a fetched page and its feed entry in, an article out, whatever the page is."""

from dataclasses import dataclass

from lxml.html import HtmlElement

from ingest.clean.apply import CleanContext
from ingest.clean.rules import detect_platform
from ingest.errors import PageRejected
from ingest.extract.choose import Choice, Question, TitlePlace, choose_text
from ingest.extract.context import ExtractContext
from ingest.extract.document import parse_page
from ingest.extract.facts import read_facts, states_article
from ingest.extract.feedtext import FeedText, read_feed_text
from ingest.extract.language import find_language
from ingest.extract.metadata import Metadata, PageView, read_entry_metadata, read_metadata
from ingest.extract.names import people_in
from ingest.extract.outline import drop_machinery, outline
from ingest.extract.pages import classify
from ingest.extract.tidy import Tidying, tidy_nothing, tidy_tree
from ingest.model import Article, ArticleStatus, Entry, Page

VERSION = "feedmill-1"
_MUCH_MORE = 1.5  # a feed with so much more text than its page has the whole article, the page a teaser
__all__ = ["VERSION", "ExtractContext", "extract"]


@dataclass(frozen=True, slots=True)
class _Input:
    """What one extraction starts from."""

    page: Page | None
    entry: Entry | None
    feed: FeedText
    context: ExtractContext

    @property
    def url(self) -> str | None:
        """The address as found: the feed's, else the page's."""
        if self.entry is not None and self.entry.url:
            return self.entry.url
        return self.page.url if self.page is not None else None


def extract(page: Page | None, entry: Entry | None, context: ExtractContext) -> Article:
    """The article of a page; where there is no page, or none that can be used, of the entry's own content.

    Never raises for what a page holds: a page beyond the limits gives the entry's content with status
    ``partial`` (``ok`` where the content is evidently the whole text), a page that is no article its status.
    """
    given = _Input(page, entry, read_feed_text(entry), context)
    if page is None:
        return _from_feed(given, ArticleStatus.EMPTY)
    try:
        tree = parse_page(page.html, page.content_type)
    except PageRejected:
        return _from_feed(given, ArticleStatus.EMPTY)
    return _from_page(given, page, tree)


def _from_page(given: _Input, page: Page, tree: HtmlElement) -> Article:
    facts, platform = read_facts(tree), detect_platform(tree)
    drop_machinery(tree)
    blocks = outline(tree.find("body"))
    view = PageView(page.final_url or page.url, tree, facts, blocks)
    metadata = read_metadata(view, given.entry, given.context)
    tidying = tidy_tree(tree, blocks, CleanContext(url=view.url, platform=platform))
    place = _title_place(given, states_article(tree, facts))
    choice = choose_text(Question(tree, blocks, metadata.title, tidying.containers, given.feed, place))
    status = classify(blocks, facts, choice)
    if status is not ArticleStatus.OK or not choice.text:
        return _from_feed(given, ArticleStatus.EMPTY if status is ArticleStatus.OK else status, metadata)
    if given.feed.is_full and given.feed.size >= _MUCH_MORE * sum(block.size for block in choice.blocks):
        return _from_feed(given, status, metadata)
    return _article(given, metadata, choice, _Outcome(status, tidying))


def _title_place(given: _Input, is_stated: bool) -> TitlePlace:  # noqa: FBT001 - one fact of the page
    if given.entry is not None and given.entry.title:
        return TitlePlace.APART
    return TitlePlace.MARKED if is_stated else TitlePlace.WITHIN


def _from_feed(given: _Input, status: ArticleStatus, metadata: Metadata | None = None) -> Article:
    """The entry's content; without any, no text and the page's status."""
    metadata = metadata or read_entry_metadata(given.entry, given.context)
    tidying = tidy_nothing(given.url)
    if not given.feed.content:
        return _article(given, metadata, Choice(None, "none"), _Outcome(status, tidying))
    found = ArticleStatus.OK if given.feed.is_full else ArticleStatus.PARTIAL
    return _article(given, metadata, Choice(given.feed.content, "feed-content"), _Outcome(found, tidying))


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How an extraction ended, and how its text is cleaned."""

    status: ArticleStatus
    tidying: Tidying


def _article(given: _Input, metadata: Metadata, choice: Choice, outcome: _Outcome) -> Article:
    language, language_source = find_language(metadata.declared_language, choice.text)
    cleaned = outcome.tidying.clean(choice.text or "", None if choice.has_title else metadata.title, language)
    named = () if metadata.authors else people_in(list(cleaned.author_candidates))
    sources = {"language": language_source, "text": choice.name} | ({"authors": "text"} if named else {})
    return Article(
        url=given.url,
        title=metadata.title,
        text=cleaned.text or None,
        status=outcome.status,
        canonical_url=metadata.canonical_url,
        authors=metadata.authors or named,
        published_at=metadata.published_at,
        published_source=metadata.published_source,
        updated_at=metadata.updated_at,
        language=language,
        summary=metadata.summary,
        image_url=metadata.image_url,
        tags=metadata.tags,
        site_name=metadata.site_name,
        extractor=f"{VERSION}/{choice.name}",
        removed=(*outcome.tidying.pruned, *cleaned.removed),
        origin_url=metadata.origin_url or cleaned.origin_url,
        provenance=metadata.provenance | sources,
    )
