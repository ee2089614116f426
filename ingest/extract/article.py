"""The door: a fetched page and its feed entry in, an article out, whatever the page is."""

from dataclasses import dataclass, replace

from lxml.html import HtmlElement

from ingest.blocks import Sighting
from ingest.clean.apply import CleanContext
from ingest.clean.keeps import NOTHING_KEPT, Keeps
from ingest.clean.learning.keys import fold_slots, see_lines
from ingest.clean.rules import detect_platform
from ingest.errors import PageRejected
from ingest.extract.choose import Choice, Question, TitlePlace, add_blocks, choose_text, take_blocks
from ingest.extract.context import ExtractContext
from ingest.extract.copies import find_copies
from ingest.extract.document import decode, parse_page
from ingest.extract.facts import Facts, read_facts, states_article
from ingest.extract.feedtext import FeedText, read_feed_text
from ingest.extract.frames import read_traits
from ingest.extract.language import find_language
from ingest.extract.metadata import Metadata, PageView, read_entry_metadata, read_metadata
from ingest.extract.names import people_in
from ingest.extract.outline import Outline, drop_empties, drop_machinery, outline
from ingest.extract.pager import PartLink, PartPage, TextPlace, find_next_part, list_part_links
from ingest.extract.pages import LEAST_TEXT, Verdict, judge
from ingest.extract.profile import Cut, choose_within, cut_page, find_doubt
from ingest.extract.sitepage import SOURCE, SiteReading, read_site, replace_strings
from ingest.extract.siterules import SiteRule
from ingest.extract.stated import ask_stated
from ingest.extract.tidy import Tidying, tidy_nothing, tidy_parts, tidy_tree
from ingest.extract.version import version_with
from ingest.model import Article, ArticleStatus, Entry, Page, Removal

VERSION = "feedmill-1"
_NO_PAGE = Verdict(ArticleStatus.EMPTY, "there is no page")
_MUCH_MORE = 1.5  # a feed with so much more text than its page has the whole article, the page a teaser
__all__ = ["VERSION", "ExtractContext", "Extraction", "extract", "extract_fully"]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """An article, and what extraction saw on its way to it; ``choice`` None: the page was not looked at."""

    article: Article
    verdict: Verdict = _NO_PAGE  # the page's own, whatever the feed made up for
    page: Outline | None = None
    choice: Choice | None = None
    site: SiteReading | None = None
    next_url: str | None = None  # where the article goes on
    sighting: Sighting | None = None  # what learning takes from the text
    cut: Cut | None = None  # to the container of the site's articles; None: that was not tried

    @property
    def single_url(self) -> str | None:
        """Where the rule for the site says that the whole article stands on one page."""
        return self.site.single_url if self.site is not None else None


def extract(page: Page | None, entry: Entry | None, context: ExtractContext) -> Article:
    """The article of a page; where there is no page, or none that can be used, of the entry's own content.

    Never raises for what a page holds: a page beyond the limits gives the entry's content with status
    ``partial`` (``ok`` where the content is evidently the whole text), a page that is no article its status.
    """
    return extract_fully(page, entry, context).article


def extract_fully(page: Page | None, entry: Entry | None, context: ExtractContext) -> Extraction:
    """The same as ``extract``, with what was seen on the way."""
    given = _Input(page, entry, read_feed_text(entry), context)
    if page is None:
        made = _from_feed(given, ArticleStatus.EMPTY)
        return Extraction(article=made.article, sighting=made.sighting)
    try:
        tree = _parse(page, context.site_rule)
    except PageRejected as error:
        made = _from_feed(given, ArticleStatus.EMPTY)
        rejected = Verdict(ArticleStatus.EMPTY, str(error))
        return Extraction(article=_told(made.article, rejected), verdict=rejected, sighting=made.sighting)
    return _read_whole_in_doubt(given, page, _from_page(given, page, tree))


