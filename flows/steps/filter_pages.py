"""Keep out what filters do not want: before a page is asked for where its entry says enough, else before it is stored.

An article that is stored already goes on being stored, and so is what a person asked for by its address.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace

from flows.mill import Mill
from flows.outcomes import PageOutcome
from ingest.filters import Evidence, FilterField, FilterRule, KeptOut, decide
from ingest.model import Article, Entry, PendingPage, SeenEntry
from ingest.text import plain_text, visible_text
from storage import feeds, filters

log = logging.getLogger(__name__)


def mark_unwanted(mill: Mill, feed_id: int, seen: tuple[SeenEntry, ...]) -> tuple[SeenEntry, ...]:
    """The entries of a document, those that the feed's filters keep out marked so. Known ones are left as they are."""
    if not seen:
        return seen
    with mill.database.read() as session:
        rules = filters.of_feed(session, feed_id)
        news = feeds.news(session, feed_id, seen) if rules else frozenset()
    return tuple(_judged(one, rules) if one.entry_key in news else one for one in seen)


def _judged(seen: SeenEntry, rules: Sequence[FilterRule]) -> SeenEntry:
    return replace(seen, kept_out=decide(rules, of_entry(seen.entry, rules)))


async def filter_early(mill: Mill, pending: PendingPage) -> PageOutcome | None:
    """What there is to say of a page whose entry is enough to keep it out; None where it is to be fetched."""
    if pending.entry is None or pending.first_fetched_at is not None:
        return None
    entry, groups = pending.entry, _rules(mill, pending)
    return await _keep_out(mill, pending, entry.title, [decide(rules, of_entry(entry, rules)) for rules in groups])


async def filter_late(mill: Mill, pending: PendingPage, article: Article) -> PageOutcome | None:
    """What there is to say of an article that is not wanted; None where it is to be stored."""
    if pending.first_fetched_at is not None:
        return None
    evidence = of_article(article, pending.entry)
    verdicts = [decide(rules, evidence) for rules in _rules(mill, pending)]
    return await _keep_out(mill, pending, article.title, verdicts)


def of_entry(entry: Entry, rules: Sequence[FilterRule]) -> Evidence:
    """What an entry says: its texts are made readable only where a rule looks at them."""
    looks_at_text = any(rule.field is FilterField.KEYWORD for rule in rules)
    texts = tuple(plain_text(html) for html in (entry.summary, entry.content) if html) if looks_at_text else ()
    return Evidence(title=_title(entry), texts=texts, categories=entry.tags, authors=entry.authors)


def of_article(article: Article, entry: Entry | None) -> Evidence:
    """What is known after extraction: by the page, and by the feed's entry."""
    return Evidence(
        title=article.title or (_title(entry) if entry else None),
        texts=tuple(text for text in (article.summary, article.text) if text),
        categories=(*article.tags, *(entry.tags if entry else ())),
        authors=(*article.authors, *(entry.authors if entry else ())),
        language=article.language,
        is_whole=True,
    )


def _title(entry: Entry) -> str | None:
    return visible_text(entry.title) if entry.title and "&" in entry.title else entry.title


def _rules(mill: Mill, pending: PendingPage) -> list[tuple[FilterRule, ...]]:
    with mill.database.read() as session:
        return filters.of_page(session, pending.page_id)


async def _keep_out(
    mill: Mill, pending: PendingPage, title: str | None, verdicts: Sequence[KeptOut | None]
) -> PageOutcome | None:
    """Shut the page out where every feed that led to it does not want it."""
    kept = [verdict for verdict in verdicts if verdict is not None]
    if not kept or len(kept) < len(verdicts):
        return None
    page_id, now = pending.page_id, mill.clock()
    if not await mill.writer.apply(lambda session: filters.keep_out(session, page_id, title, kept[0], now)):
        return None
    log.info("page %s is kept out by the filter %s: %s", pending.url or page_id, kept[0].rule, kept[0].reason)
    return PageOutcome(url=pending.url, filtered=kept[0].rule)
