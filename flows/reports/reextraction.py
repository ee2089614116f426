"""What extracting stored pages again changes: by site, and the first differences."""

from collections.abc import Iterator

from flows.differences import Change
from flows.reextraction import Difference, ReextractPlan, ReextractReport, Verdict
from flows.reports.tables import command, shown, table

DIFFERENCES_SHOWN, CHANGES_SHOWN = 50, 10
TITLE, DIFFERENCE_CHARS = 200, 300
LEGEND = (
    "Worse is a text that lost more than a fifth: it stays, unless such are asked for. A paragraph went, came, or was "
    "edited: then \\[-these words-\\] went and \\{+these+\\} came."
)


def reextraction_markdown(report: ReextractReport, plan: ReextractPlan) -> str:
    """What extracting again would change, or changed: by site, and the first differences."""
    rows = [
        (shown(site, TITLE), *(counts.get(verdict, 0) for verdict in Verdict))
        for site, counts in sorted(report.sites.items())
    ]
    parts = [f"## {'What would change' if plan.is_dry_run else 'What changed'}", f"{report.sentence()}."]
    parts += [table(("site", *Verdict), rows)] if rows else []
    parts += [LEGEND] if report.differences else []
    named = report.differences[:DIFFERENCES_SHOWN]
    parts += [part for difference in named for part in _told(difference)]
    rest = report.count(Verdict.CHANGED) + report.count(Verdict.WORSE) - len(named)
    parts += [f"and {rest:,} more: `feedmill reextract --dry-run --diff`"] if named and rest > 0 else []
    return "\n\n".join(parts) + "\n"


def _told(difference: Difference) -> Iterator[str]:
    before, after = difference.characters
    show = command("feedmill", "articles", "show", str(difference.article_id))
    yield f"### {shown(difference.title or '', TITLE) or '(no title)'}"
    yield f"{show}: {difference.verdict}, from {before:,} to {after:,} characters"
    yield "\n".join(map(_line, difference.changes[:CHANGES_SHOWN])) + _rest(len(difference.changes) - CHANGES_SHOWN)


def _line(change: Change) -> str:
    what, words = change.told
    return f"- **{what}** {shown(words, DIFFERENCE_CHARS)}"


def _rest(paragraphs: int) -> str:
    return f"\n- and {paragraphs:,} more" if paragraphs > 0 else ""
