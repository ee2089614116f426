"""What happened to each feed and page of a round, and the sums that people and programs read."""

from collections import Counter
from dataclasses import dataclass, field

from flows.arrivals import Arrival, Arrivals
from ingest.blocks import LEARNED
from ingest.model import ArticleStatus, FailureKind, SaveOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class PollOutcome:
    """One feed polled. ``failure`` None: it answered, with news or without."""

    feed_url: str
    failure: FailureKind | None = None
    is_not_modified: bool = False
    entries_new: int = 0
    entries_changed: int = 0
    kept_out: int = 0  # entries of articles that went by retention
    filtered: tuple[str, ...] = ()  # the filters that kept entries' pages out, in words, one for each
    is_host_held: bool = False  # the server asked to be left alone: no further request to this host
    is_put_off: bool = False  # our own network was down: as if it had not been polled


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOutcome:
    """One page tried. ``saved`` None: nothing is stored; it waits for another attempt, or was given up."""

    url: str | None
    is_fetched: bool = False
    is_waiting: bool = False
    failure: FailureKind | None = None
    saved: SaveOutcome | None = None
    status: ArticleStatus | None = None
    rules: tuple[str, ...] = ()  # of the blocks that cleaning dropped
    filtered: str | None = None  # the filter that kept it out, in words
    is_host_held: bool = False  # the server asked to be left alone: no further request to this host
    arrival: Arrival | None = None  # what was read, where it came in live and was stored


@dataclass(frozen=True, slots=True)
class Lessons:
    """What a night's learning did: sites that were learned from for the first time, and stored texts that changed."""

    sites: int = 0
    texts: int = 0


@dataclass(slots=True)
class RoundReport:
    """The sums of a round: grows by outcomes, merges with other batches' reports."""

    feeds_polled: int = 0
    feeds_not_modified: int = 0
    feeds_failed: int = 0
    feeds_put_off: int = 0  # our own network was down
    entries_new: int = 0
    entries_changed: int = 0
    pages_fetched: int = 0
    pages_waiting: int = 0
    articles_new: int = 0
    articles_revised: int = 0
    articles_kept_out: int = 0  # they went by retention; fetched or not
    articles_skipped: Counter[str] = field(default_factory=Counter)  # stored without text, by status
    articles_filtered: Counter[str] = field(default_factory=Counter)  # kept out, by filter in words; fetched or not
    blocks_dropped: Counter[str] = field(default_factory=Counter)  # by rule, what was learned as one
    failures: Counter[str] = field(default_factory=Counter)  # feeds and pages, by kind
    arrivals: Arrivals = field(default_factory=Arrivals)  # what came in live
    requests: int = 0
    bugs: int = 0
    seconds: float = 0.0

    def add_poll(self, outcome: PollOutcome) -> None:
        """Count one feed."""
        self.feeds_put_off += outcome.is_put_off
        if outcome.is_put_off:
            return
        self.feeds_polled += 1
        self.feeds_not_modified += outcome.is_not_modified
        self.entries_new += outcome.entries_new
        self.entries_changed += outcome.entries_changed
        self.articles_kept_out += outcome.kept_out
        self.articles_filtered.update(outcome.filtered)
        if outcome.failure is not None:
            self.feeds_failed += 1
            self.failures[f"feed {outcome.failure}"] += 1

    def add_page(self, outcome: PageOutcome) -> None:
        """Count one page."""
        self.pages_fetched += outcome.is_fetched
        if outcome.filtered is not None:
            self.articles_filtered[outcome.filtered] += 1
        if outcome.failure is not None:
            self.failures[f"page {outcome.failure}"] += 1
            self.pages_waiting += outcome.is_waiting
        if outcome.saved is SaveOutcome.NEW:
            self.articles_new += 1
            self._add_status(outcome.status)
        self.articles_revised += outcome.saved is SaveOutcome.REVISED
        self.articles_kept_out += outcome.saved is SaveOutcome.KEPT_OUT
        self.blocks_dropped.update("learned" if rule.startswith(LEARNED) else rule for rule in outcome.rules)
        if outcome.arrival is not None:
            self.arrivals.add(outcome.arrival, outcome.saved)

    def _add_status(self, status: ArticleStatus | None) -> None:
        if status not in {None, ArticleStatus.OK, ArticleStatus.PARTIAL}:
            self.articles_skipped[str(status)] += 1

    def merge(self, other: "RoundReport") -> None:
        """Add another batch's sums to these; ``seconds`` stays, batches run side by side."""
        for name in self.__slots__:
            if name == "seconds":
                continue
            mine, theirs = getattr(self, name), getattr(other, name)
            if isinstance(mine, Counter):
                mine.update(theirs)
            elif isinstance(mine, Arrivals):
                mine.merge(theirs)
            else:
                setattr(self, name, mine + theirs)

    @property
    def is_quiet(self) -> bool:
        """Nothing new was found and nothing was fetched but feeds."""
        return not (self.entries_new or self.entries_changed or self.pages_fetched or self.articles_new)

    @property
    def is_idle(self) -> bool:
        """Nothing was due: no feed was asked, no page tried, and nothing went wrong."""
        return self.is_quiet and not (self.feeds_polled or self.feeds_put_off or self.failures or self.bugs)

    def sentence(self) -> str:
        """The round in one line, for final states and logs."""
        parts = [f"{_counted(self.articles_new, 'new article')} from {_counted(self.feeds_polled, 'feed')}"]
        if self.articles_revised:
            parts.append(f"{self.articles_revised} revised")
        if self.articles_kept_out:
            parts.append(f"{self.articles_kept_out} kept out that went by retention")
        if self.articles_filtered:
            parts.append(f"{self.articles_filtered.total()} kept out by filters")
        if self.feeds_failed:
            parts.append(f"{self.feeds_failed} failing")
        if self.feeds_put_off:
            parts.append(f"{self.feeds_put_off} put off because our own network is down")
        if self.pages_waiting:
            parts.append(f"{_counted(self.pages_waiting, 'page')} to try again")
        if self.bugs:
            parts.append(_counted(self.bugs, "internal error"))
        return ", ".join(parts)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
