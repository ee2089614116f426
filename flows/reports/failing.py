"""The feeds whose last poll failed, as rows of a table."""

from collections.abc import Mapping, Sequence
from typing import Any

from flows.reports.tables import commands, day, feed_command, minute, plain_command, shown
from ingest.model import FeedStatus
from ingest.redact import redact

COMMANDS = 15
COMMAND_WIDTH, URL_WIDTH = 80, 400


def failing_table(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The failing feeds as rows of a table artifact, narrow enough to be read, escaped for the dashboard's markdown.

    ``feedmill feeds health`` has the whole addresses and reasons.
    """
    return [
        {
            "feed": shown(_without_scheme(row["url"]), 60),
            "failing since": _since(row),
            "why": shown(_why(row), 80),
            "next poll": minute(row["next_poll_at"]),
            "what to do": _what_to_do(row),
        }
        for row in rows
    ]


def _without_scheme(url: str) -> str:
    """An address as it is spoken of; what is secret in it is known by the whole of it."""
    return redact(url).partition("://")[2] or url


def _since(row: Mapping[str, Any]) -> str:
    return f"{day(row['failing_since'])}, {row['failures']} poll{'' if row['failures'] == 1 else 's'}"


def _why(row: Mapping[str, Any]) -> str:
    return _without_url(row["url"], row["last_failure_detail"] or row["last_failure_kind"] or "")


def failing_commands(rows: Sequence[Mapping[str, Any]]) -> str:
    """What to type about those that fail longest, below each other; nothing where none does."""
    named = [row for row in rows[:COMMANDS] if len(row["url"]) <= URL_WIDTH]
    if not named:
        return ""
    told = commands(plain_command("feedmill", "feeds", _verb(row), row["url"]) for row in named)
    return f"## What to do about feeds that fail\n\n{told}"


def _what_to_do(row: Mapping[str, Any]) -> str:
    return feed_command(_verb(row), row["url"], COMMAND_WIDTH)


def _verb(row: Mapping[str, Any]) -> str:
    """Let a feed go that is gone, look closer at any other."""
    return "remove" if row["status"] == FeedStatus.GONE else "explain"


def _without_url(url: str, words: str) -> str:
    """The reason alone: the column beside it names the feed."""
    return words.removeprefix(url).lstrip(": ")
