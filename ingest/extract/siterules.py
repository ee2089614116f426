"""Rules for one site, in the text format that FiveFilters, wallabag and Tiny Tiny RSS share: read, checked, compiled.

A file is named after its host ("example.com.txt" for example.com and www.example.com, ".example.com.txt" for every
other host below it) and holds one ``directive: value`` a line; ``#`` begins a comment. Finding files is the matter of
``sitefolder``, asking a page that of ``sitepage``.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ingest.clean.keeps import NOTHING_KEPT, Keeps, is_rule
from ingest.clean.lines import fold_key
from ingest.clean.locate import known_rules
from ingest.errors import BadRules
from ingest.extract.xpaths import Selector, compile_xpath

MAX_BYTES = 65_536
MAX_LINES = 1_000
_MOST_OF_A_KIND = 100
_XPATHS = ("title", "body", "author", "date", "strip", "next_page_link", "single_page_link")
_SWITCHES = {"yes": True, "true": True, "no": False, "false": False}
_WITH_ARGUMENT = re.compile(r"(replace_string|http_header)\((.*?)\)\s*:\s*(.*)")
_FORGES = "we name ourselves and nobody else to servers"
_NO_LOGIN = "we read what everybody may read"
_ONE_PARSER = "the page's HTML is repaired and parsed in one way"
_TEXT_ONLY = "only text is kept, no markup and no pictures"
# Directives of the format that are read and passed over, and why: each gives a warning.
IGNORED = {
    "http_header": _FORGES,
    "requires_login": _NO_LOGIN,
    "login_uri": _NO_LOGIN,
    "login_username_field": _NO_LOGIN,
    "login_password_field": _NO_LOGIN,
    "login_extra_fields": _NO_LOGIN,
    "not_logged_in_xpath": _NO_LOGIN,
    "tidy": _ONE_PARSER,
    "parser": _ONE_PARSER,
    "convert_double_br_tags": _ONE_PARSER,
    "strip_comments": _ONE_PARSER,
    "strip_image_src": _TEXT_ONLY,
    "strip_attr": _TEXT_ONLY,
    "post_strip_attr": _TEXT_ONLY,
    "wrap_in": _TEXT_ONLY,
    "dissolve": _TEXT_ONLY,
    "move_into": _TEXT_ONLY,
    "footnotes": _TEXT_ONLY,
    "insert_detected_image": _TEXT_ONLY,
    "src_lazy_load_attr": _TEXT_ONLY,
    "native_ad_clue": "advertisements are not told apart",
    "skip_json_ld": "what the rule says wins over JSON-LD as it is",
    "skip_id_or_class": "what is not in the body is not kept as it is",
    "autodetect_next_page": "a next page is followed where the evidence is strong, see the how-to",
    "single_page_link_in_feed": "the feed's own link is the article's address",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a line. An error: the line cannot be used; else it is passed over on purpose."""

    line: int
    message: str
    is_error: bool


@dataclass(frozen=True, slots=True)
class Clause:
    """A line with an expression; ``condition``: it counts only on pages where that finds something."""

    line: int
    selector: Selector
    condition: Selector | None = None


@dataclass(slots=True, kw_only=True)
class SiteRule:
    """One file's rules. Built line by line by ``parse_site_rule``, and not changed afterwards."""

    name: str
    digest: str = ""  # of the text of a user's file: ours are part of the version of all rules
    title: list[Clause] = field(default_factory=list)
    body: list[Clause] = field(default_factory=list)
    author: list[Clause] = field(default_factory=list)
    date: list[Clause] = field(default_factory=list)
    strip: list[Clause] = field(default_factory=list)
    next_page_link: list[Clause] = field(default_factory=list)
    single_page_link: list[Clause] = field(default_factory=list)
    strip_tokens: list[tuple[int, str]] = field(default_factory=list)  # parts of class or id attributes, with the line
    replacements: list[tuple[str, str]] = field(default_factory=list)  # of the page's HTML, before it is parsed
    prunes: bool = True  # furniture within the body goes, as everywhere else
    falls_back: bool = True  # where no body matches, the usual extraction goes on
    kept_rules: list[str] = field(default_factory=list)  # that take nothing on the site
    kept_texts: list[str] = field(default_factory=list)  # beginnings of lines that stay
    test_urls: list[str] = field(default_factory=list)
    test_contains: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def keeps(self) -> Keeps:
        """What cleaning may not take on the site."""
        return Keeps(frozenset(self.kept_rules), tuple(self.kept_texts)) if self.is_keeping else NOTHING_KEPT

    @property
    def is_keeping(self) -> bool:
        """Whether the file says of anything that it stays."""
        return bool(self.kept_rules or self.kept_texts)

    @property
    def only_keeps(self) -> bool:
        """Whether it says nothing else: then the rule that would speak without the file goes on speaking."""
        changes = any(getattr(self, name) for name in (*_XPATHS, "strip_tokens", "replacements"))
        return self.is_keeping and not changes and self.prunes and self.falls_back

    def tell(self, problem: Problem) -> str:
        """The problem with its file and line."""
        return f"{self.name}:{problem.line}: {problem.message}"

    @property
    def errors(self) -> list[str]:
        """What cannot be used, each with file and line."""
        return [self.tell(problem) for problem in self.problems if problem.is_error]


