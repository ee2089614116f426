"""Retention: what is to go is foretold and goes whole, and nothing brings it back."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from flows import retention as flow
from ingest.export.schema import REMOVAL_FIELDS
from ingest.model import FailureKind, PageFailure, SaveOutcome
from storage import articles, feeds, pages, removing, retention, retention_rules, revisits, search, tables, tombstones
from storage.archive import Archive
from storage.archive import Capture as Fetched
from storage.changes import export_changes
from storage.removing import Going, Removed
from storage.retention import RetentionPolicy
from storage.retention_rules import Rule

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
WORDS = [f"word{number}" for number in range(2_000)]


def text_of(seed: int) -> str:
    draw = random.Random(seed)
    return " ".join(" ".join(draw.choices(WORDS, k=12)).capitalize() + "." for _ in range(12))


def store(newsroom: Any, feed_id: int, ages: dict[str, int]) -> None:
    """Articles that a feed shows, each published so many days ago and fetched now."""
    newsroom.poll(feed_id, *(newsroom.seen(name) for name in ages))
    for page in newsroom.waiting():
        name = page.url.rpartition("/")[2]
        newsroom.save(page, text_of(hash_of(name)), title=name, published_at=NOW - timedelta(days=ages[name]))


def hash_of(name: str) -> int:
    return sum(ord(letter) * 31**at for at, letter in enumerate(name))


def run(newsroom: Any, policy: RetentionPolicy, now: datetime = NOW) -> Removed:
    """What the nightly upkeep does, in two small steps."""
    with newsroom.database.read() as session:
        going = retention.plan(session, policy, now, 1000)
    with newsroom.database.begin() as session:
        took = removing.remove(session, going, now)
        return took + retention.drop_versions(session, retention.old_versions(session, policy, 1000))


def titles(newsroom: Any) -> set[str]:
    return {article["title"] for article in newsroom.exported()}


def by_date(days: int, **more: Any) -> RetentionPolicy:
    return RetentionPolicy(days=days, counts_from="published", **more)


# --- who goes --------------------------------------------------------------------------------------------------------


def test_nothing_goes_unless_someone_says_so(newsroom: Any) -> None:
    store(newsroom, newsroom.subscribe(), {"old": 9_000})
    assert run(newsroom, RetentionPolicy()) == Removed()
    assert titles(newsroom) == {"old"}


def test_articles_go_so_many_days_after_their_own_date_or_after_they_were_seen(newsroom: Any) -> None:
    store(newsroom, newsroom.subscribe(), {"old": 91, "young": 89})

    assert run(newsroom, RetentionPolicy(days=90)).articles == 0  # all were fetched today
    assert run(newsroom, by_date(90)).articles == 1
    assert titles(newsroom) == {"young"}
    assert run(newsroom, RetentionPolicy(days=90), NOW + timedelta(days=91)).articles == 1


def test_the_newest_of_each_feed_stay_and_what_two_feeds_show_stays_while_one_keeps_it(newsroom: Any) -> None:
    one, two = newsroom.subscribe("one"), newsroom.subscribe("two")
    store(newsroom, one, {"a": 1, "b": 2, "c": 3, "d": 4})
    newsroom.poll(two, newsroom.seen("d"))

    assert run(newsroom, RetentionPolicy(articles=2, counts_from="published")).articles == 1
    assert titles(newsroom) == {"a", "b", "d"}


def test_a_feeds_rule_goes_before_the_hosts_and_that_before_the_settings(newsroom: Any) -> None:
    kept, host, short = newsroom.subscribe("kept"), newsroom.subscribe("host"), newsroom.subscribe("short")
    for feed_id, name in ((kept, "k"), (host, "h"), (short, "s")):
        store(newsroom, feed_id, {name: 30})
    with newsroom.database.begin() as session:
        for rule in (
            Rule(feed_url="https://news.example/kept.xml", days=0),
            Rule(site="news.example", days=60),
            Rule(feed_url="https://news.example/short.xml", days=20),
        ):
            assert retention_rules.put_rule(session, rule)
        assert not retention_rules.put_rule(session, Rule(feed_url="https://nowhere.example/"))
        assert [(rule.site, rule.days) for rule in retention_rules.list_rules(session)] == [
            *(("news.example", 60), (None, 0), (None, 20))
        ]

    assert run(newsroom, by_date(10)).articles == 1
    assert titles(newsroom) == {"k", "h"}
    assert run(newsroom, by_date(10), NOW + timedelta(days=31)).articles == 1
    assert titles(newsroom) == {"k"}
    with newsroom.database.begin() as session:
        assert retention_rules.drop_rule(session, Rule(feed_url="https://news.example/kept.xml"))
    assert run(newsroom, by_date(10), NOW + timedelta(days=31)).articles == 1


def test_earlier_versions_beyond_those_that_are_kept_go_and_the_article_stays(newsroom: Any) -> None:
    feed_id = newsroom.subscribe()
    for version in range(5):
        newsroom.poll(feed_id, newsroom.seen("a", fingerprint=version))
        newsroom.save(newsroom.waiting()[0], text_of(version))
    before = newsroom.exported()

    assert run(newsroom, RetentionPolicy(revisions=2)) == Removed(revisions=2)
    with newsroom.database.read() as session:
        history = articles.history(session, before[0]["id"])
    assert [version.number for version in history] == [3, 4, 5]
    assert newsroom.exported() == before
    assert run(newsroom, RetentionPolicy(revisions=2)) == Removed()


def test_a_preview_counts_what_then_goes_by_site_and_feed_with_the_oldest_as_examples(newsroom: Any) -> None:
    feed_id = newsroom.subscribe()
    store(newsroom, feed_id, {f"n{age}": age for age in range(20)})
    for page_id in (1, 2, 20):
        keep(newsroom, page_id, b"page %d" % page_id)
    newsroom.poll(feed_id, newsroom.seen("n19", fingerprint=7))
    newsroom.save(newsroom.waiting()[0], text_of(77), title="n19", published_at=NOW - timedelta(days=19))

    policy = by_date(12)
    with newsroom.database.read() as session:
        told = retention.preview(session, policy, NOW)
        elsewhere = retention.preview(session, by_date(12, site="other.example"), NOW)
    assert (told.all.articles, told.revisions, told.captures) == (7, 1, 1)
    assert (told.all.oldest, told.all.newest) == (NOW - timedelta(days=19), NOW - timedelta(days=13))
    assert told.sites["news.example"].articles == told.feeds["https://news.example/a.xml"].articles == 7
    assert [example.title for example in told.examples] == ["n19", "n18", "n17", "n16", "n15"]
    assert told.examples[0].reason == "retention: 12 days since it was published"
    assert elsewhere.all.articles == 0

    took = run(newsroom, policy)
    assert (took.articles, took.revisions, took.captures) == (7, 1, 1)


# --- how they go -----------------------------------------------------------------------------------------------------


def keep(newsroom: Any, page_id: int, body: bytes) -> None:
    archive, capture = Archive(), Fetched(url=f"https://news.example/{page_id}", body=body, fetched_at=NOW)
    with newsroom.database.begin() as session:
        [site_id] = session.connection().scalars(tables.PAGE.select().with_only_columns(tables.PAGE.c.site_id)).unique()
        archive.keep(session, page_id, archive.pack(session, site_id, capture))


def test_search_stories_archive_and_versions_know_nothing_of_it_afterwards(newsroom: Any) -> None:
    store(newsroom, newsroom.subscribe(), {"old": 50, "other": 1})
    for name in ("copy", "copy2"):
        newsroom.poll(newsroom.subscribe(), newsroom.seen(name))
        newsroom.save(newsroom.waiting()[0], f"BERLIN (dpa) - {text_of(hash_of('old'))}", title=name, published_at=NOW)
    page_of_html = b"<html>" + text_of(5).encode() * 20
    for page_id in (1, 2):
        keep(newsroom, page_id, page_of_html + b"%d" % page_id)
    word = text_of(hash_of("old")).split()[0].lower()
    assert len(found(newsroom, word)) == 3

    took = run(newsroom, by_date(30))

    assert (took.articles, took.captures) == (1, 1)
    assert {article["title"]: article["is_duplicate_of"] for article in newsroom.exported()} == {
        "other": None,
        "copy": None,
        "copy2": 3,
    }
    assert len(found(newsroom, word)) == 2
    assert [row[2] for row in newsroom.rows(tables.STORY)] == [2]
    assert len(newsroom.rows(tables.CAPTURE)) == 1
    assert len(newsroom.rows(tables.BLOB)) == 2  # what it is packed beside stays while it is needed
    assert {row[0] for row in newsroom.rows(tables.PRINT)} == {2, 3, 4}
    assert took.bytes_packed == 0
    assert run(newsroom, by_date(1), NOW + timedelta(days=9)).bytes_packed > 0
    assert newsroom.rows(tables.BLOB) == newsroom.rows(tables.STORY) == newsroom.rows(tables.BAND) == []


def found(newsroom: Any, word: str) -> list[Any]:
    with newsroom.database.read() as session:
        return search.search(session, search.SearchQuery(text=word))


def test_one_that_was_fetched_again_since_it_was_planned_stays(newsroom: Any) -> None:
    store(newsroom, newsroom.subscribe(), {"old": 50})
    going = [Going(1, NOW - timedelta(days=1), "retention: too old"), Going(99, NOW, "retention: never was")]
    with newsroom.database.begin() as session:
        assert removing.remove(session, going, NOW) == Removed()
    assert titles(newsroom) == {"old"}


@pytest.mark.postgres
@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_one_whose_page_another_writer_holds_stays_for_now_and_nobody_waits(newsroom: Any) -> None:
    store(newsroom, newsroom.subscribe(), {"old": 50, "older": 60})
    with newsroom.database.begin() as session:  # another one that has not taken its turn yet
        [page] = pages.known(session, {newsroom.seen("old").page_key}).values()
        pages.put_robots_tags(session, {page.page_id: ()})
        assert run(newsroom, by_date(30)).articles == 1
        assert articles.save(session, newsroom.record(page), NOW) is SaveOutcome.REVISED
    assert [article["url"] for article in newsroom.exported()] == ["https://news.example/old"]
    assert run(newsroom, by_date(30)).articles == 1


def test_readers_by_cursor_are_told_and_numbers_are_not_given_again(newsroom: Any) -> None:
    feed_id = newsroom.subscribe()
    store(newsroom, feed_id, {"young": 1, "old": 50})
    run(newsroom, by_date(30))
    store(newsroom, feed_id, {"next": 1})

    with newsroom.database.read() as session:
        [gone] = tombstones.read_gone(session, 0, 100)
        assert tombstones.get_gone(session, gone.article_id) == gone
        assert tombstones.get_gone(session, 77) is None
        assert list(tombstones.read_gone(session, gone.cursor, 100)) == []
    assert (gone.url, gone.removed_at, gone.merged_into_id) == ("https://news.example/old", NOW, None)
    assert gone.reason == "retention: 30 days since it was published"
    assert {article["id"]: article["cursor"] > gone.cursor for article in newsroom.exported()} == {1: False, 3: True}


def test_an_article_that_was_merged_leaves_word_and_the_one_that_stays_is_read_again(newsroom: Any) -> None:
    newsroom.poll(newsroom.subscribe(), *(newsroom.seen(name) for name in "abc"))
    waiting = {page.url.rpartition("/")[2]: page for page in newsroom.waiting()}
    keys = {name: newsroom.seen(name).page_key for name in "abc"}
    for name in "ab":
        newsroom.save(waiting[name], text_of(1), alias_keys=(keys[name],))
    before = max(article["cursor"] for article in newsroom.exported())
    newsroom.save(waiting["c"], text_of(1), alias_keys=tuple(keys.values()))

    [stayed] = newsroom.exported()
    with newsroom.database.read() as session:
        [gone] = tombstones.read_gone(session, 0, 100)
        assert tombstones.find_gone(session, set(keys.values())) is None
    assert (gone.article_id, gone.merged_into_id, gone.reason) == (2, stayed["id"], "the same article")
    assert stayed["cursor"] > before
    assert stayed["story_id"] is None


# --- all of it, in portions ------------------------------------------------------------------------------------------


@pytest.fixture
def many(newsroom: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A newsroom with thirty articles, copies among them, of which three go in a transaction and seven in a pass."""
    monkeypatch.setattr(flow, "PORTION", 3)
    monkeypatch.setattr(flow, "_PLANNED", 7)
    newsroom.poll(newsroom.subscribe(), *(newsroom.seen(f"n{age}") for age in range(30)))
    for page in newsroom.waiting():
        age = int(page.url.rpartition("n")[2])
        newsroom.save(page, text_of(age % 20), title=f"n{age}", published_at=NOW - timedelta(days=age))
    return newsroom


