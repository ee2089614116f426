"""Simulated sites: a changed template is found within 20 pages, and a calm year is never taken for one."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from ingest.decide.drift import LEAST_BEFORE, LEAST_THIN, LOOK_BACK, Drift, find_drift
from ingest.model import ArticleStatus
from ingest.yields import PageYield

START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Site:
    """A site that publishes texts of all lengths, some days none and some days many."""

    seed: int
    a_day: float = 6.0
    spread: float = 0.6  # of the logarithm of the lengths
    briefs: float = 0.0  # so many of its texts are a fifth as long
    teasers: float = 0.02
    is_bursty: bool = False
    pages: list[PageYield] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    def words(self) -> float:
        usual = 120 if self.random.random() < self.briefs else 600
        return self.random.lognormvariate(math.log(usual), self.spread)

    def publish(self, day: int, words: float, status: ArticleStatus = ArticleStatus.OK) -> None:
        read_at = START + timedelta(days=day, minutes=len(self.pages) % 1000)
        page = PageYield(article_id=len(self.pages), read_at=read_at, words=round(words), status=status)
        self.pages.append(page)

    def year(self, days: int = 365) -> Iterator[Drift | None]:
        """What is found each night of a year in which nothing changes."""
        for day in range(days):
            mean = self.a_day if not self.is_bursty else self.random.choice((0, 0, 0, 0, 0, self.a_day * 6))
            for _ in range(round(self.random.expovariate(1 / mean)) if mean else 0):
                is_teaser = self.random.random() < self.teasers
                self.publish(
                    day, self.words() / (4 if is_teaser else 1), ArticleStatus("partial" if is_teaser else "ok")
                )
            yield self.found()

    def found(self) -> Drift | None:
        return find_drift("news.example", self.pages[-LOOK_BACK:])


def pages_until_found(site: Site, share: float, status: ArticleStatus) -> int:
    """Publish with a broken template until that is noticed."""
    for count in range(1, 61):
        site.publish(400 + count // 5, site.words() * share, status)
        if site.found():
            return count
    return 61


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("share", "status"),
    [(0.1, "ok"), (0.3, "partial"), (0.0, "empty"), (0.0, "blocked")],
    ids=["first paragraph", "teaser", "nothing", "blocked"],
)
@pytest.mark.parametrize("is_bursty", [False, True], ids=["steady", "bursty"])
def test_a_changed_template_is_found_within_twenty_pages(seed: int, share: float, status: str, is_bursty: bool) -> None:
    site = Site(seed, is_bursty=is_bursty)
    list(site.year(120))
    assert pages_until_found(site, share, ArticleStatus(status)) <= 20


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(
    "manner",
    [
        {},
        {"is_bursty": True},
        {"is_bursty": True, "spread": 1.1},
        {"is_bursty": True, "briefs": 0.3, "teasers": 0.1},
        {"a_day": 0.3, "spread": 0.9},
        {"teasers": 0.8},
    ],
    ids=["steady", "bursty", "of all lengths", "with briefs", "rare", "mostly teasers"],
)
def test_a_calm_year_has_no_drift(seed: int, manner: dict[str, float]) -> None:
    site = Site(seed, **manner)  # type: ignore[arg-type]
    assert [day for day, drift in enumerate(site.year()) if drift] == []


def test_few_pages_never_say_anything() -> None:
    site = Site(1)
    for _ in range(LEAST_BEFORE):
        site.publish(len(site.pages), 600)
    for _ in range(LEAST_THIN - 1):
        site.publish(len(site.pages), 0, ArticleStatus.EMPTY)
    assert site.found() is None
    site.publish(len(site.pages), 0, ArticleStatus.EMPTY)
    assert site.found() is not None


def test_one_day_of_briefs_is_no_change_and_the_third_day_of_them_is() -> None:
    site = Site(1)
    for day in range(60):
        site.publish(day, 600)
    for _ in range(15):
        site.publish(60, 30)
    assert site.found() is None
    site.publish(61, 30)
    site.publish(62, 30)
    assert site.found() is not None


def test_a_drift_names_the_site_the_day_the_numbers_and_the_commands() -> None:
    site = Site(1)
    for day in range(60):
        site.publish(day, 600)
    for day in range(60, 78):
        site.publish(day, 40)
    found = site.found()
    assert found is not None
    assert (found.first_id, f"{found.since:%m-%d}", found.pages, found.thin_pages) == (
        60,
        "03-02",
        18,
        18,
    )
    assert found.reason == "the pages of news.example give 40 words, and gave 600"
    assert found.advice == ("feedmill reextract --site news.example --since 2026-03-02 --all --dry-run --diff",)


def test_a_mended_site_drifts_no_more() -> None:
    site = Site(2)
    list(site.year(60))
    pages_until_found(site, 0.05, ArticleStatus.PARTIAL)
    for day in range(10):
        site.publish(500 + day, site.words())
    assert site.found() is None