def parse_site_rule(name: str, text: str) -> SiteRule:
    """The rules in a file's text. Never raises: lines that cannot be used are in ``problems``, the others count."""
    rule = SiteRule(name=name)
    if len(text) > MAX_BYTES or text.count("\n") > MAX_LINES:
        rule.problems.append(Problem(1, f"more than {MAX_BYTES} characters or {MAX_LINES} lines", is_error=True))
        return rule
    finds: list[str] = []
    for number, directive, value in _read_lines(rule, text):
        try:
            _take(rule, finds, (number, directive, value))
        except BadRules as error:
            rule.problems.append(Problem(number, str(error), is_error=True))
    if finds:
        message = f"{len(finds)} find_string without a replace_string after it"
        rule.problems.append(Problem(text.count("\n") + 1, message, is_error=True))
    if not any(getattr(rule, name) for name in (*_XPATHS, "strip_tokens", "replacements", "is_keeping", "problems")):
        rule.problems.append(Problem(1, "no directive that changes anything", is_error=True))
    return rule


def _read_lines(rule: SiteRule, text: str) -> Iterator[tuple[int, str, str]]:
    for number, raw in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        match = _WITH_ARGUMENT.fullmatch(line)
        directive, value = (line.partition(":")[0].strip(), line.partition(":")[2].strip())
        if match:
            if match[1] == "replace_string":
                yield number, "find_string", match[2]
            directive, value = match[1], match[3]
        if value and (match or ":" in line):
            yield number, directive, value
        else:
            rule.problems.append(Problem(number, f"no value: {line[:80]!r}", is_error=False))


def _take(rule: SiteRule, finds: list[str], line: tuple[int, str, str]) -> None:
    number, directive, value = line
    if directive in _XPATHS:
        clauses: list[Clause] = getattr(rule, directive)
        if len(clauses) >= _MOST_OF_A_KIND:
            raise BadRules(f"more than {_MOST_OF_A_KIND} lines of {directive}")
        clauses.append(Clause(number, compile_xpath(value)))
    elif directive in _OTHERS:
        _OTHERS[directive](rule, finds, line)
    elif directive in IGNORED:
        rule.problems.append(Problem(number, f"{directive} is passed over: {IGNORED[directive]}", is_error=False))
    else:
        rule.problems.append(Problem(number, f"{directive[:40]!r} is no directive that is known", is_error=False))


def _take_tokens(rule: SiteRule, _: list[str], line: tuple[int, str, str]) -> None:
    token = line[2].strip("'\"").lower()
    if not token:
        raise BadRules("strip_id_or_class needs a part of a class or id")
    rule.strip_tokens.append((line[0], token))


def _take_find(_: SiteRule, finds: list[str], line: tuple[int, str, str]) -> None:
    if not line[2]:
        raise BadRules("find_string needs something to find")
    finds.append(line[2])


def _take_replace(rule: SiteRule, finds: list[str], line: tuple[int, str, str]) -> None:
    if not finds:
        raise BadRules("replace_string without a find_string before it")
    rule.replacements.append((finds.pop(0), line[2]))


def _take_condition(rule: SiteRule, _: list[str], line: tuple[int, str, str]) -> None:
    if not rule.single_page_link:
        raise BadRules("if_page_contains stands behind the single_page_link that it is about")
    last = rule.single_page_link[-1]
    rule.single_page_link[-1] = Clause(last.line, last.selector, compile_xpath(line[2]))


def _take_switch(rule: SiteRule, _: list[str], line: tuple[int, str, str]) -> None:
    value = _SWITCHES.get(line[2].lower())
    if value is None:
        raise BadRules(f"{line[1]} is yes or no, not {line[2][:40]!r}")
    if line[1] == "prune":
        rule.prunes = value
    else:
        rule.falls_back = value


def _take_kept_rule(rule: SiteRule, _: list[str], line: tuple[int, str, str]) -> None:
    if not is_rule(line[2], known_rules()):
        raise BadRules(f"no rule is called {line[2][:80]!r}: `removed` and `feedmill rules explain` tell their names")
    _take_kept(rule.kept_rules, line)


def _take_kept_text(rule: SiteRule, _: list[str], line: tuple[int, str, str]) -> None:
    if not fold_key(line[2]):
        raise BadRules("keep_text needs words with which the line begins")
    _take_kept(rule.kept_texts, line)


def _take_kept(kept: list[str], line: tuple[int, str, str]) -> None:
    if len(kept) >= _MOST_OF_A_KIND:
        raise BadRules(f"more than {_MOST_OF_A_KIND} lines of {line[1]}")
    kept.append(line[2])


def _take_test_url(rule: SiteRule, _: list[str], line: tuple[int, str, str]) -> None:
    rule.test_urls.append(line[2])


def _take_test_text(rule: SiteRule, _: list[str], line: tuple[int, str, str]) -> None:
    rule.test_contains.append(line[2])


_OTHERS: dict[str, Callable[[SiteRule, list[str], tuple[int, str, str]], None]] = {
    "strip_id_or_class": _take_tokens,
    "find_string": _take_find,
    "replace_string": _take_replace,
    "if_page_contains": _take_condition,
    "prune": _take_switch,
    "autodetect_on_failure": _take_switch,
    "keep": _take_kept_rule,
    "keep_text": _take_kept_text,
    "test_url": _take_test_url,
    "test_contains": _take_test_text,
}
HONOURED = (*_XPATHS, *_OTHERS)