def test_all_that_may_go_goes_and_one_run_that_was_cut_off_is_gone_on_with(many: Any) -> None:
    class CutOffError(Exception):
        """Somebody ended it."""

    def cut_off(_removed: Removed) -> None:
        raise CutOffError

    with pytest.raises(CutOffError):
        flow.let_go(many.database, by_date(9), NOW, cut_off)
    assert len(many.exported()) == 23
    assert flow.let_go(many.database, by_date(9), NOW).articles == 13
    assert flow.let_go(many.database, by_date(9), NOW) == Removed()
    assert titles(many) == {f"n{age}" for age in range(10)}
    assert many.rows(tables.STORY) == []


def test_a_reader_by_cursor_who_takes_removals_has_what_is_there(many: Any) -> None:
    mine: dict[int, Any] = {}
    last = follow(many, mine, 0)
    flow.let_go(many.database, by_date(9), NOW)
    many.poll(many.subscribe(), many.seen("late"))
    many.save(many.waiting()[0], text_of(99), title="late")

    with many.database.read() as session:
        told = [line for line in export_changes(session, articles.ExportQuery(after=last)) if "removed_at" in line]
    assert [list(line) for line in told] == [[field.name for field in REMOVAL_FIELDS]] * 20

    follow(many, mine, last)

    assert mine == {article["id"]: article for article in many.exported()}
    assert len(mine) == 11


