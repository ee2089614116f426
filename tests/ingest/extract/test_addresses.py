"""Which address is an article's own, and which one is the original that it names."""

import json

import lxml.html
import pytest

from ingest.extract.addresses import find_addresses, find_original
from ingest.extract.facts import read_facts

URL = "https://news.example.org/2026/walk"
ELSEWHERE = "https://wire.example.com/walk"


def facts_of(canonical=None, **article):
    link = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    data = json.dumps({"@type": "NewsArticle", "headline": "A walk", **article})
    page = f'<html><head>{link}<script type="application/ld+json">{data}</script></head><body></body></html>'
    return read_facts(lxml.html.document_fromstring(page))


@pytest.mark.parametrize(
    ("based_on", "original"),
    [
        (ELSEWHERE, ELSEWHERE),
        (f"{ELSEWHERE}?utm_source=x", ELSEWHERE),
        ({"@type": "NewsArticle", "url": ELSEWHERE}, ELSEWHERE),
        ({"@id": ELSEWHERE}, ELSEWHERE),
        ([{"name": "no address"}, ELSEWHERE], ELSEWHERE),
        ("https://news.example.org/other", None),
        ("https://wire.example.com/", None),
        ("https://staging.example.com/walk", None),
        ("javascript:alert(1)", None),
        ({"url": {"deep": 1}}, None),
        (7, None),
        (None, None),
    ],
)
def test_the_original_that_json_ld_names_is_on_another_site(based_on, original):
    assert find_original(facts_of(isBasedOn=based_on), URL) == original


def test_a_workshops_address_is_believed_among_workshops_only():
    own, other = "http://harbour.localhost:8700/a-walk", "http://wire.localhost:8700/a-walk"
    assert find_addresses(facts_of(other), own) == (own, "url", other)
    assert find_addresses(facts_of(other), URL) == (URL, "url", None)
