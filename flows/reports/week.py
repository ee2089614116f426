"""The last week beside the one before, as a table that says what is better and what is worse."""

from collections.abc import Callable
from typing import Literal

from flows import tally
from flows.reports.shifts import shifts_markdown
from flows.reports.tables import day, table
from flows.week import WEEK, Sums, WeekView, picture
from ingest.decide.lateness import lateness
from ingest.decide.reason import duration

UNKNOWN = "not known"
_STILL = 0.005  # a smaller change is none
Kind = Literal["number", "share", "time"]
_FORMS: dict[Kind, Callable[[float], str]] = {
    "number": lambda value: f"{value:,.1f}" if value < 100 and value % 1 else f"{value:,.0f}",  # noqa: PLR2004 - print
    "share": "{:.1%}".format,
    "time": duration,
}


def _median(week: Sums) -> float | None:
    told = lateness(week.late)
    return None if told is None else told.median


def _most(week: Sums) -> float | None:
    told = lateness(week.late)
    return None if told is None else told.p95


def _known(week: Sums) -> float | None:
    return week.late.total() / week.days if week.days else None


_MEASURES: tuple[tuple[str, Kind, Callable[[Sums], float | None]], ...] = (
    ("new articles a day", "number", lambda week: week.a_day(tally.ARTICLES)),
    ("feeds failing, a night", "number", lambda week: week.feeds_failing),
    ("polls that failed", "share", lambda week: week.share(tally.FAILED_POLLS, tally.POLLS)),
    ("from publication to store: median", "time", _median),
    ("from publication to store: 95 of 100 within", "time", _most),
    ("articles a day that this is known of", "number", _known),
    ("boilerplate, of all blocks", "share", lambda week: week.share(tally.DROPPED, tally.DROPPED, tally.KEPT)),
    ("partial, of new articles", "share", lambda week: week.share(tally.PARTIAL, tally.ARTICLES)),
    ("with their whole text, of new articles", "share", lambda week: week.share(tally.WHOLE, tally.ARTICLES)),
    ("words an article", "number", lambda week: week.share(tally.WORDS, tally.ARTICLES)),
    ("requests a day", "number", lambda week: week.a_day(tally.REQUESTS)),
    ("requests an article", "number", lambda week: week.share(tally.REQUESTS, tally.ARTICLES)),
)


def week_markdown(seen: WeekView) -> str:
    """The comparison, how many days of each week were counted, a picture of them, and where the boilerplate changed."""
    rows = [(what, *_cells(kind, measure(seen.now), measure(seen.before))) for what, kind, measure in _MEASURES]
    parts = ["## This week beside the one before", _days(seen)]
    parts += [table(("", "last 7 days", "7 days before", "change"), rows)] if seen.now.days else []
    parts += [f"![The last fourteen days]({picture(seen)})"] if seen.now.days else []
    parts += [shifts_markdown(seen.shifts, "the last 7 days")]
    return "\n\n".join(part for part in parts if part)


def _days(seen: WeekView) -> str:
    if not seen.now.days:
        return "No whole day was counted yet: the first comparison comes after a day of rounds."
    counted = f"Whole days in UTC up to {day(seen.until)}, this one left out"
    if min(seen.now.days, seen.before.days) == WEEK:
        return f"{counted}."
    return f"{counted}: counted were {seen.now.days} of the last 7 days, and {seen.before.days} of the 7 before."


def _cells(kind: Kind, now: float | None, before: float | None) -> tuple[str, str, str]:
    said = tuple(UNKNOWN if value is None else _FORMS[kind](value) for value in (now, before))
    return (said[0], said[1], _change(kind, now, before))


def _change(kind: Kind, now: float | None, before: float | None) -> str:
    if now is None or before is None or (now and not before and kind != "share"):
        return ""
    if kind == "share":
        return f"{100 * (now - before):+.1f} points" if abs(now - before) >= _STILL / 10 else "same"
    if not before:
        return "same"
    return f"{now / before - 1:+.0%}" if abs(now / before - 1) >= _STILL else "same"
