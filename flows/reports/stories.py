"""Texts that several articles tell: which ones came since yesterday, who told them, and the command that shows each."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flows.reports.tables import command, counted, day, shown

STORIES_SHOWN = 15
TITLE, SITE, SITES_SHOWN = 70, 60, 6


def stories_markdown(found: Sequence[Mapping[str, Any]], since: datetime, joined: int = 0) -> str:
    """The stories of ``storage.stories.find`` with a copy since then, and how many texts of old ``joined`` one.

    Nothing where there is neither. Of stories beyond ``STORIES_SHOWN`` it says only that there are more.
    """
    if not found and not joined:
        return ""
    parts = [f"## Stories with a copy since {day(since)}"]
    if joined:
        parts.append(f"Stored before there were stories, and joined to one now: {counted(joined, 'article')}.")
    if found:
        parts.append("\n".join(map(_line, found[:STORIES_SHOWN])))
    if len(found) > STORIES_SHOWN:
        parts.append(f"and more: {command('feedmill', 'stories', 'list', '--since', day(since))}")
    return "\n\n".join(parts)


def _line(story: Mapping[str, Any]) -> str:
    """A story in a line of a list: a table that is too wide is cut off."""
    title = shown(story["title"] or "", TITLE)
    first, *others = (shown(site, SITE) for site in dict.fromkeys(one["site"] for one in story["articles"]))
    then = f", then {', '.join(others[:SITES_SHOWN])}" if others else ""
    rest = f" and {len(others) - SITES_SHOWN} more" if len(others) > SITES_SHOWN else ""
    told = f"{story['size']:,} articles, first {first}{then}{rest}"
    show = command("feedmill", "stories", "show", str(story["id"]))
    return f"- {f'“{title}”' if title else '(no title)'}: {told}. {show}"