def follow(newsroom: Any, mine: dict[int, Any], after: int) -> int:
    """Take what changed, four lines at a time, as a program beside would."""
    while True:
        with newsroom.database.read() as session:
            lines = list(export_changes(session, articles.ExportQuery(after=after, limit=4)))
        if not lines:
            return after
        for line in lines:
            assert line["cursor"] > after
            after = line["cursor"]
            mine.pop(line["id"], None)
            mine |= {} if "removed_at" in line else {line["id"]: line}


# --- and stay away ---------------------------------------------------------------------------------------------------


@pytest.fixture
def bereft(newsroom: Any) -> Any:
    """A newsroom whose one article, known by two names, went."""
    newsroom.poll(newsroom.subscribe(), newsroom.seen("old"))
    keys = (newsroom.seen("old").page_key, newsroom.seen("canonical").page_key)
    newsroom.save(newsroom.waiting()[0], text_of(1), alias_keys=keys)
    run(newsroom, RetentionPolicy(days=30), NOW + timedelta(days=31))
    assert newsroom.exported() == []
    return newsroom


def test_the_feed_that_still_lists_it_and_one_that_begins_to_bring_nothing_back(bereft: Any) -> None:
    first, second = bereft.subscribe(), bereft.subscribe("b")
    assert bereft.poll(first, bereft.seen("old")).entries_new == 0
    assert bereft.poll(first, bereft.seen("old", fingerprint=9)).kept_out == 1
    assert bereft.poll(first, bereft.seen("old", fingerprint=9)).entries_changed == 0
    assert bereft.poll(first, bereft.seen("old", entry_key=12)).kept_out == 1
    assert bereft.poll(second, bereft.seen("old"), bereft.seen("canonical")).kept_out == 2
    assert bereft.poll(second, bereft.seen("canonical", fingerprint=9)).kept_out == 1
    assert bereft.waiting() == []


