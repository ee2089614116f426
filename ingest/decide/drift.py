"""Whether a site's pages suddenly give less text than they did: its template changed, and our extraction did not."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from shlex import quote
from statistics import median

from ingest.model import ArticleStatus
from ingest.yields import PageYield

LOOK_BACK = 220  # pages of a site that are looked at
LEAST_BEFORE = 20  # pages that say what is usual; with fewer nothing is ever said
LEAST_THIN = 12  # thin pages in a row that are needed, or as much evidence
_THIN_WORDS = 0.5  # of the usual number of words
_HALF, _SELDOM = 0.5, 0.05  # so many pages before had less: where briefs are usual, a brief is not thin
_BUSY_DAY = 20  # pages
_LEAST_DAYS, _LEAST_DAYS_BEFORE = 3, 6  # of sites with shorter days
_MISS = -1.5  # what a page that is as always takes from the evidence, of which a thin one gives 1
_CLEARER = 2.0  # than any such run that the site had before: one that brings briefs in bursts has had these
_USUALLY_WHOLE = 0.2  # at most so many of the pages before were no whole text
_REFERENCE_SHARE = 3  # the oldest third says what is usual: a change is seen until it has worn that away


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """A site's pages give less since ``since``: the numbers that say so, and where to look."""

    site: str
    since: datetime
    first_id: int  # of the first article whose page did
    first_url: str | None = None  # its address, where it was asked for
    pages: int  # since then
    thin_pages: int  # of these
    words_before: int  # median
    words_since: int  # median

    @property
    def reason(self) -> str:
        """What happened, in one clause."""
        if self.words_since * 2 < self.words_before:
            return f"the pages of {self.site} give {self.words_since} words, and gave {self.words_before}"
        return f"{self.thin_pages} of the last {self.pages} pages of {self.site} gave no whole text"

    @property
    def evidence(self) -> tuple[str, ...]:
        """The numbers, in sentences."""
        return (
            f"median of {self.words_since} words in the last {self.pages} pages, {self.words_before} before",
            f"{self.thin_pages} of these {self.pages} gave less than half of that, or no whole text",
            f"the first one: {self.first_url or 'a page without an address'}",
        )

    @property
    def advice(self) -> tuple[str, ...]:
        """What to do: look at the first page, write or wait for a rule, then read the stored pages again."""
        look = (f"feedmill rules explain {quote(self.first_url)}",) if self.first_url else ()
        return (
            *look,
            f"feedmill reextract --site {quote(self.site)} --since {self.since:%Y-%m-%d} --all --dry-run --diff",
        )


def find_drift(site: str, pages: Sequence[PageYield]) -> Drift | None:
    """Give the drift that a site's pages show, oldest first; None where they are as always or too few.

    A page is thin that gives less than half of the words that are usual, and than nearly all before gave; or no whole
    text where whole ones are usual. Thin pages at the end count for a change once they are many and hardly broken by
    others (a cumulative sum, as in Page: Continuous Inspection Schemes, Biometrika 1954), clearly more than any such
    run before, and more than one day's burst. ``pages`` are the last ``LOOK_BACK`` by date.
    """
    thin = _thin_at_the_end([page.words for page in pages], [page.status is not ArticleStatus.OK for page in pages])
    if not thin:
        return None
    start, _ = _last_run(thin)
    before, since = pages[:start], pages[start:]
    if _is_one_burst(before, since):
        return None
    return Drift(
        site=site,
        since=since[0].read_at,
        first_id=since[0].article_id,
        pages=len(since),
        thin_pages=sum(thin[start:]),
        words_before=round(median(page.words for page in before)),
        words_since=round(median(page.words for page in since)),
    )


def may_drift(words: Sequence[int], statuses: Sequence[str]) -> bool:
    """Whether ``find_drift`` is worth asking: by what is cheap to read of ten thousand sites."""
    return bool(_thin_at_the_end(words, [status != ArticleStatus.OK for status in statuses]))


def _thin_at_the_end(words: Sequence[int], broken: Sequence[bool]) -> list[bool]:
    """Which pages are thin, where they amount to a change at the end; else nothing."""
    if len(words) < LEAST_BEFORE + LEAST_THIN:
        return []
    oldest = max(LEAST_BEFORE, len(words) // _REFERENCE_SHARE)
    start, evidence = _last_run(_judge(words, broken, oldest, _HALF))
    if start < LEAST_BEFORE or evidence < LEAST_THIN:
        return []
    thin = _judge(words, broken, start, _SELDOM)
    is_change = _stands_out(_judge(words, broken, start, _HALF)) and _stands_out(thin)
    return thin if is_change else []


def _stands_out(thin: Sequence[bool]) -> bool:
    start, evidence = _last_run(thin)
    return start >= LEAST_BEFORE and evidence >= max(LEAST_THIN, _CLEARER * _best_run(thin[:start]))


def _judge(words: Sequence[int], broken: Sequence[bool], usual: int, rank: float) -> list[bool]:
    """Whether each page is thin beside the first ``usual`` ones: it has also less than this share of them had."""
    known = sorted(words[:usual])
    least = min(median(known) * _THIN_WORDS, known[int(usual * rank)])
    is_usually_whole = sum(broken[:usual]) <= _USUALLY_WHOLE * usual
    return [count < least or (is_usually_whole and is_broken) for count, is_broken in zip(words, broken, strict=True)]


def _is_one_burst(before: Sequence[PageYield], since: Sequence[PageYield]) -> bool:
    """Whether it may all be one day of briefs: on a site whose usual day is shorter than the run that is needed."""
    days = Counter(page.read_at.date() for page in before)
    if median(days.values()) >= _BUSY_DAY:
        return False
    return len({page.read_at.date() for page in since}) < _LEAST_DAYS or len(days) < _LEAST_DAYS_BEFORE


def _last_run(thin: Sequence[bool]) -> tuple[int, float]:
    """Where the run of thin pages at the end begins, and what it weighs: the heaviest of all endings."""
    best, start, weight = 0.0, len(thin), 0.0
    for at in range(len(thin) - 1, -1, -1):
        weight += 1.0 if thin[at] else _MISS
        if weight > best:
            best, start = weight, at
    return start, best


def _best_run(thin: Sequence[bool]) -> float:
    best = weight = 0.0
    for is_thin in thin:
        weight = max(0.0, weight + (1.0 if is_thin else _MISS))
        best = max(best, weight)
    return best
