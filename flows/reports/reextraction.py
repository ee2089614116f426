"""What extracting stored pages again changes: by site, and the first differences."""

from flows.differences import render
from flows.reextraction import ReextractPlan, ReextractReport, Verdict
from flows.reports.tables import short
from ingest.text import escape_markdown

DIFFERENCES_SHOWN = 50
DIFFERENCE_CHARS = 300


def reextraction_markdown(report: ReextractReport, plan: ReextractPlan) -> str:
    """What extracting again would change, or changed: by site, and the first differences."""
    lines = [f"## {'What would change' if plan.is_dry_run else 'What changed'}", "", report.sentence(), ""]
    lines += ["| site | unchanged | changed | worse |", "|---|---:|---:|---:|"]
    for site, counts in sorted(report.sites.items()):
        numbers_ = " | ".join(str(counts.get(verdict, 0)) for verdict in Verdict)
        lines.append(f"| {escape_markdown(site)} | {numbers_} |")
    for difference in report.differences[:DIFFERENCES_SHOWN]:
        before, after = difference.characters
        title = escape_markdown(difference.title or "(no title)")
        lines += ["", f"### {title}", "", f"Article {difference.article_id}, {difference.verdict}: {before} to {after}"]
        shown = (short(render(change), DIFFERENCE_CHARS) for change in difference.changes[:10])
        lines += ["", *(f"- {escape_markdown(line)}" for line in shown)]
    return "\n".join(lines) + "\n"
