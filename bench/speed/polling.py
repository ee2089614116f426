"""Simulates rhythms of polling and prints what each costs in requests and delay: ``python bench/speed/polling.py``.

The feeds are drawn, not recorded: log-normal rates with a median of 0.54 posts a day, a quarter dead, days and nights,
quiet weekends, bursts, one in ten changing its rate for good half-way, documents of 10 to 100 entries, no hints by the
servers. Ours are the functions that the product itself calls; the rivals are in ``rhythms.py``.
"""

import argparse
import math
import time
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from rhythms import DAY_HOURS, WEEK_HOURS, Feed, Fixed, MediaCloud, Miniflux, NewsBlurLike, Rhythm, SquareRoot, Visit

HISTORY_HOURS = 30 * 24.0  # what a feed had published before it was added
WARM_UP_DAYS = 14

MEDIAN_RATE, RATE_SPREAD, GREATEST_RATE = 0.54, 1.35, 200.0
DEAD_SHARE, CHANGED_SHARE = 0.25, 0.1
BURST_FOLLOWERS, BURST_HOURS = 0.3, 2.0
WEEKEND_FACTOR = 0.4


@dataclass(frozen=True, slots=True)
class Figures:
    """What a rhythm cost: polls a feed and day, delay of the entries in minutes, entries that no poll has seen."""

    polls: float
    mean: float
    median: float
    p95: float
    lost: int
    entries: int


# --- the feeds ------------------------------------------------------------------------------------------------------


def draw_feed(chance: np.random.Generator, days: int) -> Feed:
    """Draw a feed with a month of history before the start."""
    window = int(chance.choice([10, 10, 15, 20, 20, 25, 30, 50, 100]))
    if chance.random() < DEAD_SHARE:
        return Feed([], window)
    rate = min(MEDIAN_RATE * math.exp(chance.normal(0, RATE_SPREAD)), GREATEST_RATE)
    hours = np.arange(-HISTORY_HOURS, days * DAY_HOURS)
    intensity = rate / DAY_HOURS * day_and_night(hours, chance) * change_of_rate(hours, days, chance)
    counts = chance.poisson(intensity / (1 + BURST_FOLLOWERS))
    posts = np.repeat(hours, counts) + chance.random(counts.sum())
    followers = chance.poisson(BURST_FOLLOWERS, len(posts))
    bursts = np.repeat(posts, followers) + BURST_HOURS * chance.random(followers.sum())
    return Feed(sorted(np.concatenate([posts, bursts]).tolist()), window)


