"""Which texts of a site are copies of one: revisions, second addresses, agency reports, forms filled in."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from ingest.blocks import PageLines, Sighting, Trait, unpack_keys

_APART = int(Trait.BOXED | Trait.LINKED)
_COPY_SHARE = 0.5  # of the shorter text
_MIN_OWN = 40  # characters of plain lines: less tells nothing apart
_MIN_OWN_SHARE = 0.1  # of what is shared: an article that grew has a new paragraph and a new headline, and is the same
_SAME_TITLE = 0.5
_MIN_TEXT = 40  # characters that are no furniture: a text with less is no evidence


@dataclass(frozen=True, slots=True)
class Overlap:
    """An earlier text and the lines that it shares with the one at hand, learned ones too."""

    page: PageLines
    keys: frozenset[int]
    unlearned: frozenset[int]


def find_overlaps(sighting: Sighting, pages: Iterable[PageLines], learned: frozenset[int]) -> list[Overlap]:
    """The texts that share a line with this one."""
    own = frozenset(line.key for line in sighting.lines)
    found = ((page, own & key_set(page)) for page in pages)
    return [Overlap(page, keys, keys - learned) for page, keys in found if keys]


def key_set(page: PageLines) -> frozenset[int]:
    """The keys of a text's lines; those of the texts looked at last are at hand."""
    return _key_set(page.keys)


@lru_cache(maxsize=4096)  # about 16 MB, whatever the number of sites
def _key_set(keys: bytes) -> frozenset[int]:
    return frozenset(unpack_keys(keys))


def find_group(page: PageLines, sighting: Sighting, overlaps: Iterable[Overlap], learned: frozenset[int]) -> int:
    """The group of the text that this one copies, or a new one, named by its number; 0: it is no evidence.

    So is a text with next to nothing of its own: it would make one group of all the posts that are as short.
    """
    chars = {line.key: line.chars for line in sighting.lines if line.key not in learned}
    if sum(chars.values()) < _MIN_TEXT:
        return 0
    is_evidence = True
    for overlap in overlaps:
        shared = sum(chars[key] for key in overlap.unlearned)
        if not overlap.page.group or not _is_alike(page, overlap, shared, learned):
            continue
        owns = [_count_own(one, overlap.keys | learned) for one in (page, overlap.page)]
        if _is_same_title(page, overlap.page) or max(owns) < _MIN_OWN_SHARE * shared or owns[1] < _MIN_OWN <= owns[0]:
            return overlap.page.group
        is_evidence = is_evidence and owns[0] >= _MIN_OWN
    return page.number if is_evidence else 0


def _is_alike(page: PageLines, overlap: Overlap, shared: int, learned: frozenset[int]) -> bool:
    """Whether what two texts share is most of one of them."""
    if shared < _MIN_TEXT:
        return False
    return shared >= _COPY_SHARE * min(_count_chars(one, learned) for one in (page, overlap.page))


def _count_chars(page: PageLines, without: frozenset[int]) -> int:
    pairs = zip(page.list_keys(), page.list_facts(), strict=True)
    return sum(chars for key, (_, chars, _) in pairs if key not in without)


def _count_own(page: PageLines, without: frozenset[int]) -> int:
    pairs = zip(page.list_keys(), page.list_facts(), strict=True)
    return sum(chars for key, (_, chars, traits) in pairs if not traits & _APART and key not in without)


def _is_same_title(one: PageLines, other: PageLines) -> bool:
    """Whether two titles share half of their words; a text without a title may be anything."""
    words, others = one.list_title(), other.list_title()
    if not words or not others:
        return True
    return len(words & others) >= _SAME_TITLE * len(words | others)
