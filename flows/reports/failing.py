"""The feeds whose last poll failed, as rows of a table, and what to type about them."""

from collections.abc import Mapping, Sequence
from typing import Any

from flows.reports.tables import below, commands, counted, day, folded, minute_below_day, plain_command, without_scheme
from ingest.model import FeedStatus

COMMANDS = 15
WIDTH, URL_WIDTH = 34, 400


def failing_table(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The failing feeds as rows of a table artifact, narrow enough to be read without scrolling, escaped.

    ``failing_commands`` says what to do, ``feedmill feeds health`` has the whole addresses and reasons.
    """
    return [
        {
            "feed": folded(without_scheme(row["url"]), WIDTH),
            "failing since": below(day(row["failing_since"]), counted(row["failures"], "poll")),
            "why": folded(_why(row), WIDTH),
            "next poll": minute_below_day(row["next_poll_at"]),
        }
        for row in rows
    ]


def _why(row: Mapping[str, Any]) -> str:
    return _without_url(row["url"], row["last_failure_detail"] or row["last_failure_kind"] or "")


def failing_commands(rows: Sequence[Mapping[str, Any]]) -> str:
    """What to type about those that fail longest, below each other; nothing where none does."""
    named = [row for row in rows[:COMMANDS] if len(row["url"]) <= URL_WIDTH]
    if not named:
        return ""
    told = [plain_command("feedmill", "feeds", _verb(row), row["url"]) for row in named]
    told += [plain_command("feedmill", "feeds", "health")] if len(named) < len(rows) else []
    return f"## What to do about feeds that fail\n\n{commands(told)}"


def _verb(row: Mapping[str, Any]) -> str:
    """Let a feed go that is gone, look closer at any other."""
    return "remove" if row["status"] == FeedStatus.GONE else "explain"


def _without_url(url: str, words: str) -> str:
    """The reason alone: the column beside it names the feed."""
    return words.removeprefix(url).lstrip(": ")
