"""Subscription lists (rule 84)."""

import resource
from functools import partial
from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import BadOpml
from ingest.opml import Subscription, read_opml, write_opml

VALIDATOR = Path(__file__).parents[2] / ".." / "shared" / "data" / "feeds" / "validator"


def opml(*outlines: str) -> bytes:
    return f'<opml version="2.0"><head/><body>{"".join(outlines)}</body></opml>'.encode()


def test_nested_outlines_are_folders_as_paths() -> None:
    data = opml(
        '<outline text="News"><outline text="World">',
        '<outline text="A &amp; B" type="RSS" xmlUrl="http://a.example/f" htmlUrl="http://a.example/"/>',
        '</outline><outline title="Only title" type="rss" url="http://b.example/f"/></outline>',
    )

    assert read_opml(data) == (
        Subscription("http://a.example/f", "A & B", "http://a.example/", ("News/World",)),
        Subscription("http://b.example/f", "Only title", None, ("News",)),
    )


def test_a_feed_in_two_folders_is_one_subscription_with_two_tags() -> None:
    one = '<outline text="A" xmlUrl="http://a.example/f"/>'
    (found,) = read_opml(opml(f'<outline text="X">{one}</outline><outline text="Y">{one}</outline>'))

    assert found.tags == ("X", "Y")


def test_attributes_in_any_case_feed_schemes_links_and_categories() -> None:
    data = opml(
        '<outline TEXT="A" XMLURL="feed://a.example/f" TYPE="Rss" category="/Tech,News/World"/>',
        '<outline text="page" type="link" url="http://b.example/"/>',
        '<outline text="broken & bare" xmlUrl="http://c.example/?a=1&b=2"/>',
    )

    first, second = read_opml(data)
    assert first == Subscription("http://a.example/f", "A", None, ("Tech", "News/World"))
    assert second.url == "http://c.example/?a=1&b=2"


def test_latin_1_and_html_entities_are_read() -> None:
    text = '<?xml version="1.0" encoding="ISO-8859-1"?><opml><body><outline text="é&eacute;" xmlUrl="http://a/f"/></body></opml>'

    assert read_opml(text.encode("latin-1"))[0].title == "éé"


@pytest.mark.parametrize(
    "data", [b"", b"  ", b"<html><body>x</body></html>", b"\x00\xff\x00", b'{"a": 1}', b"feed list"]
)
def test_what_is_no_opml_says_so(data: bytes) -> None:
    with pytest.raises(BadOpml, match=r"no OPML|no XML"):
        read_opml(data)


def test_fifty_thousand_outlines_and_deep_folders_are_read_in_seconds() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    many = opml(*(f'<outline text="t{n}" xmlUrl="http://h{n}.example/f"/>' for n in range(50_000)))
    deep = opml('<outline text="d">' * 1000, '<outline xmlUrl="http://a.example/f"/>', "</outline>" * 1000)

    assert len(read_opml(many)) == 50_000
    assert read_opml(deep)[0].url == "http://a.example/f"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - before < 10


def test_entities_are_not_expanded_and_files_are_not_read() -> None:
    data = b"""<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY l "lol"><!ENTITY m "&l;&l;">]>
    <opml version="1.0"><body><outline text="&x;&m;" xmlUrl="http://a.example/f"/></body></opml>"""

    assert read_opml(data)[0].title == "&x;&m;"


words = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12).map(partial(normalize, "NFC"))
words = words.filter(lambda word: "/" not in word)
tags = st.lists(words, min_size=1, max_size=3).map("/".join)
subscriptions = st.builds(
    Subscription,
    url=st.from_regex(r"https?://[a-z]{1,8}\.example/[a-z0-9]{0,8}(\?[a-z]=[0-9&<]{1,3})?", fullmatch=True),
    title=st.none() | words,
    site_url=st.none() | st.just("http://site.example/?a=1&b=<2>"),
    tags=st.lists(tags, max_size=3, unique=True).map(tuple),
)


@given(st.lists(subscriptions, max_size=8, unique_by=lambda subscription: subscription.url))
def test_what_is_written_is_read_again(wanted: list[Subscription]) -> None:
    read = {found.url: found for found in read_opml(write_opml(wanted))}

    assert set(read) == {subscription.url for subscription in wanted}
    for subscription in wanted:
        found = read[subscription.url]
        assert (found.site_url, set(found.tags)) == (subscription.site_url, set(subscription.tags))
        assert found.title == subscription.title


@pytest.mark.shared
def test_the_validators_lists_are_read_or_refused_by_name() -> None:
    if not VALIDATOR.is_dir():
        pytest.skip("the corpora of ../shared are not here")
    counts = {}
    for path in sorted(VALIDATOR.rglob("*.opml")):
        try:
            counts[path.name] = len(read_opml(path.read_bytes()))
        except BadOpml:
            counts[path.name] = -1

    assert len(counts) == 36
    assert [name for name, count in counts.items() if count < 0] == ["missingOpml.opml"]
    assert counts["subscriptionList.opml"] == 13
