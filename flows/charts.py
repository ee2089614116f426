"""Charts as SVG in data addresses: a few kilobytes, drawn in a millisecond, in every script the reader's browser has.

A second of imports before the first line, as a plotting library takes, is too much for what a round leaves each time.
"""

import base64
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from html import escape
from itertools import pairwise
from math import ceil, floor, log10
from typing import Literal

from ingest.text import strip_controls

COLOURS = ("#2a6fdb", "#e07b39", "#3a9d5d", "#8e5bb5", "#c9a227", "#3aa6b9", "#9aa5b1")
_INK, _FAINT, _GRID = "#1f2933", "#616e7c", "#e4e7eb"
_STYLES = {"anchor": "text-anchor", "fill": "fill", "size": "font-size", "weight": "font-weight"}
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif"
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 52, 26
_LINE, _NAMED = 22, 250  # of a ranking: a row's height, and the room for its name
_NAME_WIDTH = 34  # letters, of which a wide one counts twice
_LETTER = 6.6  # of small print, on average
_TICKS = 4
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_ROUND_TIMES = (
    *(1, 2, 5, 10, 15, 30),
    *(_MINUTE * one for one in (1, 2, 5, 10, 15, 30)),
    *(_HOUR * one for one in (1, 2, 3, 6, 12)),
    *(_DAY * one for one in (1, 2, 5, 10)),
)


class Steps(Enum):
    """What an axis counts, which says what round numbers are: things, shares of one, seconds."""

    COUNTS = auto()
    SHARES = auto()
    TIMES = auto()


@dataclass(frozen=True, slots=True)
class Series:
    """Values at the places of a panel; None where nothing is known."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Values over time: bars on top of each other, or lines. ``form`` says a value at the axis."""

    title: str
    places: Sequence[str]
    series: Sequence[Series]
    kind: Literal["bars", "lines"] = "bars"
    form: Callable[[float], str] = "{:,.0f}".format
    steps: Steps = Steps.COUNTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Names of any origin with their counts, the largest first."""

    title: str
    rows: Sequence[tuple[str, int]]


def picture(drawn: Sequence[Panel | Ranking], *, columns: int = 1, width: int = 960, height: int = 250) -> str:
    """All of them on one sheet, row by row, as ``data:image/svg+xml;base64,...``."""
    cell = width / columns
    rows = [drawn[at : at + columns] for at in range(0, len(drawn), columns)]
    parts, top = [], 0.0
    for row in rows:
        parts += [_placed(one, at * cell, top, (cell, height)) for at, one in enumerate(row)]
        top += max(_height(one, height) for one in row)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {top:.0f}" width="{width}" height="{top:.0f}"'
    look = f'font-family="{_FONT}" font-size="12" fill="{_INK}"'
    sheet = f'{head} {look}><rect width="100%" height="100%" fill="#fff"/>{"".join(parts)}</svg>'
    return "data:image/svg+xml;base64," + base64.b64encode(sheet.encode()).decode()


def _height(one: Panel | Ranking, height: int) -> float:
    return height if isinstance(one, Panel) else _TOP + _LINE * len(one.rows) + 10


def _placed(one: Panel | Ranking, left: float, top: float, size: tuple[float, float]) -> str:
    inner = _panel(one, size) if isinstance(one, Panel) else _ranking(one, size[0])
    return f'<g transform="translate({left:.0f} {top:.0f})">{_text(16, 24, one.title, size=15, weight=600)}{inner}</g>'


# --- a panel ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where a panel's values lie on the sheet."""

    width: float
    height: float
    count: int
    top_value: float

    def x(self, place: float) -> float:
        return _LEFT + (self.width - _LEFT - _RIGHT) * place / max(1, self.count)

    def y(self, value: float) -> float:
        return self.height - _BOTTOM - (self.height - _TOP - _BOTTOM) * value / self.top_value


def _panel(panel: Panel, size: tuple[float, float]) -> str:
    ticks = _ticks(_most(panel), panel.steps)
    frame = _Frame(*size, len(panel.places), ticks[-1])
    grid = [
        f'<line x1="{_LEFT}" x2="{frame.width - _RIGHT:.0f}" y1="{y:.1f}" y2="{y:.1f}" stroke="{_GRID}"/>'
        + _text(_LEFT - 8, y + 4, panel.form(tick), anchor="end", fill=_FAINT)
        for tick, y in ((tick, frame.y(tick)) for tick in ticks)
    ]
    drawn = _bars(panel, frame) if panel.kind == "bars" else _lines(panel, frame)
    return "".join([*grid, *drawn, *_labels(panel, frame), *_legend(panel), _said_if_empty(panel, frame)])


def _said_if_empty(panel: Panel, frame: _Frame) -> str:
    """That nothing is known, where else an axis of made-up numbers would stand alone."""
    if any(value is not None for series in panel.series for value in series.values):
        return ""
    middle = frame.y(frame.top_value / 2) + 4
    return _text(frame.x(frame.count / 2), middle, "nothing is known yet", anchor="middle", fill=_FAINT)


