"""Filters in the store: whose they are, what they keep out, and how it comes in again."""

from datetime import UTC, datetime, timedelta

import pytest

from ingest.filters import FilterAction, FilterField, FilterRule, KeptOut
from ingest.model import SaveOutcome
from storage import feeds, filters, pages
from storage.due import Wanted
from storage.tables import FILTERED_PAGE, PAGE

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEPT = KeptOut('exclude title "x"', "in the title 'x' is there", 1)
LATER = NOW + timedelta(hours=2)


def rule(value="x", **scope):
    return FilterRule(action=FilterAction.EXCLUDE, field=FilterField.TITLE, value=value, **scope)


def state_of_page(newsroom, name):
    with newsroom.database.read() as session:
        found = session.connection().execute(PAGE.select().where(PAGE.c.page_key == newsroom.seen(name).page_key))
        return found.one().state


def out(newsroom, name, **changes):
    return newsroom.seen(name, kept_out=KEPT, **changes)


def test_filters_are_added_once_listed_with_their_scope_and_removed(newsroom):
    newsroom.subscribe("a")
    with newsroom.database.begin() as session:
        first = filters.add(session, rule(), NOW)
        assert filters.add(session, rule(), LATER) == (first[0], False)
        filters.add(session, rule(feed_url="https://news.example/a.xml"), NOW)
        filters.add(session, rule(tag="News"), NOW)
        with pytest.raises(LookupError):
            filters.add(session, rule(feed_url="https://nowhere.example/"), NOW)
    with newsroom.database.begin() as session:
        listed = filters.listing(session)
        assert [(one.rule.feed_url, one.rule.tag) for one in listed] == [
            (None, None),
            ("https://news.example/a.xml", None),
            (None, "News"),
        ]
        assert filters.remove(session, [first[0], 999]) == [first[0]]
    with newsroom.database.read() as session:
        assert len(filters.listing(session)) == 2


def test_a_feed_has_its_own_filters_those_of_its_tags_and_those_for_all(newsroom):
    with newsroom.database.begin() as session:
        ids = {}
        for name, tags in {"a": ("News/World",), "b": ("Sport",)}.items():
            new = feeds.NewFeed(url=f"https://n.example/{name}", host="n.example", created_at=NOW, tags=tags)
            ids[name] = feeds.add(session, new)[0]
        for each in (rule("all"), rule("own", feed_url="https://n.example/b"), rule("tagged", tag="News")):
            filters.add(session, each, NOW)
    with newsroom.database.read() as session:
        found = filters.of_feeds(session, [ids["a"], ids["b"], None])
    assert {feed: [one.value for one in rules] for feed, rules in found.items()} == {
        ids["a"]: ["all", "tagged"],
        ids["b"]: ["all", "own"],
        None: ["all"],
    }


def test_an_unwanted_entry_is_remembered_with_the_reason_and_its_page_is_not_asked_for(newsroom):
    feed = newsroom.subscribe()
    counts = newsroom.poll(feed, out(newsroom, "bad"), newsroom.seen("good"))
    assert (counts.entries_new, counts.pages_new, counts.filtered) == (2, 1, (KEPT.rule,))
    assert [page.url for page in newsroom.waiting()] == ["https://news.example/good"]
    again = newsroom.poll(feed, out(newsroom, "bad"), newsroom.seen("good"), now=LATER)
    assert (again.entries_new, again.filtered) == (0, ())
    with newsroom.database.read() as session:
        outsider = filters.find_outsider(session, {newsroom.seen("bad").page_key})
        assert (outsider.title, outsider.rule, outsider.is_standing) == ("On bad", KEPT.rule, False)
        assert [one.url for one in filters.latest_outsiders(session, 5)] == [outsider.url]
        assert pages.counts(session)["filtered"] == 1


def test_a_feed_that_wants_it_lets_in_what_another_keeps_out(newsroom):
    one, other = newsroom.subscribe("a"), newsroom.subscribe("b")
    newsroom.poll(one, out(newsroom, "x"))
    counts = newsroom.poll(other, newsroom.seen("x"))
    assert counts.filtered == ()
    assert [page.feed_url for page in newsroom.waiting()] == ["https://news.example/b.xml"]
    assert newsroom.rows(FILTERED_PAGE) == []


def test_what_another_feed_waits_for_is_left_to_it(newsroom):
    one, other = newsroom.subscribe("a"), newsroom.subscribe("b")
    newsroom.poll(one, newsroom.seen("x"))
    counts = newsroom.poll(other, out(newsroom, "x"))
    assert counts.filtered == ()
    assert state_of_page(newsroom, "x") == "pending"


