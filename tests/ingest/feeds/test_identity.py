"""Who an entry is (rules 65-68): nothing is lost, nothing comes twice."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import BadUrl
from ingest.feeds.identity import fingerprint, identify
from ingest.model import Entry, ParsedFeed, SeenEntry

FEED = "https://feed.example/rss"


def see(*entries: Entry, site_url: str | None = None, feed_url: str = FEED) -> tuple[SeenEntry, ...]:
    return identify(feed_url, ParsedFeed(format="rss20", title=None, site_url=site_url, entries=entries))


def one(**fields: object) -> SeenEntry:
    return see(Entry(**{"id": None, "url": None, **fields}))[0]  # type: ignore[arg-type]


def test_the_guid_is_the_key_whatever_else_changes_rule_66() -> None:
    first = one(id="1", url="http://a.example/x", title="A")
    later = one(id="1", url="https://b.example/y", title="B", published_at=datetime(2024, 1, 1, tzinfo=UTC))

    assert first.entry_key == later.entry_key
    assert first.entry_key != one(id="2", url="http://a.example/x", title="A").entry_key


def test_without_guid_the_canonical_link_is_the_key_rule_66() -> None:
    first = one(url="http://www.a.example/x/?utm_source=rss", title="A")

    assert first.entry_key == one(url="https://a.example/x#c", title="B").entry_key
    assert first.entry_key != one(url="https://a.example/y", title="A").entry_key


def test_without_guid_and_link_the_text_is_the_key_rule_66() -> None:
    first = one(title="A", summary="<p>x</p>")

    assert first.entry_key == one(title="A", summary="<div>x </div>").entry_key
    assert first.entry_key != one(title="A", summary="y").entry_key
    assert first.page_url is None


def test_fifty_items_with_one_guid_and_fifty_links_are_fifty_rule_66() -> None:
    seen = see(*(Entry(id="same", url=f"http://a.example/{number}") for number in range(50)))

    assert len({each.entry_key for each in seen}) == len({each.page_key for each in seen}) == 50


def test_fifty_items_with_one_guid_and_no_link_are_told_apart_by_title() -> None:
    assert len(see(*(Entry(id="same", url=None, title=str(number)) for number in range(50)))) == 50


def test_an_entry_that_stands_twice_is_one_and_the_newest_counts() -> None:
    old = Entry(id="1", url="http://a.example/", title="old", updated_at=datetime(2024, 1, 1, tzinfo=UTC))
    new = replace(old, title="new", updated_at=datetime(2024, 1, 2, tzinfo=UTC))

    assert [each.entry.title for each in see(old, new)] == ["new"]
    assert [each.entry.title for each in see(new, old)] == ["new"]


def test_a_new_guid_for_the_same_page_is_the_same_page_rule_67() -> None:
    first, later = one(id="1", url="http://a.example/x"), one(id="2", url="https://www.a.example/x/?fbclid=1")

    assert first.page_key == later.page_key
    assert first.entry_key != later.entry_key


def test_the_page_is_fetched_without_tracking_from_its_host() -> None:
    seen = one(id="1", url="http://A.example:8080/x?utm_medium=rss&id=3#top")

    assert (seen.page_url, seen.host) == ("http://A.example:8080/x?id=3", "a.example:8080")


@pytest.mark.parametrize("url", [None, "ftp://a.example/x", "javascript:alert(1)", "http://", "mailto:a@b.example"])
def test_an_entry_without_a_usable_link_belongs_to_the_feeds_host(url: str | None) -> None:
    seen = one(id="1", url=url)

    assert (seen.page_url, seen.host) == (None, "feed.example")
    assert seen.page_key == one(id="1", url=None).page_key


def test_pages_without_an_address_are_their_feeds_own() -> None:
    here, there = see(Entry(id="1", url=None)), see(Entry(id="1", url=None), feed_url="https://other.example/rss")

    assert here[0].page_key != there[0].page_key
    assert here[0].entry_key == there[0].entry_key


def test_entries_that_only_point_into_one_page_are_their_own_articles() -> None:
    log = see(*(Entry(id=str(n), url=f"http://a.example/log#v{n}", title=f"v{n}") for n in range(3)))
    front = see(*(Entry(id=str(n), url="http://a.example/", title=f"n{n}") for n in range(3)))

    for seen in (log, front):
        assert [each.page_url for each in seen] == [None] * 3
        assert len({each.page_key for each in seen}) == 3


def test_one_article_listed_under_two_guids_is_one_page() -> None:
    seen = see(
        Entry(id="1", url="http://a.example/x?utm_source=a", title="A"),
        Entry(id="2", url="http://a.example/x", title="A"),
    )

    assert len({each.page_key for each in seen}) == 1


@pytest.mark.parametrize(
    "edited",
    [
        '<div class="x"><p>One   two</p>\n<p>three</p></div>',
        '<p>One two</p><p>three</p><img src="https://t.example/pixel?123">',
        '<p><a href="http://x/?utm_source=9">One</a> two</p><p>three</p><script>ad(1)</script>',
        "<p>One&nbsp;two</p><p>three</p>",
    ],
)
def test_markup_space_and_tracking_do_not_change_the_fingerprint_rule_68(edited: str) -> None:
    entry = Entry(id="1", url=None, title="T", content="<p>One two</p><p>three</p>")

    assert fingerprint(entry) == fingerprint(replace(entry, content=edited, published_at=datetime.now(tz=UTC)))
    assert fingerprint(entry) != fingerprint(replace(entry, content="<p>One two</p><p>four</p>"))
    assert fingerprint(entry) != fingerprint(replace(entry, title="U"))


def test_a_feed_without_a_host_is_a_bad_url() -> None:
    with pytest.raises(BadUrl, match="host"):
        see(Entry(id="1", url=None), feed_url="not an address")


texts = st.none() | st.text(max_size=20)


@given(
    st.lists(
        st.builds(Entry, id=texts, url=texts | st.just("http://a.example/1"), title=texts, summary=texts), max_size=8
    )
)
def test_keys_are_unique_signed_64_bit_and_stable(entries: list[Entry]) -> None:
    seen = see(*entries)

    assert len({each.entry_key for each in seen}) == len(seen)
    assert seen == see(*entries)
    for each in seen:
        assert all(-(2**63) <= key < 2**63 for key in (each.entry_key, each.fingerprint, each.page_key))
