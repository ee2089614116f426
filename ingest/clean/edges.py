"""The furniture around a text: lines above it, boxes and lists below it, advertisement marks within."""

import re
from collections.abc import Callable

from ingest.clean.datelines import is_date_line
from ingest.clean.draft import Draft
from ingest.clean.lines import ends_sentence, fold_key
from ingest.clean.match import Match, clean_name, match_at
from ingest.clean.repeats import REPEAT
from ingest.clean.rules import Rules
from ingest.clean.tail import MAX_TAIL_LINES, MAX_TAIL_SHARE, MIN_TAIL_CHARS

MAX_HEAD_LINES = 8
_DATE_WITHIN = 3  # lines: below the title of a post, where that is kept
_BOX_FROM = 0.4  # an author box starts behind this share of the text (extraction.md, 6)
_MAX_BOX_CHARS = 1_800
_MAX_BOX_LINES = 6
_MAX_NAMELESS_CHARS = 300  # a bio that begins with "He"; a longer text may be a chapter of the article
_NAMED = re.compile(
    r"\W*(?:(?:[Aa]uthor|Dr|Prof|Professor|Mr|Ms|Mrs)\.? )?([^\W\d_a-z][\w.'’-]*) ([^\W\d_a-z][\w.'’-]*)"
)
_LIST_FROM = 0.6
_MAX_LISTED_LINES = 10
_MAX_LISTED_CHARS = 120
_MAX_PITCH_CHARS = 400

_ALONE_LATE = frozenset({"date"})  # of the kind meta: below a post, where the byline of others stands above it
_NOT_ALONE = frozenset({"titled"})  # of the kind byline: "Written by" and what may be no name
_NEVER_ALONE = frozenset({"by"})  # "By NAME" below the title belongs to many a text
_CATALOGUE = 3  # different names in lines of one wording: a list of games says of each by whom it is published


def drop_title(draft: Draft) -> None:
    """The article's own title, where one of the first three lines is nothing else, and above a copy that has gone."""
    title = fold_key(draft.context.title or "")
    live = draft.find_live()
    told = [index for index in live if title and fold_key(draft.lines[index]) == title] if len(live) > 1 else []
    for index in told[:1] if told and told[0] in live[:3] else ():
        draft.drop(index, "core/title")
    for index in told:
        behind = next((place for place in range(index + 1, len(draft.lines)) if draft.lines[place].strip()), index)
        if draft.dropped.get(behind) == REPEAT:
            draft.drop(index, "core/title")


def drop_adverts(draft: Draft, rules: Rules) -> None:
    """Marks of advertisement, wherever they stand alone."""
    for index in draft.find_live():
        found = match_at(draft, index, rules)
        if found and found.rule.kind.anywhere:
            draft.drop(index, found.rule.id)


def drop_alone(draft: Draft, rules: Rules) -> None:
    """Lines between paragraphs that invite to share or subscribe, or say who posted when; none that is announced."""
    live = draft.find_live()
    listed = _list_catalogued(draft, live, rules)
    chars, is_head = 0, True
    for place, index in enumerate(live):
        line = draft.lines[index]
        chars += len(line.strip())
        is_head = is_head and place < MAX_HEAD_LINES and not ends_sentence(line)
        found = match_at(draft, index, rules) if len(live) > 1 else None
        if found is None or _rule_name(found) in _NEVER_ALONE or not _is_paragraph(draft, index):
            continue
        is_announced = place > 0 and draft.lines[live[place - 1]].rstrip().endswith((":", "："))
        is_late = 2 * chars > draft.total_chars
        is_announced = is_announced or (not is_head and line.rstrip().endswith((":", "：")))
        is_early = is_head and _stands_at_head(found)
        may_go = is_early or (found.rule.id not in listed and _may_stand_alone(found, is_late=is_late))
        if not is_announced and may_go and not _heads(draft, index):
            draft.drop(index, found.rule.id, found.name)


def _list_catalogued(draft: Draft, live: list[int], rules: Rules) -> frozenset[str]:
    """The rules of bylines that tell several names below the head: an article has one byline."""
    names: dict[str, set[str]] = {}
    head = next((place for place, index in enumerate(live) if ends_sentence(draft.lines[index])), len(live))
    for index in live[min(head, MAX_HEAD_LINES) :]:
        found = match_at(draft, index, rules)
        if found and found.name and found.rule.kind.name == "byline":
            names.setdefault(found.rule.id, set()).add(fold_key(found.name))
    return frozenset(rule for rule, told in names.items() if len(told) >= _CATALOGUE)


def _may_stand_alone(found: Match, *, is_late: bool) -> bool:
    name = _rule_name(found)
    return (found.rule.kind.alone and name not in _NOT_ALONE) or (is_late and name in _ALONE_LATE)


def _rule_name(found: Match) -> str:
    return found.rule.id.rpartition("/")[2]


def _heads(draft: Draft, index: int) -> bool:
    """Whether a line of one word may be the heading of a chapter: a sentence follows it."""
    behind = next((line for line in draft.lines[index + 1 :] if line.strip()), "")
    return len(fold_key(draft.lines[index]).split()) == 1 and ends_sentence(behind)


def _is_paragraph(draft: Draft, index: int) -> bool:
    """Whether a blank line stands before and behind: the items of a list follow one another."""
    before, behind = draft.lines[max(0, index - 1) : index], draft.lines[index + 1 : index + 2]
    return not any(line.strip() for line in (*before, *behind))


