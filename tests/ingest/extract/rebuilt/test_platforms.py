"""Every platform that has a pack: told by its marks, its furniture taken by rule, its article left whole."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from ingest.clean.rules import detect_platform, load_rules
from ingest.extract.article import ExtractContext, extract
from ingest.extract.document import parse_page
from ingest.model import Article, Entry, Page

URL = "http://elm.example/2014/03/clock.html"
CONTEXT = ExtractContext(now=datetime(2026, 11, 1, tzinfo=UTC))


def extracted(page: Any) -> Article:
    return extract(Page(url=URL, html=page.html), Entry(id="1", url=URL, title=page.title), CONTEXT)


def names_of(article: Article) -> set[str]:
    return {removal.rule for removal in article.removed if removal.rule.startswith("platform/")}


@pytest.mark.parametrize("most", [None, 1], ids=["whole", "tiny"])
@pytest.mark.parametrize("language", ["en", "ja", "ar", "ru"])
def test_a_platforms_page_is_its_paragraphs_and_nothing_else(rebuild, platform_page, language, most):
    page = rebuild(platform_page, language, with_comments=True, most=most)

    article = extracted(page)

    assert detect_platform(parse_page(page.html)) == page.platform
    assert article.title == page.title
    assert (article.text or "").removeprefix(f"{page.title}\n\n") == page.text
    assert names_of(article) == {f"platform/{rule}" for rule in page.rules}


def test_every_block_rule_of_the_packs_takes_something_from_a_rebuilt_page(rebuild: Callable[..., Any], templates):
    pages = [rebuild(template, "en", with_comments=True) for template in templates]

    taken = set().union(*(names_of(extracted(page)) for page in pages))

    assert {rule.id for rule in load_rules().blocks} - taken == set()


def test_every_platform_that_is_detected_has_a_rebuilt_page(rebuild: Callable[..., Any], templates):
    pages = [rebuild(template, "en", with_comments=True) for template in templates]

    told = {detect_platform(parse_page(page.html)) for page in pages}

    assert set(load_rules().platforms) - told == set()
