"""Outcomes turned into what people read: table rows and markdown for artifacts, lines for the terminal. No Prefect."""

from flows.reports.failing import failing_table
from flows.reports.health import drift_markdown, health_table, ill_feeds_markdown
from flows.reports.reextraction import reextraction_markdown
from flows.reports.round import numbers, numbers_table, report_markdown, terminal_summary
from flows.reports.stories import STORIES_SHOWN, stories_markdown
from flows.reports.upkeep import (
    lessons_markdown,
    retention_markdown,
    retention_sentence,
    upkeep_markdown,
    upkeep_sentence,
)
from flows.reports.week import week_markdown

__all__ = [
    "STORIES_SHOWN",
    "drift_markdown",
    "failing_table",
    "health_table",
    "ill_feeds_markdown",
    "lessons_markdown",
    "numbers",
    "numbers_table",
    "reextraction_markdown",
    "report_markdown",
    "retention_markdown",
    "retention_sentence",
    "stories_markdown",
    "terminal_summary",
    "upkeep_markdown",
    "upkeep_sentence",
    "week_markdown",
]
