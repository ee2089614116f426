"""The date of publication that a page shows: in marked elements, in lines about the title, in lines called a date."""

import re
from collections.abc import Iterator
from datetime import datetime

from lxml.html import HtmlElement

from ingest.extract.moments import Calendar
from ingest.extract.outline import Block
from ingest.extract.shown import Shown, is_comment

_LINE = 160
_ABOVE_TITLE = 8
_BELOW_TITLE = 25
_BARE = 40
_DIGIT = re.compile(r"\d")
_MOST_TIMES = 40
_MOST_ABOVE = 3
_SHEET = 9  # characters: "September"
_IS_UPDATE = re.compile(
    r"\b(?:updated|modified|edited|revised|reviewed|checked|verified|aktualisiert|geändert|mis à jour|modifié|"
    r"actualizado|actualización|aggiornato|modificato|atualizado|atualização|bijgewerkt|uppdaterad|oppdatert|opdateret|"
    r"zaktualizowano|aktualizacja|aktualizováno|обновлено|оновлено|güncelle\w*|päivitetty|diperbarui)\b|更新|수정",
    re.IGNORECASE,
)
_SHOWN_CLASS = re.compile(
    r"(?:^|[-_\s])(?:date|published|pubdate|posted|timestamp|time|dateline|datum|fecha)|(?:Date|PublishedAt)(?:$|[-_\s])"
)


def find_shown(shown: Shown, calendar: Calendar) -> datetime | None:
    """A date in a short line about the title, in a line that is called a date, or at the end; updates come last."""
    if marked := _find_time(shown, calendar):
        return marked
    published, updated = _choose(_near(shown), shown, calendar)
    if published or updated:
        return published or updated
    short = [block for block in shown.outline.blocks if len(block.text) <= _LINE and _DIGIT.search(block.text)]
    called = [block for block in short if _SHOWN_CLASS.search(block.element.get("class") or "")]
    lines = [*called, *(block for block in short if len(block.text) <= _BARE)]
    published, updated = _choose(lines, shown, calendar)
    return published or updated or _only_day(called, shown, calendar) or _only_day(lines, shown, calendar)


def find_near(shown: Shown, calendar: Calendar) -> datetime | None:
    """The date of publication that the page shows about its title; no update's."""
    return _find_time(shown, calendar) or _choose(_near(shown), shown, calendar)[0]


def _find_time(shown: Shown, calendar: Calendar) -> datetime | None:
    """The date in the markup of the article's head: <time> that says published, the first <time>, microdata."""
    for element in _marked_times(shown):
        moment = calendar.read(_date_of(element))
        if moment is not None:
            return moment
    return None


def _marked_times(shown: Shown) -> Iterator[HtmlElement]:
    times = [time for time in shown.tagged("time")[:_MOST_TIMES] if not shown.is_elsewhere(time)]
    yield from [time for time in times if time.get("pubdate") is not None or "publish" in (time.get("class") or "")][:1]
    # hAtom, as blogs print it (microformats.org/wiki/hatom).
    yield from [mark for mark in shown.tagged("abbr") if "published" in (mark.get("class") or "")][:1]
    named = shown.named("datePublished", "schema:datePublished", "dc:date", "dc:created")
    yield from [mark for mark in named[:_MOST_TIMES] if not shown.is_elsewhere(mark)][:1]
    yield from [time for time in times if not _is_of_update(time)][:1]


def _is_of_update(time: HtmlElement) -> bool:
    parent = time.getparent()
    before = (time.text_content() if time.text else "") + (parent.text or "" if parent is not None else "")
    return "updated" in (time.get("class") or "") or _IS_UPDATE.search(before) is not None


def _date_of(element: HtmlElement) -> str:
    told = element.get("datetime") or element.get("content") or element.get("title")
    return told or "".join(element.itertext())


def _only_day(blocks: list[Block], shown: Shown, calendar: Calendar) -> datetime | None:
    """The one day that these lines name: related articles have several, a page with its date in the sidebar has one."""
    choices = (_choose([block], shown, calendar, is_own=False)[0] for block in blocks if not is_comment(block.element))
    days = {moment for moment in choices if moment}
    return days.pop() if len(days) == 1 else None


def _near(shown: Shown) -> list[Block]:
    heading = shown.outline.blocks[shown.heading : shown.heading + 1]
    near = shown.around_title(_ABOVE_TITLE, _BELOW_TITLE, _LINE)
    above = [block for block in near if block.index < shown.heading and _DIGIT.search(block.text)]
    if len(above) > _MOST_ABOVE:  # a list of other articles
        near = [block for block in near if block.index > shown.heading]
    return [*near, *heading]


def _choose(
    blocks: list[Block], shown: Shown, calendar: Calendar, *, is_own: bool = True
) -> tuple[datetime | None, datetime | None]:
    """The first date of publication in these lines, and the first of an update before it; ``is_own``: in own ones."""
    updated: datetime | None = None
    for block in blocks:
        if not _DIGIT.search(block.text) or (is_own and shown.is_elsewhere(block.element)):
            continue
        text, end = _line_of(block, shown), 0
        for found in calendar.dates(text):
            if not _IS_UPDATE.search(text[end : found.start]):
                return found.moment, updated
            updated, end = updated or found.moment, found.end
    return None, updated


def _line_of(block: Block, shown: Shown) -> str:
    """A line with space between its inline elements; a calendar sheet, of which each part is a block, as one line."""
    if len(block.text) > _SHEET:
        return " ".join(shown.pieces(block))
    sheet = shown.outline.blocks[max(0, block.index - 2) : block.index + 1]
    return " ".join(part.text for part in sheet if len(part.text) <= _SHEET)
