"""Filters tried on what is stored: what they would have kept out, with nothing changed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session

from ingest.filters import Evidence, FilterRule, KeptOut, decide
from storage import filters


@dataclass(slots=True)
class Trial:
    """How many articles were looked at, and those that would not have come, newest first."""

    articles: int = 0
    kept_out: list[dict[str, Any]] = field(default_factory=list)


def try_filters(session: Session, rules: Sequence[FilterRule] | None, since: datetime | None = None) -> Trial:
    """Judge the stored articles by these rules; None: by the filters that there are."""
    standing = [one.rule for one in filters.listing(session)] if rules is None else rules
    trial = Trial()
    for article in filters.judged(session, since):
        trial.articles += 1
        kept = _judge(article, standing)
        if kept is not None:
            told = {"rule": kept.rule, "reason": kept.reason}
            trial.kept_out.append({"id": article.id, "url": article.url, "title": article.title, **told})
    return trial


def _judge(article: filters.Judged, rules: Sequence[FilterRule]) -> KeptOut | None:
    evidence = Evidence(
        title=article.title,
        texts=tuple(text for text in (article.summary, article.text) if text),
        categories=tuple(article.tags),
        authors=tuple(article.authors),
        language=article.language,
        is_whole=True,
    )
    feeds: list[tuple[str | None, Sequence[str]]] = [*article.feeds] or [(None, ())]
    verdicts = [decide([rule for rule in rules if rule.applies_to(url, tags)], evidence) for url, tags in feeds]
    return verdicts[0] if all(verdict is not None for verdict in verdicts) else None
