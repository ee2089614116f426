"""What came in live, as the dashboard shows it: by feed and language, how late, and what of it was boilerplate."""

from collections import Counter
from dataclasses import dataclass, field, fields
from datetime import datetime

from ingest.blocks import LEARNED
from ingest.decide.lateness import late_seconds
from ingest.model import Article, ArticleStatus, PendingPage, SaveOutcome
from storage.words import word_count

SHOWN = 25  # articles that a report names
UNKNOWN = "?"
_NAMES = {UNKNOWN: "unknown", "zxx": "no language"}  # ISO 639-2, for what nobody speaks


def language_name(language: str) -> str:
    """What people read for a language of ``Arrivals``: its code, but where that says nothing."""
    return _NAMES.get(language, language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A page that a feed or a person brought, and what was read from it; pages of a backfill are none."""

    page_id: int
    host: str
    feed_url: str | None
    language: str | None
    status: ArticleStatus
    words: int
    rules: tuple[str, ...]  # of the blocks that cleaning dropped
    blocks_kept: int
    late_seconds: int | None = None


def arrival_of(page: PendingPage, article: Article, stored_at: datetime) -> Arrival | None:
    """What a page's article is counted as; None where a backfill brought it: its past is not what comes in."""
    if page.history is not None:
        return None
    text = article.text or ""
    return Arrival(
        page_id=page.page_id,
        host=page.host,
        feed_url=page.feed_url,
        language=article.language,
        status=article.status,
        words=word_count(text),
        rules=tuple("learned" if one.rule.startswith(LEARNED) else one.rule for one in article.removed),
        blocks_kept=len(text.split("\n\n")) if text else 0,
        late_seconds=late_seconds(page, stored_at),
    )


@dataclass(slots=True)
class Arrivals:
    """The sums of a round. Blocks are counted of every page that was read, the rest of new articles alone."""

    articles: int = 0
    whole: int = 0  # with their whole text
    partial: int = 0
    words: int = 0
    feeds: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    late: Counter[int] = field(default_factory=Counter)  # articles by seconds, to two digits
    rules: Counter[str] = field(default_factory=Counter)  # blocks dropped
    dropped: Counter[str] = field(default_factory=Counter)  # the same by host
    kept: Counter[str] = field(default_factory=Counter)  # by host
    page_ids: list[int] = field(default_factory=list)  # of the first new articles

    def add(self, arrival: Arrival, saved: SaveOutcome | None) -> None:
        """Count one page that was stored."""
        self.rules.update(arrival.rules)
        self.dropped[arrival.host] += len(arrival.rules)
        self.kept[arrival.host] += arrival.blocks_kept
        if saved is SaveOutcome.NEW:
            self._add_new(arrival)

    def _add_new(self, arrival: Arrival) -> None:
        self.articles += 1
        self.whole += arrival.status is ArticleStatus.OK
        self.partial += arrival.status is ArticleStatus.PARTIAL
        self.words += arrival.words
        self.languages[arrival.language or UNKNOWN] += 1
        if arrival.feed_url is not None:
            self.feeds[arrival.feed_url] += 1
        if arrival.late_seconds is not None:
            self.late[arrival.late_seconds] += 1
        if len(self.page_ids) < SHOWN:
            self.page_ids.append(arrival.page_id)

    def merge(self, other: "Arrivals") -> None:
        """Add another batch's sums to these."""
        for name in (one.name for one in fields(self)):
            mine, theirs = getattr(self, name), getattr(other, name)
            if isinstance(mine, Counter):
                mine.update(theirs)
            else:
                setattr(self, name, mine + theirs)
        del self.page_ids[SHOWN:]
