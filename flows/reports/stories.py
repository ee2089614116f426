"""Texts that several articles tell: which ones came since yesterday, who told them, and the command that shows each."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flows.reports.tables import command, counted, day, shown, table

STORIES_SHOWN = 15
TITLE, SITES = 60, 80


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
        rows = [_row(story) for story in found[:STORIES_SHOWN]]
        parts.append(table(("to read it", "copies", "text", "told by, first first"), rows))
    if len(found) > STORIES_SHOWN:
        parts.append(f"and more: {command('feedmill', 'stories', 'list', '--since', day(since))}")
    return "\n\n".join(parts)


def _row(story: Mapping[str, Any]) -> tuple[str, int, str, str]:
    sites = ", ".join(dict.fromkeys(one["site"] for one in story["articles"]))
    title = shown(story["title"] or "", TITLE) or "(no title)"
    return command("feedmill", "stories", "show", str(story["id"])), story["size"], title, shown(sites, SITES)
