"""What came in: by feed and language, which articles, and how late, with the command that shows more of each."""

from collections import Counter

from flows.arrivals import language_name
from flows.outcomes import RoundReport
from flows.reports.tables import command, commands, link, plain_command, shown, table
from flows.round_view import RoundView
from ingest.decide.lateness import Lateness, lateness
from ingest.decide.reason import duration

FEEDS_SHOWN = 15
TITLE, URL_WIDTH = 70, 400


def late_words(report: RoundReport) -> str:
    """How late the round's articles are, of how many that can be told; nothing where none is new."""
    came = report.arrivals
    if not came.articles:
        return ""
    told = lateness(came.late)
    if told is None:
        return (
            "## How late\n\nOf none of them it can be told: it takes a time of publication in the feed, after the "
            "feed's first poll."
        )
    return f"## How late\n\n{late_sentence(told, came.articles)}"


def late_sentence(told: Lateness, articles: int) -> str:
    """The median and the 95th percentile in words, and of how many articles."""
    return (
        f"From publication to store: **median {duration(told.median)}, 95 of 100 within {duration(told.p95)}**, of "
        f"{told.articles:,} of {articles:,} new articles. Not counted are those whose feed gives no time of "
        "publication, or one from before its first poll."
    )


def came_parts(report: RoundReport, seen: RoundView) -> list[str]:
    """The new articles by feed, by language, and the first of them by name."""
    came = report.arrivals
    return [_by_feed(came.feeds, seen.feed_titles), _by_language(came.languages), _named(came.articles, seen)]


def _by_feed(feeds: Counter[str], titles: dict[str, str]) -> str:
    if not feeds:
        return ""
    named = feeds.most_common(FEEDS_SHOWN)
    rows = [(shown(titles.get(url, url), TITLE), count) for url, count in named]
    rest = len(feeds) - FEEDS_SHOWN
    more = [f"and {rest:,} more feeds: `feedmill feeds list`"] if rest > 0 else []
    explain = (plain_command("feedmill", "feeds", "explain", url) for url, _ in named if len(url) <= URL_WIDTH)
    parts = ["## New articles, by feed", table(("feed", "articles"), rows), *more]
    return "\n\n".join([*parts, "When each is asked next, and why then:", commands(explain)])


def _by_language(languages: Counter[str]) -> str:
    if not languages:
        return ""
    rows = [(shown(language_name(name), TITLE), count) for name, count in languages.most_common()]
    return "## New articles, by language\n\n" + table(("language", "articles"), rows)


def _named(articles: int, seen: RoundView) -> str:
    if not seen.articles:
        return ""
    rows = [
        (
            command("feedmill", "articles", "show", str(one.article_id)),
            link("page", one.url if len(one.url or "") <= URL_WIDTH else None),
            shown(one.title or "", TITLE) or "(no title)",
        )
        for one in seen.articles
    ]
    rest = articles - len(rows)
    more = f"\n\nand {rest:,} more: `feedmill articles search`, `feedmill browse`" if rest > 0 else ""
    return "## New articles\n\n" + table(("to read it", "", "article"), rows) + more
