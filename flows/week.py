"""The last week beside the one before, and the last fourteen days as a picture, from what was counted. No Prefect."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from sqlmodel import Session

from flows import charts, tally
from flows.charts import Steps
from flows.shifts import Shift, find_shifts
from ingest.decide.lateness import lateness
from ingest.decide.reason import duration
from storage import tallies
from storage.tallies import Tally

DAY = timedelta(days=1)
WEEK = 7
SHOWN_DAYS = 2 * WEEK


@dataclass(slots=True)
class Sums:
    """What was counted of some days. ``failing``: feeds, as each night found them; ``days``: on which anything was."""

    totals: Counter[str] = field(default_factory=Counter)
    late: Counter[int] = field(default_factory=Counter)
    failing: list[int] = field(default_factory=list)
    days: int = 0

    def a_day(self, name: str) -> float | None:
        """The count of a name, of a day."""
        return self.totals[name] / self.days if self.days else None

    def share(self, part: str, *of: str) -> float | None:
        """One count in others; None where there are none of those."""
        whole = sum(self.totals[name] for name in of)
        return self.totals[part] / whole if whole else None

    @property
    def feeds_failing(self) -> float | None:
        """How many feeds were failing, of an average night."""
        return sum(self.failing) / len(self.failing) if self.failing else None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekView:
    """The seven days before today, the seven before these, each of the fourteen, and where the boilerplate changed."""

    until: datetime
    now: Sums
    before: Sums
    days: Mapping[datetime, Sums]
    shifts: Sequence[Shift]


def note_failing(session: Session, feeds: int, now: datetime) -> None:
    """Remember how many feeds are failing on the night that this day began with."""
    tallies.put(session, [Tally(tally.FAILING, "", tally.day_of(now), feeds)])


def view(session: Session, now: datetime) -> WeekView:
    """Read the fourteen whole days before today, in UTC: a few hundred rows, and the shares of every site."""
    until = tally.day_of(now)
    counted = tallies.read(session, (*tally.TOTALS, tally.LATE), until - SHOWN_DAYS * DAY, until)
    # A night's measure tells of the day that it ended.
    nights = tallies.read(session, [tally.FAILING], until - (SHOWN_DAYS - 1) * DAY, until + DAY)
    days = _by_day(counted, nights)
    every = [until - ago * DAY for ago in range(SHOWN_DAYS, 0, -1)]
    return WeekView(
        until=until,
        now=_joined([days[day] for day in every[WEEK:] if day in days]),
        before=_joined([days[day] for day in every[:WEEK] if day in days]),
        days={day: days.get(day, Sums()) for day in every},
        shifts=find_shifts(session, (until - WEEK * DAY, until)),
    )


def _by_day(counted: Sequence[Tally], nights: Sequence[Tally]) -> dict[datetime, Sums]:
    days: dict[datetime, Sums] = defaultdict(Sums)
    for one in counted:
        day = days[one.started_at]
        day.days = 1
        if one.name == tally.LATE:
            day.late[int(one.subject)] += one.count
        else:
            day.totals[one.name] += one.count
    for one in nights:
        days[one.started_at - DAY].failing.append(one.count)
    return dict(days)


def _joined(days: Sequence[Sums]) -> Sums:
    joined = Sums()
    for day in days:
        joined.totals.update(day.totals)
        joined.late.update(day.late)
        joined.failing += day.failing
        joined.days += day.days
    return joined


def picture(seen: WeekView) -> str:
    """The fourteen days as a data address: what came in, how late, what failed or was dropped, and what it took."""
    days = list(seen.days.values())
    lates = [lateness(day.late) for day in days]
    places = [f"{day:%d %b}" for day in seen.days]
    number, share, time = ("{:,.0f}".format, Steps.COUNTS), ("{:.0%}".format, Steps.SHARES), (duration, Steps.TIMES)

    def panel(title: str, axis: tuple[Callable[[float], str], Steps], *series: charts.Series) -> charts.Panel:
        kind: Literal["bars", "lines"] = "bars" if len(series) == 1 else "lines"
        form, steps = axis
        return charts.Panel(title=title, places=places, series=series, kind=kind, form=form, steps=steps)

    median = charts.Series("median", [one.median if one else None for one in lates])
    most = charts.Series("95 of 100 within", [one.p95 if one else None for one in lates])
    dropped = [day.share(tally.DROPPED, tally.DROPPED, tally.KEPT) for day in days]
    partial = [day.share(tally.PARTIAL, tally.ARTICLES) for day in days]
    panels = (
        panel("New articles a day", number, charts.Series("", [day.a_day(tally.ARTICLES) for day in days])),
        panel("From publication to store", time, median, most),
        panel("Feeds failing, each night", number, charts.Series("", [day.feeds_failing for day in days])),
        panel(
            "Shares",
            share,
            charts.Series("boilerplate, of all blocks", dropped),
            charts.Series("partial, of new articles", partial),
        ),
        panel("Words an article", number, charts.Series("", [day.share(tally.WORDS, tally.ARTICLES) for day in days])),
        panel("Requests a day", number, charts.Series("", [day.a_day(tally.REQUESTS) for day in days])),
    )
    return charts.picture(panels, columns=2, width=1100, height=220)