def test_an_entry_that_moves_to_another_address_brings_nothing_back(bereft: Any) -> None:
    moved = bereft.seen("elsewhere")
    bereft.poll(bereft.subscribe(), bereft.seen("old", fingerprint=9, page_url=moved.page_url, page_key=moved.page_key))
    assert bereft.waiting() == []


def test_a_backfill_and_an_asked_for_address_make_nothing_wait(bereft: Any) -> None:
    known = [page_named(bereft, name) for name in ("old", "canonical")]
    with bereft.database.begin() as session:
        assert pages.add_urls(session, known, NOW, pages.BACKFILL) == 0
        assert pages.add_urls(session, known, NOW) == 0
    assert bereft.waiting() == []


def page_named(newsroom: Any, name: str) -> pages.NewPage:
    return pages.NewPage(f"https://news.example/{name}", newsroom.seen(name).page_key, "news.example")


def test_a_new_address_that_leads_to_it_is_fetched_once_and_then_known(bereft: Any) -> None:
    feed_id, other = bereft.subscribe(), bereft.seen("amp")
    bereft.poll(feed_id, other)
    [page] = bereft.waiting()
    keep(bereft, page.page_id, b"a page")
    names = (other.page_key, bereft.seen("canonical").page_key, bereft.seen("third").page_key)
    assert bereft.save(page, text_of(1), alias_keys=names) is SaveOutcome.KEPT_OUT

    assert bereft.exported() == bereft.waiting() == bereft.rows(tables.CAPTURE) == bereft.rows(tables.BLOB) == []
    assert bereft.poll(feed_id, bereft.seen("third")).kept_out == 1
    assert bereft.waiting() == []