def _most(panel: Panel) -> float:
    columns = [[series.values[at] or 0.0 for series in panel.series] for at in range(len(panel.places))]
    return max((sum(column) if panel.kind == "bars" else max(column, default=0) for column in columns), default=0)


def _ticks(most: float, steps: Steps) -> list[float]:
    """Round numbers from nothing to just above the most."""
    if most <= 0:
        return [0.0, 1.0]
    step = _step(most / _TICKS, steps)
    ticks = [0.0]
    while ticks[-1] < most:
        ticks.append(round(ticks[-1] + step, 10))
    return ticks


def _step(rough: float, steps: Steps) -> float:
    """The next round number: of things that are counted no tick lies between two of them."""
    if steps is Steps.TIMES:
        return next((step for step in _ROUND_TIMES if step >= rough), _DAY * ceil(rough / _DAY))
    unit = 10.0 ** floor(log10(rough))
    step = next(unit * one for one in (1, 2, 2.5, 5, 10) if unit * one >= rough)
    return max(1.0, ceil(step)) if steps is Steps.COUNTS else step


def _bars(panel: Panel, frame: _Frame) -> list[str]:
    """One path for each series: a round's picture is kept, so that its letters count."""
    drawn, below = [], [0.0] * frame.count
    broad = (frame.x(1) - frame.x(0)) * 0.8
    for series, colour in zip(panel.series, COLOURS, strict=False):
        steps = []
        for at, value in enumerate(series.values):
            if value:
                low, high = frame.y(below[at]), frame.y(below[at] + value)
                steps.append(f"M{frame.x(at + 0.1):.1f} {low:.1f}h{broad:.1f}V{high:.1f}h{-broad:.1f}z")
                below[at] += value
        drawn.append(f'<path d="{"".join(steps)}" fill="{colour}"/>')
    return drawn


def _lines(panel: Panel, frame: _Frame) -> list[str]:
    drawn = []
    for series, colour in zip(panel.series, COLOURS, strict=False):
        points = [
            None if value is None else (frame.x(at + 0.5), frame.y(value)) for at, value in enumerate(series.values)
        ]
        ends = ((*a, *b) for a, b in pairwise(points) if a and b)
        look = f'stroke="{colour}" stroke-width="2"'
        drawn += [f'<line x1="{a:.1f}" y1="{b:.1f}" x2="{c:.1f}" y2="{d:.1f}" {look}/>' for a, b, c, d in ends]
        drawn += [f'<circle cx="{one[0]:.1f}" cy="{one[1]:.1f}" r="3" fill="{colour}"/>' for one in points if one]
    return drawn


def _labels(panel: Panel, frame: _Frame) -> list[str]:
    """The places along the axis, as many as there is room for, the last one among them."""
    room = frame.x(1) - frame.x(0)
    widest = max((len(place) for place in panel.places), default=1) * _LETTER + 8
    step = max(1, -(-widest // room))
    y = frame.height - _BOTTOM + 16
    return [
        _text(frame.x(at + 0.5), y, place, anchor="middle", fill=_FAINT)
        for at, place in enumerate(panel.places)
        if (len(panel.places) - 1 - at) % step == 0
    ]


def _legend(panel: Panel) -> list[str]:
    if len(panel.series) < 2 and not any(series.name for series in panel.series):  # noqa: PLR2004 - one needs no key
        return []
    parts, x = [], float(_LEFT)
    for series, colour in zip(panel.series, COLOURS, strict=False):
        name = _cut(series.name)
        parts.append(f'<rect x="{x:.0f}" y="33" width="9" height="9" fill="{colour}"/>' + _text(x + 14, 42, name))
        x += 32 + _LETTER * _wide(name)
    return parts


# --- a ranking, and words --------------------------------------------------------------------------------------------


def _ranking(ranking: Ranking, width: float) -> str:
    most = max((count for _, count in ranking.rows), default=1) or 1
    parts = []
    for at, (name, count) in enumerate(ranking.rows):
        y = _TOP - 8 + at * _LINE
        long = (width - _NAMED - 80) * count / most
        parts.append(_text(_NAMED - 10, y + 13, _cut(name), anchor="end"))
        parts.append(f'<rect x="{_NAMED}" y="{y}" width="{long:.1f}" height="{_LINE - 6}" fill="{COLOURS[0]}"/>')
        parts.append(_text(_NAMED + long + 6, y + 13, f"{count:,}", fill=_FAINT))
    return "".join(parts)


def _text(x: float, y: float, words: str, **style: str | int) -> str:
    """Words at a place; what is not given is as on the whole sheet."""
    plain = escape(_NO_XML.sub("", strip_controls(words)))
    look = "".join(f' {_STYLES[name]}="{value}"' for name, value in style.items())
    return f'<text x="{x:.0f}" y="{y:.0f}"{look}>{plain}</text>'


def _cut(name: str) -> str:
    """A name on one line, cut off where there is no more room for it."""
    line = " ".join(strip_controls(name[: 8 * _NAME_WIDTH]).split())
    if _wide(line) <= _NAME_WIDTH:
        return line
    while _wide(line) >= _NAME_WIDTH:
        line = line[:-1]
    return f"{line.rstrip()}…"


def _wide(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
