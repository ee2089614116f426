"""Where the boilerplate changed, and where to look."""

from collections.abc import Sequence

from flows.reports.tables import commands, plain_command, shown, table
from flows.shifts import Shift
from ingest.decide.shares import Share

SHIFTS_SHOWN = 20
NAME, URL_WIDTH = 70, 400


def shifts_markdown(shifts: Sequence[Shift], latest: str) -> str:
    """The sites and rules whose share of dropped blocks moved, most first; nothing where none did.

    ``latest``: what "now" is, in words.
    """
    if not shifts:
        return ""
    named = shifts[:SHIFTS_SHOWN]
    rest = len(shifts) - len(named)
    parts = [
        "## Where the boilerplate changed",
        f"Blocks dropped, of all blocks read (a site's on its own pages): {latest}, beside the 28 days before.",
        table(("site or rule", "now", "before"), map(_row, named)),
        *([f"and {rest:,} more."] if rest > 0 else []),
        "Where to look:",
        commands(map(_where, named)),
    ]
    return "\n\n".join(parts)


def _row(shift: Shift) -> tuple[str, str, str]:
    kind = "site" if shift.is_site else "rule"
    return (f"{kind} {shown(shift.subject, NAME)}", _said(shift.now), _said(shift.before))


def _said(share: Share) -> str:
    return f"{share.value:.1%} of {share.of:,}"


def _where(shift: Shift) -> str:
    """A site's latest page shows its template; what a rule drops is listed with each article."""
    if shift.is_site and shift.example_url and len(shift.example_url) <= URL_WIDTH:
        return plain_command("feedmill", "rules", "explain", shift.example_url)
    return plain_command("feedmill", "rules", "learned" if shift.subject == "learned" else "check")
