"""`feedmill articles`: reading what is stored."""

import re
from datetime import datetime
from typing import Any

import click

from flows.cli.export import export
from flows.cli.lookup import ARTICLE, find_article
from flows.cli.options import DAY, as_json, open_database, print_json, say, utc, with_settings
from flows.cli.restore import restore
from flows.cli.versions import diff, history
from flows.cli.words import require_feeds
from flows.settings import Settings
from ingest.model import ArticleStatus
from storage.articles import get_feeds, get_rules, get_sources
from storage.search import SearchQuery
from storage.search import search as search_articles
from storage.words import phrases

_STATUSES = [status.value for status in ArticleStatus]
_OPERATORS = re.compile(r"(?:^|\s)(?:AND|OR|NOT|NEAR)(?:\s|$)|[()+^:]|(?:^|\s)-\w")


@click.group()
def articles() -> None:
    """Read what is stored: search, show, history, diff, export; and put back what cleaning took: restore."""


@articles.command()
@click.argument("words", nargs=-1, required=True, metavar="Q...")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option("--offset", type=click.IntRange(0, 1_000_000), default=0, help="Pass over so many of the best.")
@click.option("--site", help="Only articles of this host.")
@click.option("--feed", "feed_url", metavar="URL", help="Only articles that this feed has shown.")
@click.option("--language", help="Only articles in this language (en, de, ...).")
@click.option("--since", type=DAY, help="Published (or first seen) on this day or later, in UTC.")
@click.option("--until", type=DAY, help="Published (or first seen) before this day, in UTC.")
@click.option(
    "--status", type=click.Choice([status.value for status in ArticleStatus]), help="Only articles that were read so."
)
@as_json
@with_settings
def search(
    settings: Settings,
    words: tuple[str, ...],
    limit: int,
    offset: int,
    site: str | None,
    feed_url: str | None,
    language: str | None,
    since: datetime | None,
    until: datetime | None,
    status: str | None,
    is_json: bool,
) -> None:
    """Find articles that hold all the words, best first. "A phrase" in quotes stands together; a* is a beginning."""
    query = SearchQuery(
        text=" ".join(words),
        limit=limit,
        offset=offset,
        site=site and site.lower(),
        feed_url=feed_url,
        language=language and language.lower(),
        since=utc(since),
        until=utc(until),
        status=status,
    )
    with open_database(settings) as database, database.read() as session:
        require_feeds(session, [feed_url] if feed_url else [])
        hits = search_articles(session, query)
    if is_json:
        print_json([_hit(hit) for hit in hits])
        return
    for hit in hits:
        day = f"{hit.published_at:%Y-%m-%d}" if hit.published_at else "no date   "
        say(f"{hit.article_id:>6}  {day}  {hit.site}\n        {hit.title or '(no title)'}\n        {hit.snippet}\n")
    if not hits:
        say(_nothing_found(query.text))


def _nothing_found(typed: str) -> str:
    """Why, where it is in what was typed: nothing of it is an error, so it must be said."""
    if not phrases(typed):
        return f"Nothing found: there is no word in {typed!r}, only marks."
    if _OPERATORS.search(typed):
        return (
            "Nothing found. All words must be in an article; AND, OR, NOT and NEAR are words like others, brackets and "
            'signs mean nothing: only "a phrase" in quotes and a* for a beginning do.'
        )
    return "Nothing found: all words must be in an article; fewer of them, or a beginning as in report*, find more."


def _hit(hit: Any) -> dict[str, Any]:
    return {
        "id": hit.article_id,
        "title": hit.title,
        "url": hit.url,
        "site": hit.site,
        "published_at": hit.published_at,
        "snippet": hit.snippet,
        "rank": hit.rank,
    }


@articles.command()
@click.argument("name", type=ARTICLE, metavar="ID|URL")
@as_json
@with_settings
def show(settings: Settings, name: int | str, is_json: bool) -> None:
    """Show one article: its metadata and feeds, its text, and what cleaning removed; of one that went, when and why."""
    with open_database(settings) as database, database.read() as session:
        article = find_article(session, name)
        sources = get_sources(session, article["id"])
        article |= {"feeds": get_feeds(session, article["id"]), "rules": get_rules(session, article["id"])}
    if is_json:
        print_json(article)
    else:
        say(_for_people(article, sources))


def _for_people(article: dict[str, Any], sources: dict[str, str]) -> str:
    facts = {
        "by": ", ".join(article["authors"]),
        "published": f"{article['published_at']} ({article['published_source']})" if article["published_at"] else "",
        "site": article["site_name"] or article["site"],
        "address": article["canonical_url"] or article["url"],
        "language": article["language"],
        "status": article["status"],
        "text from": _text_source(sources),
        "read by": ", rules ".join(filter(None, (article["extractor"], article["rules"]))),
        "revision": article["revision"],
        "original": article["origin_url"],
    }
    shown = [("shown by", feed_url) for feed_url in article["feeds"]]
    lines = [article["title"] or "(no title)", ""]
    lines += [f"  {name:<10} {value}" for name, value in [*facts.items(), *shown] if value]
    lines += ["", article["text"] or "(no text)"]
    if article["removed"]:
        back = f"`feedmill articles restore {article['id']} NUMBER` puts one back"
        lines += ["", f"Removed, {len(article['removed'])} block(s); {back}:"]
        told = enumerate(article["removed"], 1)
        lines += [f"  {number:>2}  {removal['rule']}: {_short(removal['text'])}" for number, removal in told]
    return "\n".join(lines)


def _text_source(sources: dict[str, str]) -> str:
    """Where the text is from where that is not the page, and what the page was instead."""
    source = "the feed" if sources.get("text") == "feed-content" else ""
    reason = f"the page is {sources['page']}" if "page" in sources else ""
    return "; ".join(filter(None, (source, reason)))


def _short(text: str, width: int = 80) -> str:
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1] + "…"


for _command in (export, history, diff, restore):
    articles.add_command(_command)