@pytest.mark.parametrize("is_its_own", [True, False])
def test_a_claim_that_leads_to_what_went_counts_where_the_text_is_alike(newsroom: Any, is_its_own: bool) -> None:
    """A template may call one address canonical on all its pages: those are not kept out for it."""
    newsroom.poll(newsroom.subscribe(), newsroom.seen("old"))
    old, other = newsroom.seen("old").page_key, newsroom.seen("canonical").page_key
    newsroom.save(newsroom.waiting()[0], text_of(1), claim_keys=() if is_its_own else (other,))
    run(newsroom, RetentionPolicy(days=30), NOW + timedelta(days=31))

    newsroom.poll(newsroom.subscribe(), newsroom.seen("canonical"), newsroom.seen("stranger"))
    copy, stranger = newsroom.waiting()
    claims = (old,) if is_its_own else (other,)
    edited = f"BERLIN (dpa) - {text_of(1)}"
    assert newsroom.save(copy, edited, claim_keys=claims) is SaveOutcome.KEPT_OUT
    assert newsroom.save(stranger, text_of(2), claim_keys=claims) is SaveOutcome.NEW
    assert newsroom.poll(newsroom.subscribe("b"), newsroom.seen("canonical")).kept_out == 1

    with newsroom.database.begin() as session:
        assert tombstones.forget(session, {other}) == 1
    assert newsroom.rows(tables.BURIED_CLAIM) == []


def test_what_was_in_flight_when_it_went_comes_to_nothing(bereft: Any) -> None:
    with bereft.database.read() as session:
        [page] = pages.known(session, {bereft.seen("old").page_key}).values()
    page_id = page.page_id
    record = bereft.record(page)
    failure = PageFailure(page_id=page_id, kind=FailureKind.TIMEOUT, detail="late", status=None, next_attempt_at=NOW)
    with bereft.database.begin() as session:
        pages.record_failure(session, failure, NOW)
        revisits.finish_unchanged(session, page_id, NOW, NOW)
        assert articles.save(session, record, NOW) is SaveOutcome.KEPT_OUT
    assert bereft.waiting() == bereft.exported() == []


def test_unsubscribing_and_subscribing_again_brings_nothing_back(bereft: Any) -> None:
    with bereft.database.begin() as session:
        assert feeds.remove(session, "https://news.example/a.xml")
    assert bereft.poll(bereft.subscribe(), bereft.seen("old")).kept_out == 1
    assert bereft.waiting() == []


