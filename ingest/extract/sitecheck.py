"""Whether site rules do on recorded pages what is expected of them, and whether each of their lines finds anything.

A recorded page is NAME.html with NAME.json beside it, in ``samples/HOST`` of the folder of the rules.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources.abc import Traversable
from typing import Any

from lxml.html import HtmlElement

from ingest.errors import BadRules, PageRejected
from ingest.extract.article import extract_fully
from ingest.extract.context import ExtractContext
from ingest.extract.document import decode, parse_page
from ingest.extract.sitepage import replace_strings
from ingest.extract.siterules import SiteRule
from ingest.model import Page

CLAUSES = ("title", "body", "author", "date", "strip", "next_page_link", "single_page_link")
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Sample:
    """A recorded page: its name in the folder, the page, and what is expected of its article."""

    name: str
    page: Page
    expected: dict[str, Any]


@dataclass(slots=True)
class Findings:
    """What is wrong, and what is only worth knowing; each names file and line, or the recorded page."""

    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def read_samples(folder: Traversable) -> list[Sample]:
    """The recorded pages below ``samples`` in a folder of site rules; none where there is no such folder.

    Raises:
        BadRules: an expectation that is no JSON object with a url; the message names the file.
    """
    root = folder / "samples"
    hosts = sorted(root.iterdir(), key=lambda host: host.name) if root.is_dir() else []
    files = [(host, file) for host in hosts if host.is_dir() for file in sorted(host.iterdir(), key=lambda f: f.name)]
    return [_read_sample(host, file.name) for host, file in files if file.name.endswith(".json")]


def _read_sample(host: Traversable, name: str) -> Sample:
    told = f"samples/{host.name}/{name}"
    try:
        expected = json.loads((host / name).read_text(encoding="utf-8"))
        html = (host / name.replace(".json", ".html")).read_bytes()
    except (ValueError, OSError) as error:
        raise BadRules(f"{told}: {error}") from error
    if not isinstance(expected, dict) or not isinstance(expected.get("url"), str):
        raise BadRules(f"{told}: needs a JSON object with the page's url")
    return Sample(told, Page(url=expected["url"], html=html, content_type=expected.get("content_type")), expected)


def check_site_rules(
    rules: Iterable[SiteRule], samples: Iterable[Sample], find: Callable[[str], SiteRule | None], now: datetime
) -> Findings:
    """Check rules against recorded pages; ``find`` gives the rule that speaks for an address."""
    findings = Findings()
    mine = {rule.name: rule for rule in rules}
    used: dict[str, list[Sample]] = {name: [] for name in mine}
    for sample in samples:
        rule = find(sample.page.url)
        if rule is not None and rule.name in mine:
            used[rule.name].append(sample)
            findings.errors += _check_sample(sample, rule, now)
    for name, rule in mine.items():
        findings.errors += rule.errors
        findings.warnings += [rule.tell(problem) for problem in rule.problems if not problem.is_error]
        if used[name]:
            findings.errors += _check_lines(rule, used[name])
        else:
            findings.warnings.append(f"{name}: no recorded page shows what it does: feedmill rules record URL")
    return findings


def _check_sample(sample: Sample, rule: SiteRule, now: datetime) -> Iterator[str]:
    found = extract_fully(sample.page, None, ExtractContext(now=now, site_rule=rule))
    article, expected = found.article, sample.expected
    published = article.published_at.date().isoformat() if article.published_at else None
    told = {"title": article.title, "authors": list(article.authors), "published": published}
    told |= {
        "rule": rule.name.rpartition("/")[2],
        "next_page": found.next_url,
        "single_page": found.single_url,
        "status": article.status.value,
    }
    for name in expected.keys() & told.keys():
        if told[name] != expected[name]:
            yield f"{sample.name}: {name} is {told[name]!r}, not {expected[name]!r} ({rule.name})"
    text = " ".join((article.text or "").split())
    for part in (*expected.get("contains", ()), *rule.test_contains * (sample.page.url in rule.test_urls)):
        if part not in text:
            yield f"{sample.name}: {part[:_SHOWN]!r} is not in the text ({rule.name})"
    for part in expected.get("lacks", ()):
        if part in text:
            yield f"{sample.name}: {part[:_SHOWN]!r} is in the text ({rule.name})"


def _check_lines(rule: SiteRule, samples: list[Sample]) -> Iterator[str]:
    trees = [tree for sample in samples if (tree := _parse(sample.page, rule)) is not None]
    counts = [int(tree.xpath("count(//node())")) for tree in trees]
    for name in CLAUSES:
        for clause in getattr(rule, name):
            if not any(clause.selector.holds(tree, nodes) for tree, nodes in zip(trees, counts, strict=True)):
                yield f"{rule.name}:{clause.line}: {name}: {clause.selector.text}: finds nothing on its recorded pages"
    for line, token in rule.strip_tokens:
        if not any(_has_token(tree, token) for tree in trees):
            yield f"{rule.name}:{line}: strip_id_or_class: {token}: finds nothing on its recorded pages"


def _parse(page: Page, rule: SiteRule) -> HtmlElement | None:
    text = page.html if isinstance(page.html, str) else decode(page.html, page.content_type)
    try:
        return parse_page(replace_strings(text, rule))
    except PageRejected:
        return None


def _has_token(tree: HtmlElement, token: str) -> bool:
    named = tree.xpath("//*[@class or @id]")
    assert isinstance(named, list)
    return any(token in f"{element.get('class') or ''} {element.get('id') or ''}".lower() for element in named)
