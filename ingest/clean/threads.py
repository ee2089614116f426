"""Readers' comments behind a text: a heading that rules know, and signatures below it that confirm the thread."""

import re

from ingest.clean.draft import Draft
from ingest.clean.match import Match, match_words
from ingest.clean.rules import Rules

_MIN_SIGNATURES = 3  # a thread without a count that agrees (extraction.md, 6)
_FIRST_WITHIN = 3  # lines between the heading and the first signature
_COUNT = re.compile(r"\d+")
_MAX_STAMP_CHARS = 60
# A line that is only a moment: "March 3, 2010 at 9:11 AM", "2010年3月3日 9:11", "03/03/2010 - 09:11".
_STAMP = re.compile(r"(?=.*\b(?:19|20|25)\d\d|.*\d{1,2}[/.\-]\d{1,2})(?=.*\d{1,2}[:.h時시]\d{0,2}).*\d.*")


def drop_thread(draft: Draft, rules: Rules) -> None:
    """From the heading of a confirmed thread on, everything goes."""
    live = draft.find_live()
    matches = [match_words(draft, index, rules) for index in live]
    for place in range(1, len(live)):
        heading = matches[place]
        if heading and _opens_thread(heading) and _is_confirmed(draft, live[place:], matches[place:]):
            for index, found in zip(live[place:], matches[place:], strict=True):
                draft.drop(index, found.rule.id if found else f"{heading.rule.id}/thread")
            return


def _opens_thread(heading: Match) -> bool:
    name = heading.rule.kind.name
    return name == "threads" or (name == "comments" and heading.rule.id.endswith(("/count", "/heading", "/leave")))


def _is_confirmed(draft: Draft, live: list[int], matches: list[Match | None]) -> bool:
    """Three signatures; or as many as the heading counts; or one and a closing line; the first of them near."""
    behind = list(zip(live[1:], matches[1:], strict=True))
    signed = [place for place, (index, found) in enumerate(behind) if _is_signature(draft.lines[index], found)]
    if not signed or signed[0] >= _FIRST_WITHIN:
        return False
    if len(signed) >= _MIN_SIGNATURES:
        return True
    counted = _COUNT.search(draft.lines[live[0]])
    closed = any(found and found.rule.kind.name in {"comments", "feeds"} for _, found in behind[signed[0] + 1 :])
    return closed or (counted is not None and len(signed) >= int(counted.group()[:4]) > 0)


def _is_signature(line: str, found: Match | None) -> bool:
    if found is not None:
        return found.rule.kind.name in {"signatures", "byline"}
    return len(line.strip()) <= _MAX_STAMP_CHARS and bool(_STAMP.fullmatch(line.strip()))
