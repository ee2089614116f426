"""Trafilatura's main extractor alone gives what its fast mode gives, wherever it finds enough."""

import gzip
import json
from pathlib import Path

import pytest

from ingest.extract.candidates import run_main_extractor, run_trafilatura
from ingest.extract.document import parse_page
from ingest.extract.outline import drop_empties, drop_machinery, outline
from ingest.extract.prune import Detachment, find_furniture

DATA = Path(__file__).parents[3] / ".." / "shared" / "data" / "articles"


def pruned_tree(html):
    tree = parse_page(html)
    drop_machinery(tree)
    page = outline(tree.find("body"))
    drop_empties(tree)
    Detachment(find_furniture(page))
    return tree


@pytest.mark.shared
@pytest.mark.parametrize("name", ["wcxb_dev", "dragnet_dev", "fundus_eval"])
def test_the_main_extractor_alone_gives_the_lines_of_the_fast_mode(name):
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        pages = [json.loads(line)["html"] for _, line in zip(range(30), lines, strict=False)]
    trees = [pruned_tree(html) for html in pages]
    answers = [(run_main_extractor(tree), run_trafilatura(tree, fast=True)) for tree in trees]
    enough = [answer for answer in answers if answer[0]]
    assert len(enough) >= 24
    assert sum(alone != fast for alone, fast in enough) <= 1


def test_a_page_with_too_little_text_is_left_to_the_rescues_of_the_fast_mode():
    tree = pruned_tree("<html><body><div><span>Four words stand here.</span></div></body></html>")
    assert run_main_extractor(tree) == []


def test_what_holds_nothing_is_gone_before_anything_is_extracted():
    tree = parse_page(
        "<html><head><title>T</title></head><body><p>One<img src=a><span></span> two<i></i>.</p></body></html>"
    )
    drop_empties(tree)
    assert [element.tag for element in tree.iter()] == ["html", "body", "p"]
    assert tree.text_content().strip() == "One two."
