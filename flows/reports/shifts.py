"""Where the boilerplate changed, and where to look."""

from collections.abc import Sequence

from flows.reports.tables import command, shown, table
from flows.shifts import Shift
from ingest.decide.shares import Share

SHIFTS_SHOWN = 20
NAME, URL_WIDTH = 70, 160


def shifts_markdown(shifts: Sequence[Shift]) -> str:
    """The sites and rules whose share of dropped blocks moved, most first; nothing where none did."""
    if not shifts:
        return ""
    rows = [_row(shift) for shift in shifts[:SHIFTS_SHOWN]]
    rest = len(shifts) - len(rows)
    more = f"\n\nand {rest:,} more." if rest > 0 else ""
    head = "## Where the boilerplate changed\n\nBlocks dropped, of all blocks read, beside the 28 days before.\n\n"
    return head + table(("site or rule", "now", "before", "where to look"), rows) + more


def _row(shift: Shift) -> tuple[str, str, str, str]:
    kind = "site" if shift.is_site else "rule"
    return (f"{kind} {shown(shift.subject, NAME)}", _said(shift.now), _said(shift.before), _where(shift))


def _said(share: Share) -> str:
    return f"{share.value:.1%} of {share.of:,}"


def _where(shift: Shift) -> str:
    """A site's latest page shows its template; what a rule drops is listed with each article."""
    if shift.is_site and shift.example_url and len(shift.example_url) <= URL_WIDTH:
        return command("feedmill", "rules", "explain", shift.example_url)
    return command("feedmill", "rules", "learned" if shift.subject == "learned" else "check")
