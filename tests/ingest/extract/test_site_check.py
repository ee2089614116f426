"""Site rules are held to their recorded pages: each line must find something, each expectation must come true."""

import json
from datetime import UTC, datetime

import pytest

from ingest.errors import BadRules
from ingest.extract.sitecheck import check_site_rules, read_samples
from ingest.extract.siterules import parse_site_rule

NOW = datetime(2026, 11, 1, tzinfo=UTC)
URL = "https://a.example/rope"
PAGE = (
    "<html><head><title>Rope</title></head><body><h1>Rope</h1><div id='story'>"
    + "".join(f"<p>The clerk opened the old book on page {number} and read the line aloud.</p>" for number in range(5))
    + "<p class='promo'>Buy the calendar.</p></div></body></html>"
)


def check(folder, rule: str, **expected):
    samples = folder / "samples" / "a.example"
    samples.mkdir(parents=True)
    (samples / "rope.html").write_text(PAGE)
    (samples / "rope.json").write_text(json.dumps({"url": URL} | expected))
    parsed = parse_site_rule("user/a.example.txt", rule)
    return check_site_rules([parsed], read_samples(folder), lambda url: parsed if url == URL else None, NOW)


def test_what_comes_true_is_no_finding(tmp_path):
    rule = "title: //h1\nbody: //div[@id='story']\nstrip: //p[@class='promo']\nstrip_id_or_class: promo\n"
    found = check(tmp_path, rule, title="Rope", contains=["on page 4"], lacks=["calendar"], status="ok")
    assert (found.errors, found.warnings) == ([], [])


@pytest.mark.parametrize(
    ("rule", "expected", "told"),
    [
        ("body: //div[@id='story']", {"title": "Anchor"}, "title is 'Rope', not 'Anchor' (user/a.example.txt)"),
        ("body: //div[@id='story']", {"contains": ["an anchor"]}, "'an anchor' is not in the text"),
        ("body: //div[@id='story']", {"lacks": ["old book"]}, "'old book' is in the text"),
        ("body: //div[@id='story']", {"published": "2026-01-01"}, "published is None, not '2026-01-01'"),
        (f"test_url: {URL}\ntest_contains: an anchor\ntitle: //h1", {}, "'an anchor' is not in the text"),
    ],
)
def test_an_expectation_that_does_not_come_true_names_the_recorded_page(tmp_path, rule, expected, told):
    (error,) = check(tmp_path, rule, **expected).errors
    assert error.startswith(f"samples/a.example/rope.json: {told}")


@pytest.mark.parametrize(
    "line", ["body: //div[@id='gone']", "strip: //aside", "date: //time", "strip_id_or_class: gone"]
)
def test_a_line_that_finds_nothing_is_named(tmp_path, line):
    (error,) = check(tmp_path, f"title: //h1\n{line}\n").errors
    assert error.startswith("user/a.example.txt:2: ")
    assert "finds nothing on its recorded pages" in error


def test_a_rule_without_a_recorded_page_is_only_told():
    found = check_site_rules([parse_site_rule("user/b.example.txt", "title: //h1")], [], lambda _: None, NOW)
    assert (found.errors, len(found.warnings)) == ([], 1)
    assert found.warnings[0].startswith("user/b.example.txt: no recorded page")


def test_an_expectation_that_is_none_names_its_file(tmp_path):
    samples = tmp_path / "samples" / "a.example"
    samples.mkdir(parents=True)
    (samples / "rope.html").write_text(PAGE)
    for text in ("{", "[]", '{"title": "x"}'):
        (samples / "rope.json").write_text(text)
        with pytest.raises(BadRules, match=r"samples/a.example/rope.json: "):
            read_samples(tmp_path)
