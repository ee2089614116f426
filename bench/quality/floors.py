"""What each set must reach: text against trafilatura in the same run, the rest by itself. CPU is noise: no floor."""

from collections.abc import Iterable
from dataclasses import dataclass

from evaluate import Score

Pair = tuple[Score, Score]
_SAMPLE_TOLERANCE = 0.01  # of a sample's word F1, and a tenth of its shares of pages
_SAMPLE_FIELDS = 0.15  # of a sample's titles, authors and days


@dataclass(frozen=True, slots=True)
class Floor:
    """Of one set: the least gain in word F1, the most shares of pages with a fault, the least of exact fields."""

    gain: float = 0.0
    most_leaks: float = 0.01
    most_repeats: float = 0.004
    most_comments: int = 1
    least_title: float = 0.0
    least_author: float = 0.0
    most_false_authors: float = 1.0
    least_day: float = 0.0


FLOORS = {
    "wcxb_dev": Floor(0.022, least_title=0.89, least_author=0.785, most_false_authors=0.11, least_day=0.88),
    "dragnet_dev": Floor(0.028),
    "fundus_eval": Floor(0.020),
}


def check_floor(name: str, pairs: list[Pair], *, is_sample: bool) -> list[str]:
    """What lies under the set's floor, as sentences."""
    floor, slack = FLOORS.get(name, Floor()), _SAMPLE_TOLERANCE if is_sample else 0.0
    fields = _SAMPLE_FIELDS if is_sample else 0.0
    mine, theirs = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    gain = mean(score.word_f1 for score in mine) - mean(score.word_f1 for score in theirs)
    without, their_without = sum(score.without for score in mine), sum(score.without for score in theirs)
    comments = sum(bool(score.has_comments) for score in mine)
    tests = (
        (gain, floor.gain - slack, None, "word F1 against trafilatura's"),
        (mean(bool(score.leaks) for score in mine), None, floor.most_leaks + 10 * slack, "pages that leak furniture"),
        (
            mean(score.is_repeating for score in mine),
            None,
            floor.most_repeats + 10 * slack,
            "pages that repeat a paragraph",
        ),
        (comments, None, floor.most_comments, "pages with readers' comments"),
        (without, None, their_without, "snippets that must not be there"),
        (mean(score.title for score in mine), floor.least_title - fields, None, "exact titles"),
        (mean(score.author for score in mine), floor.least_author - fields, None, "exact authors"),
        (mean(score.false_author for score in mine), None, floor.most_false_authors + fields, "false authors"),
        (mean(score.date for score in mine), floor.least_day - fields, None, "right days"),
    )
    return [_tell(name, *test) for test in tests if _is_broken(*test[:3])]


def _is_broken(value: float, least: float | None, most: float | None) -> bool:
    """Whether a value lies outside; what no page has a truth for (nan) does not."""
    return (least is not None and value < least) or (most is not None and value > most)


def _tell(name: str, value: float, least: float | None, most: float | None, what: str) -> str:
    bound = f"less than {least:.4g}" if least is not None else f"more than {most:.4g}"
    return f"{name}: {what} {value:.4g}, {bound}"


def mean(values: Iterable[float | bool | None]) -> float:
    """The mean of what is known; nan of nothing."""
    known = [float(value) for value in values if value is not None]
    return sum(known) / len(known) if known else float("nan")
