"""A page under a rule for its site: the rule's word wins, and where it says nothing the usual extraction goes on."""

import json
import time
from datetime import UTC, datetime
from importlib import resources

import pytest

from ingest.extract.article import ExtractContext, extract, extract_fully
from ingest.extract.sitefolder import find_site_rule
from ingest.extract.siterules import parse_site_rule
from ingest.model import Entry, Page

NOW = datetime(2026, 11, 1, tzinfo=UTC)
URL = "https://harbour.example/rope"
PARAGRAPH = "<p>The clerk opened the old book on page {}, read the line about the rope aloud, and closed it again.</p>"
BODY = "".join(PARAGRAPH.format(number) for number in range(6))
PAGE = f"""<html><head><title>Rope</title><meta property="og:title" content="Rope from the head"></head><body>
<h1>Rope</h1><div class="lead">
<p>What the paper calls a lead: the harbour needs a rope, and the book says which one.</p></div>
<article>{BODY}<p class="promo">Buy the harbour calendar: it has twelve pictures of ropes, and costs less than one.</p>
<div class="comments">
<p>First! I have always said that the rope was too short, and nobody listened to me then.</p></div></article>
<p class="by">By Ida Moor</p><p class="day">4 March 2026</p></body></html>"""
SAMPLES = sorted(
    (folder.name, file.name)
    for folder in (resources.files("ingest.clean") / "packs/sites/samples").iterdir()
    for file in folder.iterdir()
    if file.name.endswith(".json")
)


def article(rule: str, page: str = PAGE, entry: Entry | None = None):
    context = ExtractContext(now=NOW, site_rule=parse_site_rule("user/harbour.example.txt", rule))
    return extract(Page(url=URL, html=page), entry, context)


def test_the_body_of_the_rule_is_the_text_and_the_article_says_so():
    found = article("body: //div[@class='lead']")
    assert found.text == "What the paper calls a lead: the harbour needs a rope, and the book says which one."
    assert found.extractor == "feedmill-1/site-rule"
    assert (found.provenance["text"], found.provenance["site_rule"]) == ("site-rule", "user/harbour.example.txt")


def test_several_elements_of_one_expression_are_joined_in_the_pages_order():
    found = article("body: //article/p[2] | //div[@class='lead'] | //div[@class='lead']/p")
    assert found.text.split("\n\n")[0].startswith("What the paper calls")
    assert [line[:40] for line in found.text.split("\n\n")][1:] == ["The clerk opened the old book on page 1,"]


def test_the_second_expression_speaks_where_the_first_finds_nothing():
    assert article("body: //div[@id='none']\nbody: //div[@class='lead']").text.startswith("What the paper calls")


def test_where_the_body_gives_nothing_the_usual_extraction_goes_on_and_the_article_says_so():
    found = article("body: //div[@id='gone-with-the-redesign']\nauthor: //p[@class='by']")
    usual = extract(Page(url=URL, html=PAGE), None, ExtractContext(now=NOW))
    assert (found.text, found.status, found.extractor) == (usual.text, usual.status, usual.extractor)
    assert found.provenance["site_rule"] == "user/harbour.example.txt: its body gave nothing"


def test_a_rule_that_wants_no_fallback_gives_no_text():
    found = article("body: //div[@id='none']\nautodetect_on_failure: no")
    assert (found.status, found.text) == ("empty", None)


def test_furniture_within_the_body_goes_unless_the_rule_keeps_it():
    assert "I have always said" not in article("body: //article").text
    assert "I have always said" in article("body: //article\nprune: no").text


def test_what_the_rule_strips_goes_and_is_recorded_with_file_and_line():
    found = article("body: //article\nstrip: //p[@class='promo']\nstrip_id_or_class: omment")
    assert "calendar" not in found.text
    told = {removal.rule: removal.text for removal in found.removed}
    assert told["site-rule/user/harbour.example.txt:2"].startswith("Buy the harbour calendar")
    assert told["site-rule/user/harbour.example.txt:3"].startswith("First! I have always")