def _read_whole_in_doubt(given: _Input, page: Page, found: Extraction) -> Extraction:
    """What was found; where it was found in a container and is doubted, what the whole page gives."""
    if found.cut is None or not found.cut.doubt:
        return found
    whole = replace(given, context=replace(given.context, through=None))
    return replace(_from_page(whole, page, _parse(page, given.context.site_rule)), cut=found.cut)


def _told(article: Article, verdict: Verdict) -> Article:
    """The article with what its page was instead, where that is why it has no text of the page's."""
    if verdict.status is ArticleStatus.OK:
        return article
    return replace(article, provenance={**article.provenance, "page": f"{verdict.status}: {verdict.evidence}"})


def _placed(article: Article, cut: Cut | None) -> Article:
    """The article with the container that it was read through, if it was."""
    if cut is None or not cut.is_used:
        return article
    return replace(article, provenance={**article.provenance, "container": cut.through.container})


def _parse(page: Page, rule: SiteRule | None) -> HtmlElement:
    tree = parse_page(page.html, page.content_type)
    if rule is None or not rule.replacements:
        return tree
    text = page.html if isinstance(page.html, str) else decode(page.html, page.content_type)
    return parse_page(replace_strings(text, rule))


def _from_page(given: _Input, page: Page, tree: HtmlElement) -> Extraction:
    url, rule = page.final_url or page.url, given.context.site_rule
    facts, platform = read_facts(tree), detect_platform(tree)
    site = read_site(tree, rule, url, given.context.now) if rule is not None else None
    drop_machinery(tree)
    blocks = outline(tree.find("body"))
    metadata = read_metadata(PageView(url, tree, facts, blocks), given.entry, given.context)
    metadata = site.improve(metadata) if site is not None else metadata
    links = list_part_links(tree, blocks, _part_page(url, metadata, given.context))
    is_told = site is not None and bool(site.title)
    place = TitlePlace.APART if is_told else _title_place(is_stated=states_article(tree, facts))
    title = metadata.title if is_told else metadata.page_title or metadata.title
    question = Question(tree, blocks, title, feed=given.feed, title_place=place)
    through = given.context.through if site is None else None
    cut = cut_page(blocks, through) if through is not None else None
    cleaning = CleanContext(url=url, platform=platform, keeps=_keeps(rule))
    if cut is not None and cut.is_used:
        choice, tidying = choose_within(question, cut, cleaning)
    else:
        choice, tidying = _choose(question, site, cleaning)
    metadata = site.sign(metadata, is_used=choice.name == SOURCE) if site is not None else metadata
    choice, verdict = ask_stated(choice, judge(blocks, facts, choice), facts, metadata.page_title)
    seen = _Outcome(verdict.status, tidying, site.removed if site is not None else ())
    made = _judge(given, metadata, choice, seen)
    is_from_page = made.article.status is ArticleStatus.OK and made.article.provenance.get("text") == choice.name
    if cut is not None and cut.is_used:
        cut.doubt = find_doubt(cut, choice, verdict if is_from_page else _NO_PAGE)
    return Extraction(
        article=_told(_placed(made.article, cut), verdict),
        verdict=verdict,
        cut=cut,
        page=blocks,
        choice=choice,
        site=site,
        next_url=_find_further(_Text(blocks, choice, facts), links, site) if is_from_page else None,
        sighting=made.sighting,
    )


@dataclass(frozen=True, slots=True)
class _Text:
    """A page's text as it was chosen, and what the page says of itself."""

    page: Outline
    choice: Choice
    facts: Facts


def _part_page(url: str, metadata: Metadata, context: ExtractContext) -> PartPage:
    canonical = metadata.canonical_url
    return PartPage((url, canonical) if canonical and canonical != url else (url,), not context.is_further_part)


def _find_further(text: _Text, links: tuple[PartLink, ...], site: SiteReading | None) -> str | None:
    """The next part's address: where there is a rule for it, what that finds and nothing else."""
    if site is not None and site.rule.next_page_link:
        return site.next_url
    indices = [block.index for block in text.choice.blocks]
    if not links or not indices:
        return None
    return find_next_part(links, text.facts, text.page, TextPlace(min(indices), max(indices)))