def test_what_is_forgotten_may_come_again_under_every_name(bereft: Any) -> None:
    with bereft.database.begin() as session:
        gone = tombstones.find_gone(session, {bereft.seen("canonical").page_key})
        assert gone is not None
        assert tombstones.forget(session, {bereft.seen("canonical").page_key}) == 1
        assert tombstones.find_gone(session, {bereft.seen("old").page_key}) is None
    bereft.poll(bereft.subscribe("b"), bereft.seen("old"))
    assert bereft.save(bereft.waiting()[0], text_of(1)) is SaveOutcome.NEW
    assert bereft.exported()[0]["id"] > gone.article_id


# --- whatever the order ----------------------------------------------------------------------------------------------

# name -> (days ago, the names that its page gives)
WORLD = {
    "a": (90, ("a", "b", "x")),
    "b": (90, ("b", "a")),
    "young": (2, ("young", "y")),
    "c": (70, ("c",)),
    "copy": (1, ("copy",)),
}
TEXTS = {"a": 1, "b": 1, "young": 2, "c": 3, "copy": 3}


@pytest.mark.parametrize("seed", range(10))
def test_any_order_of_polls_fetches_and_retention_ends_in_the_same_store(newsroom: Any, seed: int) -> None:
    draw = random.Random(seed)
    steps = [("poll", "one"), ("poll", "two"), ("edit", "one"), ("retention", ""), ("retention", "")]
    steps += [("read", name) for name in WORLD] + [("backfill", name) for name in ("x", "y", "c")]
    draw.shuffle(steps)
    newsroom.subscribe("one")
    newsroom.subscribe("two")

    ending = [("poll", "one"), ("poll", "two"), *(("read", name) for name in WORLD), ("retention", "")]
    for step, name in (*steps, *ending):
        take(newsroom, step, name)
    settled = contents(newsroom)
    for step, name in (*ending, ("edit", "two"), *steps):
        take(newsroom, step, name)
        assert not ({"a", "b", "c"} & titles(newsroom)), (step, name)

    assert settled[0] == [("copy", ["copy"], None), ("young", ["y", "young"], None)]
    assert settled[1] == {"a", "b", "x", "c"}
    assert contents(newsroom) == settled


def take(newsroom: Any, step: str, name: str) -> None:
    """One thing that a run may do."""
    if step == "poll":
        newsroom.poll(newsroom.subscribe(name), *(newsroom.seen(shown) for shown in WORLD))
    elif step == "edit":
        edited = (newsroom.seen(shown, fingerprint=len(newsroom.rows(tables.ENTRY))) for shown in WORLD)
        newsroom.poll(newsroom.subscribe(name), *edited)
    elif step == "backfill":
        with newsroom.database.begin() as session:
            pages.add_urls(session, [page_named(newsroom, name)], NOW, pages.BACKFILL)
    elif step == "retention":
        run(newsroom, by_date(30))
    else:
        read(newsroom, name)


def read(newsroom: Any, name: str) -> None:
    """Fetch a page if it waits; an address that no feed shows leads to the page of its article."""
    leads = {"x": "a", "y": "young"}
    for page in newsroom.waiting():
        own = page.url.rpartition("/")[2]
        if name in (own, leads.get(own)):
            days, names = WORLD[leads.get(own, own)]
            keys = tuple(newsroom.seen(other).page_key for other in names)
            shown = leads.get(own, own)
            dated = NOW - timedelta(days=days)
            newsroom.save(page, text_of(TEXTS[shown]), alias_keys=keys, title=shown, published_at=dated)


def contents(newsroom: Any) -> Any:
    """The store without what counts the steps that led there."""
    names = {newsroom.seen(name).page_key: name for name in (*WORLD, "x", "y")}
    known: dict[int, list[str]] = {}
    for key, article_id, _ in newsroom.rows(tables.ALIAS):
        known.setdefault(article_id, []).append(names[key])
    rows = [(article["title"], sorted(known[article["id"]]), article["story_id"]) for article in newsroom.exported()]
    return sorted(rows), {names[key] for key, _ in newsroom.rows(tables.TOMBSTONE)}
