"""What trafilatura asks of elements is answered as by the expressions themselves, on pages and on hard cases."""

import gzip
import json
from pathlib import Path

import pytest
from lxml import etree
from trafilatura import external, xpaths

from ingest.extract.candidates import run_trafilatura
from ingest.extract.document import parse_page
from ingest.extract.remembered import Remembered, remember, remembering

DATA = Path(__file__).parents[3] / ".." / "shared" / "data" / "articles"
PAGE = """<html><body><fb:like class="share-box"></fb:like>
<div class="share-box">a</div><div id="x" class="entry-content"><p class="entry-content">b</p></div>
<section class="plain"><div style="display:none" class="plain">c</div><div class="plain">d</div></section>
<div class="cookie" id="plain">e</div>
<div id="plain" class="cookie">f</div><div aria-hidden="true">g</div></body></html>"""


def all_expressions():
    return [
        expression
        for name in ("BODY_XPATH", "OVERALL_DISCARD_XPATH", "TEASER_DISCARD_XPATH", "DISCARD_IMAGE_ELEMENTS")
        for expression in getattr(xpaths, name)
    ]


def assert_same(trees):
    for expression in all_expressions():
        remembered = remember(expression)
        is_for_first = isinstance(remembered, Remembered) and expression.path.strip().endswith("[1]")
        for tree in trees:
            found, wanted = remembered(tree), expression(tree)
            assert found == (wanted[:1] if is_for_first else wanted), expression.path


def test_an_invented_page_is_answered_as_by_the_expressions():
    assert_same([parse_page(PAGE), parse_page(PAGE)])


@pytest.mark.shared
@pytest.mark.parametrize("name", ["wcxb_dev", "dragnet_dev", "fundus_eval"])
def test_pages_of_the_corpora_are_answered_as_by_the_expressions(name):
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        assert_same([parse_page(json.loads(line)["html"]) for _, line in zip(range(25), lines, strict=False)])


def test_most_of_trafilaturas_expressions_can_be_remembered():
    assert sum(isinstance(remember(expression), Remembered) for expression in all_expressions()) >= 7


@pytest.mark.parametrize(
    "path",
    [
        ".//*[self::div][not(.//h1)]",
        ".//*[@class='a'][2]",
        ".//*[@class='a' and position() = 2]",
        ".//*[contains(., 'a') or text()]",
        ".//*[@class='a' or ../@id='b']",
        ".//header",
        "//p[@class]",
    ],
)
def test_what_asks_for_more_than_the_elements_own_attributes_is_left_as_it_is(path):
    expression = etree.XPath(path)
    assert remember(expression) is expression


def test_trafilatura_has_its_own_expressions_and_stop_words_back_afterwards(monkeypatch):
    monkeypatch.setattr(external, "JT_STOPLIST", ("before",))
    before = list(xpaths.BODY_XPATH)
    with remembering():
        assert any(isinstance(expression, Remembered) for expression in xpaths.BODY_XPATH)
    run_trafilatura(parse_page(f"<html><body>{'<p>A short text of words.</p>' * 9}</body></html>"), fast=False)
    assert before == xpaths.BODY_XPATH
    assert external.JT_STOPLIST == ("before",)


def test_more_answers_than_are_kept_change_nothing(monkeypatch):
    monkeypatch.setattr("ingest.extract.remembered._MOST_ANSWERS", 3)
    body = "".join(f"<div class='{'share-' if number % 3 else 'n'}{number}'>x</div>" for number in range(40))
    assert_same([parse_page(f"<html><body>{body}</body></html>")] * 2)