def test_an_edit_may_let_it_in_and_may_shut_it_out_but_never_what_is_stored(newsroom):
    feed = newsroom.subscribe()
    newsroom.poll(feed, out(newsroom, "x"), newsroom.seen("y"), newsroom.seen("z"))
    [z] = [page for page in newsroom.waiting() if page.url.endswith("z")]
    assert newsroom.save(z) is SaveOutcome.NEW
    edited = {"fingerprint": 5}
    counts = newsroom.poll(
        feed, newsroom.seen("x", **edited), out(newsroom, "y", **edited), out(newsroom, "z", **edited), now=LATER
    )
    assert counts.filtered == (KEPT.rule,)
    assert [state_of_page(newsroom, name) for name in "xyz"] == ["pending", "filtered", "pending"]


def test_an_edited_entry_that_is_still_unwanted_stays_out(newsroom):
    feed = newsroom.subscribe()
    newsroom.poll(feed, out(newsroom, "x"))
    counts = newsroom.poll(feed, out(newsroom, "x", fingerprint=5), now=LATER)
    assert (counts.entries_changed, counts.filtered) == (1, ())
    assert state_of_page(newsroom, "x") == "filtered"


def test_a_page_is_shut_out_after_it_was_read_unless_its_article_is_stored(newsroom):
    feed = newsroom.subscribe()
    newsroom.poll(feed, newsroom.seen("x"), newsroom.seen("y"))
    x, y = newsroom.waiting()
    newsroom.save(y)
    with newsroom.database.begin() as session:
        assert filters.keep_out(session, x.page_id, "On x", KEPT, NOW)
        assert not filters.keep_out(session, x.page_id, "On x", KEPT, NOW)
        assert not filters.keep_out(session, y.page_id, "On y", KEPT, NOW)
    assert [state_of_page(newsroom, name) for name in "xy"] == ["filtered", "done"]


def test_who_asks_for_the_address_gets_it(newsroom):
    feed = newsroom.subscribe()
    newsroom.poll(feed, out(newsroom, "x"))
    with newsroom.database.begin() as session:
        new = pages.NewPage("https://news.example/x", newsroom.seen("x").page_key, "news.example")
        pages.add_urls(session, [new], LATER)
    assert state_of_page(newsroom, "x") == "pending"
    assert newsroom.rows(FILTERED_PAGE) == []


def test_every_feed_that_led_to_a_page_has_a_say(newsroom):
    one, other = newsroom.subscribe("a"), newsroom.subscribe("b")
    newsroom.poll(one, newsroom.seen("x"))
    newsroom.poll(other, newsroom.seen("x"))
    [page] = newsroom.waiting()
    with newsroom.database.begin() as session:
        assert filters.of_page(session, page.page_id) == []
        filters.add(session, rule(feed_url="https://news.example/a.xml"), NOW)
        assert sorted(map(len, filters.of_page(session, page.page_id))) == [0, 1]


def test_filters_go_with_their_feed_and_their_counts_stay(newsroom):
    feed = newsroom.subscribe()
    with newsroom.database.begin() as session:
        number, _ = filters.add(session, rule(feed_url="https://news.example/a.xml"), NOW)
        filters.add(session, rule("other"), NOW)
    newsroom.poll(feed, newsroom.seen("x", kept_out=KeptOut("r", "why", number)))
    with newsroom.database.read() as session:
        assert [(one.kept_out, one.last_at) for one in filters.listing(session)] == [(1, NOW), (0, None)]
    with newsroom.database.begin() as session:
        feeds.remove(session, "https://news.example/a.xml")
        assert [one.rule.value for one in filters.listing(session)] == ["other"]


def test_a_group_is_the_feeds_of_a_tag_and_of_the_folders_below_it_with_their_pages(newsroom):
    with newsroom.database.begin() as session:
        ids = {}
        tags = {
            "a": ("News/World",),
            "b": ("Newspapers",),
            "c": ("Sport", "News"),
            "d": (),
            "e": ("a_b",),
            "f": ("a%b",),
        }
        for name, own in tags.items():
            new = feeds.NewFeed(url=f"https://n.example/{name}", host="n.example", created_at=NOW, tags=own)
            ids[name] = feeds.add(session, new)[0]
    newsroom.poll(ids["a"], newsroom.seen("x"))
    newsroom.poll(ids["b"], newsroom.seen("y"))

    def due(*wanted):
        with newsroom.database.begin() as session:
            site = feeds.sites.ensure(session, ["n.example"])["n.example"]
            found = feeds.due(session, [site], Wanted(now=LATER, tags=wanted))[site]
            return [state.url.rpartition("/")[2] for _, state in found]

    assert sorted(due("News")) == ["a", "c"]
    assert due("News/World") == ["a"]
    assert due("a_b") == ["e"]
    assert due("nothing") == []
    with newsroom.database.begin() as session:
        site = feeds.sites.ensure(session, ["news.example"])["news.example"]
        waiting = pages.waiting(session, site, Wanted(now=LATER, tags=("News",)))
    assert [page.url for page in waiting] == ["https://news.example/x"]