def drop_head(draft: Draft, rules: Rules) -> None:
    """Bylines, dates, share and meta lines above the text; never so many that nothing is left."""
    live = draft.find_live()
    label: Match | None = None
    for index in live[: min(MAX_HEAD_LINES, len(live) - 1)]:
        found = match_at(draft, index, rules)
        name = clean_name(draft.lines[index]) if found is None and label else None
        if found is not None and (_stands_at_head(found) or _is_label(draft.lines[index], found)):
            draft.drop(index, found.rule.id, found.name)
        elif name and label:
            draft.drop(index, label.rule.id, name)
        elif draft.context.title is None or not _drop_date(draft, index):
            break
        label = found if found and found.rule.id.endswith("byline/label") else None
    for index in live[1:_DATE_WITHIN]:
        if not ends_sentence(draft.lines[live[0]]):
            _drop_date(draft, index)


def _is_label(line: str, found: Match) -> bool:
    """Whether a line is the word before a name that stood beside it ("作者："): below the text it would head a box."""
    return _opens_box(found) and len(fold_key(line).split()) == 1


def _drop_date(draft: Draft, index: int) -> bool:
    """Below the title of a publishing system's page: there the date is the template's, elsewhere perhaps the text's."""
    is_date = draft.context.platform is not None and is_date_line(draft.lines[index])
    if is_date:
        draft.drop(index, "core/date")
    return is_date


def _stands_at_head(found: Match) -> bool:
    """Of the comments' wordings only counts and invitations: "Discussion" above a text may be a chapter of it."""
    kind = found.rule.kind
    return kind.at_head and (kind.name != "comments" or found.rule.id.endswith(("/no-comments", "/count", "/leave")))


def drop_author_box(draft: Draft, rules: Rules) -> None:
    """The heading "About the author" and the few lines below it, at the end of a text; the name becomes a candidate."""
    live = draft.find_live()
    for place, index in enumerate(live):
        found = match_at(draft, index, rules)
        if found is None or not _opens_box(found):
            continue
        box = _until_tail(draft, live[place + 1 :], rules)
        if _is_box(draft, live[:place], box):
            _drop_box(draft, index, box, found)
            return


def _opens_box(found: Match) -> bool:
    """Whether the line heads a box; "More by NAME" is of the same kind but heads nothing."""
    return found.rule.kind.name == "author-box" and found.rule.id.endswith(("/about", "/named"))


def _until_tail(draft: Draft, behind: list[int], rules: Rules) -> list[int]:
    """The lines behind a heading, without the furniture that ends the text."""
    while behind and _stands_at_tail(match_at(draft, behind[-1], rules)):
        behind = behind[:-1]
    return behind


def _stands_at_tail(found: Match | None) -> bool:
    return found is not None and found.rule.kind.at_tail


def _is_box(draft: Draft, above: list[int], box: list[int]) -> bool:
    if draft.count_chars(above) < _BOX_FROM * draft.total_chars:
        return False
    if len(box) > _MAX_BOX_LINES or draft.count_chars(box) > _MAX_BOX_CHARS:
        return False
    return draft.count_chars(box) <= _MAX_NAMELESS_CHARS or _opens_with_name(draft.lines[box[0]])


def _opens_with_name(line: str) -> bool:
    """Whether a line is a name or tells of somebody named: two capital words at its start."""
    return clean_name(line) is not None or bool(_NAMED.match(line))


def _drop_box(draft: Draft, heading: int, box: list[int], found: Match) -> None:
    name = found.name or (clean_name(draft.lines[box[0]]) if box else None)
    draft.drop(heading, found.rule.id, name)
    for index in box:
        draft.drop(index, found.rule.id)


def drop_lists(draft: Draft, rules: Rules) -> None:
    """A heading of related articles with nothing but titles behind it, and a newsletter's pitch, near the end."""
    live = draft.find_live()
    for place, index in enumerate(live):
        found = match_at(draft, index, rules)
        fits = _LISTS.get(found.rule.kind.name) if found else None
        if found is None or fits is None or draft.count_chars(live[:place]) < _LIST_FROM * draft.total_chars:
            continue
        behind = _until_tail(draft, live[place + 1 :], rules)
        if behind and fits(draft, behind):
            for behind_index in (index, *behind):
                draft.drop(behind_index, found.rule.id)
            return


def _are_titles(draft: Draft, behind: list[int]) -> bool:
    lines = [draft.lines[index].strip() for index in behind]
    short = all(len(line) <= _MAX_LISTED_CHARS and not line.endswith((".", "。", ":", ";")) for line in lines)
    most = max(MAX_TAIL_SHARE * draft.total_chars, MIN_TAIL_CHARS)
    return len(lines) <= _MAX_LISTED_LINES and short and draft.count_chars(behind) <= most


def _is_pitch(draft: Draft, behind: list[int]) -> bool:
    chars = draft.count_chars(behind)
    return len(behind) <= MAX_TAIL_LINES and chars <= min(_MAX_PITCH_CHARS, MAX_TAIL_SHARE * draft.total_chars)


_LISTS: dict[str, Callable[[Draft, list[int]], bool]] = {"related": _are_titles, "subscribe": _is_pitch}
