"""Pictures for artifacts: PNG images as data addresses, for people who would rather look than read. No Prefect."""

import base64
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from flows.backfill_words import MonthCount

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_BEFORE, _AFTER = "#9aa5b1", "#2a6fdb"
_MOST_LABELS, _MOST_LEVEL = 24, 12
_MOST_MONTHS = 480  # more bars than pixels help nobody
_INCHES, _DPI = (10, 3.5), 110


def months_plot(months: Sequence[MonthCount]) -> str:
    """Articles a month, stored before and since, as ``data:image/png;base64,...``: other servers have no part in it."""
    from matplotlib.figure import Figure  # these take a second to import
    from matplotlib.ticker import MaxNLocator

    figure = Figure(figsize=_INCHES, dpi=_DPI, layout="constrained")
    axes = figure.subplots()
    months = _without_gaps(months)
    places = range(len(months))
    before = [month.before for month in months]
    added = [max(0, month.after - month.before) for month in months]
    axes.bar(places, before, color=_BEFORE, label="stored before")
    axes.bar(places, added, bottom=before, color=_AFTER, label="added since")
    step = -(-len(months) // _MOST_LABELS) or 1
    named = [month.month for month in months[::step]]
    is_tight = len(named) > _MOST_LEVEL
    turned, side = (60, "right") if is_tight else (0, "center")
    axes.set_xticks(places[::step], named, rotation=turned, ha=side, fontsize=8)
    axes.set_ylabel("articles a month")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
    return _as_address(figure)


def _without_gaps(months: Sequence[MonthCount]) -> list[MonthCount]:
    """Every month from the first to the last: a silent one is to be seen."""
    counted = {_number(month.month): month for month in months}
    numbers = range(min(counted, default=0), max(counted, default=-1) + 1)
    return [
        counted.get(number) or MonthCount(month=f"{number // 12:04}-{number % 12 + 1:02}")
        for number in numbers[-_MOST_MONTHS:]
    ]


def _number(month: str) -> int:
    year, _, of_year = month.partition("-")
    return int(year) * 12 + int(of_year) - 1


def _as_address(figure: "Figure") -> str:
    sink = io.BytesIO()
    figure.savefig(sink, format="png", metadata={"Software": None})
    return "data:image/png;base64," + base64.b64encode(sink.getvalue()).decode()
