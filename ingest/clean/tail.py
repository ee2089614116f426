"""The furniture below a text: lines that rules know, and what stands between and behind them."""

from collections.abc import Sequence

from ingest.clean.draft import Draft
from ingest.clean.kinds import Weight
from ingest.clean.lines import ends_sentence
from ingest.clean.match import Match, match_at
from ingest.clean.rules import Rules

MAX_TAIL_LINES = 4  # of lines that prove nothing alone (extraction.md, "What works on the tree", 7)
MAX_TAIL_SHARE = 0.06
MIN_TAIL_CHARS = 160  # a tiny post ends in a pager that is longer than it
_CLEAR_LINES = 3  # so many lines that prove something prove one another, however many there are
_MAX_GAPS = 3  # lines that no rule knows between lines that rules do know: labels, a neighbour's title
_MAX_BEHIND = 8  # of them behind the last strong line: an archive, a list of categories
_MAX_GAP_CHARS = 80

Found = tuple[int, Match | None]


def drop_tail(draft: Draft, rules: Rules) -> None:
    """The run of furniture lines at the end: all of it behind a strong line, else a few lines or none."""
    run = _collect_tail(draft, rules)
    known = [(index, found) for index, found in run if found is not None]
    if not known or _is_introduced(draft, run[-1][0]):
        return
    if not _is_proven(draft, known):
        return
    for index, found in run:
        rule = found.rule.id if found else "core/tail-gap"
        draft.drop(index, rule, found.name if found else None)


def _collect_tail(draft: Draft, rules: Rules) -> list[Found]:
    """From the last line upwards: lines that rules know, and short ones between two of them."""
    live = draft.find_live()[1:]
    run = _collect_behind(draft, live, rules)
    gap: list[Found] = []
    gaps = 0
    for index in reversed(live[: len(live) - len(run)]):
        found = match_at(draft, index, rules)
        if found is not None and found.rule.kind.at_tail:
            run += [*gap, (index, found)]
            gaps, gap = gaps + len(gap), []
        elif run and not gap and gaps < _MAX_GAPS and _may_be_gap(draft.lines[index]):
            gap.append((index, None))
        else:
            break
    if any(found is None for _, found in run) and not _is_strong(run):
        return _until_gap(run)
    return run


def _collect_behind(draft: Draft, live: list[int], rules: Rules) -> list[Found]:
    """The short lines of a sidebar behind the line that ends the post, where the line above that one is known too."""
    for count, index in enumerate(reversed(live[-_MAX_BEHIND - 1 :])):
        found = match_at(draft, index, rules)
        if found is not None and found.rule.kind.weight is Weight.STRONG:
            above = match_at(draft, live[-count - 2], rules) if count + 1 < len(live) else None
            is_end = above is not None and above.rule.kind.at_tail
            return (
                [(place, match_at(draft, place, rules)) for place in reversed(live[-count:])]
                if is_end and count
                else []
            )
        if not _may_be_gap(draft.lines[index]):
            return []
    return []


def _until_gap(run: list[Found]) -> list[Found]:
    first = next(place for place, (_, found) in enumerate(run) if found is None)
    return run[:first]


def _may_be_gap(line: str) -> bool:
    return len(line.strip()) <= _MAX_GAP_CHARS and not ends_sentence(line)


def _is_strong(run: Sequence[Found]) -> bool:
    return any(found is not None and found.rule.kind.weight is Weight.STRONG for _, found in run)


def _is_introduced(draft: Draft, first: int) -> bool:
    """Whether the sentence above announces the lines (an article that lists what blogs print)."""
    above = [index for index in draft.find_live() if index < first]
    return bool(above) and draft.lines[above[-1]].rstrip().endswith((":", "："))


def _is_proven(draft: Draft, known: Sequence[Found]) -> bool:
    plain = sum(found is not None and found.rule.kind.weight is Weight.PLAIN for _, found in known)
    if _is_strong(known) or plain >= _CLEAR_LINES:
        return True
    indices = [index for index, _ in known]
    if len(indices) > MAX_TAIL_LINES:
        return False
    if draft.count_chars(indices) > max(MAX_TAIL_SHARE * draft.total_chars, MIN_TAIL_CHARS * max(1, plain)):
        return False
    return plain > 0 or len(indices) > 1 or draft.context.platform is not None