def _choose(question: Question, site: SiteReading | None, cleaning: CleanContext) -> tuple[Choice, Tidying]:
    """The text where the rule for the site says it is; where that gives none, as on any page."""
    if site is not None and site.body:
        tidying = tidy_parts(site.body if site.rule.prunes else (), question.page, cleaning)
        kept = site.blocks_in(question.page)
        if sum(question.page.blocks[index].size for index in kept) >= LEAST_TEXT:
            return take_blocks(question, kept | tidying.kept, SOURCE), tidying
    drop_empties(question.tree)
    tidying = tidy_tree(question.tree, question.page, cleaning)
    if site is not None and site.rule.body and not site.rule.falls_back:
        return Choice(None, "none"), tidying
    chosen = choose_text(replace(question, containers=tidying.containers))
    return add_blocks(chosen, question.page, tidying.kept), tidying


def _judge(given: _Input, metadata: Metadata, choice: Choice, seen: "_Outcome") -> "_Made":
    """The page's article, or the feed's own content where that is the better one."""
    status = seen.status
    if status is not ArticleStatus.OK or not choice.text:
        return _from_feed(given, ArticleStatus.EMPTY if status is ArticleStatus.OK else status, metadata)
    size = sum(block.size for block in choice.blocks)
    if choice.name != SOURCE and given.feed.is_full and given.feed.size >= _MUCH_MORE * size:
        return _from_feed(given, status, metadata)
    return _article(given, metadata, choice, seen)


def _keeps(rule: SiteRule | None) -> Keeps:
    return rule.keeps if rule is not None else NOTHING_KEPT


def _title_place(*, is_stated: bool) -> TitlePlace:
    """By the page alone: an article that is first seen by its feed and later without it has the same text."""
    return TitlePlace.MARKED if is_stated else TitlePlace.WITHIN


def _from_feed(given: _Input, status: ArticleStatus, metadata: Metadata | None = None) -> "_Made":
    """The entry's content; without any, no text and the page's status."""
    metadata = metadata or read_entry_metadata(given.entry, given.context)
    tidying = tidy_nothing(given.url, _keeps(given.context.site_rule))
    if not given.feed.content:
        return _article(given, metadata, Choice(None, "none"), _Outcome(status, tidying))
    found = ArticleStatus.OK if given.feed.is_full else ArticleStatus.PARTIAL
    return _article(given, metadata, Choice(given.feed.content, "feed-content"), _Outcome(found, tidying))


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How an extraction ended, and how its text is cleaned."""

    status: ArticleStatus
    tidying: Tidying
    stripped: tuple[Removal, ...] = ()  # by the rule for the site


@dataclass(frozen=True, slots=True)
class _Made:
    """An article, and its text as learning looks at it."""

    article: Article
    sighting: Sighting


def _article(given: _Input, metadata: Metadata, choice: Choice, outcome: _Outcome) -> _Made:
    language, language_source = find_language(metadata.declared_language, choice.text)
    known = CleanContext(
        language=language,
        title=None if choice.has_title else (metadata.page_title if choice.blocks else None) or metadata.title,
        copies=find_copies(choice.blocks),
        authors=metadata.authors,
        learned=given.context.learned,
    )
    cleaned, lines = outcome.tidying.clean(choice.text or "", known)
    traits = read_traits(choice.blocks or given.feed.blocks)
    sighting = see_lines(lines, traits, fold_slots(known.title, known.authors), metadata.title)
    named = () if metadata.authors else people_in(list(cleaned.author_candidates))
    sources = {"language": language_source, "text": choice.name} | ({"authors": "text"} if named else {})
    article = Article(
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
        rules=version_with(given.context.site_rule),
        removed=(*outcome.stripped, *outcome.tidying.pruned, *cleaned.removed),
        origin_url=metadata.origin_url or cleaned.origin_url,
        provenance=metadata.provenance | sources,
    )
    return _Made(article, sighting)