def day_and_night(hours: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """A factor of mean about 1: a sine over the day with its peak anywhere, and a quiet weekend."""
    daily = 1 + 0.8 * np.sin(2 * np.pi * (hours + chance.uniform(0, DAY_HOURS)) / DAY_HOURS)
    is_weekend = (hours % WEEK_HOURS) >= 5 * DAY_HOURS
    return daily * np.where(is_weekend, WEEKEND_FACTOR, 1.0) / ((5 + 2 * WEEKEND_FACTOR) / 7)


def change_of_rate(hours: np.ndarray, days: int, chance: np.random.Generator) -> np.ndarray:
    """A factor of 1; for one feed in ten another one from somewhere half-way on."""
    if chance.random() >= CHANGED_SHARE:
        return np.ones_like(hours)
    factor = float(chance.choice([0.1, 0.25, 4.0, 10.0]))
    return np.where(hours > chance.uniform(0.4, 0.7) * days * DAY_HOURS, factor, 1.0)


# --- the runs -------------------------------------------------------------------------------------------------------


def measure(feeds: list[Feed], days: int, rhythm_of: Callable[[], Rhythm]) -> Figures:
    """Poll every feed by its own rhythm; figures are of what was posted after the warm-up."""
    starts = np.random.default_rng(7).uniform(0, DAY_HOURS, len(feeds))
    warm, end = WARM_UP_DAYS * DAY_HOURS, days * DAY_HOURS
    delays: list[float] = []
    polls = lost = 0
    for feed, start in zip(feeds, starts, strict=True):
        rhythm, hour, seen = rhythm_of(), float(start), -1
        while hour < end:
            so_far = bisect_right(feed.posts, hour)
            new = so_far - seen if seen >= 0 else 0
            first_shown = max(seen, so_far - feed.window)
            if hour >= warm:
                polls += 1
                lost += sum(post >= warm for post in feed.posts[seen:first_shown]) if seen >= 0 else 0
                delays += [hour - post for post in feed.posts[first_shown:so_far] if post >= warm]
            hour, seen = hour + rhythm.hours_after(feed, Visit(hour, so_far, new)), so_far
    minutes = 60 * np.array(delays)
    return Figures(
        polls=polls / len(feeds) / (days - WARM_UP_DAYS),
        mean=float(minutes.mean()),
        median=float(np.median(minutes)),
        p95=float(np.percentile(minutes, 95)),
        lost=lost,
        entries=len(delays) + lost,
    )


CONSTANTS = (1.5, 2.0, 3.0, 4.5, 7.0, 10.0, 14.0)  # wide enough to meet every rival's number of polls


def rhythms() -> dict[str, Callable[[], Rhythm]]:
    """Give the contestants: a name and what makes one for a feed."""
    jitter = np.random.default_rng(11).random
    ours = {
        f"square root C={constant:g}": lambda constant=constant: SquareRoot(constant, 5, jitter)
        for constant in CONSTANTS
    }
    return {
        "fixed 60 min": lambda: Fixed(60),
        "fixed 180 min": lambda: Fixed(180),
        "Miniflux, factor 1": lambda: Miniflux(1),
        "Miniflux, factor 4": lambda: Miniflux(4),
        "NewsBlur-like": NewsBlurLike,
        "Media Cloud": MediaCloud,
        **ours,
        "square root C=3, floor 60": lambda: SquareRoot(3.0, 60, jitter),
    }


def print_table(table: dict[str, Figures]) -> None:
    """Print all rhythms, the most polls first, as a Markdown table."""
    print("| rhythm | polls/feed/day | mean delay min | median | p95 | lost |")
    print("|---|---|---|---|---|---|")
    for name, row in sorted(table.items(), key=lambda item: -item[1].polls):
        print(f"| {name} | {row.polls:.2f} | {row.mean:.1f} | {row.median:.1f} | {row.p95:.0f} | {row.lost} |")


def print_comparison(table: dict[str, Figures], rival: str) -> None:
    """Say what ours costs at the rival's number of polls, read between the rows of C (straight in log-log)."""
    ours = sorted((table[f"square root C={constant:g}"] for constant in CONSTANTS), key=lambda row: row.polls)
    polls = np.log([row.polls for row in ours])
    theirs = table[rival]
    mean = math.exp(np.interp(math.log(theirs.polls), polls, np.log([row.mean for row in ours])))
    p95 = math.exp(np.interp(math.log(theirs.polls), polls, np.log([row.p95 for row in ours])))
    print(
        f"At the {theirs.polls:.2f} polls of {rival}: mean delay {mean:.1f} min instead of {theirs.mean:.1f} "
        f"({mean / theirs.mean - 1:+.0%}), p95 {p95:.0f} instead of {theirs.p95:.0f} ({p95 / theirs.p95 - 1:+.0%})."
    )


def main() -> None:
    """Draw the feeds, poll them by every rhythm, print what it cost."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--feeds", type=int, default=2000)
    parser.add_argument("--days", type=int, default=42, help=f"the first {WARM_UP_DAYS} are warm-up")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.days <= WARM_UP_DAYS:
        parser.error(f"--days must be more than the {WARM_UP_DAYS} days of warm-up")

    began = time.perf_counter()
    chance = np.random.default_rng(options.seed)
    feeds = [draw_feed(chance, options.days) for _ in range(options.feeds)]
    table = {name: measure(feeds, options.days, rhythm_of) for name, rhythm_of in rhythms().items()}
    entries = next(iter(table.values())).entries
    print(f"{options.feeds} feeds, {options.days} days, about {entries} entries after the warm-up, no server hints.\n")
    print_table(table)
    print()
    for rival in ("Miniflux, factor 1", "Miniflux, factor 4", "NewsBlur-like", "Media Cloud"):
        print_comparison(table, rival)
    print(f"({time.perf_counter() - began:.0f} s)")


if __name__ == "__main__":
    main()
