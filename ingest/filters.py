"""Filters: which articles are not wanted, by words that a person wrote. Pure: the rules and the evidence come in.

An article that one exclude rule names is kept out. Include rules of one field are alternatives, those of different
fields must all be met. What an entry says decides before its page is asked for; what only the page can say, after.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache

from ingest.errors import BadFilter
from ingest.keywords import fold, holds

MAX_VALUE_LENGTH = 200
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", re.ASCII)
_PARTS = re.compile(r"\s*[/>\u203a|]\s*")  # News/World, News > World
_fold_value = lru_cache(maxsize=4096)(fold)


class FilterAction(StrEnum):
    """What a rule does with what it names."""

    EXCLUDE = "exclude"
    INCLUDE = "include"


class FilterField(StrEnum):
    """What a rule looks at."""

    KEYWORD = "keyword"  # title, summary and text
    TITLE = "title"
    CATEGORY = "category"
    AUTHOR = "author"
    LANGUAGE = "language"


_BY_ENTRY = frozenset({FilterField.TITLE, FilterField.CATEGORY, FilterField.AUTHOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterRule:
    """A rule for one feed, for the feeds of a tag and of those below it, or for all. ``id`` None: not stored."""

    action: FilterAction
    field: FilterField
    value: str
    feed_url: str | None = None
    tag: str | None = None
    id: int | None = None

    def __str__(self) -> str:
        """The rule in words: what people read, and what it is counted by."""
        scope = f" for {self.feed_url}" if self.feed_url else f" for the tag {self.tag}" if self.tag else ""
        return f'{self.action} {self.field} "{self.value}"{scope}'

    def applies_to(self, feed_url: str | None, tags: Iterable[str]) -> bool:
        """Whether it speaks of this feed; of what no feed brought (None) only rules for all do."""
        if self.feed_url is not None:
            return self.feed_url == feed_url
        return self.tag is None or any(is_within(tag, self.tag) for tag in tags)


@dataclass(frozen=True, slots=True)
class KeptOut:
    """Why an article is not wanted. ``rule`` in words; ``rule_id`` of the first one that had a say."""

    rule: str
    reason: str
    rule_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What is known of an article: by its entry alone, or, ``is_whole``, after extraction."""

    title: str | None = None
    texts: tuple[str, ...] = ()  # summary and text
    categories: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    language: str | None = None
    is_whole: bool = False

    @cached_property
    def folded_title(self) -> str:
        """The title as keywords are looked for in it."""
        return fold(self.title or "")

    @cached_property
    def folded_texts(self) -> tuple[str, ...]:
        """Title, summary and text, in the same form."""
        return (self.folded_title, *map(fold, self.texts))

    def says(self, field: FilterField) -> bool:
        """Whether it can be said already that something is not there."""
        if field is FilterField.LANGUAGE:
            return self.is_whole and self.language is not None
        if self.is_whole:
            return True
        told = {
            FilterField.TITLE: bool(self.title),
            FilterField.CATEGORY: bool(self.categories),
            FilterField.AUTHOR: bool(self.authors),
        }
        return told.get(field, False)


def is_within(tag: str, wanted: str) -> bool:
    """Whether a tag is the wanted one or a folder below it: News/World is within News."""
    return tag == wanted or tag.startswith(f"{wanted}/")


def check_rule(rule: FilterRule) -> FilterRule:
    """The rule as it is kept. Raises BadFilter where it can name nothing."""
    value = " ".join(rule.value.split())
    if len(value) > MAX_VALUE_LENGTH:
        raise BadFilter(f"a filter's words are at most {MAX_VALUE_LENGTH} characters; these are {len(value)}")
    if not any(character.isalnum() for character in fold(value)):
        raise BadFilter(f"there is no letter or digit in {rule.value!r} to look for")
    if rule.field is FilterField.LANGUAGE:
        value = value.lower().replace("_", "-")
        if not _LANGUAGE.fullmatch(value):
            raise BadFilter(f"{rule.value!r} is no language: give its code, as de or pt-br")
    if rule.feed_url is not None and rule.tag is not None:
        raise BadFilter("a filter is for one feed or for a tag, not for both: add one for each")
    return FilterRule(**{**{name: getattr(rule, name) for name in rule.__slots__}, "value": value})


def decide(rules: Sequence[FilterRule], evidence: Evidence) -> KeptOut | None:
    """Why the article is kept out; None where it is wanted, or where only its page can say."""
    for rule in rules:
        if rule.action is FilterAction.EXCLUDE and _names(rule, evidence):
            return KeptOut(str(rule), f"{_where(rule)} {rule.value!r} is there", rule.id)
    wanted: dict[FilterField, list[FilterRule]] = {}
    for rule in rules:
        if rule.action is FilterAction.INCLUDE:
            wanted.setdefault(rule.field, []).append(rule)
    for field, group in wanted.items():
        if evidence.says(field) and not any(_names(rule, evidence) for rule in group):
            values = " or ".join(repr(rule.value) for rule in group)
            return KeptOut(" or ".join(map(str, group)), f"{_where(group[0])} {values} is not there", group[0].id)
    return None


def _where(rule: FilterRule) -> str:
    places = {FilterField.KEYWORD: "the keyword", FilterField.TITLE: "in the title"}
    return places.get(rule.field, f"the {rule.field}")


def is_decided_by_entry(rule: FilterRule) -> bool:
    """Whether what the feed says of an article may be all that the rule needs."""
    return rule.field in _BY_ENTRY or (rule.action is FilterAction.EXCLUDE and rule.field is FilterField.KEYWORD)


def _names(rule: FilterRule, evidence: Evidence) -> bool:
    value = _fold_value(rule.value)
    if rule.field is FilterField.KEYWORD:
        return any(holds(text, value) for text in evidence.folded_texts)
    if rule.field is FilterField.TITLE:
        return holds(evidence.folded_title, value)
    if rule.field is FilterField.CATEGORY:
        return any(value == fold(part) for name in evidence.categories for part in (name, *_PARTS.split(name)))
    if rule.field is FilterField.AUTHOR:
        return any(holds(fold(name), value) for name in evidence.authors)
    return _is_language(evidence.language, rule.value)


def _is_language(found: str | None, wanted: str) -> bool:
    """Whether pt-br is pt: a code names its variants as well (RFC 4647 3.3.1, basic filtering)."""
    told = (found or "").lower().replace("_", "-")
    return told == wanted or told.startswith(f"{wanted}-")
