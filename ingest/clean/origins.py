"""The marks that a copied text leaves at its end: the original's bare address and the signature beside it."""

import re
from urllib.parse import unquote, urlsplit

from ingest.clean.draft import Draft
from ingest.clean.lines import bare_url, ends_sentence, fold_key
from ingest.clean.match import clean_name
from ingest.clean.repeats import REPEAT

PERMALINK = "core/permalink"
SIGNATURE = "core/signature"
_NEAR_LINES = 3  # between a copy's end and its address or signature
_DOUBLED_SHARE = 0.3
_MIN_SLUG_WORDS = 3
_MIN_SLUG_SHARE = 0.6
_LABELLED_URL = re.compile(r"^\W*(?:\w+\W+){0,4}?(https?://\S+)\s*$")
_LEAD = re.compile(r"^[\s*~•·|/]*(?:[—–-]+|(?:by|von|par|por|di|de|door|av|od|от)\b:?)?\s*", re.IGNORECASE)


def drop_origin_marks(draft: Draft) -> None:
    """Addresses and signatures at the ends of a doubled text's copies go; what they say is kept apart."""
    ends = _find_copy_ends(draft)
    marks = [index for end in ends for index in _find_marks(draft, end)]
    for index in marks:
        _drop_permalink(draft, index)
    for end in ends:
        _drop_signatures(draft, end, marks)
    _drop_titled_permalink(draft)


def _find_copy_ends(draft: Draft) -> list[tuple[int, int]]:
    """The ranges of lines within which each copy of a doubled text ends; none for a text that stands once."""
    repeated = [index for index, rule in draft.dropped.items() if rule == REPEAT]
    if not repeated or draft.count_chars(repeated) < _DOUBLED_SHARE * draft.total_chars:
        return []
    written = draft.written
    first, last = written.index(min(repeated)), written.index(max(repeated))
    return [
        (written[max(first - _NEAR_LINES, 1)], written[first]),
        (written[max(last - _NEAR_LINES, first)], written[min(last + _NEAR_LINES, len(written) - 1)] + 1),
    ]


def _find_marks(draft: Draft, end: tuple[int, int]) -> list[int]:
    return [index for index in range(*end) if _read_url(draft.lines[index])]


def _read_url(line: str) -> str | None:
    labelled = _LABELLED_URL.match(line)
    return bare_url(line) or (labelled.group(1) if labelled else None)


def _drop_permalink(draft: Draft, index: int) -> None:
    url = _read_url(draft.lines[index])
    assert url
    draft.drop(index, PERMALINK)
    if _host(url) != _host(draft.context.url or ""):
        draft.origin_url = url


def _host(url: str) -> str:
    return (urlsplit(url if "//" in url else f"//{url}").hostname or "").removeprefix("www.")


def _drop_signatures(draft: Draft, end: tuple[int, int], marks: list[int]) -> None:
    """Names that stand alone at a copy's end, and beside an address or at the other copy's end as well."""
    keys = [fold_key(line) for line in draft.lines]
    for index in range(*end):
        name = _read_signature(draft.lines[index].strip())
        is_beside = any(not any(keys[min(index, mark) + 1 : max(index, mark)]) for mark in marks)
        if name and (is_beside or (index in draft.dropped and keys.count(keys[index]) > 1)):
            draft.drop(index, SIGNATURE, name)


def _read_signature(line: str) -> str | None:
    if not line or ends_sentence(line) or line.endswith(","):
        return None
    rest = _LEAD.sub("", line, count=1)
    name = clean_name(rest.split(",")[0])
    is_marked = rest != line or "," in rest
    return name if name and (is_marked or len(name.split()) > 1 or not name.isascii()) else None


def _drop_titled_permalink(draft: Draft) -> None:
    """A bare address at the end whose path spells the title: the post's own, or the original's."""
    live = draft.find_live()
    for index in live[-_NEAR_LINES:] if len(live) > _NEAR_LINES else ():
        url = bare_url(draft.lines[index])
        if url and _spells(url, draft.context.title or draft.lines[live[0]]):
            _drop_permalink(draft, index)


def _spells(url: str, title: str) -> bool:
    slug = set(fold_key(unquote(urlsplit(url).path)).split()) - {"html", "htm", "php"}
    words = {word for word in slug if not word.isdecimal()}
    told = set(fold_key(title).split()) if len(title) < 2 * 150 else set()
    return len(words) >= _MIN_SLUG_WORDS and len(words & told) >= _MIN_SLUG_SHARE * len(words)