def test_title_author_and_date_of_the_rule_win_over_page_and_feed():
    entry = Entry(
        id="1", url=URL, title="Feed title", authors=("Feed Author",), published_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    found = article(
        "title: //meta[@property='og:title']/@content\nauthor: //p[@class='by']\ndate: //p[@class='day']", PAGE, entry
    )
    assert (found.title, found.authors) == ("Rope from the head", ("Ida Moor",))
    assert found.published_at.date().isoformat() == "2026-03-04"
    assert {found.provenance[name] for name in ("title", "authors", "published_at")} == {"site-rule"}
    assert found.published_source == "page"


def test_an_author_that_no_byline_would_be_believed_to_name_is_taken_from_a_rule():
    page = PAGE.replace("By Ida Moor", "Redaktion 7")
    assert article("author: //p[@class='by']", page).authors == ("Redaktion 7",)


def test_strings_are_replaced_before_the_page_is_parsed():
    page = PAGE.replace("<article>", "<x-text>").replace("</article>", "</x-text>")
    found = article(
        "replace_string(<x-text>): <div id=here>\nreplace_string(</x-text>): </div>\nbody: //div[@id='here']", page
    )
    assert found.extractor == "feedmill-1/site-rule"


def test_a_replacement_that_would_blow_the_page_up_is_passed_over():
    found = article(f"replace_string(e): {'e' * 60_000}\nbody: //div[@class='lead']")
    assert found.text.startswith("What the paper calls a lead")


def test_a_rule_with_a_broken_line_still_counts_and_the_article_says_so():
    found = article("body: //div[\ntitle: //p[@class='day']")
    assert found.title == "4 March 2026"
    assert found.provenance["site_rule"] == "user/harbour.example.txt: 1 line(s) cannot be used"


def test_a_full_feed_does_not_replace_the_body_of_a_rule():
    content = "".join(
        f"<p>Paragraph {number} of the feed is long, and there are many more of them than of the page.</p>"
        for number in range(60)
    )
    assert (
        article("body: //div[@class='lead']", PAGE, Entry(id="1", url=URL, content=content)).extractor
        == "feedmill-1/site-rule"
    )


def test_the_next_page_and_the_single_page_are_found_as_absolute_addresses():
    rule = (
        "next_page_link: //a[@class='n']\nsingle_page_link: //a[@class='s']/@href\nif_page_contains: //div[@id='many']"
    )
    page = PAGE.replace("</article>", "<a class=n href='?p=2'>n</a><a class=s href='/all'>s</a></article>")
    context = ExtractContext(now=NOW, site_rule=parse_site_rule("x.txt", rule))
    site = extract_fully(Page(url=URL, html=page), None, context).site
    assert (site.next_url, site.single_url) == (f"{URL}?p=2", None)
    site = extract_fully(
        Page(url=URL, html=page.replace("<article>", "<article><div id=many></div>")), None, context
    ).site
    assert site.single_url == "https://harbour.example/all"


@pytest.mark.parametrize("rule", ["body: //div[.//p]", "strip: //p[preceding::q]", "body: //div//div//div//div"])
def test_an_expression_is_bounded_on_the_largest_page_that_is_extracted(rule):
    page = "<html><body>" + "<div><p>t</p></div>" * 16_000 + "</body></html>"
    began = time.process_time()
    article(rule, page)
    assert time.process_time() - began < 20


@pytest.mark.parametrize(("host", "name"), SAMPLES)
def test_a_packaged_rule_does_on_its_sample_what_is_expected(host, name):
    folder = resources.files("ingest.clean") / "packs/sites/samples" / host
    expected = json.loads((folder / name).read_text(encoding="utf-8"))
    html = (folder / name.replace(".json", ".html")).read_text(encoding="utf-8")
    rule = find_site_rule(expected["url"], None)
    found = extract(Page(url=expected["url"], html=html), None, ExtractContext(now=NOW, site_rule=rule))
    assert rule.name == f"packaged/{expected['rule']}"
    assert (found.title, list(found.authors)) == (expected["title"], expected.get("authors", []))
    assert all(text in found.text for text in expected["contains"])
    assert not any(text in found.text for text in expected["lacks"])
